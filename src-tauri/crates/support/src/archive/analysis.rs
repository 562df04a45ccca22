//! `analysis.json`: results as upstream's tools show them. What upstream has no place for is kept in labels.

use std::collections::BTreeMap;

use longshore_contract::{CheckResult, CheckState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const STATE: &str = "longshore/state";
const HOST: &str = "longshore/host";
const STRICT: &str = "longshore/strict";
const URI: &str = "longshore/uri";

/// How grave a finding is; the gravest is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Something is wrong.
    Error,
    /// It could not be judged. Upstream writes no severity then.
    Unjudged,
    /// Something deserves a look.
    Warn,
    /// All is well, or it did not apply.
    Pass,
}

/// One result of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// Title.
    pub title: String,
    /// What was found and what to do.
    pub message: String,
    /// Where to read more, or empty.
    pub uri: String,
    /// Host it is about, or empty.
    pub host: String,
}

/// Results in upstream's shape.
pub(super) fn to_json(results: &[CheckResult]) -> Value {
    results.iter().map(one).collect()
}

fn one(result: &CheckResult) -> Value {
    let (severity, state) = match result.state {
        CheckState::Pass => ("debug", "pass"),
        CheckState::Skipped => ("debug", "skipped"),
        CheckState::Warn => ("warn", "warn"),
        CheckState::Fail => ("error", "fail"),
        CheckState::Error => ("error", "error"),
    };
    let mut labels: BTreeMap<&str, &str> =
        BTreeMap::from([("desiredPosition", "1"), ("iconKey", ""), ("iconUri", ""), (STATE, state)]);
    let strict = if result.strict { "true" } else { "" };
    let more = [(HOST, result.host.as_str()), (URI, result.uri.as_str()), (STRICT, strict)];
    labels.extend(more.into_iter().filter(|(_, value)| !value.is_empty()));
    let name: String = result
        .title
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { '.' })
        .collect();
    let mut value = json!({
        "name": name,
        "labels": labels,
        "insight": {
            "name": name, "labels": labels, "primary": result.title, "detail": result.message, "severity": severity,
        },
        "severity": severity,
        "analyzerSpec": "",
    });
    if severity == "error" {
        value["error"] = json!(result.message);
    }
    value
}

/// Findings in upstream's shape, the gravest first.
///
/// # Errors
/// When it is no list in JSON. What a finding lacks is empty.
pub(super) fn parse(content: &[u8]) -> Result<Vec<Finding>, String> {
    let list: Vec<Value> = serde_json::from_slice(content).map_err(|error| error.to_string())?;
    let mut findings: Vec<Finding> = list.iter().map(finding).collect();
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

fn finding(value: &Value) -> Finding {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let insight = &value["insight"];
    let severity = value["severity"].as_str().or_else(|| insight["severity"].as_str());
    let severity = match (severity, value["labels"][STATE].as_str()) {
        (_, Some("error")) => Severity::Unjudged,
        (Some("error"), _) => Severity::Error,
        (Some("warn"), _) => Severity::Warn,
        (Some("debug" | "info"), _) => Severity::Pass,
        _ => Severity::Unjudged,
    };
    let title = insight["primary"].as_str().or_else(|| value["name"].as_str()).unwrap_or_default().to_owned();
    let message =
        insight["detail"].as_str().or_else(|| value["error"].as_str()).unwrap_or_default().to_owned();
    Finding { severity, title, message, uri: text(&value["labels"][URI]), host: text(&value["labels"][HOST]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(title: &str, state: CheckState) -> CheckResult {
        let (message, host) = (format!("{title} says"), "node-1".to_owned());
        CheckResult { title: title.to_owned(), state, message, uri: String::new(), strict: false, host }
    }

    #[test]
    fn results_come_back_as_findings() {
        let results = [
            result("Memory", CheckState::Pass),
            result("Kernel 5.10+", CheckState::Fail),
            result("Disk", CheckState::Warn),
            result("Time", CheckState::Error),
        ];
        let value = to_json(&results);
        assert_eq!(value[1]["name"], "kernel.5.10.", "upstream's way to write names");
        assert_eq!(value[1]["insight"]["primary"], "Kernel 5.10+");
        assert_eq!(value[1]["error"], "Kernel 5.10+ says");
        assert_eq!(value[0].get("error"), None, "only failures have one");
        let findings = parse(value.to_string().as_bytes()).expect("it is a list");
        let order: Vec<_> =
            findings.iter().map(|finding| (finding.severity, finding.title.as_str())).collect();
        let wanted = [
            (Severity::Error, "Kernel 5.10+"),
            (Severity::Unjudged, "Time"),
            (Severity::Warn, "Disk"),
            (Severity::Pass, "Memory"),
        ];
        assert_eq!(order, wanted);
        assert!(findings.iter().all(|finding| finding.host == "node-1"));
    }

    #[test]
    fn what_others_wrote_is_read() {
        let text = r#"[{"name":"a","severity":""},{"insight":{"primary":"b","severity":"warn"}},{}]"#;
        let findings = parse(text.as_bytes()).expect("it is a list");
        assert_eq!(findings.len(), 3);
        assert_eq!(findings[2].severity, Severity::Warn);
        assert!(parse(b"{}").is_err());
    }
}
