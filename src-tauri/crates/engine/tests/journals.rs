//! Journals that released versions have written still fold: runs survive an update of the application.

use std::fs;
use std::path::Path;

use longshore_contract::{Record, State, Timestamp};
use longshore_engine::fold::{Entry, fold};
use serde::Deserialize;

/// Every recorded journal, and the state that its run ended in. New versions add to this and change nothing.
const JOURNALS: &[(&str, State)] = &[
    ("0.1.0/install.jsonl", State::Succeeded),
    ("0.1.0/upgrade.jsonl", State::Succeeded),
    ("0.1.0/rollback.jsonl", State::RolledBack),
];

#[derive(Deserialize)]
struct Line {
    seq: u64,
    at: i64,
    record: Record,
}

fn entries(path: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read = |line: &str| {
        let line: Line =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()));
        Entry { seq: line.seq, at: Timestamp(line.at), record: line.record }
    };
    text.lines().map(read).collect()
}

#[test]
fn every_recorded_journal_folds_to_the_end_it_had() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    for (name, state) in JOURNALS {
        let entries = entries(&folder.join(name));
        assert!(entries.len() > 3, "{name} is too short to tell anything");
        for prefix in 1..=entries.len() {
            let folded = fold(&entries[..prefix]);
            assert!(folded.is_ok(), "{name}: the first {prefix} records do not fold: {:?}", folded.err());
        }
        let folded = fold(&entries).expect("it folds");
        assert_eq!((folded.state, folded.ended), (*state, true), "{name}");
    }
}
