//! `nodeMetrics`: how full the volumes are.

use serde_json::{Value, json};

use crate::analyze::bundle::{json as parse, record};
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, compare_or_differ, unreadable};
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};
use crate::values::number::float;
use crate::values::pattern;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named(check.text_or("collectorName", "Node Metrics"));
    let mut summaries: Vec<Value> = Vec::new();
    let files = check.bundle.find("node-metrics/*.json")?;
    for (path, content) in &files {
        let summary = parse(path, content)?;
        record(path, &summary)?;
        summaries.push(summary);
    }
    for outcome in check.outcomes() {
        if outcome.when.is_empty() {
            return Ok(vec![outcome.verdict(&title)]);
        }
        let names = matched(check, outcome.when, &summaries)?;
        if !names.is_empty() {
            return Ok(vec![said(&title, &outcome, &names)]);
        }
    }
    let why = if files.is_empty() { "no node metrics were collected" } else { NO_MATCH };
    Err(Unjudged::Silent(why.to_owned()))
}

fn said(title: &str, outcome: &crate::analyze::outcome::Outcome<'_>, names: &[String]) -> Verdict {
    let about = json!({
        "PVC": { "UsedPercentage": 0.0, "ConcatenatedNames": names.join(", "), "Names": names },
    });
    let message = render(outcome.message, About::Record(&about));
    outcome.verdict_saying(title, message.unwrap_or_else(|_| outcome.message.to_owned()))
}

/// Claims for which a condition holds, as `namespace/name`.
fn matched(check: &Check<'_>, when: &str, summaries: &[Value]) -> Result<Vec<String>, Unjudged> {
    let wrong = || unreadable(when, "`pvcUsedPercentage >= 80`");
    let ["pvcUsedPercentage", operator, wanted] = when.trim().split(' ').collect::<Vec<_>>()[..] else {
        return Err(wrong());
    };
    compare_or_differ(&0.0, operator, &0.0).ok_or_else(wrong)?;
    let wanted = float(wanted).ok_or_else(wrong)?;
    let mut names = Vec::new();
    for (name, used) in usage(check, summaries)? {
        if compare_or_differ(&used, operator, &wanted) == Some(true) {
            names.push(name);
        }
    }
    Ok(names)
}

fn usage(check: &Check<'_>, summaries: &[Value]) -> Result<Vec<(String, f64)>, Unjudged> {
    let filter = &check.spec["filters"]["pvc"];
    let text = |field: &str| filter[field].as_str().unwrap_or_default();
    let regex = match text("nameRegex") {
        "" => None,
        regex => Some(pattern::compile(regex)?),
    };
    let mut found = Vec::new();
    for summary in summaries {
        for pod in Record::of(summary)?.records("pods")? {
            let namespace = pod.record("podRef")?.text("namespace")?;
            if !text("namespace").is_empty() && text("namespace") != namespace {
                continue;
            }
            for volume in pod.records("volume")? {
                let claim = volume.record("pvcRef")?;
                let (name, namespace) = (claim.text("name")?, claim.text("namespace")?);
                let wanted = regex.as_ref().is_none_or(|regex| regex.is_match(name.as_bytes()));
                if volume.get("pvcRef").is_none() || !wanted {
                    continue;
                }
                let (used, size) = (volume.get("usedBytes"), volume.get("capacityBytes"));
                if used.is_some() && size.is_some() {
                    let share =
                        volume.unsigned("usedBytes")? as f64 / volume.unsigned("capacityBytes")? as f64;
                    found.push((format!("{namespace}/{name}"), share * 100.0));
                }
            }
        }
    }
    Ok(found)
}
