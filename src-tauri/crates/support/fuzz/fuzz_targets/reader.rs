//! A bundle of any bytes: no panic, and whatever is listed can be read or is refused in a sentence.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use longshore_support::{EntryKind, Query, ReadLimits, Reader};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.tar.gz");
    fs::write(&path, bytes).expect("it is written");
    let limits = ReadLimits { members: 1000, unpacked: 4 << 20, ratio: 20 };
    let Ok(reader) = Reader::open(&path, &limits) else { return };
    for entry in reader.entries() {
        assert!(!entry.path.starts_with('/') && entry.path.split('/').all(|part| part != ".."), "{}", entry.path);
        let read = reader.read(&entry.path, 0..1 << 20);
        assert!(entry.kind != EntryKind::File || read.is_ok(), "{} is listed and cannot be read", entry.path);
    }
    let _ = reader.findings();
    let query = Query { text: "a".to_owned(), ignore_case: true, limit: 10, ..Query::default() };
    reader.search(&query).expect("what was listed can be searched");
});
