//! Status of Deployments, StatefulSets, ReplicaSets and Jobs.

use longshore_contract::{CheckResult, CheckState};
use serde_json::Value;

use super::outcome::{Unjudged, compare};
use super::{Check, Judged};

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// What one kind of workload counts and where it is.
struct Kind {
    folder: &'static str,
    words: &'static str,
    /// Whether all of it is there.
    whole: fn(&Value) -> bool,
    /// The number that a `when` is about, from its subject ("" when it has none).
    count: fn(&Value, &str) -> Option<i64>,
}

pub(super) fn deployment(check: &Check<'_>) -> Judged {
    let whole = |object: &Value| number(&object["status"]["unavailableReplicas"]) == 0;
    let count = |object: &Value, subject: &str| {
        subject.is_empty().then(|| number(&object["status"]["readyReplicas"]))
    };
    judge(check, &Kind { folder: "deployments", words: "deployment", whole, count })
}

pub(super) fn statefulset(check: &Check<'_>) -> Judged {
    let whole = |object: &Value| {
        object["spec"]["replicas"].as_i64().unwrap_or(1) == number(&object["status"]["readyReplicas"])
    };
    let count = |object: &Value, subject: &str| {
        subject.is_empty().then(|| number(&object["status"]["readyReplicas"]))
    };
    judge(check, &Kind { folder: "statefulsets", words: "statefulset", whole, count })
}

pub(super) fn replicaset(check: &Check<'_>) -> Judged {
    let whole = |object: &Value| {
        object["spec"]["replicas"].as_i64().unwrap_or(1) <= number(&object["status"]["availableReplicas"])
    };
    let count = |object: &Value, subject: &str| match subject {
        "ready" => Some(number(&object["status"]["readyReplicas"])),
        "available" => Some(number(&object["status"]["availableReplicas"])),
        _ => None,
    };
    judge(check, &Kind { folder: "replicasets", words: "replicaset", whole, count })
}

pub(super) fn job(check: &Check<'_>) -> Judged {
    let whole = |object: &Value| {
        object["spec"]["completions"].as_i64().unwrap_or(1) <= number(&object["status"]["succeeded"])
    };
    let count = |object: &Value, subject: &str| match subject {
        "succeeded" => Some(number(&object["status"]["succeeded"])),
        "failed" => Some(number(&object["status"]["failed"])),
        _ => None,
    };
    judge(check, &Kind { folder: "jobs", words: "job", whole, count })
}

fn judge(check: &Check<'_>, kind: &Kind) -> Judged {
    if check.text("name").is_empty() { all(check, kind) } else { one(check, kind) }
}

fn one(check: &Check<'_>, kind: &Kind) -> Judged {
    let (namespace, wanted) = (check.text("namespace"), check.text("name"));
    let items = check.items(&format!("cluster-resources/{}/{namespace}.json", kind.folder))?;
    let found = items.iter().find(|item| item["metadata"]["name"] == wanted);
    // Upstream names these after the workload whatever `checkName` says.
    let title = format!("{wanted} Status");
    for outcome in check.outcomes() {
        let Some(object) = found else {
            if outcome.when == "absent" {
                return Ok(vec![check.result(&title, &outcome)]);
            }
            let message = format!("The {} {wanted:?} was not found", kind.words);
            return Ok(vec![check.canned(&title, CheckState::Fail, &message)]);
        };
        if outcome.when != "absent" && (outcome.when.is_empty() || holds(kind, object, outcome.when)?) {
            return Ok(vec![check.result(&title, &outcome)]);
        }
    }
    Err(Unjudged("no outcome matches what was found; the spec needs one without `when`".to_owned()))
}

fn holds(kind: &Kind, object: &Value, when: &str) -> Result<bool, Unjudged> {
    let wrong = || Unjudged(format!("`when: {when}` cannot be read"));
    let words: Vec<&str> = when.split(' ').collect();
    let (subject, operator, wanted) = match words[..] {
        [operator, wanted] => ("", operator, wanted),
        [subject, operator, wanted] => (subject, operator, wanted),
        _ => return Err(wrong()),
    };
    let wanted: i64 = wanted.parse().map_err(|_| wrong())?;
    let found = (kind.count)(object, subject).ok_or_else(wrong)?;
    compare(&found, operator, &wanted).ok_or_else(wrong)
}

/// Without a name: a failure for each that is not whole, nothing when all are.
fn all(check: &Check<'_>, kind: &Kind) -> Judged {
    let mut namespaces: Vec<String> = check.spec["namespaces"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    if !check.text("namespace").is_empty() {
        namespaces.push(check.text("namespace").to_owned());
    }
    let folder = format!("cluster-resources/{}/", kind.folder);
    let mut results: Vec<CheckResult> = Vec::new();
    for path in check.files.keys().filter(|path| path.starts_with(&folder)) {
        let namespace = path.trim_start_matches(&folder).trim_end_matches(".json");
        if !namespaces.is_empty() && !namespaces.iter().any(|wanted| wanted == namespace) {
            continue;
        }
        for object in check.items(path)?.iter().filter(|object| !(kind.whole)(object)) {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            let title = format!("{namespace}/{name} {} Status", capital(kind.words));
            let message = format!("The {} {namespace}/{name} is not ready", kind.words);
            results.push(check.canned(&title, CheckState::Fail, &message));
        }
    }
    Ok(results)
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
