//! Uploads that go on: after a stop, after the registry's end, between chunks and within them.

use std::sync::atomic::{AtomicBool, Ordering};

use longshore_cluster::registry::{
    Registry, RegistryError, Upload, UploadFolder, UploadKey, Uploads, push as push_images,
};

use crate::ask::{push, told};
use crate::docker::{Docker, plain};
use crate::images::{Library, MIB, Noise, size};
use crate::link::Link;
use crate::scripted::Scripted;

/// Remembers, and says when so many bytes of a blob are confirmed.
struct Until {
    folder: UploadFolder,
    bytes: u64,
    reached: AtomicBool,
}

impl Uploads for Until {
    fn recall(&self, key: &UploadKey) -> Option<Upload> {
        self.folder.recall(key)
    }

    fn remember(&self, key: &UploadKey, upload: &Upload) {
        self.folder.remember(key, upload);
        self.reached.fetch_or(upload.confirmed >= self.bytes, Ordering::SeqCst);
    }

    fn forget(&self, key: &UploadKey) {
        self.folder.forget(key);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn docker_registry_goes_on_in_a_blob_after_both_sides_ended_between_chunks() {
    let (mut docker, library) = (Docker::start(""), Library::new());
    let images = [library.image("between", "1", &[library.noise(1, 70 * MIB)])];
    let uploads = tempfile::tempdir().expect("a folder");
    let until = Until {
        folder: UploadFolder::open(uploads.path()),
        bytes: 32 << 20,
        reached: AtomicBool::new(false),
    };
    {
        let registry = Registry::open(&plain(&docker.address)).await.expect("it is there");
        let stop = || until.reached.load(Ordering::SeqCst);
        let stopped = push_images(&registry, &library, &until, &images, &|_, _, _| {}, &stop).await;
        assert!(matches!(stopped, Err(RegistryError::Stopped)), "it was stopped between two chunks");
    }
    docker.kill();
    docker.start_again();
    let report = push(&plain(&docker.address), &library, uploads.path(), &images).await.expect("it goes on");
    let config = images[0].manifests[0].blobs[0].size;
    // The config may have been there already.
    let layer = (70 * MIB) as u64 - (32 << 20);
    assert!(report.sent == layer || report.sent == layer + config, "only the rest was sent: {report:?}");
    docker.holds(&library, &images);
    assert_eq!(
        std::fs::read_dir(uploads.path()).expect("the folder").count(),
        0,
        "nothing is left to remember"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registry_that_restarts_mid_push_does_not_end_the_push() {
    let (mut docker, library) = (Docker::start(""), Library::new());
    let mut noise = Noise(7);
    let layers: Vec<_> =
        [40 * MIB, 10 * MIB, 9 * MIB, 3 * MIB].map(|size| library.noise(noise.next(), size)).into();
    for round in 0..5 {
        let images = [library.image(&format!("restart/{round}"), "1", &layers)];
        let (uploads, total) = (tempfile::tempdir().expect("a folder"), size(&images));
        let link = Link::to(&docker.address).await;
        let settings = plain(&link.address);
        let at = noise.next() % (total - 1);
        let pushing = push(&settings, &library, uploads.path(), &images);
        let killing = async {
            link.reaches(at).await;
            docker.kill();
            docker.start_again();
        };
        let (pushed, ()) = tokio::join!(pushing, killing);
        pushed.unwrap_or_else(|error| panic!("killed at {at}: {}", told(&error)));
        let again = link.up().saturating_sub(total);
        println!("registry killed after {at} of {total} bytes: {again} sent again");
        assert!(again < 64 << 20, "killed at {at}: {again} bytes were sent again");
        docker.holds(&library, &images);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registry_that_forgot_the_upload_gets_it_anew() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let layer = library.noise(1, 20 * MIB);
    let images = [library.image("forgot", "1", std::slice::from_ref(&layer))];
    let uploads = tempfile::tempdir().expect("a folder");
    let key = UploadKey {
        registry: format!("http://{}", scripted.address),
        repository: "forgot".to_owned(),
        digest: layer.digest.clone(),
    };
    let location = format!("http://{}/v2/forgot/blobs/uploads/u77?times=1", scripted.address);
    UploadFolder::open(uploads.path()).remember(&key, &Upload { location, confirmed: 16 << 20 });
    let report =
        push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect("it is pushed");
    assert_eq!(scripted.count("GET", "uploads/u77"), 1, "it was asked for");
    assert_eq!(report.sent, report.total, "and all was sent");
    assert!(scripted.has_blob("forgot", &layer.digest), "with the right digest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stop_is_obeyed_within_a_blob() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let link = Link::to(&scripted.address).await;
    link.pace(8 << 20);
    let images = [library.image("stop", "1", &[library.noise(1, 64 * MIB)])];
    let uploads = tempfile::tempdir().expect("a folder");
    let registry = Registry::open(&plain(&link.address)).await.expect("it is there");
    let folder = UploadFolder::open(uploads.path());
    let stop = || link.up() > 2 << 20;
    let stopped = push_images(&registry, &library, &folder, &images, &|_, _, _| {}, &stop).await;
    assert!(matches!(stopped, Err(RegistryError::Stopped)), "it was stopped");
    assert!(registry.bytes_sent() < 16 << 20, "and not at the end of a chunk: {}", registry.bytes_sent());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_byte_and_none_are_told_apart() {
    for there in [0, 1] {
        let (scripted, library) = (Scripted::start().await, Library::new());
        let layer = library.noise(1, 20 * MIB);
        let begun = library.read(&layer.digest)[..there].to_vec();
        scripted.store.lock().expect("the store").uploads.insert("u77".to_owned(), (begun, 0));
        let images = [library.image("one", "1", std::slice::from_ref(&layer))];
        let uploads = tempfile::tempdir().expect("a folder");
        let key = UploadKey {
            registry: format!("http://{}", scripted.address),
            repository: "one".to_owned(),
            digest: layer.digest.clone(),
        };
        let location = format!("http://{}/v2/one/blobs/uploads/u77?times=0", scripted.address);
        UploadFolder::open(uploads.path()).remember(&key, &Upload { location, confirmed: 0 });
        push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect("it goes on");
        assert!(scripted.has_blob("one", &layer.digest), "with the right digest");
        assert_eq!(scripted.count("PUT", "uploads/u77"), 1, "{there} bytes: the upload that was begun");
    }
}
