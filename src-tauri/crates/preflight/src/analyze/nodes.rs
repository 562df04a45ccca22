//! `nodeResources`: which nodes pass the filters, and what a `when` says of them.

use serde_json::{Value, json};

use super::message::render;
use super::outcome::{Outcome, Unjudged, compare};
use super::{Check, Judged};
use crate::quantity::Quantity;
use longshore_contract::CheckState;

/// Filters that mean "at least", with where a node tells it.
const PROPERTIES: &[(&str, &str, &str)] = &[
    ("cpuCapacity", "capacity", "cpu"),
    ("cpuAllocatable", "allocatable", "cpu"),
    ("memoryCapacity", "capacity", "memory"),
    ("memoryAllocatable", "allocatable", "memory"),
    ("podCapacity", "capacity", "pods"),
    ("podAllocatable", "allocatable", "pods"),
    ("ephemeralStorageCapacity", "capacity", "ephemeral-storage"),
    ("ephemeralStorageAllocatable", "allocatable", "ephemeral-storage"),
];

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.title("Node Resources");
    let Ok(nodes) = check.items("cluster-resources/nodes.json") else {
        if super::boolean(&check.spec["ignoreIfNoFiles"]) == Ok(true) {
            return Ok(Vec::new());
        }
        let message = "No node resources were collected, unable to analyze node resources";
        return Ok(vec![check.canned(&title, CheckState::Warn, message)]);
    };
    let filters = &check.spec["filters"];
    let mut matching = Vec::new();
    for node in &nodes {
        if passes(filters, node)? {
            matching.push(node);
        }
    }
    let outcome = check.first(|when| holds(when, &matching, filters))?;
    let message = message(&outcome, filters, matching.len())?;
    Ok(vec![check.result(&title, &Outcome { message: &message, ..outcome })])
}

fn message(outcome: &Outcome<'_>, filters: &Value, count: usize) -> Result<String, Unjudged> {
    let text = |name: &str| filters[name].as_str().unwrap_or_default().to_owned();
    let mut data = json!({ "NodeCount": count });
    if filters.is_object() {
        for (field, name) in [
            ("CPUArchitecture", "cpuArchitecture"),
            ("CPUCapacity", "cpuCapacity"),
            ("CPUAllocatable", "cpuAllocatable"),
            ("MemoryCapacity", "memoryCapacity"),
            ("MemoryAllocatable", "memoryAllocatable"),
            ("PodCapacity", "podCapacity"),
            ("PodAllocatable", "podAllocatable"),
            ("EphemeralStorageCapacity", "ephemeralStorageCapacity"),
            ("EphemeralStorageAllocatable", "ephemeralStorageAllocatable"),
            ("ResourceName", "resourceName"),
            ("ResourceCapacity", "resourceCapacity"),
            ("ResourceAllocatable", "resourceAllocatable"),
        ] {
            data[field] = json!(text(name));
        }
    } else if outcome.message.contains("{{") && outcome.message.replace(".NodeCount", "").contains('.') {
        let named = outcome.message.split("{{").skip(1).any(|part| {
            part.split("}}")
                .next()
                .is_some_and(|inner| inner.trim().starts_with('.') && inner.trim() != ".NodeCount")
        });
        if named {
            return Err(Unjudged("the message names a filter, and the spec has no filters".to_owned()));
        }
    }
    render(outcome.message, &data)
}

fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => Quantity::parse(text),
        Value::Number(number) => Quantity::parse(&number.to_string()),
        _ => None,
    }
}

fn property(node: &Value, name: &str, resource: &str) -> Option<Quantity> {
    let (part, key) = match name {
        "resourceCapacity" => ("capacity", resource),
        "resourceAllocatable" => ("allocatable", resource),
        _ => PROPERTIES.iter().find(|(known, _, _)| *known == name).map(|(_, part, key)| (*part, *key))?,
    };
    quantity(&node["status"][part][key])
}

