//! known_hosts of any bytes, and keys of any form: a key that is known is in the file.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use longshore_remote::{KnownHosts, PublicKey, Verdict, matches_pattern};

fuzz_target!(|input: (&str, &[u8], &[u8])| {
    let (name, blob, text) = input;
    let _ = matches_pattern(name, &String::from_utf8_lossy(text));
    let Some(key) = PublicKey::from_blob(blob) else { return };
    assert_eq!(PublicKey::from_base64(&key.base64()).as_ref(), Some(&key), "a key is read as it is written");
    let _ = (key.kind(), key.fingerprint());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("known_hosts");
    fs::write(&file, text).expect("it is written");
    let hosts = KnownHosts { files: vec![file] };
    let said = hosts.check(name, &key).expect("a file that is there is read");
    if let Verdict::Known(entry) = said {
        assert_eq!(entry.key, key, "it is known by another key");
    }
});
