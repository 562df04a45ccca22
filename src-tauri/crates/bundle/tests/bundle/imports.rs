//! Imports as other processes see them: under way, broken off, gone on with, discarded.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use longshore_bundle::{
    BundleError, BundleRecord, ImportOptions, Importing, Library, NewImport, Recorded, write_bundle,
};
use longshore_contract::Timestamp;

use crate::made::{Place, files, meta, noise, source, tree};

fn begin(library: &Library, id: &str, path: &Path, once: bool) -> Importing {
    let new = NewImport { id: id.to_owned(), path: path.to_owned(), once, now: Timestamp(7) };
    library.begin_import(new).expect("it begins")
}

fn run(importing: Importing, stop: &(dyn Fn() -> bool + Sync)) -> Result<BundleRecord, BundleError> {
    importing.run(&ImportOptions::default(), Timestamp(8), &|_| {}, stop)
}

fn only(library: &Library) -> Recorded {
    let mut found = library.imports().expect("they are listed");
    assert_eq!(found.len(), 1, "one import is recorded: {found:?}");
    found.remove(0)
}

/// Files that are left of imports.
fn left(library: &Library) -> usize {
    fs::read_dir(library.root().join("imports")).expect("it lists").count()
}

/// The same folder as another process opens it.
fn other(place: &Place) -> Library {
    Library::open(place.library.root()).expect("it opens")
}

/// A bundle with so many large layers, and where it lies.
fn heavy(place: &Place, name: &str, seed: u64) -> PathBuf {
    let layers: Vec<Vec<u8>> = (0..6).map(|at| noise(seed + at, 300_000)).collect();
    let (meta, images) = (meta("1.0.0", "docker", &[]), [source("app.example/web:1", &layers)]);
    let mut bundle = Vec::new();
    write_bundle(&mut bundle, &meta, &files("1.0.0"), &images).expect("it is written");
    place.file(name, &bundle)
}

/// Stops an import, as a person does, when the library holds more than so many bytes.
fn stopped_after(library: &Library, path: &Path, id: &str, once: bool, stored: u64) {
    let root = library.root().to_owned();
    let stop = move || {
        Library::open(&root).is_ok_and(|library| library.held().is_ok_and(|held| held.bytes > stored))
    };
    let refusal = run(begin(library, id, path, once), &stop).expect_err("it is stopped");
    assert!(matches!(refusal, BundleError::Stopped), "{refusal}");
}

#[test]
fn others_see_an_import_while_it_goes_on_and_nothing_of_it_afterwards() {
    let place = Place::new();
    let (path, watcher) = (heavy(&place, "web.airgap", 1), other(&place));
    let seen = AtomicBool::new(false);
    let importing = begin(&place.library, "abc", &path, false);
    let look = || {
        let import = only(&watcher);
        assert_eq!(import.kept, None, "it goes on: {import:?}");
        assert_eq!(import.record.file, "web.airgap", "it is named");
        assert_eq!(import.record.holder.process, std::process::id(), "who imports is told");
        assert!(!import.record.holder.host.is_empty(), "and where");
        assert_eq!(import.record.began_at, Timestamp(7), "and since when");
        assert_eq!(
            import.record.total,
            fs::metadata(&path).expect("it is there").len(),
            "and how much it is"
        );
        seen.store(true, Ordering::Relaxed);
        false
    };
    run(importing, &look).expect("it is imported");
    assert!(seen.load(Ordering::Relaxed), "somebody looked");
    assert_eq!(watcher.imports().expect("lists"), [], "it is a bundle now");
    assert_eq!(left(&watcher), 0, "no file is left of it");
}

#[test]
fn a_process_that_is_gone_left_an_import_that_goes_on_under_its_id() {
    let place = Place::new();
    let path = heavy(&place, "web.airgap", 1);
    // Nothing ran: as if the process had been killed right after it began.
    drop(begin(&place.library, "abc", &path, false));
    let broken = only(&other(&place));
    assert_eq!((broken.kept, broken.record.stopped), (Some(0), false), "nobody holds it: {broken:?}");
    let again = begin(&other(&place), "def", &path, false);
    assert_eq!(again.record().id, "abc", "the same file goes on with it");
    run(again, &|| false).expect("it is imported");
    assert_eq!(left(&place.library), 0, "nothing is left of it");
}

#[test]
fn a_stopped_import_says_what_it_stored_and_stores_it_once() {
    let place = Place::new();
    let path = heavy(&place, "web.airgap", 1);
    stopped_after(&place.library, &path, "abc", false, 600_000);
    let broken = only(&place.library);
    let held = place.library.held().expect("it is asked");
    assert!(broken.record.stopped, "a person stopped it");
    assert_eq!(broken.kept, Some(held.unneeded), "all that lies there is its own");
    assert!(held.unneeded > 600_000, "two layers at least: {held:?}");
    let modified = |digest: &str| {
        let path = place.library.root().join("blobs/sha256").join(&digest[..2]).join(digest);
        fs::metadata(path).and_then(|facts| facts.modified()).expect("it is there")
    };
    let before: Vec<_> = place.blobs().into_iter().map(|blob| (modified(&blob), blob)).collect();
    run(begin(&place.library, "def", &path, false), &|| false).expect("it goes on");
    for (then, blob) in before {
        assert_eq!(modified(&blob), then, "{blob} was not written again");
    }
}

