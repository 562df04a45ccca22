//! `nodeResources`: what the nodes that pass the filters have.

mod filter;
mod measure;

use serde_json::{Value, json};

use crate::analyze::outcome::NO_MATCH;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};

use super::items;
use filter::passes;
use measure::holds;

/// Filters as templates know them. All are texts but two.
const FILTERS: &[(&str, &str)] = &[
    ("cpuArchitecture", "CPUArchitecture"),
    ("cpuCapacity", "CPUCapacity"),
    ("cpuAllocatable", "CPUAllocatable"),
    ("memoryCapacity", "MemoryCapacity"),
    ("memoryAllocatable", "MemoryAllocatable"),
    ("podCapacity", "PodCapacity"),
    ("podAllocatable", "PodAllocatable"),
    ("ephemeralStorageCapacity", "EphemeralStorageCapacity"),
    ("ephemeralStorageAllocatable", "EphemeralStorageAllocatable"),
    ("resourceName", "ResourceName"),
    ("resourceAllocatable", "ResourceAllocatable"),
    ("resourceCapacity", "ResourceCapacity"),
];

pub(super) fn judge(check: &Check<'_>) -> Judged {
    const PATH: &str = "cluster-resources/nodes.json";
    let title = check.named("Node Resources");
    if check.bundle.get(PATH).is_none() {
        return absent(check, title, PATH);
    }
    let list = check.bundle.json(PATH)?;
    let filters = &check.spec["filters"];
    let mut nodes = Vec::new();
    for node in items(PATH, &list)? {
        if passes(&node, filters)? {
            nodes.push(node);
        }
    }
    let Some(outcome) = check.first(|when| holds(when, &nodes, filters))? else {
        return Ok(vec![Verdict::limbo(title, NO_MATCH)]);
    };
    let message = render(outcome.message, About::Record(&about(filters, nodes.len())))?;
    Ok(vec![outcome.verdict_saying(&title, message)])
}

fn absent(check: &Check<'_>, title: String, path: &str) -> Judged {
    if check.flag("ignoreIfNoFiles") {
        return Ok(Vec::new());
    }
    if check.bundle.refusal(path).is_some() {
        return Err(Unjudged::Silent(check.bundle.missing(path)));
    }
    let message = "No node resources were collected, unable to analyze node resources";
    Ok(vec![Verdict::of(State::Warn, title, message)])
}

fn about(filters: &Value, nodes: usize) -> Value {
    let mut about = json!({ "NodeCount": nodes });
    if filters.is_object() {
        for (field, name) in FILTERS {
            about[*name] = json!(filters[*field].as_str().unwrap_or_default());
        }
    }
    about
}
