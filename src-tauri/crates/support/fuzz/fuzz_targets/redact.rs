//! Any bytes through the redactor, in windows of any size: no panic, and the caller's secret is not in what comes out.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use longshore_support::Redactor;

const SECRET: &[u8] = b"the-known-one";

static WHOLE: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[SECRET], &[]).expect("it is made"));
static SMALL: LazyLock<Redactor> =
    LazyLock::new(|| Redactor::new(&[SECRET], &[]).expect("it is made").with_window(512, 128));

fuzz_target!(|input: (bool, &[u8])| {
    let (yaml, bytes) = input;
    let path = if yaml { "a.yaml" } else { "a.log" };
    for redactor in [&*WHOLE, &*SMALL] {
        let mut once = Vec::new();
        redactor.file(path, bytes, &mut once).expect("memory is read and written");
        assert!(!once.windows(SECRET.len()).any(|part| part == SECRET), "a known secret is left");
    }
});
