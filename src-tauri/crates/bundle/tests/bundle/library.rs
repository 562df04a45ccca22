//! The library: one writer, nothing lost, nothing kept for nobody.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use longshore_bundle::{BundleError, BundleRecord, Digest, Fault, Library, NewImport};
use longshore_contract::Timestamp;
use serde_json::Value;

use crate::made::{Place, gzip, import, noise, tar, tree};

fn blob_path(library: &Library, digest: &Digest) -> PathBuf {
    library.root().join("blobs/sha256").join(&digest.hex()[..2]).join(digest.hex())
}

#[test]
fn a_second_writer_is_told_who_writes() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let lock = File::options().read(true).write(true).open(place.library.root().join("lock")).expect("opens");
    lock.lock().expect("nobody holds it");
    let refusal = place.import(&tree("1.1.0")).expect_err("another process writes");
    assert!(
        matches!(&refusal, BundleError::Busy { holder, .. } if holder.contains("imports a bundle")),
        "{refusal}"
    );
    assert!(refusal.to_string().contains("wait for it to end, or stop it"), "it says what to do: {refusal}");
    assert!(matches!(place.library.remove(&record.id), Err(BundleError::Busy { .. })), "removing waits too");
    assert!(matches!(place.library.collect(false), Err(BundleError::Busy { .. })), "and collecting");
    assert_eq!(place.library.collect(true).expect("counting is reading").bytes, 0, "reading goes on");
    assert_eq!(place.library.bundles().expect("reading goes on").len(), 1, "reading goes on");
    lock.unlock().expect("it is held");
    place.import(&tree("1.1.0")).expect("then it is imported");
}

#[test]
fn imports_of_one_program_go_side_by_side_and_removing_waits_for_them() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let (first, second) = (place.file("a", &tree("1.1.0")), place.file("b", &tree("1.2.0")));
    let library = place.library.clone();
    let inside = move || {
        import(&library, &second).expect("a second import goes on beside the first");
        let refusal = library.remove(&record.id).expect_err("somebody imports");
        assert!(
            matches!(&refusal, BundleError::Busy { holder, .. } if holder.contains("this program")),
            "{refusal}"
        );
        false
    };
    let once = std::sync::Once::new();
    let stop = || {
        once.call_once(|| {
            inside();
        });
        false
    };
    place.library.import(&first, longshore_contract::Timestamp(2), &|_| {}, &stop).expect("it is imported");
    assert_eq!(place.library.bundles().expect("lists").len(), 3, "all three are there");
}

#[test]
fn what_dead_writers_left_is_swept() {
    let place = Place::new();
    fs::write(place.library.root().join("incoming/.tmpdead"), noise(1, 5000)).expect("written");
    place.import(&tree("1.0.0")).expect("it is imported");
    assert_eq!(place.incoming(), 0, "it is gone");
}

#[test]
fn blobs_of_nobody_are_counted_then_removed() {
    let place = Place::new();
    let keep = place.import(&tree("1.0.0")).expect("it is imported");
    let before = place.blobs();
    let whole = tree("1.1.0");
    let refusal = place.import(&whole[..whole.len() - 30]).expect_err("it is cut");
    assert!(matches!(refusal, BundleError::CutOff { .. }), "{refusal}");
    let counted = place.library.collect(true).expect("it counts");
    assert_eq!(counted.blobs.len(), 2, "airgap.yaml and the release stay for the next try: {counted:?}");
    assert!(!counted.removed && place.blobs().len() == before.len() + 2, "counting removes nothing");
    let removed = place.library.collect(false).expect("it removes");
    assert_eq!((removed.blobs, removed.bytes), (counted.blobs, counted.bytes), "what was counted is removed");
    assert_eq!(place.blobs(), before, "and nothing else");
    place.library.remove(&keep.id).expect("it is removed");
    assert!(place.blobs().is_empty(), "the last bundle takes its blobs along");
}