/// Whether a node passes. A taint decides alone, as it does upstream: filters after it are not looked at.
fn passes(filters: &Value, node: &Value) -> Result<bool, Unjudged> {
    if filters.is_null() {
        return Ok(true);
    }
    if let Some(selector) = filters.get("selector").filter(|selector| selector.is_object())
        && !selects(selector, node)?
    {
        return Ok(false);
    }
    let resource = filters["resourceName"].as_str().unwrap_or_default();
    if !resource.is_empty() {
        let held = |part: &str| quantity(&node["status"][part][resource]);
        if held("capacity").is_none() && held("allocatable").is_none() {
            return Ok(false);
        }
        for name in ["resourceCapacity", "resourceAllocatable"] {
            if !at_least(filters, node, name, resource)? {
                return Ok(false);
            }
        }
    }
    if let Some(taint) = filters.get("taint").filter(|taint| taint.is_object()) {
        return Ok(tainted(taint, node));
    }
    if let Some(wanted) = filters["cpuArchitecture"].as_str().filter(|wanted| !wanted.is_empty()) {
        let found = node["status"]["nodeInfo"]["architecture"].as_str().unwrap_or_default();
        if !found.eq_ignore_ascii_case(wanted) {
            return Ok(false);
        }
    }
    for (name, _, _) in PROPERTIES {
        if !at_least(filters, node, name, "")? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn at_least(filters: &Value, node: &Value, name: &str, resource: &str) -> Result<bool, Unjudged> {
    let value = &filters[name];
    if value.is_null() || value == "" {
        return Ok(true);
    }
    let wanted =
        quantity(value).ok_or_else(|| Unjudged(format!("filter {name} is {value}; a quantity is needed")))?;
    Ok(property(node, name, resource).unwrap_or(Quantity(0)) >= wanted)
}

fn tainted(taint: &Value, node: &Value) -> bool {
    let same = |field: &str, held: &Value| {
        let wanted = taint[field].as_str().unwrap_or_default();
        wanted == held[field].as_str().unwrap_or_default() || (wanted.is_empty() && field != "key")
    };
    let held = node["spec"]["taints"].as_array();
    held.into_iter().flatten().any(|held| ["key", "value", "effect"].iter().all(|field| same(field, held)))
}

fn selects(selector: &Value, node: &Value) -> Result<bool, Unjudged> {
    let labels = &node["metadata"]["labels"];
    let plain = selector["matchLabel"].as_object();
    if plain.into_iter().flatten().any(|(name, wanted)| labels.get(name) != Some(wanted)) {
        return Ok(false);
    }
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let held = expression["key"].as_str().and_then(|key| labels.get(key));
        let listed = expression["values"]
            .as_array()
            .is_some_and(|values| held.is_some_and(|held| values.contains(held)));
        let holds = match expression["operator"].as_str().unwrap_or_default() {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => held.is_some(),
            "DoesNotExist" => held.is_none(),
            other => return Err(Unjudged(format!("{other:?} is no operator of a label selector"))),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `count() >= 3`, `min(memoryCapacity) >= 8Gi`, `nodeCondition(Ready) == True`.
fn holds(when: &str, nodes: &[&Value], filters: &Value) -> Result<bool, Unjudged> {
    let wrong = || Unjudged(format!("`when: {when}` cannot be read: `count() >= 3` is the form"));
    let words: Vec<&str> = when.split_whitespace().collect();
    let (subject, operator, wanted) = match words[..] {
        [operator, wanted] => ("count()", operator, wanted),
        [subject, operator, wanted] => (subject, operator, wanted),
        _ => return Err(wrong()),
    };
    let call = subject.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    let Some((function, argument)) = call else {
        return numeric(nodes.len() as i128 * 1000, operator, wanted).ok_or_else(wrong);
    };
    let resource = filters["resourceName"].as_str().unwrap_or_default();
    let all = || nodes.iter().map(|node| property(node, argument, resource));
    let found = match function {
        "count" => nodes.len() as i128 * 1000,
        "countDistinct" => {
            let mut values: Vec<&Value> =
                nodes.iter().filter_map(|node| node["metadata"]["labels"].get(argument)).collect();
            values.sort_by_key(ToString::to_string);
            values.dedup();
            values.len() as i128 * 1000
        }
        "sum" => all().flatten().map(|quantity| quantity.0).sum(),
        "min" | "max" => {
            let values = all()
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| Unjudged(format!("`when: {when}`: a node has no {argument}")))?;
            let edge = if function == "min" { values.iter().min() } else { values.iter().max() };
            edge.ok_or_else(|| Unjudged(format!("`when: {when}`: no node passes the filters")))?.0
        }
        "nodeCondition" => return condition(nodes, argument, operator, wanted).ok_or_else(wrong),
        _ => return Err(wrong()),
    };
    numeric(found, operator, wanted).ok_or_else(wrong)
}

fn numeric(found: i128, operator: &str, wanted: &str) -> Option<bool> {
    compare(&Quantity(found), operator, &Quantity::parse(wanted)?)
}

/// Any node counts; every operator is taken for equality, as upstream does.
fn condition(nodes: &[&Value], kind: &str, operator: &str, wanted: &str) -> Option<bool> {
    if !matches!(operator, "=" | "==" | "===" | "!=" | "!==" | "<" | "<=" | ">" | ">=") {
        return None;
    }
    Some(nodes.iter().any(|node| {
        node["status"]["conditions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == kind && condition["status"] == wanted)
    }))
}
