//! What Longshore itself knows of a site: its row, its runs with their journals, plans and logs, and who did what.

use std::path::PathBuf;

use longshore_contract::{Record, RunId, SiteId, Timestamp, chain};
use longshore_store::{RunLog, SiteRow, Store, StoreError};
use serde::Serialize;
use serde_json::{Value, json};

/// Runs of which everything is taken, the newest ones.
const RUNS: usize = 20;
/// Lines of the audit trail that are looked through.
const AUDIT: u32 = 10_000;

/// Path in the bundle, and what is there.
pub(super) type File = (String, Body);

/// What is in a file of the bundle.
pub(super) enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What a file of this machine holds. Logs may be longer than there is memory for.
    File(PathBuf),
}

/// Files that were made, and what could not be had.
#[derive(Default)]
pub(super) struct Files {
    pub(super) files: Vec<File>,
    pub(super) problems: Vec<String>,
}

impl Files {
    pub(super) fn json(&mut self, path: &str, value: &impl Serialize) {
        let text = serde_json::to_vec_pretty(value).unwrap_or_default();
        self.files.push((path.to_owned(), Body::Bytes(text)));
    }

    fn lines(&mut self, path: &str, values: impl Iterator<Item = Value>) {
        let text: String = values.map(|value| format!("{value}\n")).collect();
        self.files.push((path.to_owned(), Body::Bytes(text.into_bytes())));
    }

    /// Notes what could not be had, and goes on: half of a bundle is better than none.
    fn had<T>(&mut self, what: &str, result: Result<T, StoreError>) -> Option<T> {
        result.map_err(|error| self.problems.push(format!("{what}: {}", chain(&error)))).ok()
    }
}

/// Everything that is stored here about a site.
pub(super) fn files(store: &Store, site: &SiteRow, now: Timestamp) -> Files {
    let mut all = Files::default();
    let about = json!({ "longshore": env!("CARGO_PKG_VERSION"), "collectedAt": now });
    all.json("longshore/about.json", &about);
    all.json("longshore/site.json", site);
    let runs = all.had("runs", store.runs()).unwrap_or_default();
    let runs: Vec<_> = runs.into_iter().filter(|run| run.site == site.id).collect();
    all.json("longshore/runs.json", &runs);
    for run in runs.iter().take(RUNS) {
        one_run(&mut all, store, &run.id);
    }
    audit(&mut all, store, site);
    all
}

/// The journal of a run, its plan by itself, and its log.
fn one_run(all: &mut Files, store: &Store, run: &RunId) {
    let folder = format!("longshore/runs/{run}");
    let what = format!("run {run}");
    let entries = all.had(&what, store.entries(run)).unwrap_or_default();
    for entry in &entries {
        if let Record::PlanFrozen { plan, .. } = &entry.record {
            all.json(&format!("{folder}/plan.json"), plan);
        }
    }
    let line =
        |entry: &longshore_engine::Entry| json!({ "seq": entry.seq, "at": entry.at, "record": entry.record });
    all.lines(&format!("{folder}/journal.jsonl"), entries.iter().map(line));
    let log = all.had(&what, store.run_folder(run)).map(|folder| RunLog::file(&folder));
    if let Some(log) = log.filter(|log| log.exists()) {
        all.files.push((format!("{folder}/log.jsonl"), Body::File(log)));
    }
}

/// Who did what to the site, whichever way it was named.
fn audit(all: &mut Files, store: &Store, site: &SiteRow) {
    let entries = all.had("the audit trail", store.audit_list(AUDIT)).unwrap_or_default();
    let is_ours = |named: &SiteId| *named == site.id || named.0 == site.name;
    let ours: Vec<_> = entries.into_iter().filter(|entry| entry.site.as_ref().is_some_and(is_ours)).collect();
    all.json("longshore/audit.json", &ours);
}