#[test]
fn damage_is_found_removed_and_healed() {
    let place = Place::new();
    let first = place.import(&tree("1.0.0")).expect("it is imported");
    let second = place.import(&tree("1.1.0")).expect("it is imported");
    let sound = place.library.verify_all(&|_| {}, &|| false).expect("it verifies");
    assert!(sound.findings.is_empty() && sound.blobs == place.blobs().len(), "{sound:?}");
    let shared = first.images[0].manifests[0].blobs[1].digest.clone();
    let path = blob_path(&place.library, &shared);
    let mut bytes = fs::read(&path).expect("reads");
    bytes[10] ^= 1;
    fs::write(&path, &bytes).expect("writes");
    fs::remove_file(blob_path(&place.library, &second.release.digest)).expect("removes");
    let found = place.library.verify_all(&|_| {}, &|| false).expect("it verifies");
    let mut all: Vec<_> =
        found.findings.iter().map(|f| (f.digest.clone(), f.fault, f.bundles.len())).collect();
    all.sort_by_key(|(_, _, bundles)| *bundles);
    assert_eq!(
        all,
        [(second.release.digest.clone(), Fault::Missing, 1), (shared.clone(), Fault::Damaged, 2)],
        "each with the bundles that need it"
    );
    assert_eq!(place.library.remove_damaged(&found).expect("removes"), 1, "the damaged one is removed");
    place.import(&tree("1.1.0")).expect("it is imported again");
    let healed = place.library.verify_all(&|_| {}, &|| false).expect("it verifies");
    assert!(healed.findings.is_empty(), "both bundles are whole again: {healed:?}");
    let stopped = place.library.verify_all(&|_| {}, &|| true);
    assert!(matches!(stopped, Err(BundleError::Stopped)), "it can be stopped");
}

#[test]
fn the_library_moves_by_a_rename() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let to = place.folder.path().join("deep/er/library");
    let moved = place.library.relocate(&to, &|_| {}, &|| false).expect("it moves");
    assert_eq!(moved.bundle(&record.id).expect("it is there"), record, "its records are there");
    assert!(moved.verify_all(&|_| {}, &|| false).expect("verifies").findings.is_empty(), "and its blobs");
    assert!(!place.library.root().exists(), "nothing stays");
    for (to, why) in [
        (moved.root().join("inside"), "one folder holds"),
        (place.folder.path().join("deep"), "one folder holds"),
    ] {
        let refusal = moved.relocate(&to, &|_| {}, &|| false).expect_err(why).to_string();
        assert!(refusal.contains(why), "{refusal}");
    }
    let other = place.folder.path().join("other");
    fs::create_dir(&other).expect("made");
    fs::write(other.join("file"), "mine").expect("written");
    let refusal =
        moved.relocate(&other, &|_| {}, &|| false).expect_err("it holds something else").to_string();
    assert!(refusal.contains("something else"), "{refusal}");
}

#[test]
fn who_has_the_library_open_goes_on_with_it_where_it_was_moved_to() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let to = place.folder.path().join("elsewhere/library");
    assert_eq!(place.library.move_to(&to, &|_| {}, &|| false).expect("it moves"), to);
    assert_eq!(place.library.bundle(&record.id).expect("it is there"), record, "the old way leads to it");
    let again = place.folder.path().join("again");
    assert_eq!(place.library.move_to(&again, &|_| {}, &|| false).expect("it moves again"), again);
    assert_eq!(place.library.bundles().expect("lists").len(), 1, "and so it does after a second move");
    assert!(!to.exists(), "nothing stays in between");
    let second = place.import(&tree("1.1.0")).expect("it is imported");
    assert!(again.join("bundles").join(format!("{}.json", second.id)).exists(), "written where it is now");
}

#[test]
fn a_library_that_remembers_uploads_leaves_its_file_system_and_files_of_others_keep_it() {
    let place = Place::new();
    let Some(elsewhere) = elsewhere(&place) else {
        eprintln!("one file system only: nothing to move across");
        return;
    };
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    fs::create_dir(place.library.uploads()).expect("made");
    fs::write(place.library.uploads().join("one.json"), "{}").expect("written");
    let (stray, to) = (place.library.root().join("mine.txt"), elsewhere.path().join("library"));
    fs::write(&stray, "mine").expect("written");
    let refusal = place.library.move_to(&to, &|_| {}, &|| false).expect_err("it is kept").to_string();
    assert!(refusal.contains("other files"), "{refusal}");
    assert_eq!(place.library.bundles().expect("lists").len(), 1, "and nothing was moved");
    fs::remove_file(&stray).expect("removed");
    assert_eq!(place.library.move_to(&to, &|_| {}, &|| false).expect("it moves"), to);
    let library = longshore_bundle::Library::open(place.library.root()).expect("it opens from where it was");
    assert_eq!(library.bundle(&record.id).expect("it is there"), record, "with what it held");
}

