//! What a `when` measures: `count() >= 3`, `min(memoryCapacity) < 8Gi`, `nodeCondition(Ready) == True`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::analyze::fields::Record;
use crate::analyze::outcome::{compare, unreadable};
use crate::analyze::verdict::Unjudged;
use crate::values::number::integer;
use crate::values::quantity::Quantity;

use super::filter::{AT_LEAST, quantity};

const FORM: &str = "`count() >= 3` or `min(memoryCapacity) >= 8Gi`";

static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(.*)\((.*)\)").ok());

enum Measured {
    Count(usize),
    Amount(Option<Quantity>),
    Nothing,
}

pub(super) fn holds(when: &str, nodes: &[Record<'_>], filters: &Value) -> Result<bool, Unjudged> {
    let words: Vec<&str> = when.split_whitespace().collect();
    let (subject, operator, wanted) = match words[..] {
        [operator, wanted] => ("count", operator, wanted),
        [subject, operator, wanted] => (subject, operator, wanted),
        _ => return Err(unreadable(when, FORM)),
    };
    // Whatever is no call counts the nodes.
    let call = CALL.as_ref().and_then(|form| form.captures(subject));
    let (function, property) =
        call.and_then(|call| Some((call.get(1)?.as_str(), call.get(2)?.as_str()))).unwrap_or(("count", ""));
    if function == "nodeCondition" {
        return condition(when, nodes, property, operator, wanted);
    }
    let resource = filters["resourceName"].as_str().unwrap_or_default();
    let measured = measure(function, property, resource, nodes)?;
    judge(when, &measured, operator, wanted)
}

fn measure(
    function: &str,
    property: &str,
    resource: &str,
    nodes: &[Record<'_>],
) -> Result<Measured, Unjudged> {
    Ok(match function {
        "count" => Measured::Count(nodes.len()),
        "countDistinct" => Measured::Count(distinct(nodes, property)?),
        "min" | "max" | "sum" => {
            let amounts = amounts(nodes, property, resource)?.into_iter();
            Measured::Amount(match function {
                "min" => amounts.reduce(|least, next| if next < least { next } else { least }),
                "max" => amounts.reduce(|most, next| if next > most { next } else { most }),
                _ => Some(amounts.fold(Quantity::ZERO, Quantity::plus)),
            })
        }
        _ => Measured::Nothing,
    })
}

/// What each node has; of the plain resources one that does not name it has nothing.
fn amounts(nodes: &[Record<'_>], property: &str, resource: &str) -> Result<Vec<Quantity>, Unjudged> {
    let mut amounts = Vec::new();
    for node in nodes {
        let plain = AT_LEAST.iter().find(|(name, _, _)| *name == property);
        let amount = match (plain, property) {
            (Some((_, place, resource)), _) => {
                Some(quantity(node, place, resource)?.unwrap_or(Quantity::ZERO))
            }
            (None, "resourceCapacity") => quantity(node, "capacity", resource)?,
            (None, "resourceAllocatable") => quantity(node, "allocatable", resource)?,
            _ => None,
        };
        amounts.extend(amount);
    }
    Ok(amounts)
}

fn distinct(nodes: &[Record<'_>], label: &str) -> Result<usize, Unjudged> {
    let mut values = BTreeSet::new();
    for node in nodes {
        let labels = node.record("metadata")?.record("labels")?;
        values.extend(labels.members().filter(|(key, _)| *key == label).map(|(_, value)| value.as_str()));
    }
    Ok(values.len())
}

/// Whether any node has a condition. Any operator with an equals sign in it asks for equality.
fn condition(
    when: &str,
    nodes: &[Record<'_>],
    kind: &str,
    operator: &str,
    wanted: &str,
) -> Result<bool, Unjudged> {
    if !operator.contains('=') || kind.is_empty() {
        return Err(unreadable(when, "`nodeCondition(Ready) == True`"));
    }
    let mut any = false;
    for node in nodes {
        for condition in node.record("status")?.records("conditions")? {
            any |= condition.text("type")? == kind && condition.text("status")? == wanted;
        }
    }
    // A number never equals a status.
    Ok(any && integer(wanted).is_none())
}

fn judge(when: &str, measured: &Measured, operator: &str, wanted: &str) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, FORM);
    if compare(&0, operator, &0).is_none() {
        return Err(wrong());
    }
    match (measured, integer(wanted)) {
        (Measured::Count(count), Some(wanted)) => {
            compare(&i64::try_from(*count).unwrap_or(i64::MAX), operator, &wanted).ok_or_else(wrong)
        }
        (Measured::Amount(Some(amount)), _) => {
            let wanted = Quantity::parse(wanted).ok_or_else(wrong)?;
            compare(amount, operator, &wanted).ok_or_else(wrong)
        }
        (Measured::Amount(None), _) => {
            Err(Unjudged::Wrong(format!("`when: {when}`: no node passes the filters and tells this")))
        }
        _ => Err(wrong()),
    }
}
