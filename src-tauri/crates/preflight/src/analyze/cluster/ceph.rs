//! `cephStatus`: what Ceph says of its health.

use std::cmp::Ordering;

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, Outcome, compare, unreadable};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::values::glob::joined;

const HELP: &str = "https://rook.io/docs/rook/v1.4/ceph-common-issues.html";
/// What a spec without outcomes means.
const DEFAULTS: [Outcome<'static>; 3] = [
    Outcome { state: State::Pass, when: "", message: "Ceph is healthy", uri: "" },
    Outcome { state: State::Warn, when: "", message: "Ceph status is HEALTH_WARN", uri: HELP },
    Outcome { state: State::Fail, when: "", message: "Ceph status is HEALTH_ERR", uri: HELP },
];

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named("Ceph Status");
    let namespace = Some(check.text("namespace")).filter(|namespace| *namespace != "rook-ceph");
    let path = joined(&[check.text("collectorName"), namespace.unwrap_or_default(), "ceph", "status.json"]);
    let Some(content) = check.bundle.get(&path) else {
        return Err(Unjudged::Silent(check.bundle.missing(&path)));
    };
    let value = crate::analyze::bundle::json(&path, content)?;
    let found = record(&path, &value)?;
    let health = found.record("health")?.text("status")?;
    let spec: Vec<Outcome<'_>> = check.outcomes().collect();
    let outcomes = if check.items().is_empty() { DEFAULTS.to_vec() } else { spec };
    for outcome in outcomes {
        if holds(&outcome, health)? {
            let details = detailed(outcome.message, &found)?;
            let message = if outcome.state == State::Pass { outcome.message.to_owned() } else { details };
            return Ok(vec![outcome.verdict_saying(&title, message)]);
        }
    }
    Ok(vec![Verdict::limbo(title, NO_MATCH)])
}

fn holds(outcome: &Outcome<'_>, actual: &str) -> Result<bool, Unjudged> {
    let usual = match outcome.state {
        State::Fail => "HEALTH_ERR",
        State::Warn => "HEALTH_WARN",
        State::Pass => "HEALTH_OK",
    };
    let when = if outcome.when.is_empty() { usual } else { outcome.when };
    match when.trim().split(' ').collect::<Vec<_>>()[..] {
        [wanted] => Ok(wanted == actual),
        [operator, wanted] => compare(&order(actual, wanted), operator, &Ordering::Equal)
            .ok_or_else(|| unreadable(when, "`HEALTH_OK` or `>= HEALTH_WARN`")),
        _ => Err(unreadable(when, "`HEALTH_OK` or `>= HEALTH_WARN`")),
    }
}

/// Upstream's own order of states, in which every state it knows is better than one it does not.
fn order(actual: &str, wanted: &str) -> Ordering {
    match (actual, wanted) {
        (actual, wanted) if actual == wanted => Ordering::Equal,
        ("HEALTH_WARN", "HEALTH_OK") | ("HEALTH_ERR", "HEALTH_OK" | "HEALTH_WARN") => Ordering::Less,
        ("HEALTH_OK" | "HEALTH_WARN" | "HEALTH_ERR", _) => Ordering::Greater,
        _ => Ordering::Less,
    }
}

/// The message with what Ceph counts and complains of.
fn detailed(message: &str, found: &Record<'_>) -> Result<String, Unjudged> {
    let mut lines = Vec::new();
    if !message.is_empty() {
        lines.push(message.to_owned());
    }
    let disks = found.record("osdmap")?.record("osdmap")?;
    let all = disks.integer("num_osds")?;
    if all > 0 {
        lines.push(format!("{}/{all} OSDs up", disks.integer("num_up_osds")?));
    }
    if disks.boolean("full")? {
        lines.push("OSD disk is full".to_owned());
    } else if disks.boolean("nearfull")? {
        lines.push("OSD disk is nearly full".to_owned());
    }
    let groups = found.record("pgmap")?;
    let (used, total) = (groups.unsigned("bytes_used")?, groups.unsigned("bytes_total")?);
    if total > 0 {
        lines.push(format!("PG storage usage is {:.1}%", 100.0 * used as f64 / total as f64));
    }
    for (name, complaint) in found.record("health")?.record("checks")?.members() {
        lines.push(format!("{name}: {}", Record::of(complaint)?.record("summary")?.text("message")?));
    }
    Ok(lines.join("\n"))
}
