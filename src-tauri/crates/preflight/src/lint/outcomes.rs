//! Outcomes: whether one always applies, none stands where it is never reached, and each condition can be read.

use serde_json::Value;

use super::items::Place;
use super::{Report, Severity, meant, subjects, when};
use crate::kinds::{Scope, nearest_of};
use crate::template;

/// How a kind reads its outcomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// The first whose `when` holds; without one there is no answer.
    First,
    /// By `true` and `false`, with a meaning of no `when`.
    Compared,
    /// Without conditions: it is there or not.
    Bare,
    /// Not at all.
    Unread,
    /// Every one that applies.
    Every,
}

fn reading(scope: Scope, kind: &str) -> Reading {
    if scope == Scope::Cluster && kind == "event" {
        return Reading::Compared;
    }
    match kind {
        "jsonCompare" | "yamlCompare" => Reading::Compared,
        "storageClass"
        | "ingressClass"
        | "customResourceDefinition"
        | "ingress"
        | "secret"
        | "configMap"
        | "imagePullSecret"
        | "kernelConfigs"
        | "networkNamespaceConnectivity" => Reading::Bare,
        "velero" | "longhorn" | "goldpinger" | "weaveReport" => Reading::Unread,
        "kernelModules" | "certificatesCollection" | "certificates" | "clusterContainerStatuses" => {
            Reading::Every
        }
        _ => Reading::First,
    }
}

/// Kinds that judge on their own where a spec gives no outcomes.
const OWN_OUTCOMES: &[&str] =
    &["deploymentStatus", "statefulsetStatus", "jobStatus", "replicasetStatus", "cephStatus"];
/// Kinds of the first reading that answer even where nothing matches.
const ANSWERS: &[&str] = &["distribution"];
/// Kinds whose messages are templates.
const TEMPLATES: &[&str] = &[
    "textAnalyze",
    "jsonCompare",
    "yamlCompare",
    "systemPackages",
    "nodeResources",
    "clusterPodStatuses",
    "filesystemPerformance",
    "clusterContainerStatuses",
    "event",
    "nodeMetrics",
];
const STATES: &[&str] = &["pass", "warn", "fail"];

