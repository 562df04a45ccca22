//! The list in an image's archive, and what a differential bundle builds on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_bundle::{Base, SavedImage};

fuzz_target!(|data: &[u8]| {
    let _ = SavedImage::parse(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(base) = Base::parse(text) {
        assert_eq!(Base::parse(&base.text()).as_ref(), Ok(&base), "it is read as it was written");
    }
});