#[test]
fn a_move_that_a_crash_broke_off_after_its_copying_is_ended() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let (root, to) = (place.library.root().to_owned(), place.folder.path().join("elsewhere"));
    place.library.relocate(&to, &|_| {}, &|| false).expect("it moves");
    let note = root.with_file_name(format!("{}.moving", root.file_name().expect("named").to_string_lossy()));
    fs::create_dir_all(root.join("blobs")).expect("some of the old folder is left");
    fs::write(to.join("moving-from"), root.to_string_lossy().as_bytes()).expect("the mark is left");
    fs::write(&note, to.to_string_lossy().as_bytes()).expect("and the note");
    let library = longshore_bundle::Library::open(&root).expect("it opens");
    assert_eq!(library.bundle(&record.id).expect("it is there"), record, "the library is where it went");
    assert!(!note.exists() && !to.join("moving-from").exists(), "nothing says that it moves");
    fs::write(&note, place.folder.path().join("never").to_string_lossy().as_bytes()).expect("written");
    let library = longshore_bundle::Library::open(&root).expect("it opens");
    assert_eq!(library.bundles().expect("lists").len(), 1, "a move that never began changes nothing");
}

/// A folder on another file system than temporary files are on, if there is one.
fn elsewhere(place: &Place) -> Option<tempfile::TempDir> {
    use std::os::unix::fs::MetadataExt as _;
    let here = fs::metadata(place.folder.path()).expect("it is there").dev();
    let other = ["/dev/shm", "/run", "/var/tmp"].into_iter().map(Path::new);
    let mut other = other.filter(|path| fs::metadata(path).is_ok_and(|facts| facts.dev() != here));
    other.find_map(|path| tempfile::tempdir_in(path).ok())
}

#[test]
fn the_library_moves_across_file_systems_and_goes_on_when_stopped() {
    let place = Place::new();
    let Some(elsewhere) = elsewhere(&place) else {
        eprintln!("one file system only: nothing to move across");
        return;
    };
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let broken = NewImport {
        id: "abc".to_owned(),
        path: place.file("broken.airgap", b""),
        once: false,
        now: Timestamp(1),
    };
    drop(place.library.begin_import(broken).expect("it begins"));
    let imports = place.library.imports().expect("lists");
    let to = elsewhere.path().join("library");
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let later = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 3;
    let stopped = place.library.relocate(&to, &|_| {}, &later).expect_err("it is stopped");
    assert!(matches!(stopped, BundleError::Stopped), "{stopped}");
    assert_eq!(place.library.bundles().expect("lists").len(), 1, "the library is where it was");
    let moved = place.library.relocate(&to, &|_| {}, &|| false).expect("it goes on");
    assert_eq!(moved.bundle(&record.id).expect("it is there"), record, "its records are there");
    assert!(moved.verify_all(&|_| {}, &|| false).expect("verifies").findings.is_empty(), "and its blobs");
    assert_eq!(moved.imports().expect("lists"), imports, "and what broke off");
    assert!(!place.library.root().exists(), "nothing stays");
    assert!(!to.join("moving-from").exists(), "nothing says that it is still moving");
    let back = place.folder.path().join("back");
    let shared = record.images[0].manifests[0].blobs[1].digest.clone();
    fs::write(blob_path(&moved, &shared), "damaged").expect("writes");
    let refusal = moved.relocate(&back, &|_| {}, &|| false).expect_err("a damaged blob is not carried on");
    assert!(matches!(refusal, BundleError::DamagedBlob(_)), "{refusal}");
    assert_eq!(moved.bundles().expect("lists").len(), 1, "and the library stays whole where it is");
}

#[test]
fn records_from_before_are_read() {
    let place = Place::new();
    let record = place.import(&gzip(&tar(&crate::made::archives("1.0.0")))).expect("it is imported");
    let mut old: Value = serde_json::to_value(&record).expect("it is JSON");
    let fields = old.as_object_mut().expect("it is an object");
    for new in ["airgap", "base", "signature", "signatures"] {
        fields.remove(new);
    }
    let path = place.library.root().join("bundles").join(format!("{}.json", record.id));
    fs::write(&path, old.to_string()).expect("written");
    let read = place.library.bundle(&record.id).expect("it is read");
    assert_eq!(read, BundleRecord { airgap: None, ..record }, "what was not known is not there");
    assert_eq!(read.root(), None, "and there is no list of digests to sign");
}
