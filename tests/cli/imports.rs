//! An import in one process as another one sees it: under way, killed, gone on with, discarded. No part of the lab takes
//! part.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use longshore_bundle::{ImageSource, Layer, write_bundle};
use serde_json::Value;
use tempfile::TempDir;

use crate::operator::Said;

/// Layers of the bundle, and bytes of each: enough to be caught in the middle.
const LAYERS: usize = 24;
const LAYER: usize = 1 << 20;
/// Only a failing test waits so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A bundle that takes a while to import; made once in a test run.
pub fn heavy() -> PathBuf {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let folder = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let meta = serde_json::from_value(serde_json::json!({
            "appSlug": "heavy", "versionLabel": "1.0.0", "channelName": "Stable", "format": "docker",
        }));
        let application = b"apiVersion: kots.io/v1beta1\nkind: Application\nmetadata:\n  name: heavy\n";
        let files = BTreeMap::from([("application.yaml".to_owned(), application.to_vec())]);
        let layer = |at: usize| Layer { files: vec![("data".to_owned(), noise(at as u64), false)] };
        let image = ImageSource {
            reference: "heavy.example/web:1".to_owned(),
            layers: (0..LAYERS).map(layer).collect(),
            entrypoint: vec!["/data".to_owned()],
            user: "65532".to_owned(),
        };
        let mut file = fs::File::create(folder.path().join("heavy.airgap")).expect("made");
        write_bundle(&mut file, &meta.expect("metadata"), &files, &[image]).expect("it is written");
        folder
    });
    folder.path().join("heavy.airgap")
}

/// Bytes of a layer, which do not pack: packed ones would be imported before anybody could look.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(state.to_le_bytes())
    };
    std::iter::from_fn(next).take(LAYER / 8).flatten().collect()
}

/// A data folder in which commands are typed.
pub struct Desk {
    pub data: PathBuf,
}

impl Desk {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_longshore"));
        // Nothing here runs helm; a file in its place is all it takes to begin.
        let helm = std::env::current_exe().expect("this test is a file");
        command.arg("--data").arg(&self.data).arg("--helm").arg(helm).args(words).stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Said {
        self.command(words).output().expect("longshore starts").into()
    }

    fn json(&self, words: &[&str]) -> Value {
        let said = self.run(&[words, &["--output", "json"]].concat());
        assert_eq!(said.code, 0, "longshore {} should succeed:\n{}", words.join(" "), said.all());
        said.json()
    }

    /// The one import that is listed.
    fn import(&self) -> Value {
        let list = self.json(&["bundle", "list"]);
        assert_eq!(list["imports"].as_array().map(Vec::len), Some(1), "one import is listed: {list}");
        list["imports"][0].clone()
    }

    /// An import in a process of its own, held in the middle.
    pub fn held(&self) -> Held {
        let file = heavy().display().to_string();
        let mut command = self.command(&["bundle", "import", &file]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let held = Held(child);
        let until = Instant::now() + PATIENCE;
        while stored(&self.data.join("library/blobs/sha256")) < 6 {
            assert!(Instant::now() < until, "the import stores blobs");
            sleep(Duration::from_millis(1));
        }
        held.signal("STOP");
        held
    }
}

/// How many blobs there are.
fn stored(top: &Path) -> usize {
    let folders = fs::read_dir(top).into_iter().flatten().flatten();
    folders.flat_map(|folder| fs::read_dir(folder.path())).map(Iterator::count).sum()
}

/// A process that imports and does not get any further. It goes with this.
pub struct Held(Child);

impl Held {
    fn signal(&self, name: &str) {
        let said = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status();
        assert!(said.expect("kill starts").success(), "the process is there for {name}");
    }

