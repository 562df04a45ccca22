//! A chart's archive of any bytes: no panic, and a refusal names the file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_release::ChartArchive;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = ChartArchive::read("charts/app-1.0.0.tgz", bytes) {
        assert!(error.to_string().contains("app-1.0.0.tgz"), "a refusal names the file: {error}");
    }
});
