//! Documents of a file by their kinds, wrapped ones taken out.

use serde_json::Value;

use super::{valued, wrapped};
use crate::yaml::Node;

/// Kinds of upstream's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Preflight,
    HostPreflight,
    SupportBundle,
    Collector,
    HostCollector,
    RemoteCollector,
    Analyzer,
    Redactor,
}

/// Kinds by their names.
pub(crate) const KINDS: &[(&str, Kind)] = &[
    ("Preflight", Kind::Preflight),
    ("HostPreflight", Kind::HostPreflight),
    ("SupportBundle", Kind::SupportBundle),
    ("Collector", Kind::Collector),
    ("HostCollector", Kind::HostCollector),
    ("RemoteCollector", Kind::RemoteCollector),
    ("Analyzer", Kind::Analyzer),
    ("Redactor", Kind::Redactor),
];

/// Versions that are read.
pub(crate) const VERSIONS: &[&str] = &[
    "troubleshoot.sh/v1beta2",
    "troubleshoot.sh/v1beta3",
    "troubleshoot.sh/v1beta1",
    "troubleshoot.replicated.com/v1beta1",
];

impl Kind {
    /// Whether documents of it ask for checks.
    pub(crate) fn asks(self) -> bool {
        matches!(self, Self::Preflight | Self::HostPreflight | Self::SupportBundle | Self::Analyzer)
    }
}

/// One document.
pub(crate) struct Document {
    pub(crate) kind: Kind,
    pub(crate) node: Node,
    pub(crate) value: Value,
}

/// A line, a path and what is wrong there.
pub(crate) type Fault = (usize, String, String);

/// Upstream's documents among others, in order.
pub(crate) fn documents(nodes: &[Node]) -> Result<Vec<Document>, Fault> {
    let mut found = Vec::new();
    for node in nodes {
        let (node, value) = valued(node);
        if let Some(kind) = kind(&value) {
            found.push(Document { kind, node, value });
        } else {
            found.extend(wrapped::documents(&node, &value)?);
        }
    }
    Ok(found)
}

/// The kind of a document, if it is one of upstream's.
pub(crate) fn kind(value: &Value) -> Option<Kind> {
    let version = value["apiVersion"].as_str().unwrap_or_default();
    let name = value["kind"].as_str().unwrap_or_default();
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == name)?;
    VERSIONS.contains(&version).then_some(*kind)
}
