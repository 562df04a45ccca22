//! `clusterContainerStatuses`: why containers wait or have ended.

use serde_json::{Value, json};

use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, unreadable};
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};

/// What is known of a pod's container.
struct Seen<'a> {
    matched: bool,
    about: Value,
    container: &'a str,
    namespace: &'a str,
    pod: &'a str,
}

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named("Cluster Container Status");
    let pods = super::pods::pods(check)?;
    let containers = first_containers(check, &pods)?;
    let mut verdicts: Vec<Verdict> = Vec::new();
    for outcome in check.outcomes() {
        if outcome.when.is_empty() {
            if verdicts.is_empty() {
                verdicts.push(outcome.verdict(&title));
            }
            return Ok(verdicts);
        }
        let (reason, equal) = condition(outcome.when)?;
        let mut message: Option<String> = None;
        for (pod, container) in &containers {
            let seen = seen(pod, container, reason)?;
            if seen.matched == equal {
                // The first container's message stands for the others of this outcome, too.
                let said = message.get_or_insert_with(|| said(outcome.message, &seen)).clone();
                verdicts.push(outcome.verdict_saying(&title, said));
            }
        }
    }
    if verdicts.is_empty() { Err(Unjudged::Silent(NO_MATCH.to_owned())) } else { Ok(verdicts) }
}

/// Of each pod the first container that was restarted often enough; upstream forgets the others.
fn first_containers<'a>(
    check: &Check<'_>,
    pods: &'a [Value],
) -> Result<Vec<(Record<'a>, Record<'a>)>, Unjudged> {
    let least = check.spec["restartCount"].as_i64().unwrap_or(0);
    let mut found: Vec<(&str, (Record<'_>, Record<'_>))> = Vec::new();
    for pod in pods {
        let pod = Record::of(pod)?;
        let uid = pod.record("metadata")?.text("uid")?;
        for container in pod.record("status")?.records("containerStatuses")? {
            let known = found.iter().any(|(other, _)| *other == uid);
            if container.integer("restartCount")? >= least && !known {
                found.push((uid, (pod.clone(), container)));
            }
        }
    }
    Ok(found.into_iter().map(|(_, pair)| pair).collect())
}

fn condition(when: &str) -> Result<(&str, bool), Unjudged> {
    match when.trim().split(' ').collect::<Vec<_>>()[..] {
        ["=" | "==" | "===", reason] => Ok((reason, true)),
        ["!=" | "!==", reason] => Ok((reason, false)),
        _ => Err(unreadable(when, "`== OOMKilled`")),
    }
}

fn seen<'a>(pod: &Record<'a>, container: &Record<'a>, reason: &str) -> Result<Seen<'a>, Unjudged> {
    let meta = pod.record("metadata")?;
    let (state, last) = (container.record("state")?, container.record("lastState")?);
    let mut found = None;
    for (state, name) in [(&last, "terminated"), (&state, "terminated"), (&state, "waiting")] {
        let detail = state.record(name)?;
        if found.is_none() && state.get(name).is_some() && same(detail.text("reason")?, reason) {
            found = Some(detail.text("message")?);
        }
    }
    let (namespace, pod, name) = (meta.text("namespace")?, meta.text("name")?, container.text("name")?);
    let about = json!({
        "Namespace": namespace,
        "PodName": pod,
        "ContainerName": name,
        "Ready": container.boolean("ready")?,
        "RestartCount": container.integer("restartCount")?,
        "Message": found.unwrap_or_default(),
    });
    Ok(Seen { matched: found.is_some(), about, container: name, namespace, pod })
}

/// Equality without case.
pub(super) fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

fn said(message: &str, seen: &Seen<'_>) -> String {
    match render(message, About::Record(&seen.about)) {
        Ok(said) => said.trim().to_owned(),
        Err(_) => format!(
            "Container matched. Container: {}, Namespace: {}, Pod: {}",
            seen.container, seen.namespace, seen.pod
        ),
    }
}
