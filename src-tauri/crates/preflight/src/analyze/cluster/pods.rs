//! `clusterPodStatuses`: one verdict per pod that an outcome applies to.

use serde_json::{Value, json};

use crate::analyze::bundle::file_name;
use crate::analyze::fields::Record;
use crate::analyze::outcome::NO_MATCH;
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, pod, render};

/// Pods of the wanted namespaces. A file is a list object, or an array of an older layout.
pub(super) fn pods(check: &Check<'_>) -> Result<Vec<Value>, Unjudged> {
    let namespaces = check.texts("namespaces");
    let mut pods = Vec::new();
    for (path, content) in check.bundle.find("cluster-resources/pods/*.json")? {
        let namespace = file_name(path).trim_end_matches(".json");
        if !namespaces.is_empty() && !namespaces.contains(&namespace) {
            continue;
        }
        let list = crate::analyze::bundle::json(path, content)?;
        match list {
            Value::Array(items) => pods.extend(items),
            list => {
                super::items(path, &list)?;
                pods.extend_from_slice(Record::of(&list)?.list("items")?);
            }
        }
    }
    Ok(pods)
}

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let mut verdicts = Vec::new();
    for mut pod in pods(check)? {
        explain(check, &mut pod)?;
        verdicts.extend(single(check, pod)?);
    }
    if verdicts.is_empty() {
        return Err(Unjudged::Silent(format!("no pod was judged: {NO_MATCH}")));
    }
    Ok(verdicts)
}

/// Writes reason and message into a pod's status, where it has none of its own.
fn explain(check: &Check<'_>, pod: &mut Value) -> Result<(), Unjudged> {
    let own = Record::of(pod)?.record("status")?.text("reason")?.to_owned();
    if own.is_empty() {
        let (reason, message) = status(&Record::of(pod)?)?;
        pod["status"]["reason"] = json!(reason);
        pod["status"]["message"] = json!(message);
    }
    let seen = Record::of(pod)?;
    if seen.record("status")?.text("message")?.is_empty() {
        pod["status"]["message"] = json!(warnings(check, &seen)?);
    }
    Ok(())
}

/// Warnings of a pod's events. What cannot be read there counts as none.
fn warnings(check: &Check<'_>, pod: &Record<'_>) -> Result<String, Unjudged> {
    let meta = pod.record("metadata")?;
    let (namespace, name) = (meta.text("namespace")?, meta.text("name")?);
    let path = format!("cluster-resources/events/{namespace}.json");
    let Ok(found) = check.bundle.json(&path) else { return Ok(String::new()) };
    let events =
        found.as_array().or_else(|| found["items"].as_array()).map(Vec::as_slice).unwrap_or_default();
    let messages: Vec<&str> = events
        .iter()
        .filter(|event| {
            let about = &event["involvedObject"];
            about["kind"] == "Pod"
                && about["name"] == name
                && about["namespace"].as_str().unwrap_or_default() == namespace
        })
        .filter(|event| event["type"] == "Warning")
        .filter_map(|event| event["message"].as_str().filter(|message| !message.is_empty()))
        .collect();
    Ok(messages.join(". "))
}

fn single(check: &Check<'_>, mut found: Value) -> Result<Option<Verdict>, Unjudged> {
    let record = Record::of(&found)?;
    let status = record.record("status")?;
    let (phase, reason) = (status.text("phase")?, status.text("reason")?);
    let unhealthy = unhealthy(&record)?;
    let outcome = check.outcomes().find(|outcome| {
        let mut words = outcome.when.trim().split(' ');
        let same = |wanted: &str| match wanted {
            "Healthy" => !unhealthy,
            wanted => wanted == phase || wanted == reason,
        };
        match (words.next(), words.next()) {
            (Some("=" | "==" | "==="), Some(wanted)) => same(wanted),
            (Some("!=" | "!=="), Some(wanted)) => !same(wanted),
            // A condition that cannot be read is passed over.
            _ => outcome.when.is_empty(),
        }
    });
    let Some(outcome) = outcome else { return Ok(None) };
    if found["status"]["message"].as_str().unwrap_or_default().is_empty() {
        found["status"]["message"] = json!("None");
    }
    let about = pod(&found);
    let title = match check.text("checkName") {
        "" => "Pod {{ .Namespace }}/{{ .Name }} status",
        name => name,
    };
    let message = match outcome.message {
        "" => {
            "Pod {{ .Namespace }}/{{ .Name }} status is {{ .Status.Reason }}. \
             Message is: {{ .Status.Message }}"
        }
        message => message,
    };
    let title = render(title, About::Record(&about))?;
    let message = render(message, About::Record(&about))?;
    Ok(Some(outcome.verdict_saying(&title, message.trim())))
}