    pub fn process(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Held {
    /// As `kill -9` ends it.
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn desk() -> (TempDir, Desk) {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk { data: folder.path().join("data") };
    (folder, desk)
}

fn id(import: &Value) -> &str {
    import["id"].as_str().expect("it has an id")
}

#[test]
fn an_import_is_seen_by_another_process_and_is_left_alone() {
    let (_folder, desk) = desk();
    let held = desk.held();
    let import = desk.import();
    assert_eq!(import["state"], "running", "{import}");
    assert_eq!(import["file"], "heavy.airgap", "{import}");
    assert_eq!(import["total"], fs::metadata(heavy()).expect("it is there").len(), "{import}");
    assert_eq!(import["holder"]["process"], held.process(), "who imports it: {import}");
    assert_eq!(import["holder"]["here"], false, "not the process that tells it: {import}");
    assert!(import["beganAt"].as_i64() > Some(1_700_000_000_000), "since when: {import}");
    assert_eq!(import["kept"], Value::Null, "it is under way: {import}");
    let said = desk.run(&["bundle", "list"]);
    let by = format!("by process {} on ", held.process());
    assert!(said.out.contains("importing") && said.out.contains(&by), "in words: {}", said.all());
    for verb in ["resume", "discard"] {
        let refused = desk.run(&["bundle", verb, id(&import)]);
        assert_eq!(refused.code, 2, "{verb}: {}", refused.all());
        assert!(
            refused.all().contains(&format!("imported by process {}", held.process())),
            "{}",
            refused.all()
        );
    }
    let second = desk.run(&["bundle", "import", &heavy().display().to_string()]);
    assert_eq!(second.code, 2, "one process writes: {}", second.all());
    assert!(second.all().contains(&format!("process {} on ", held.process())), "{}", second.all());
    held.signal("CONT");
    let until = Instant::now() + PATIENCE;
    while desk.json(&["bundle", "list"])["bundles"] == serde_json::json!([]) {
        assert!(Instant::now() < until, "it comes to its end");
        sleep(Duration::from_millis(50));
    }
    assert_eq!(desk.json(&["bundle", "list"])["imports"], serde_json::json!([]), "it is a bundle now");
}

#[test]
fn a_killed_import_is_told_and_goes_on() {
    let (_folder, desk) = desk();
    let process = {
        let held = desk.held();
        held.process()
    };
    let import = desk.import();
    assert_eq!(import["state"], "interrupted", "process {process} is gone: {import}");
    assert_eq!(import["holder"], Value::Null, "nobody imports it: {import}");
    assert!(import["kept"].as_u64() > Some(LAYER as u64), "what it stored is there: {import}");
    let said = desk.run(&["bundle", "list"]);
    assert!(said.out.contains("interrupted") && said.out.contains("bundle resume IMPORT"), "{}", said.all());
    let detail = desk.json(&["bundle", "resume", &id(&import)[..8]]);
    assert_eq!(detail["summary"]["slug"], "heavy", "it is in the library: {detail}");
    let list = desk.json(&["bundle", "list"]);
    assert_eq!(list["imports"], serde_json::json!([]), "it is a bundle now: {list}");
    assert_eq!(desk.run(&["bundle", "verify"]).code, 0, "and whole");
    assert_eq!(desk.json(&["bundle", "collect", "--dry-run"])["bytes"], 0, "and nothing is left over");
}

#[test]
fn a_killed_import_is_discarded_with_all_it_stored() {
    let (_folder, desk) = desk();
    drop(desk.held());
    let import = desk.import();
    let discarded = desk.json(&["bundle", "discard", id(&import)]);
    assert_eq!(discarded["bytes"], import["kept"], "all it kept: {discarded}");
    assert_eq!(desk.json(&["bundle", "list"])["imports"], serde_json::json!([]), "it is forgotten");
    assert_eq!(desk.json(&["bundle", "collect", "--dry-run"])["bytes"], 0, "nothing is left");
    for verb in ["resume", "discard"] {
        let refused = desk.run(&["bundle", verb, id(&import)]);
        assert_ne!(refused.code, 0, "{verb}: there is nothing to go on with");
        assert!(refused.all().contains("There is no import"), "{}", refused.all());
    }
}

#[test]
fn importing_the_file_again_goes_on_with_what_was_killed() {
    let (_folder, desk) = desk();
    drop(desk.held());
    assert_eq!(desk.import()["state"], "interrupted", "it was killed");
    desk.json(&["bundle", "import", &heavy().display().to_string()]);
    assert_eq!(desk.json(&["bundle", "list"])["imports"], serde_json::json!([]), "nothing of it is left");
}
