//! Which nodes a check is about. Every filter has to be met; a taint ends the list.

use serde_json::Value;

use crate::analyze::cluster::workload::labels;
use crate::analyze::fields::Record;
use crate::analyze::verdict::Unjudged;
use crate::values::quantity::Quantity;
use crate::values::selector::{self, Requirement};

use super::super::containers::same;

/// Filters that mean "at least", in upstream's order: where a node tells it, and of what.
pub(super) const AT_LEAST: &[(&str, &str, &str)] = &[
    ("cpuCapacity", "capacity", "cpu"),
    ("cpuAllocatable", "allocatable", "cpu"),
    ("memoryCapacity", "capacity", "memory"),
    ("memoryAllocatable", "allocatable", "memory"),
    ("podCapacity", "capacity", "pods"),
    ("podAllocatable", "allocatable", "pods"),
    ("ephemeralStorageCapacity", "capacity", "ephemeral-storage"),
    ("ephemeralStorageAllocatable", "allocatable", "ephemeral-storage"),
];

pub(super) fn passes(node: &Record<'_>, filters: &Value) -> Result<bool, Unjudged> {
    let text = |field: &str| filters[field].as_str().unwrap_or_default();
    let named =
        named_resource(node, text("resourceName"), text("resourceCapacity"), text("resourceAllocatable"))?;
    if !named || !selected(node, &filters["selector"])? {
        return Ok(false);
    }
    if filters["taint"].is_object() {
        return tainted(node, &filters["taint"]);
    }
    let architecture = text("cpuArchitecture");
    let found = node.record("status")?.record("nodeInfo")?.text("architecture")?;
    if !architecture.is_empty() && !same(found, architecture) {
        return Ok(false);
    }
    for (field, place, resource) in AT_LEAST {
        if !enough(node, text(field), field, place, resource)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a node has at least so much; of what it does not name it has nothing.
fn enough(
    node: &Record<'_>,
    least: &str,
    field: &str,
    place: &str,
    resource: &str,
) -> Result<bool, Unjudged> {
    if least.is_empty() {
        return Ok(true);
    }
    let least = Quantity::parse(least).ok_or_else(|| format!("filters.{field}: {least:?} is no quantity"))?;
    Ok(quantity(node, place, resource)?.unwrap_or(Quantity::ZERO) >= least)
}

fn named_resource(
    node: &Record<'_>,
    name: &str,
    capacity: &str,
    allocatable: &str,
) -> Result<bool, Unjudged> {
    if name.is_empty() {
        return Ok(true);
    }
    let there = quantity(node, "capacity", name)?.is_some() || quantity(node, "allocatable", name)?.is_some();
    Ok(there
        && enough(node, capacity, "resourceCapacity", "capacity", name)?
        && enough(node, allocatable, "resourceAllocatable", "allocatable", name)?)
}

/// How much a node has of a resource.
pub(super) fn quantity(node: &Record<'_>, place: &str, resource: &str) -> Result<Option<Quantity>, Unjudged> {
    let amounts = node.record("status")?.record(place)?;
    let Some((_, value)) = amounts.members().find(|(name, _)| *name == resource) else { return Ok(None) };
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Ok(Some(Quantity::ZERO)),
    };
    let parsed =
        Quantity::parse(&text).ok_or_else(|| format!("a node's {resource}: {text:?} is no quantity"))?;
    Ok(Some(parsed))
}

fn selected(node: &Record<'_>, selector: &Value) -> Result<bool, Unjudged> {
    if !selector.is_object() {
        return Ok(true);
    }
    let labels = labels(node)?;
    let wanted = selector["matchLabel"].as_object().into_iter().flatten();
    let mut requirements: Vec<Requirement> = wanted
        .map(|(key, value)| selector::equal(key, value.as_str().unwrap_or_default()))
        .collect::<Result<_, _>>()?;
    let expressions = selector["matchExpressions"].as_array().map(Vec::as_slice).unwrap_or_default();
    requirements.extend(selector::expressions(expressions)?);
    Ok(requirements.iter().all(|requirement| requirement.met(&labels)))
}

/// A taint counts by key and effect; its value does not.
fn tainted(node: &Record<'_>, wanted: &Value) -> Result<bool, Unjudged> {
    let text = |field: &str| wanted[field].as_str().unwrap_or_default();
    let mut found = false;
    for taint in node.record("spec")?.records("taints")? {
        found |= taint.text("key")? == text("key") && taint.text("effect")? == text("effect");
    }
    Ok(found)
}
