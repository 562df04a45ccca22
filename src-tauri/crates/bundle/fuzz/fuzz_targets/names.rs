//! References and digests.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_bundle::{Digest, full_name};

fuzz_target!(|text: &str| {
    if let Some(digest) = Digest::parse(text) {
        assert_eq!(digest.to_string(), text, "a digest has one form");
    }
    let full = full_name(text);
    assert_eq!(full_name(&full), full, "a full name is its own");
});
