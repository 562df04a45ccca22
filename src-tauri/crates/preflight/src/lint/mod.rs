//! What is wrong with a spec before anything is run: names that nobody reads, conditions that cannot hold,
//! checks without an answer.
//!
//! Upstream ignores unknown keys and kinds and drops checks that match nothing, so mistakes show only when a
//! customer's cluster fails without a warning. Everything said here is found without a host or a cluster.

mod collected;
mod items;
mod outcomes;
mod subjects;
mod when;

use serde::Serialize;
use serde_json::Value;

use crate::kinds::{Scope, nearest_of};
use crate::spec::{Document, Kind, SpecError, rendered};
use crate::yaml::{self, Node};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A check can never answer, or the spec cannot be read.
    Error,
    /// Something does not do what it seems to.
    Warning,
    /// Worth knowing.
    Note,
}

/// Something that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where in its document, such as `spec.analyzers[2].memory.outcomes[0].pass.when`.
    pub path: String,
    /// Line in the file, from 1; zero where it is not known.
    pub line: usize,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do, or empty.
    pub hint: String,
}

/// Looks at a spec; one of version v1beta3 is rendered with `values` first. Findings come in order of lines.
pub fn lint(text: &str, values: Option<&Value>) -> Vec<Finding> {
    let text = match rendered("the spec", text, values) {
        Ok(text) => text,
        Err(SpecError::NeedsValues { .. }) => {
            let hint = "give the values that the vendor documents";
            return vec![finding("", 0, Severity::Error, "it is a template and there are no values", hint)];
        }
        Err(error) => return vec![finding("", 0, Severity::Error, &error.to_string(), "")],
    };
    let nodes = match yaml::documents(&text) {
        Ok(nodes) => nodes,
        Err(error) => {
            let hint = if text.contains("{{") { "templates have to be rendered before" } else { "" };
            return vec![finding("", error.line, Severity::Error, &error.reason, hint)];
        }
    };
    let mut report = Report::default();
    let mut documents = Vec::new();
    for node in &nodes {
        match crate::spec::documents(std::slice::from_ref(node)) {
            Ok(found) if found.is_empty() => report.stranger(node),
            Ok(found) => documents.extend(found),
            Err((line, path, reason)) => {
                report.findings.push(finding(&path, line, Severity::Error, &reason, ""));
            }
        }
    }
    for document in &documents {
        report.document(document);
    }
    collected::check(&mut report, &documents);
    report.findings.sort_by_key(|finding| finding.line);
    report.findings
}

fn finding(path: &str, line: usize, severity: Severity, message: &str, hint: &str) -> Finding {
    Finding { path: path.to_owned(), line, severity, message: message.to_owned(), hint: hint.to_owned() }
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
}

/// Keys of a document's spec, each with what lies there.
const SPEC: &[(&str, Member)] = &[
    ("collectors", Member::Collectors),
    ("analyzers", Member::Analyzers),
    ("hostCollectors", Member::HostCollectors),
    ("hostAnalyzers", Member::HostAnalyzers),
    ("remoteCollectors", Member::Other),
    ("uri", Member::Other),
    ("uploadResultsTo", Member::Other),
    ("afterCollection", Member::Other),
    ("runHostCollectorsInPod", Member::Other),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Collectors,
    Analyzers,
    HostCollectors,
    HostAnalyzers,
    Other,
}

/// Keys that a kind of document has.
fn members(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Preflight => &["collectors", "remoteCollectors", "analyzers", "uri", "uploadResultsTo"],
        Kind::HostPreflight => &["collectors", "remoteCollectors", "analyzers", "uri"],
        Kind::SupportBundle => &[
            "collectors",
            "hostCollectors",
            "analyzers",
            "hostAnalyzers",
            "afterCollection",
            "uri",
            "runHostCollectorsInPod",
        ],
        Kind::Collector | Kind::HostCollector | Kind::RemoteCollector => &["collectors", "uri"],
        Kind::Analyzer => &["analyzers", "hostAnalyzers"],
        Kind::Redactor => &["redactors", "uri"],
    }
}

impl Report {
    /// Adds a finding at a path of a document.
    pub(crate) fn add(&mut self, node: &Node, path: &str, severity: Severity, message: &str, hint: &str) {
        self.findings.push(finding(path, node.line_of(path), severity, message, hint));
    }

    /// A document that is none of upstream's. Only one that means to be is worth a word.
    fn stranger(&mut self, node: &Node) {
        let value = node.value();
        let (version, kind) = (value["apiVersion"].as_str().unwrap_or_default(), value["kind"].as_str());
        if !version.starts_with("troubleshoot.") {
            return;
        }
        if crate::spec::VERSIONS.contains(&version) {
            let kind = kind.unwrap_or_default();
            let known = crate::spec::KINDS.iter().map(|(name, _)| *name);
            let hint = nearest_of(kind, known).map(meant).unwrap_or_default();
            self.add(node, "kind", Severity::Error, &format!("there is no kind of document {kind:?}"), &hint);
        } else {
            let hint = "troubleshoot.sh/v1beta2 is the usual version";
            self.add(node, "apiVersion", Severity::Error, &format!("there is no version {version}"), hint);
        }
    }

    fn document(&mut self, document: &Document) {
        let Some(spec) = document.value["spec"].as_object() else {
            if document.kind.asks() {
                self.add(&document.node, "spec", Severity::Error, "the document has no spec", "");
            }
            return;
        };
        let known = members(document.kind);
        for (key, value) in spec {
            let path = format!("spec.{key}");
            if !known.contains(&key.as_str()) {
                let hint = nearest_of(key, known.iter().copied()).map(meant).unwrap_or_default();
                self.add(
                    &document.node,
                    &path,
                    Severity::Warning,
                    &format!("nobody reads {key} here"),
                    &hint,
                );
            } else if key == "remoteCollectors" {
                let message = "remote collectors are never run";
                self.add(&document.node, &path, Severity::Warning, message, "hosts are checked over SSH");
            } else {
                self.member(document, key, value);
            }
        }
        if document.kind.asks() && !spec.contains_key("analyzers") && !spec.contains_key("hostAnalyzers") {
            self.add(
                &document.node,
                "spec",
                Severity::Warning,
                "the document checks nothing",
                "add analyzers",
            );
        }
    }

    fn member(&mut self, document: &Document, key: &str, value: &Value) {
        let host = matches!(document.kind, Kind::HostPreflight | Kind::HostCollector);
        let member = SPEC.iter().find(|(name, _)| *name == key).map_or(Member::Other, |(_, member)| *member);
        let (scope, analyzers) = match member {
            Member::Collectors => (if host { Scope::Host } else { Scope::Cluster }, false),
            Member::Analyzers => (if host { Scope::Host } else { Scope::Cluster }, true),
            Member::HostCollectors => (Scope::Host, false),
            Member::HostAnalyzers => (Scope::Host, true),
            Member::Other => return,
        };
        let path = format!("spec.{key}");
        let Some(items) = value.as_array() else {
            if !value.is_null() {
                self.add(&document.node, &path, Severity::Error, "a list is needed here", "");
            }
            return;
        };
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let place = items::Place { node: &document.node, path: &path, scope };
            if analyzers {
                self.analyzer(&place, item);
            } else {
                self.collector(&place, item);
            }
        }
    }
}

/// "Did you mean".
fn meant(name: &str) -> String {
    format!("did you mean {name}?")
}

#[cfg(test)]
mod tests;
