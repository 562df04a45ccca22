//! Imports that are killed, and disks that fill up under them, at moments nobody chose.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bundles::Vendor;
use super::disk::Disk;
use crate::operator::Operator;

/// Bytes of each layer of the bundle, and how many it has.
const LAYER: usize = 6 << 20;
const LAYERS: usize = 8;
/// Moments that are tried.
const MOMENTS: u32 = 12;

/// A bundle that takes a while to import, and how long it takes.
fn heavy() -> (Vendor, String, Duration) {
    let (operator, vendor) = (Operator::new("measurer"), Vendor::with_layers(LAYERS, LAYER));
    let file = vendor.create(&operator, "heavy.airgap", &[]).display().to_string();
    let begun = Instant::now();
    operator.ok(&["bundle", "import", &file]);
    (vendor, file, begun.elapsed())
}

/// The library holds the bundle whole, and nothing else.
fn is_whole(operator: &Operator, when: &str) {
    let list = operator.json(&["bundle", "list"]);
    assert_eq!(list["bundles"].as_array().map(Vec::len), Some(1), "{when}: {list}");
    let verified = operator.json(&["bundle", "verify"]);
    assert_eq!(verified["outcome"]["findings"].as_array().map(Vec::len), Some(0), "{when}: {verified}");
    let unneeded = operator.json(&["bundle", "collect", "--dry-run"]);
    assert_eq!(unneeded["bytes"], 0, "{when}: {unneeded}");
    let incoming = operator.data.path().join("library/incoming");
    let left = fs::read_dir(&incoming).expect("it is there").count();
    assert_eq!(left, 0, "{when}: half blobs are left in {}", incoming.display());
}

#[test]
fn an_import_that_is_killed_goes_on() {
    let (_vendor, file, takes) = heavy();
    for moment in 0..MOMENTS {
        let operator = Operator::new("killed");
        let after = takes * (2 * moment + 1) / (2 * MOMENTS);
        let mut import = operator.start(&["bundle", "import", &file]);
        sleep(after);
        // It may have ended already, which is a moment too.
        drop(import.kill());
        drop(import.wait());
        let when = format!("killed after {after:?} of {takes:?}");
        operator.ok(&["bundle", "import", &file]);
        is_whole(&operator, &when);
    }
}

#[test]
fn an_import_whose_disk_fills_up_says_so_and_goes_on() {
    let (_vendor, file, takes) = heavy();
    let mut refused = 0;
    for moment in 0..MOMENTS {
        let operator = Operator::new("full");
        let library = operator.data.path().join("library");
        let disk = Disk::mount(&library, 2 * LAYERS * LAYER);
        let import = operator.start(&["bundle", "import", &file]);
        let after = takes * moment / MOMENTS;
        sleep(after);
        let others = disk.fill();
        let ended = import.wait_with_output().expect("it ends");
        let when = format!("full after {after:?} of {takes:?}");
        if !ended.status.success() {
            refused += 1;
            let said = String::from_utf8_lossy(&ended.stderr);
            let told = said.contains("ran full") || said.contains("bytes free");
            assert!(told, "{when}: {said}");
            let list = operator.json(&["bundle", "list"]);
            assert_eq!(list["bundles"].as_array().map(Vec::len), Some(0), "{when}: {list}");
        }
        fs::remove_file(others).expect("others make room");
        operator.ok(&["bundle", "import", &file]);
        is_whole(&operator, &when);
    }
    assert!(refused > 0, "at some moment there was no room");
}
