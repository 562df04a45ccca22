//! Chart archives of two releases.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read as _;

use longshore_contract::ReleaseChange;
use longshore_release::ChartArchive;

use crate::limits::Limits;
use crate::read::decode::{Budget, Metered, decoder};
use crate::read::tape::{Kind, Tape};

/// Charts that differ, by name.
pub(super) fn changes(from: &[ChartArchive], to: &[ChartArchive]) -> Vec<ReleaseChange> {
    let by_name = |archives: &[ChartArchive]| {
        let mut all: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        for archive in archives {
            let versions = all.entry(archive.name.clone()).or_default();
            versions.push((archive.version.clone(), archive.bytes.clone()));
        }
        for versions in all.values_mut() {
            versions.sort();
        }
        all
    };
    let (from, mut to) = (by_name(from), by_name(to));
    let mut changes = Vec::new();
    let versions = |list: &[(String, Vec<u8>)]| {
        list.iter().map(|(version, _)| version.as_str()).collect::<Vec<_>>().join(", ")
    };
    for (name, before) in from {
        let after = to.remove(&name);
        if after.as_ref() != Some(&before) {
            let after = after.map(|after| versions(&after));
            changes.push(ReleaseChange { name, before: Some(versions(&before)), after });
        }
    }
    changes.extend(to.into_iter().map(|(name, after)| ReleaseChange {
        name,
        before: None,
        after: Some(versions(&after)),
    }));
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

/// Reads the small text files of chart archives: chart, path in it, text. What cannot be read is left out: the
/// import looked through it, and helm will say what is wrong with it.
fn each_file(archives: &[ChartArchive], mut take: impl FnMut(&ChartArchive, &str, String)) {
    let limits = Limits::default();
    for archive in archives {
        let budget = Budget::new(limits.release_unpacked);
        let Ok(inner) = decoder(archive.bytes.as_slice()) else { continue };
        let members = Cell::new(0);
        let mut tape = Tape::new(Metered { inner, budget: &budget }, &limits, &members);
        while let Ok(Some(head)) = tape.next() {
            let mut text = String::new();
            if head.kind != Kind::File || head.size > limits.small || tape.read_to_string(&mut text).is_err()
            {
                continue;
            }
            let path = head.name.split_once('/').map_or(head.name.as_str(), |(_, path)| path);
            take(archive, path, text);
        }
    }
}

/// Templates that give rights are shown apart.
fn gives_rights(path: &str, text: &str) -> bool {
    let gives = ["rbac.authorization.k8s.io/", "kind: ServiceAccount"];
    path.split('/').any(|part| part == "templates") && gives.iter().any(|words| text.contains(words))
}

/// Templates of charts that give rights, by chart and file, as they are written.
pub(super) fn rights(archives: &[ChartArchive]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    each_file(archives, |archive, path, text| {
        if gives_rights(path, &text) {
            all.insert(format!("chart {}: {path}", archive.name), text);
        }
    });
    all
}

/// The other files of charts, by chart and path.
pub(super) fn files(archives: &[ChartArchive]) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    each_file(archives, |archive, path, text| {
        if !gives_rights(path, &text) {
            let name = format!("chart {}: {path}", archive.name);
            all.entry(archive.name.clone()).or_default().insert(name, text);
        }
    });
    all
}
