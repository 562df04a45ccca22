//! An image in an archive of its own.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use longshore_bundle::{Archives, ImageOrigin, Library};

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(&folder.path().join("library")).expect("it opens");
    let path = folder.path().join("image.tar");
    fs::write(&path, data).expect("it is written");
    let mut archives = Archives::new(library.clone());
    if archives.add(&path, "x.example/image:1", &|| false).is_ok() {
        let image = archives.image("x.example/image:1").expect("it was taken in");
        assert!(image.blobs().into_iter().all(|blob| library.holds(&blob.digest, blob.size)), "a blob is missing");
    }
    let verified = library.verify_all(&|_| {}, &|| false).expect("it verifies");
    assert!(verified.findings.is_empty(), "a blob is not what its name says");
});
