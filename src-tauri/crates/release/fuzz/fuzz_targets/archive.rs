//! A release of any bytes, as an archive and as a file in a folder: no panic, and what is read can be asked for all it
//! holds.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use longshore_release::Release;

fuzz_target!(|input: (bool, &[u8])| {
    let (packed, bytes) = input;
    let files = || BTreeMap::from([("release.yaml".to_owned(), bytes.to_vec())]);
    let read = if packed { Release::from_archive(bytes) } else { Release::from_files(files()) };
    let Ok(release) = read else { return };
    let _ = release.cluster();
    let _ = release.own_cluster();
    let _ = release.extensions();
});
