//! Label selectors, in their written form (`app=web,tier in (a,b),!old`) and as `matchExpressions`.

use std::collections::BTreeMap;

use serde_json::Value;

/// Labels of an object.
pub(crate) type Labels = BTreeMap<String, String>;

/// One requirement of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// The label is one of these.
    In(String, Vec<String>),
    /// The label is absent or none of these.
    NotIn(String, Vec<String>),
    /// The label is there.
    Exists(String),
    /// The label is not there.
    Absent(String),
    /// The label is a number above this.
    Above(String, i64),
    /// The label is a number below this.
    Below(String, i64),
}

impl Requirement {
    /// Whether an object's labels meet it.
    pub(crate) fn met(&self, labels: &Labels) -> bool {
        let number = |key: &String| labels.get(key).and_then(|value| super::number::integer(value));
        match self {
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Self::NotIn(key, values) => !labels.get(key).is_some_and(|value| values.contains(value)),
            Self::Exists(key) => labels.contains_key(key),
            Self::Absent(key) => !labels.contains_key(key),
            Self::Above(key, bound) => number(key).is_some_and(|value| value > *bound),
            Self::Below(key, bound) => number(key).is_some_and(|value| value < *bound),
        }
    }
}

/// Reads the written form.
pub(crate) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut rest = text.trim();
    let mut requirements = Vec::new();
    while !rest.is_empty() {
        let (requirement, after) = requirement(rest).ok_or_else(|| format!("{rest:?} selects no labels"))?;
        requirements.push(requirement);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(more) if !more.trim().is_empty() => more.trim_start(),
            None if after.is_empty() => after,
            _ => return Err(format!("{after:?} cannot follow in a label selector")),
        };
    }
    Ok(requirements)
}

fn requirement(text: &str) -> Option<(Requirement, &str)> {
    if let Some(rest) = text.strip_prefix('!') {
        let (key, rest) = word(rest.trim_start())?;
        return named(key).then(|| (Requirement::Absent(key.to_owned()), rest));
    }
    let (key, rest) = word(text)?;
    let key = named(key).then(|| key.to_owned())?;
    let rest = rest.trim_start();
    for (operator, negated) in [("==", false), ("=", false), ("!=", true)] {
        if let Some(rest) = rest.strip_prefix(operator) {
            let (value, rest) = word(rest.trim_start()).unwrap_or(("", rest.trim_start()));
            let values = vec![value.to_owned()];
            valid(value)?;
            return Some((
                if negated { Requirement::NotIn(key, values) } else { Requirement::In(key, values) },
                rest,
            ));
        }
    }
    for (operator, above) in [(">", true), ("<", false)] {
        if let Some(rest) = rest.strip_prefix(operator) {
            let (value, rest) = word(rest.trim_start())?;
            let bound = super::number::integer(value)?;
            return Some((
                if above { Requirement::Above(key, bound) } else { Requirement::Below(key, bound) },
                rest,
            ));
        }
    }
    if rest.is_empty() || rest.starts_with(',') {
        return Some((Requirement::Exists(key), rest));
    }
    let (operator, rest) = word(rest)?;
    let (values, rest) = list(rest.trim_start())?;
    match operator {
        "in" => Some((Requirement::In(key, values), rest)),
        "notin" => Some((Requirement::NotIn(key, values), rest)),
        _ => None,
    }
}

fn list(text: &str) -> Option<(Vec<String>, &str)> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    let values: Vec<String> = inside.split(',').map(|value| value.trim().to_owned()).collect();
    values.iter().try_for_each(|value| valid(value))?;
    Some((values, rest))
}

fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| c.is_whitespace() || "=!<>(),".contains(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Whether a text may name a label.
fn named(key: &str) -> bool {
    let (prefix, name) = match key.rsplit_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    !name.is_empty() && valid(name).is_some() && prefix.is_none_or(|prefix| !prefix.is_empty())
}

/// Whether a text may be a label's value.
fn valid(value: &str) -> Option<()> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let edges = value.chars().next().into_iter().chain(value.chars().last());
    (value.len() <= 63 && value.chars().all(inner) && edges.into_iter().all(|c| c.is_ascii_alphanumeric()))
        .then_some(())
}

/// A requirement that a label is one value.
pub(crate) fn equal(key: &str, value: &str) -> Result<Requirement, String> {
    if named(key) && valid(value).is_some() {
        Ok(Requirement::In(key.to_owned(), vec![value.to_owned()]))
    } else {
        Err(format!("{key}: {value:?} is no label"))
    }
}

/// Reads `matchExpressions`.
pub(crate) fn expressions(items: &[Value]) -> Result<Vec<Requirement>, String> {
    items.iter().map(expression).collect()
}

fn expression(item: &Value) -> Result<Requirement, String> {
    let text = |field: &str| item[field].as_str().unwrap_or_default();
    let key = text("key").to_owned();
    let values: Vec<String> = item["values"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect();
    if !named(&key) || values.iter().any(|value| valid(value).is_none()) {
        return Err(format!("{item} selects no labels"));
    }
    match (text("operator"), values.is_empty()) {
        ("In", false) => Ok(Requirement::In(key, values)),
        ("NotIn", false) => Ok(Requirement::NotIn(key, values)),
        ("Exists", true) => Ok(Requirement::Exists(key)),
        ("DoesNotExist", true) => Ok(Requirement::Absent(key)),
        ("In" | "NotIn", true) => Err(format!("{item} needs values")),
        ("Exists" | "DoesNotExist", false) => Err(format!("{item} may not have values")),
        (other, _) => {
            Err(format!("{other:?} is no operator of a label selector: In, NotIn, Exists, DoesNotExist"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_selectors() {
        let labels: Labels = [("app", "web"), ("tier", "a"), ("rank", "5")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        for (selector, met) in [
            ("", true),
            ("app=web", true),
            ("app==web,tier!=b", true),
            ("tier in (a, b)", true),
            ("tier notin (a)", false),
            ("!old", true),
            ("app", true),
            ("rank>4,rank<6", true),
        ] {
            let requirements = parse(selector).expect(selector);
            assert_eq!(requirements.iter().all(|requirement| requirement.met(&labels)), met, "{selector}");
        }
        for selector in ["app in (a", "=web", "app=web,", "app ~ web", "app in a"] {
            assert!(parse(selector).is_err(), "{selector:?} is no selector");
        }
    }
}
