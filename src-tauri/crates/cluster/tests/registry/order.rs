//! What is asked, what is sent, and in which order.

use std::sync::{Arc, Mutex};

use longshore_cluster::registry::{self, Registry};

use crate::ask::push;
use crate::docker::{Docker, plain};
use crate::images::{Library, MIB, OCI_INDEX, size};
use crate::link::Link;
use crate::scripted::Scripted;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_layer_is_sent_once_and_mounted() {
    let (docker, library) = (Docker::start(""), Library::new());
    let base = library.noise(1, 6 * MIB);
    let images: Vec<_> = (0..10)
        .map(|at| {
            library.image(&format!("shared/{at}"), "1", &[base.clone(), library.noise(100 + at, 50_000)])
        })
        .collect();
    let uploads = tempfile::tempdir().expect("a folder");
    let registry = Registry::open(&plain(&docker.address)).await.expect("it is there");
    let missing = registry::missing(&registry, &images).await.expect("it answers");
    assert_eq!(missing.iter().sum::<u64>(), size(&images), "each byte is missing once");
    let report =
        push(&plain(&docker.address), &library, uploads.path(), &images).await.expect("it is pushed");
    assert_eq!((report.sent, report.lacked), (size(&images), size(&images)), "each byte is sent once");
    docker.holds(&library, &images);

    let more = [library.image("shared/more", "1", std::slice::from_ref(&base)), images[0].clone()];
    let report = push(&plain(&docker.address), &library, uploads.path(), &more).await.expect("it is pushed");
    assert_eq!(report.sent, 0, "what another image has is mounted: {report:?}");
    docker.holds(&library, &more);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn warm_push_costs_a_twentieth_at_most() {
    let (docker, library) = (Docker::start(""), Library::new());
    let link = Link::to(&docker.address).await;
    let images: Vec<_> = (0..8)
        .map(|at| {
            library.image(
                &format!("warm/{at}"),
                "1",
                &[library.noise(at, MIB), library.noise(50 + at, 90_000)],
            )
        })
        .collect();
    let uploads = tempfile::tempdir().expect("a folder");
    let begun = std::time::Instant::now();
    push(&plain(&link.address), &library, uploads.path(), &images).await.expect("cold");
    let (cold, cold_time) = (link.up(), begun.elapsed());
    let begun = std::time::Instant::now();
    let report = push(&plain(&link.address), &library, uploads.path(), &images).await.expect("warm");
    let (warm, warm_time) = (link.up() - cold, begun.elapsed());
    println!("cold {cold} bytes in {cold_time:?}, warm {warm} bytes in {warm_time:?}");
    assert!(warm * 20 <= cold, "warm {warm} bytes, cold {cold}");
    assert_eq!((report.lacked, report.sent), (0, 0), "nothing was lacking");
    let registry = Registry::open(&plain(&link.address)).await.expect("it is there");
    for image in &images {
        assert!(
            registry::is_there(&registry, image).await.expect("it answers"),
            "{} is there",
            image.reference
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn index_is_byte_equal_and_named_last() {
    let (docker, library) = (Docker::start(""), Library::new());
    let manifests: Vec<_> = (1..=3)
        .map(|at| library.manifest(at, &[library.noise(at, 300_000), library.noise(9, 1000)]))
        .collect();
    let image = library.index("multi/arch", "v1", manifests);
    let uploads = tempfile::tempdir().expect("a folder");
    let images = [image];
    push(&plain(&docker.address), &library, uploads.path(), &images).await.expect("it is pushed");
    docker.holds(&library, &images);
    let url = format!("http://{}/v2/multi/arch/manifests/v1", docker.address);
    let answer = reqwest::Client::new().get(url).header("Accept", OCI_INDEX).send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], OCI_INDEX, "its media type is kept");
    let top = &images[0].manifests[3].blob.digest;
    assert_eq!(answer.headers()["docker-content-digest"], top.as_str(), "its digest is");
    assert_eq!(answer.bytes().await.expect("the index").to_vec(), library.read(top), "and each byte of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_come_last_of_all() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let images = [
        library.index("order/a", "1", vec![library.manifest(1, &[library.noise(1, 1000)])]),
        library.image("order/b", "1", &[library.noise(2, 20 * MIB)]),
    ];
    let uploads = tempfile::tempdir().expect("a folder");
    push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect("it is pushed");
    let store = scripted.store.lock().expect("the store");
    let puts: Vec<_> =
        store.log.iter().filter(|request| request.method == "PUT").map(|request| &request.path).collect();
    let is_tag = |path: &&String| path.ends_with("/manifests/1");
    let first_tag = puts.iter().position(is_tag).expect("a tag");
    assert!(puts[first_tag..].iter().all(is_tag), "tags are last: {puts:?}");
    let child = puts.iter().position(|path| path.contains("/manifests/sha256:")).expect("a child");
    assert!(
        puts[child..].iter().all(|path| path.contains("/manifests/")),
        "manifests follow blobs: {puts:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_blob_is_asked_for_once_in_a_repository() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let base = library.noise(1, 2000);
    let images: Vec<_> = (0..3)
        .map(|at| library.image("same", &at.to_string(), &[base.clone(), library.noise(at, 9)]))
        .collect();
    let uploads = tempfile::tempdir().expect("a folder");
    push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect("it is pushed");
    assert_eq!(scripted.count("HEAD", &base.digest), 1, "three images, one question");
    assert_eq!(
        scripted.count("POST", "uploads"),
        5,
        "and one upload for each blob: base, config, three of their own"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_small_and_few_large_travel_together() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let link = Link::to(&scripted.address).await;
    let layers: Vec<_> =
        (0..40).map(|at| library.noise(at, if at < 4 { 20 * MIB } else { 40_000 })).collect();
    let most = Arc::new(Mutex::new((0_i64, 0_i64)));
    let seen = Arc::clone(&most);
    // Uploads begun and not completed.
    scripted.change(move |request, _| {
        let mut most = seen.lock().expect("the count");
        most.0 += i64::from(request.is("POST", "uploads")) - i64::from(request.is("PUT", "uploads"));
        most.1 = most.1.max(most.0);
    });
    let uploads = tempfile::tempdir().expect("a folder");
    let images = [library.image("many", "1", &layers)];
    push(&plain(&link.address), &library, uploads.path(), &images).await.expect("it is pushed");
    let (left, most) = *most.lock().expect("the count");
    assert_eq!(left, 0, "each upload was completed");
    assert!((3..=8).contains(&most), "large and small ones at once, eight at most: {most}");
}
