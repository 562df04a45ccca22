//! The sample's bundles, through the library and back, and what becomes of damaged ones.

use std::fs;
use std::path::{Path, PathBuf};

use longshore_bundle::{BundleError, Library};
use longshore_contract::Timestamp;
use longshore_release::Release;

fn bundles(out: &Path) -> Vec<PathBuf> {
    let cache = out.join("services");
    longshore_sample::VERSIONS
        .iter()
        .map(|version| longshore_sample::build(version, out, &cache).expect("the sample builds"))
        .collect()
}

fn import(library: &Library, path: &Path) -> Result<longshore_bundle::BundleRecord, BundleError> {
    library.import(path, Timestamp(1), &|_| {}, &|| false)
}

#[test]
fn releases_share_their_binaries_and_survive_the_round_trip() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = bundles(folder.path());
    let library = Library::open(&folder.path().join("library")).expect("opens");
    let first = import(&library, &files[0]).expect("1.0.0 is imported");
    let second = import(&library, &files[1]).expect("1.1.0 is imported");
    assert_eq!(first.images.len(), 2, "both images are there");
    let shared = first.blobs.iter().filter(|blob| second.blobs.contains(blob)).count();
    assert_eq!(shared, 2, "the two binary layers are stored once");
    let release =
        Release::from_archive(&library.read_blob(&second.release.digest).expect("reads")).expect("parses");
    assert_eq!(release.charts.len(), 3, "three HelmCharts");
    assert!(release.archive("tidewater-cache", "1.1.0").is_some(), "with their archives");
    library.remove(&first.id).expect("removes");
    assert!(second.blobs.iter().all(|blob| library.has(&blob.digest)), "what 1.1.0 needs stays");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("services");
    let once = longshore_sample::build("1.1.0", &folder.path().join("a"), &cache).expect("builds");
    let again = longshore_sample::build("1.1.0", &folder.path().join("b"), &cache).expect("builds");
    assert!(fs::read(once).expect("reads") == fs::read(again).expect("reads"), "a bundle has one form");
}

#[test]
fn damaged_bundles_are_refused_and_leave_nothing_incomplete() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = fs::read(&bundles(folder.path())[0]).expect("reads");
    let library = Library::open(&folder.path().join("library")).expect("opens");
    let path = folder.path().join("broken.airgap");
    for cut in [0, 1, 9, 400, whole.len() / 2, whole.len() - 20] {
        fs::write(&path, &whole[..cut]).expect("writes");
        let refusal = import(&library, &path).expect_err("a cut bundle is refused");
        assert!(!matches!(refusal, BundleError::Library { .. }), "cut at {cut}: {refusal}");
    }
    for at in (20..whole.len()).step_by(whole.len() / 40) {
        let mut flipped = whole.clone();
        // All bits of the byte: the last bits of a deflate stream are padding that nothing can tell apart.
        flipped[at] ^= 0xff;
        fs::write(&path, &flipped).expect("writes");
        assert!(import(&library, &path).is_err(), "a bundle with a flipped byte at {at} is refused");
    }
    assert!(library.bundles().expect("lists").is_empty(), "no record of a refused bundle");
    let left = fs::read_dir(library.root().join("incoming")).expect("lists").count();
    assert_eq!(left, 0, "nothing half-imported stays");
}

#[test]
fn bundles_for_linux_sites_carry_their_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, cache) = (longshore_lab::Place::here(), folder.path().join("services"));
    let build = |version| longshore_sample::build_linux(version, folder.path(), &cache, &place);
    let library = Library::open(&folder.path().join("library")).expect("opens");
    let first = import(&library, &build("1.0.0").expect("1.0.0 is made")).expect("1.0.0 is imported");
    let second = import(&library, &build("1.1.0").expect("1.1.0 is made")).expect("1.1.0 is imported");
    let paths = |record: &longshore_bundle::BundleRecord| {
        record.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>()
    };
    let lacks: Vec<String> =
        paths(&second).into_iter().filter(|path| !paths(&first).contains(path)).collect();
    assert_eq!(lacks, ["cluster/v1.35.4/amd64/kubernetes"], "1.1.0 adds one file: the next Kubernetes");
    assert!(paths(&first).contains(&"cluster/amd64/cni/bridge".to_owned()), "{:?}", paths(&first));
    assert_eq!(first.images.len(), 2 + 1 + 7, "two services, what makes volumes, six components and pause");
    let etcds = second.images.iter().filter(|image| image.name == "etcd").count();
    assert_eq!(etcds, 2, "each Kubernetes has an etcd of its own");
    let shared: u64 =
        first.blobs.iter().filter(|blob| second.blobs.contains(blob)).map(|blob| blob.size).sum();
    let whole: u64 = first.blobs.iter().map(|blob| blob.size).sum();
    assert!(
        shared * 10 > whole * 9,
        "a library that has 1.0.0 holds most of 1.1.0's 1.34: {shared} of {whole}"
    );
}
