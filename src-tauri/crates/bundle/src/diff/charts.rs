//! Chart archives of two releases.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read as _;

use longshore_release::ChartArchive;

use super::Change;
use crate::limits::Limits;
use crate::read::decode::{Budget, Metered, decoder};
use crate::read::tape::{Kind, Tape};

/// Charts that differ, by name.
pub(super) fn changes(from: &[ChartArchive], to: &[ChartArchive]) -> Vec<Change> {
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
            changes.push(Change { name, before: Some(versions(&before)), after });
        }
    }
    changes.extend(to.into_iter().map(|(name, after)| Change {
        name,
        before: None,
        after: Some(versions(&after)),
    }));
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

/// Templates of charts that give rights, by chart and file, as they are written. What cannot be read has none:
/// the import looked through it, and helm will say what is wrong with it.
pub(super) fn rights(archives: &[ChartArchive]) -> BTreeMap<String, String> {
    let limits = Limits::default();
    let mut all = BTreeMap::new();
    for archive in archives {
        let budget = Budget::new(limits.release_unpacked);
        let Ok(inner) = decoder(archive.bytes.as_slice()) else { continue };
        let members = Cell::new(0);
        let mut tape = Tape::new(Metered { inner, budget: &budget }, &limits, &members);
        while let Ok(Some(head)) = tape.next() {
            let template = head.name.contains("/templates/") && head.kind == Kind::File;
            let mut text = String::new();
            if !template || head.size > limits.small || tape.read_to_string(&mut text).is_err() {
                continue;
            }
            let gives = ["rbac.authorization.k8s.io/", "kind: ServiceAccount"];
            if gives.iter().any(|words| text.contains(words)) {
                let file = head.name.split_once('/').map_or(head.name.as_str(), |(_, file)| file);
                all.insert(format!("chart {}: {file}", archive.name), text);
            }
        }
    }
    all
}