/// Whether a pod is not well; one that cannot be read is not.
pub(crate) fn is_unhealthy(pod: &Value) -> bool {
    Record::of(pod).map_err(Unjudged::from).and_then(|pod| unhealthy(&pod)).unwrap_or(true)
}

fn unhealthy(pod: &Record<'_>) -> Result<bool, Unjudged> {
    let state = pod.record("status")?;
    if ["Failed", "Pending", "Unknown"].contains(&state.text("phase")?) {
        return Ok(true);
    }
    let (reason, _) = status(pod)?;
    if reason == "Completed" {
        return Ok(false);
    }
    let mut unready = false;
    for container in state.records("containerStatuses")? {
        unready |= !container.boolean("ready")?;
    }
    Ok(reason != "Running" || unready)
}

/// A pod's state in one word, as `kubectl get pods` shows it, and what its containers said at their end.
fn status(pod: &Record<'_>) -> Result<(String, String), Unjudged> {
    let state = pod.record("status")?;
    let mut reason = match state.text("reason")? {
        "" => state.text("phase")?.to_owned(),
        reason => reason.to_owned(),
    };
    let mut message = String::new();
    if let Some((starting, said)) = initializing(pod)? {
        reason = starting;
        message.push_str(&said);
    } else {
        let mut running = false;
        for container in state.records("containerStatuses")?.iter().rev() {
            match container_status(container)? {
                Some((word, said)) => {
                    reason = word;
                    message.push_str(&said);
                }
                None => running |= container.boolean("ready")? && is_running(container)?,
            }
        }
        if reason == "Completed" && running {
            let word = if ready(&state)? { "Running" } else { "NotReady" };
            word.clone_into(&mut reason);
        }
        for condition in state.records("conditions")? {
            if condition.text("type")? == "PodScheduled" && condition.text("status")? == "False" {
                message.push_str(condition.text("message")?);
            }
        }
    }
    let meta = pod.record("metadata")?;
    if meta.get("deletionTimestamp").is_some() {
        let lost = state.text("reason")? == "NodeLost";
        let word = if lost { "Unknown" } else { "Terminating" };
        word.clone_into(&mut reason);
    }
    Ok((reason, message))
}

fn is_running(container: &Record<'_>) -> Result<bool, String> {
    Ok(container.record("state")?.get("running").is_some())
}

fn ready(state: &Record<'_>) -> Result<bool, String> {
    let mut ready = false;
    for condition in state.records("conditions")? {
        ready |= condition.text("type")? == "Ready" && condition.text("status")? == "True";
    }
    Ok(ready)
}

/// What the first init container that is not done says.
fn initializing(pod: &Record<'_>) -> Result<Option<(String, String)>, Unjudged> {
    let specs = pod.record("spec")?.records("initContainers")?;
    for (at, container) in pod.record("status")?.records("initContainerStatuses")?.iter().enumerate() {
        let state = container.record("state")?;
        let (ended, waiting) = (state.record("terminated")?, state.record("waiting")?);
        let sidecar = match specs.get(at) {
            Some(spec) => spec.text("restartPolicy")? == "Always",
            None => false,
        };
        let word = if state.get("terminated").is_some() {
            match ended.integer("exitCode")? {
                0 => continue,
                _ => format!("Init:{}", end(&ended)?),
            }
        } else if !["", "PodInitializing"].contains(&waiting.text("reason")?) {
            format!("Init:{}", waiting.text("reason")?)
        } else if sidecar && is_running(container)? {
            continue;
        } else {
            format!("Init:{at}/{}", specs.len())
        };
        let said = container.record("lastState")?.record("terminated")?.text("message")?;
        return Ok(Some((word, said.to_owned())));
    }
    Ok(None)
}

/// Why a container ended: its reason, its signal or its exit code.
fn end(ended: &Record<'_>) -> Result<String, String> {
    Ok(match (ended.text("reason")?, ended.integer("signal")?) {
        ("", 0) => format!("ExitCode:{}", ended.integer("exitCode")?),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    })
}

/// What a container that waits or has ended says.
fn container_status(container: &Record<'_>) -> Result<Option<(String, String)>, String> {
    let state = container.record("state")?;
    let waiting = state.record("waiting")?.text("reason")?;
    if !waiting.is_empty() {
        let last = container.record("lastState")?;
        let ended = last.record("terminated")?;
        let said = match (last.get("terminated").is_some(), ended.text("message")?) {
            (false, _) => String::new(),
            (true, "") => format!("ExitCode:{}", ended.integer("exitCode")?),
            (true, message) => message.to_owned(),
        };
        return Ok(Some((waiting.to_owned(), said)));
    }
    if state.get("terminated").is_none() {
        return Ok(None);
    }
    let ended = state.record("terminated")?;
    let said = match ended.text("reason")? {
        "" => String::new(),
        _ => format!("ExitCode:{}", ended.integer("exitCode")?),
    };
    Ok(Some((end(&ended)?, said)))
}
