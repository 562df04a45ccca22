//! Kinds that ask only whether something is there: the last `pass` or `fail` outcome is the answer.

use longshore_contract::CheckState;
use serde_json::Value;

use super::outcome::Unjudged;
use super::{Check, Judged};

/// Pass or fail by the last outcome of that state; `None` when the spec has none.
fn binary(
    check: &Check<'_>,
    title: &str,
    there: bool,
) -> Result<Option<longshore_contract::CheckResult>, Unjudged> {
    let state = if there { CheckState::Pass } else { CheckState::Fail };
    let outcome = check.outcomes().into_iter().rfind(|outcome| outcome.state == state);
    Ok(outcome.map(|outcome| check.result(title, &outcome)))
}

fn needed(check: &Check<'_>, title: &str, there: bool) -> Judged {
    match binary(check, title, there)? {
        Some(result) => Ok(vec![result]),
        None => Err(Unjudged(format!(
            "{}, and the spec has no outcome for that",
            if there { "it exists" } else { "it does not exist" }
        ))),
    }
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

pub(super) fn storage_class(check: &Check<'_>) -> Judged {
    let annotation = "storageclass.kubernetes.io/is-default-class";
    class(check, "cluster-resources/storage-classes.json", "storageClassName", "storage class", annotation)
}

pub(super) fn ingress_class(check: &Check<'_>) -> Judged {
    let annotation = "ingressclass.kubernetes.io/is-default-class";
    class(check, "cluster-resources/ingress-classes.json", "ingressClassName", "ingress class", annotation)
}

fn class(check: &Check<'_>, path: &str, field: &str, words: &str, annotation: &str) -> Judged {
    let items = check.items(path)?;
    let wanted = check.text(field);
    let default_title = if wanted.is_empty() {
        let mut letters = words.split(' ').map(|word| word[..1].to_uppercase() + &word[1..]);
        let (first, second) = (letters.next().unwrap_or_default(), letters.next().unwrap_or_default());
        format!("Default {first} {second}")
    } else {
        let mut letters = words.split(' ').map(|word| word[..1].to_uppercase() + &word[1..]);
        let (first, second) = (letters.next().unwrap_or_default(), letters.next().unwrap_or_default());
        format!("{first} {second} {wanted}")
    };
    let title = check.title(&default_title);
    let there = items.iter().any(|item| {
        if wanted.is_empty() {
            item["metadata"]["annotations"][annotation] == "true"
        } else {
            name(item) == wanted
        }
    });
    match binary(check, &title, there)? {
        Some(mut result) => {
            if result.message.is_empty() && wanted.is_empty() {
                result.message = default_message(words, there);
            }
            Ok(vec![result])
        }
        None => {
            let state = if there { CheckState::Pass } else { CheckState::Fail };
            let message = if wanted.is_empty() { default_message(words, there) } else { String::new() };
            Ok(vec![check.canned(&title, state, &message)])
        }
    }
}

fn default_message(words: &str, there: bool) -> String {
    let capital = words[..1].to_uppercase() + &words[1..];
    if there { format!("Default {capital} found") } else { format!("No Default {capital} found") }
}

pub(super) fn definition(check: &Check<'_>) -> Judged {
    let wanted = check.text("customResourceDefinitionName");
    let items = check.items("cluster-resources/custom-resource-definitions.json")?;
    let title = check.title(&format!("Custom resource definition {wanted}"));
    let there = items.iter().any(|item| name(item) == wanted);
    if there {
        return needed(check, &title, true);
    }
    let outcome = check.outcomes().into_iter().rfind(|outcome| outcome.state == CheckState::Warn);
    match outcome {
        Some(outcome) => Ok(vec![check.result(&title, &outcome)]),
        None => needed(check, &title, false),
    }
}

pub(super) fn ingress(check: &Check<'_>) -> Judged {
    let (wanted, namespace) = (check.text("ingressName"), check.text("namespace"));
    let items = check.items(&format!("cluster-resources/ingress/{namespace}.json"))?;
    let title = check.title(&format!("Ingress {wanted}"));
    needed(check, &title, items.iter().any(|item| name(item) == wanted))
}

pub(super) fn secret(check: &Check<'_>) -> Judged {
    keyed(check, "secrets", "secretName", "secretExists", "Secret")
}

pub(super) fn config_map(check: &Check<'_>) -> Judged {
    keyed(check, "configmaps", "configMapName", "configMapExists", "ConfigMap")
}

fn keyed(check: &Check<'_>, folder: &str, field: &str, exists: &str, words: &str) -> Judged {
    let (namespace, wanted, key) = (check.text("namespace"), check.text(field), check.text("key"));
    let path = if key.is_empty() {
        format!("{folder}/{namespace}/{wanted}.json")
    } else {
        format!("{folder}/{namespace}/{wanted}/{key}.json")
    };
    let found = check.json(&path)?;
    let there = found[exists] == true && (key.is_empty() || found["keyExists"] == true);
    needed(check, &check.title(&format!("{words} {wanted}")), there)
}

pub(super) fn pull_secret(check: &Check<'_>) -> Judged {
    let wanted = check.text("registryName");
    let there = check
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("cluster-resources/image-pull-secrets/"))
        .filter_map(|(_, content)| serde_json::from_slice::<Value>(content).ok())
        .any(|secret| secret.get(wanted).is_some());
    needed(check, &check.title("Image Pull Secrets"), there)
}