impl Report {
    /// The outcomes of an analyzer.
    pub(super) fn outcomes(&mut self, place: &Place<'_>, kind: &str, path: &str, body: &Value) {
        let reading = reading(place.scope, kind);
        let list = body["outcomes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let bare_regex = kind == "textAnalyze" && !body["regex"].is_null();
        let compared = bare_regex
            || ["expectedValue", "regex"]
                .iter()
                .any(|field| kind == "clusterResource" && !body[*field].is_null());
        let reading = if compared { Reading::Compared } else { reading };
        if reading == Reading::Unread {
            if !list.is_empty() {
                let message = format!("{kind} has outcomes of its own; these are not read");
                self.add(place.node, &format!("{path}.outcomes"), Severity::Note, &message, "");
            }
            return;
        }
        if list.is_empty() {
            if !OWN_OUTCOMES.contains(&kind) {
                self.add(place.node, path, Severity::Error, "the check has no outcomes, so no answer", "");
            }
            return;
        }
        for (at, item) in list.iter().enumerate() {
            self.item(place, &format!("{path}.outcomes[{at}]"), item);
        }
        self.conditions(place, kind, path, body, reading);
        if reading == Reading::First {
            self.coverage(place, kind, path, list);
        }
        if reading == Reading::Bare || reading == Reading::Compared {
            self.both(place, kind, path, list, reading);
        }
    }

    /// One item of the list.
    fn item(&mut self, place: &Place<'_>, path: &str, item: &Value) {
        let Some(members) = item.as_object() else { return };
        let held =
            STATES.iter().filter(|state| members.get(**state).is_some_and(|body| !body.is_null())).count();
        for name in members.keys().filter(|name| !STATES.contains(&name.as_str())) {
            let hint = nearest_of(name, ["pass", "warn", "fail", "warning", "failure"].into_iter());
            let hint = hint.map(|near| meant(&near[..4])).unwrap_or_default();
            let message = format!("an outcome is pass, warn or fail, not {name}");
            self.add(place.node, &format!("{path}.{name}"), Severity::Error, &message, &hint);
        }
        if held == 0 {
            self.add(
                place.node,
                path,
                Severity::Error,
                "the outcome is empty",
                "pass, warn or fail belongs here",
            );
        }
        if held > 1 {
            let message =
                "one item holds several outcomes; fail is read before warn before pass, and no other";
            self.add(place.node, path, Severity::Error, message, "give each an item of its own");
        }
        for state in STATES {
            for name in item[*state].as_object().into_iter().flatten().map(|(name, _)| name) {
                if !["when", "message", "uri"].contains(&name.as_str()) {
                    let near = nearest_of(name, ["when", "message", "uri"].into_iter());
                    let path = format!("{path}.{state}.{name}");
                    let message = format!("nobody reads {name} here");
                    let hint = near.map(meant).unwrap_or_default();
                    self.add(place.node, &path, Severity::Warning, &message, &hint);
                }
            }
        }
    }

    /// Every condition and message.
    fn conditions(&mut self, place: &Place<'_>, kind: &str, path: &str, body: &Value, reading: Reading) {
        for (at, item) in body["outcomes"].as_array().into_iter().flatten().enumerate() {
            for state in STATES {
                let outcome = &item[*state];
                let path = format!("{path}.outcomes[{at}].{state}");
                let condition = outcome["when"].as_str().unwrap_or_default();
                if !condition.is_empty() {
                    let at = format!("{path}.when");
                    if reading == Reading::Bare {
                        let message = format!("{kind} does not read `when`");
                        self.add(place.node, &at, Severity::Note, &message, "");
                    } else if let Some(why) = when::unreadable(place.scope, kind, body, condition) {
                        self.add(place.node, &at, Severity::Error, &why, "");
                    } else if let Some((message, hint)) = subjects::doubt(place.scope, kind, body, condition)
                    {
                        self.add(place.node, &at, Severity::Warning, &message, &hint);
                    }
                }
                let message = outcome["message"].as_str().unwrap_or_default();
                if TEMPLATES.contains(&kind)
                    && let Err(why) = template::check(message)
                {
                    self.add(place.node, &format!("{path}.message"), Severity::Error, &why, "");
                }
            }
        }
    }

    /// Whether an outcome always applies, and whether others stand behind it.
    fn coverage(&mut self, place: &Place<'_>, kind: &str, path: &str, list: &[Value]) {
        let bare = |item: &Value| {
            STATES.iter().any(|state| {
                item[*state].is_object() && item[*state]["when"].as_str().unwrap_or_default().is_empty()
            })
        };
        match list.iter().position(bare) {
            None if !ANSWERS.contains(&kind) => {
                let message = "every outcome has a condition; where none holds, the check has no answer";
                let hint = "add an outcome without `when` at the end";
                self.add(place.node, &format!("{path}.outcomes"), Severity::Warning, message, hint);
            }
            Some(at) if at + 1 < list.len() => {
                let path = format!("{path}.outcomes[{}]", at + 1);
                let message =
                    "an outcome before it has no `when` and always applies, so this is never reached";
                self.add(
                    place.node,
                    &path,
                    Severity::Warning,
                    message,
                    "move the one without `when` to the end",
                );
            }
            _ => {}
        }
    }

    /// Whether there is an answer both ways.
    fn both(&mut self, place: &Place<'_>, kind: &str, path: &str, list: &[Value], reading: Reading) {
        let answers = |good: bool| {
            list.iter().any(|item| {
                STATES.iter().any(|state| {
                    let outcome = &item[*state];
                    let said = outcome["when"].as_str().and_then(crate::values::number::boolean);
                    let default = *state == "pass";
                    outcome.is_object()
                        && if reading == Reading::Bare { default } else { said.unwrap_or(default) } == good
                })
            })
        };
        for (good, words) in [(true, "holds"), (false, "does not hold")] {
            if !answers(good) {
                let message = format!("{kind} has no outcome for when it {words}");
                let severity = if reading == Reading::Bare { Severity::Error } else { Severity::Warning };
                self.add(place.node, &format!("{path}.outcomes"), severity, &message, "");
            }
        }
    }
}
