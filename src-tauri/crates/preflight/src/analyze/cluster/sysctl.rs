//! `sysctl`: kernel parameters of the nodes. A `when` holds when it does for any node.

use std::collections::BTreeMap;

use crate::analyze::bundle::file_name;
use crate::analyze::outcome::{NO_MATCH, compare, unreadable};
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::values::number::integer;

use super::super::host::SYSCTL;

type Nodes = BTreeMap<String, BTreeMap<String, String>>;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named("Sysctl");
    let files = check.bundle.find("sysctl/*")?;
    if files.is_empty() {
        return Err(Unjudged::Silent("no kernel parameters were collected".to_owned()));
    }
    let nodes: Nodes = files
        .iter()
        .map(|(path, content)| (file_name(path).to_owned(), parameters(&String::from_utf8_lossy(content))))
        .collect();
    for item in check.items() {
        let Some(outcome) = item.fail.or(item.warn).or(item.pass) else {
            return Err(Unjudged::Silent(
                "an outcome of the spec holds none of pass, warn and fail".to_owned(),
            ));
        };
        let mut verdict = Verdict { title: title.clone(), ..Verdict::default() };
        // Every outcome of the item counts.
        for outcome in [item.fail, item.warn, item.pass].into_iter().flatten() {
            verdict.set(outcome.state);
        }
        if outcome.when.is_empty() {
            outcome.message.clone_into(&mut verdict.message);
            return Ok(vec![verdict]);
        }
        let matched = matched(outcome.when, &nodes)?;
        verdict.message = match matched.as_slice() {
            [] => continue,
            [node] => format!("Node {node}: {}", outcome.message),
            nodes => format!("Nodes {}: {}", nodes.join(", "), outcome.message),
        };
        return Ok(vec![verdict.uri(outcome.uri)]);
    }
    Err(Unjudged::Silent(NO_MATCH.to_owned()))
}

/// Lines `/proc/sys/net/ipv4/ip_forward = 1`, by the name that sysctl gives them.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let key_end = line.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.len());
        let (key, rest) = line.split_at(key_end);
        let Some(value) = rest.get(1..).and_then(|rest| rest.strip_prefix('=')) else { continue };
        let Some(value) =
            value.strip_prefix(|c: char| c.is_ascii_whitespace()).filter(|value| !value.is_empty())
        else {
            continue;
        };
        if !key.is_empty() {
            let key = key.strip_prefix("/proc/sys/").unwrap_or(key).replace('/', ".");
            found.insert(key, value.to_owned());
        }
    }
    found
}

/// Names of the nodes for which a condition holds. A node without the parameter never equals anything, and
/// cannot be compared.
fn matched<'a>(when: &str, nodes: &'a Nodes) -> Result<Vec<&'a str>, Unjudged> {
    let wrong = || unreadable(when, "`net.ipv4.ip_forward = 1`");
    let parts = SYSCTL.as_ref().and_then(|form| form.captures(when)).ok_or_else(wrong)?;
    let (key, operator, wanted) = (&parts[1], &parts[2], parts[3].trim());
    if compare(&0, operator, &0).is_none() {
        return Err(wrong());
    }
    let mut matched = Vec::new();
    for (node, parameters) in nodes {
        let found = parameters.get(key);
        let holds = if operator.starts_with('=') {
            found.is_some_and(|found| found == wanted)
        } else {
            let found = found.ok_or_else(|| format!("node {node} has no kernel parameter {key}"))?;
            let number = |text: &str| {
                integer(text).ok_or_else(|| format!("node {node}, {key}: {text:?} is no whole number"))
            };
            compare(&number(found)?, operator, &number(wanted)?).ok_or_else(wrong)?
        };
        if holds {
            matched.push(node.as_str());
        }
    }
    Ok(matched)
}
