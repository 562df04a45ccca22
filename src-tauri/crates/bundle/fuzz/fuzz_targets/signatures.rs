//! Signatures and public keys in every form: no panic, and nothing fits a key that made nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_bundle::{Carried, PublicKey, SignatureKind, check};

fuzz_target!(|input: (bool, &str, &str)| {
    let (minisign, text, key) = input;
    let kind = if minisign { SignatureKind::Minisign } else { SignatureKind::Sigstore };
    let keys: Vec<PublicKey> = PublicKey::parse(key).into_iter().collect();
    let carried = Carried { kind, text: text.to_owned(), key: Some(key.to_owned()) };
    let _ = check("sha256:00 1 blob\n", &carried, &keys);
    let _ = check("sha256:00 1 blob\n", &Carried { key: None, ..carried }, &keys);
});