#[test]
fn a_discarded_import_takes_what_it_alone_stored() {
    let place = Place::new();
    // They share all but the last three layers.
    let (first, second) = (heavy(&place, "one.airgap", 1), heavy(&place, "two.airgap", 4));
    stopped_after(&place.library, &first, "one", false, 1_500_000);
    let of_first = only(&place.library).kept.expect("it broke off");
    stopped_after(&place.library, &second, "two", false, of_first + 500_000);
    let kept: Vec<_> = place.library.imports().expect("lists").iter().map(|one| one.kept).collect();
    let all = place.library.held().expect("asked").unneeded;
    assert_eq!(kept.iter().flatten().sum::<u64>(), all, "each blob is one import's: {kept:?}");
    let freed = place.library.discard_import("one").expect("it is discarded");
    assert_eq!((freed.bytes, freed.removed), (of_first, true), "all it stored");
    assert_eq!(place.library.held().expect("asked").unneeded, all - of_first, "the other's stays");
    assert_eq!(only(&place.library).record.id, "two", "the other is recorded still");
    assert!(matches!(place.library.discard_import("one"), Err(BundleError::NoImport(_))), "it is gone");
    assert!(
        matches!(place.library.discard_import("../lock"), Err(BundleError::NoImport(_))),
        "no path is an id"
    );
}

#[test]
fn discarding_leaves_what_a_bundle_needs() {
    let place = Place::new();
    let path = heavy(&place, "web.airgap", 1);
    stopped_after(&place.library, &path, "abc", false, 600_000);
    let elsewhere = place.file("copy.airgap", &fs::read(&path).expect("reads"));
    let record =
        run(begin(&place.library, "def", &elsewhere, false), &|| false).expect("the copy is imported");
    assert_eq!(only(&place.library).kept, Some(0), "a bundle needs it all");
    assert_eq!(place.library.discard_import("abc").expect("it is discarded").bytes, 0, "nothing goes");
    let sound = place.library.verify(Some(&record.id), &|_| {}, &|| false).expect("it is verified");
    assert_eq!(sound.findings, [], "the bundle is whole");
}

#[test]
fn an_import_under_way_is_not_discarded() {
    let place = Place::new();
    let path = heavy(&place, "web.airgap", 1);
    let importing = begin(&place.library, "abc", &path, false);
    for library in [&place.library, &other(&place)] {
        let refusal = library.discard_import("abc").expect_err("somebody imports");
        assert!(matches!(refusal, BundleError::Busy { .. }), "{refusal}");
    }
    run(importing, &|| false).expect("it is imported");
}

#[test]
fn a_refused_bundle_leaves_no_record_and_a_failed_read_one_that_can_go_on() {
    let place = Place::new();
    let whole = tree("1.0.0");
    let cut = place.file("cut.airgap", &whole[..whole.len() - 30]);
    run(begin(&place.library, "abc", &cut, false), &|| false).expect_err("it is cut off");
    assert_eq!(left(&place.library), 0, "trying again would not help");
    let path = place.file("gone.airgap", &whole);
    let importing = begin(&place.library, "def", &path, false);
    fs::remove_file(&path).expect("the stick is pulled out");
    run(importing, &|| false).expect_err("it cannot be read");
    assert!(!only(&place.library).record.stopped, "it can go on when the file is back");
}

#[test]
fn a_file_that_was_sent_goes_on_when_it_is_sent_again() {
    let place = Place::new();
    let path = heavy(&place, "web.airgap", 1);
    stopped_after(&place.library, &path, "abc", true, 600_000);
    assert_eq!(only(&place.library).record.path, None, "it is not there any more");
    fs::create_dir(place.folder.path().join("again")).expect("made");
    let again = place.folder.path().join("again/web.airgap");
    fs::rename(&path, &again).expect("it is elsewhere");
    let longer = place.file("web.airgap", &tree("1.0.0"));
    assert_eq!(begin(&place.library, "def", &longer, true).record().id, "def", "another file of that name");
    assert_eq!(begin(&place.library, "ghi", &again, true).record().id, "abc", "the same file");
}

#[test]
fn what_a_power_cut_left_unreadable_is_swept_and_hides_nothing() {
    let place = Place::new();
    let folder = place.library.root().join("imports");
    fs::write(folder.join("abc.json"), b"").expect("written");
    fs::write(folder.join("abc.blobs"), b"sha2").expect("written");
    assert_eq!(place.library.imports().expect("lists"), [], "it is no record");
    place.import(&tree("1.0.0")).expect("it is imported");
    assert_eq!(left(&place.library), 0, "it is gone");
}

#[test]
fn a_line_that_a_crash_cut_hides_no_other() {
    let place = Place::new();
    let path = heavy(&place, "web.airgap", 1);
    stopped_after(&place.library, &path, "abc", false, 300_000);
    let notes = place.library.root().join("imports/abc.blobs");
    let text = fs::read_to_string(&notes).expect("reads");
    let cut = format!("{text}sha256:{} 30", "0".repeat(64));
    fs::write(&notes, cut).expect("written");
    stopped_after(&place.library, &path, "def", false, 900_000);
    let held = place.library.held().expect("asked").unneeded;
    assert_eq!(only(&place.library).kept, Some(held), "all of it is noted");
}
