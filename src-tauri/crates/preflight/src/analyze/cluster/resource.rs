//! `clusterResource`: any field of one object.

use serde_json::Value;

use crate::analyze::outcome::unreadable;
use crate::analyze::text::{first_group, last_outcome, yaml};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::values::path::{self, Lost};
use crate::values::quantity::Quantity;

use super::workload::count_holds;

/// Kinds by their names in a spec, and the folder or file that holds them.
const PLACES: &[(&str, &str)] = &[
    ("deployment", "deployments"),
    ("daemonset", "daemonsets"),
    ("statefulset", "statefulsets"),
    ("networkpolicy", "network-policy"),
    ("pod", "pods"),
    ("ingress", "ingress"),
    ("service", "services"),
    ("resourcequota", "resource-quota"),
    ("job", "jobs"),
    ("persistentvolumeclaim", "pvcs"),
    ("pvc", "pvcs"),
    ("replicaset", "replicasets"),
    ("configmap", "configmaps"),
    ("validatingwebhookconfiguration", "validating-webhook-configurations.json"),
    ("mutatingwebhookconfiguration", "mutating-webhook-configurations.json"),
    ("namespace", "namespaces.json"),
    ("persistentvolume", "pvs.json"),
    ("pv", "pvs.json"),
    ("node", "nodes.json"),
    ("storageclass", "storage-classes.json"),
];

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named(check.text("collectorName"));
    let Ok(Some(object)) = object(check)? else {
        return Ok(vec![Verdict::of(State::Fail, title, absent(check))]);
    };
    let actual = match path::at(&object, check.text("yamlPath")) {
        Ok(actual) => actual,
        Err(Lost::Wrong(_)) => {
            return Ok(vec![Verdict::of(State::Fail, title, "YAML path provided is invalid")]);
        }
        Err(beyond) => return Err(beyond.into()),
    };
    let text = |field: &str| Some(check.text(field)).filter(|text| !text.is_empty());
    let expected = yaml("expectedValue", check.text("expectedValue").as_bytes())?;
    if text("expectedValue").is_some() {
        return equal(check, &title, *actual == expected);
    }
    let verdict = match (text("regex"), text("regexGroups")) {
        (Some(regex), _) => last_outcome(check, &title, regex, &written(actual)?)?,
        (None, Some(groups)) => first_group(check, &title, groups, &written(actual)?)?,
        (None, None) => compared(check, &title, actual)?,
    };
    Ok(vec![verdict])
}

fn absent(check: &Check<'_>) -> String {
    let (kind, name) = (check.text("kind"), check.text("name"));
    if check.flag("clusterScoped") {
        format!("{kind} {name} does not exist")
    } else {
        format!("{kind} {name} in namespace {} does not exist", check.text("namespace"))
    }
}

/// The object, `Ok(Ok(None))` when it is not there and `Ok(Err(_))` when it cannot be looked for: upstream
/// shows both as the same failure.
fn object(check: &Check<'_>) -> Result<Result<Option<Value>, ()>, Unjudged> {
    let kind = check.text("kind").to_lowercase();
    let Some((_, place)) = PLACES.iter().find(|(known, _)| *known == kind) else { return Ok(Err(())) };
    let path = if check.flag("clusterScoped") {
        format!("cluster-resources/{place}")
    } else {
        format!("cluster-resources/{place}/{}.json", check.text_or("namespace", "default"))
    };
    let Some(content) = check.bundle.get(&path) else {
        return match check.bundle.refusal(&path) {
            Some(refusal) => Err(Unjudged::Silent(refusal.words().to_owned())),
            None => Ok(Err(())),
        };
    };
    let Ok(document) = yaml(&path, content) else { return Ok(Err(())) };
    let Ok(items) = path::at(&document, "items") else { return Ok(Err(())) };
    let Some(items) = items.as_array() else {
        return Err(Unjudged::Silent(format!("{path} holds no list of objects")));
    };
    for item in items {
        match path::at(item, "metadata.name") {
            Ok(Value::String(found)) if found == check.text("name") => return Ok(Ok(Some(item.clone()))),
            Ok(_) => {}
            Err(_) => return Ok(Err(())),
        }
    }
    Ok(Ok(None))
}

fn equal(check: &Check<'_>, title: &str, equal: bool) -> Judged {
    for outcome in check.outcomes() {
        if outcome.boolean()? == equal {
            return Ok(vec![outcome.verdict(title)]);
        }
    }
    Ok(vec![Verdict::of(State::Fail, title, "Invalid analyzer")])
}

/// A value as YAML, which is what regular expressions see. A text that would be read as something else is
/// quoted.
fn written(value: &Value) -> Result<Vec<u8>, Unjudged> {
    if let Value::String(text) = value
        && !crate::yaml::resolve(text).is_string()
    {
        return Ok(format!("{text:?}\n").into_bytes());
    }
    let text = serde_norway::to_string(&sorted(value))
        .map_err(|error| Unjudged::Wrong(format!("the value cannot be written as YAML: {error}")))?;
    Ok(text.into_bytes())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            names.into_iter().map(|name| (name.clone(), sorted(&members[name]))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Compares numbers and quantities. Every outcome of an item is tried, and a warning is held against the
/// condition of the failure beside it, without which upstream breaks off.
fn compared(check: &Check<'_>, title: &str, actual: &Value) -> Result<Verdict, Unjudged> {
    for item in check.items() {
        for outcome in [item.fail, item.warn, item.pass].into_iter().flatten() {
            if outcome.when.is_empty() {
                return Ok(outcome.verdict(title));
            }
            let when = match outcome.state {
                State::Warn => item.fail.map(|fail| fail.when).ok_or_else(|| {
                    Unjudged::Silent(
                        "upstream breaks off at a warn outcome whose item has no fail".to_owned(),
                    )
                })?,
                _ => outcome.when,
            };
            if holds(when, actual)? {
                return Ok(outcome.verdict(title));
            }
        }
    }
    Ok(Verdict::of(State::Fail, title, "Invalid analyzer"))
}

fn holds(when: &str, actual: &Value) -> Result<bool, Unjudged> {
    const FORM: &str = "`>= 3` or `>= 10Gi`";
    if !when.contains(['!', '=', '<', '>']) {
        return Err(unreadable(when, FORM));
    }
    if let Some(actual) = actual.as_i64() {
        return count_holds(when, actual);
    }
    let text =
        actual.as_str().ok_or_else(|| format!("`when: {when}`: {actual} is no number and no quantity"))?;
    let amount =
        Quantity::parse(text).ok_or_else(|| format!("`when: {when}`: {text:?} is no quantity to compare"))?;
    let words: Vec<&str> = when.trim().split(' ').collect();
    let [operator, wanted, ..] = words[..] else {
        return Err(Unjudged::Silent(format!("`when: {when}` cannot be read; {FORM} is the form")));
    };
    let wanted = Quantity::parse(wanted).ok_or_else(|| unreadable(when, FORM))?;
    count_holds(&format!("{operator} {}", wanted.ceil()), amount.ceil())
}
