//! A whole bundle: no panic, nothing half-written, and whatever is taken is whole.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use longshore_bundle::{ImportOptions, Library, Limits};
use longshore_contract::Timestamp;

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(&folder.path().join("library")).expect("it opens");
    let path = folder.path().join("bundle.airgap");
    fs::write(&path, data).expect("it is written");
    let limits = Limits { unpacked: 8 << 20, ratio: 20, release_unpacked: 4 << 20, ..Limits::default() };
    let options = ImportOptions { limits, ..ImportOptions::default() };
    let outcome = library.import_with(&path, &options, Timestamp(0), &|_| {}, &|| false);
    let incoming = fs::read_dir(library.root().join("incoming")).expect("it lists").count();
    assert_eq!(incoming, 0, "something is left half-written");
    let known = library.bundles().expect("it lists").len();
    assert_eq!(known, usize::from(outcome.is_ok()), "a record of a refused bundle, or none of one that was taken");
    let verified = library.verify_all(&|_| {}, &|| false).expect("it verifies");
    assert!(verified.findings.is_empty(), "a blob is not what its name says, or is missing");
});
