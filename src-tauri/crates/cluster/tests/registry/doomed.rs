//! The pushing process ends as by `kill -9`, and another one goes on.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use longshore_cluster::registry::PushImage;

use crate::ask::{push, told};
use crate::docker::{Docker, plain};
use crate::images::{Folder, Library, MIB, Noise, size};
use crate::link::Link;
use crate::scripted::Scripted;

/// How the child is told: registry, library, uploads, repository and the layers' digests and sizes.
const TOLD: &str = "LONGSHORE_PUSH_DOOMED";

/// Not a test by itself: what the others start to be killed.
#[test]
fn child() {
    let Ok(told) = std::env::var(TOLD) else { return };
    let mut words = told.split('\n');
    let mut word = || words.next().expect("a word").to_owned();
    let (address, library, uploads, repository) =
        (word(), PathBuf::from(word()), PathBuf::from(word()), word());
    let manifest: longshore_cluster::registry::PushManifest = {
        let blob = |text: String| {
            let (digest, size) = text.split_once(' ').expect("digest and size");
            longshore_cluster::registry::Blob {
                digest: digest.to_owned(),
                size: size.parse().expect("a size"),
            }
        };
        let top = blob(word());
        let blobs = words.map(|text| blob(text.to_owned())).collect();
        longshore_cluster::registry::PushManifest {
            blob: top,
            media_type: crate::images::OCI_MANIFEST.to_owned(),
            blobs,
        }
    };
    let image = PushImage {
        reference: repository.clone(),
        repository,
        tag: "1".to_owned(),
        manifests: vec![manifest],
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let pushed = runtime.block_on(push(&plain(&address), &Folder(&library), &uploads, &[image]));
    assert!(pushed.is_ok(), "{pushed:?}");
}

fn begin(address: &str, library: &Library, uploads: &std::path::Path, image: &PushImage) -> Child {
    let blob = |blob: &longshore_cluster::registry::Blob| format!("{} {}", blob.digest, blob.size);
    let mut told = vec![
        address.to_owned(),
        library.0.path().display().to_string(),
        uploads.display().to_string(),
        image.repository.clone(),
        blob(&image.manifests[0].blob),
    ];
    told.extend(image.manifests[0].blobs.iter().map(blob));
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["doomed::child", "--exact", "--nocapture"]).env(TOLD, told.join("\n"));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a child")
}

/// Kills a push twice, when between these percentages of it have gone up, and lets the third go through; gives
/// the bytes that were sent again.
async fn killed_twice(
    address: &str,
    repository: &str,
    (large, percents): (usize, [(u64, u64); 2]),
    noise: &mut Noise,
) -> (Library, [PushImage; 1], u64) {
    let library = Library::new();
    let layers = [(1, large), (2, 12 * MIB), (3, 2 * MIB)].map(|(seed, size)| library.noise(seed, size));
    let images = [library.image(repository, "1", &layers)];
    let (uploads, total) = (tempfile::tempdir().expect("a folder"), size(&images));
    let link = Link::to(address).await;
    // Slow enough that a kill hits what it is aimed at.
    link.pace(200 << 20);
    let mut killed = Vec::new();
    for (from, to) in percents {
        let at = total * (from + noise.next() % (to - from)) / 100;
        let mut child = begin(&link.address, &library, uploads.path(), &images[0]);
        link.reaches(at).await;
        child.kill().expect("it is killed");
        child.wait().expect("it has ended");
        killed.push(at);
    }
    link.pace(0);
    let pushed = push(&plain(&link.address), &library, uploads.path(), &images).await;
    pushed.unwrap_or_else(|error| panic!("killed at {killed:?}: {}", told(&error)));
    let again = link.up().saturating_sub(total);
    println!("{repository}: killed at {killed:?} of {total} bytes: {again} sent again");
    (library, images, again)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_push_goes_on_within_a_blob() {
    let mut noise = Noise(std::time::UNIX_EPOCH.elapsed().expect("a clock").as_nanos() as u64);
    for _ in 0..5 {
        let scripted = Scripted::start().await;
        let plan = (150 * MIB, [(45, 65), (70, 95)]);
        let (_, images, again) = killed_twice(&scripted.address, "doomed/halves", plan, &mut noise).await;
        assert!(again < 64 << 20, "two kills cost {again} bytes");
        for blob in images[0].blobs() {
            assert!(scripted.has_blob("doomed/halves", &blob.digest), "{} is there", blob.digest);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_push_to_docker_registry_is_completed() {
    let mut noise = Noise(std::time::UNIX_EPOCH.elapsed().expect("a clock").as_nanos() as u64);
    let docker = Docker::start("");
    for round in 0..3 {
        let plan = (45 * MIB, [(0, 50), (50, 99)]);
        let repository = format!("doomed/{round}");
        let (library, images, again) = killed_twice(&docker.address, &repository, plan, &mut noise).await;
        // It loses the large blob with a chunk that arrived in part, twice.
        assert!(again < 2 * (64 << 20), "two kills cost {again} bytes");
        docker.holds(&library, &images);
    }
}
