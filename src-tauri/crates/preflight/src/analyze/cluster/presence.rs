//! Kinds that ask only whether something is there. The last `pass` or `fail` outcome speaks; none has a `when`.

use serde_json::Value;

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, Outcome};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};

use super::{items, name};

fn last<'a>(check: &Check<'a>, state: State) -> Option<Outcome<'a>> {
    check.items().into_iter().rev().find_map(|item| match state {
        State::Fail => item.fail,
        State::Warn => item.warn,
        State::Pass => item.pass,
    })
}

fn state(there: bool) -> State {
    if there { State::Pass } else { State::Fail }
}

/// The last outcome of that state, or a bare verdict.
fn said(check: &Check<'_>, title: &str, there: bool) -> Verdict {
    last(check, state(there))
        .map_or_else(|| Verdict::of(state(there), title, ""), |outcome| outcome.verdict(title))
}

pub(super) fn storage_title(check: &Check<'_>) -> String {
    match check.text("storageClassName") {
        "" => check.named("Default Storage Class"),
        class => check.named(&format!("Storage class {class}")),
    }
}

pub(super) fn ingress_class_title(check: &Check<'_>) -> String {
    match check.text("ingressClassName") {
        "" => check.named("Default Ingress Class"),
        class => check.named(&format!("Ingress class {class}")),
    }
}

pub(super) fn storage_class(check: &Check<'_>) -> Judged {
    let wanted = check.text("storageClassName");
    let there = class(check, "storage-classes", wanted, "storageclass.kubernetes.io/is-default-class")?;
    Ok(vec![class_said(check, &storage_title(check), wanted, "Storage Class", there)])
}

pub(super) fn ingress_class(check: &Check<'_>) -> Judged {
    let wanted = check.text("ingressClassName");
    let there = class(check, "ingress-classes", wanted, "ingressclass.kubernetes.io/is-default-class")?;
    Ok(vec![class_said(check, &ingress_class_title(check), wanted, "Ingress Class", there)])
}

fn class(check: &Check<'_>, file: &str, wanted: &str, annotation: &str) -> Result<bool, Unjudged> {
    let path = format!("cluster-resources/{file}.json");
    let list = check.bundle.json(&path)?;
    for item in items(&path, &list)? {
        let annotations = item.record("metadata")?.record("annotations")?;
        if name(&item)? == wanted || (wanted.is_empty() && annotations.text(annotation)? == "true") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn class_said(check: &Check<'_>, title: &str, wanted: &str, words: &str, there: bool) -> Verdict {
    let mut verdict = said(check, title, there);
    if wanted.is_empty() && verdict.message.is_empty() {
        verdict.message =
            if there { format!("Default {words} found") } else { format!("No Default {words} found") };
    }
    verdict
}

pub(super) fn definition_title(check: &Check<'_>) -> String {
    check.named(&format!("Custom resource definition {}", check.text("customResourceDefinitionName")))
}

/// An absent definition applies every fail and warn outcome to the one verdict; the last keeps the message.
pub(super) fn definition(check: &Check<'_>) -> Judged {
    const PATH: &str = "cluster-resources/custom-resource-definitions.json";
    let title = definition_title(check);
    let list = check.bundle.json(PATH)?;
    for item in items(PATH, &list)? {
        if name(&item)? == check.text("customResourceDefinitionName") {
            return Ok(vec![said(check, &title, true)]);
        }
    }
    let mut verdict = Verdict { title: title.clone(), ..Verdict::default() };
    for outcome in check.items().into_iter().filter_map(|item| item.fail.or(item.warn)) {
        verdict.set(outcome.state);
        outcome.message.clone_into(&mut verdict.message);
        outcome.uri.clone_into(&mut verdict.uri);
    }
    let nothing = || Verdict::limbo(title, format!("the definition does not exist: {NO_MATCH}"));
    Ok(vec![if verdict.judged() { verdict } else { nothing() }])
}

pub(super) fn ingress_title(check: &Check<'_>) -> String {
    check.named(&format!("Ingress {}", check.text("ingressName")))
}

pub(super) fn ingress(check: &Check<'_>) -> Judged {
    let path = format!("cluster-resources/ingress/{}.json", check.text("namespace"));
    let list = check.bundle.json(&path)?;
    let mut there = false;
    for item in items(&path, &list)? {
        there |= name(&item)? == check.text("ingressName");
    }
    Ok(vec![said(check, &ingress_title(check), there)])
}

pub(super) fn secret_title(check: &Check<'_>) -> String {
    check.named(&format!("Secret {}", check.text("secretName")))
}

pub(super) fn config_map_title(check: &Check<'_>) -> String {
    check.named(&format!("ConfigMap {}", check.text("configMapName")))
}

pub(super) fn secret(check: &Check<'_>) -> Judged {
    keyed(check, &secret_title(check), "secrets", check.text("secretName"), "secretExists")
}

pub(super) fn config_map(check: &Check<'_>) -> Judged {
    keyed(check, &config_map_title(check), "configmaps", check.text("configMapName"), "configMapExists")
}

fn keyed(check: &Check<'_>, title: &str, folder: &str, wanted: &str, exists: &str) -> Judged {
    let key = check.text("key");
    let parts = [folder, check.text("namespace"), wanted, key].map(str::to_owned);
    let path =
        format!("{}.json", parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"));
    let value = check.bundle.json(&path)?;
    let found = record(&path, &value)?;
    found.unread(&["namespace", "name", "key", "value"], &[])?;
    found.boolean("keyExists")?;
    let key_there = key.is_empty() || (found.text("key")? == key && found.boolean("keyExists")?);
    let there = found.boolean(exists)? && key_there;
    if !there && last(check, State::Fail).is_none() {
        // Upstream breaks off here.
        return Err(Unjudged::Silent(format!("{wanted} does not exist, and the spec has no fail outcome")));
    }
    Ok(vec![said(check, title, there)])
}

/// Upstream reads the folder of pull secrets as if it were a file, so it has an answer only where there is no
/// such folder. Our own collector writes the registries of all namespaces into one file.
pub(super) fn pull_secret(check: &Check<'_>) -> Judged {
    const FOLDER: &str = "cluster-resources/image-pull-secrets";
    let wanted = check.text("registryName");
    let mut there = false;
    let ours = format!("{FOLDER}.json");
    if let Some(refusal) = check.bundle.refusal(&ours) {
        return Err(Unjudged::Silent(refusal.words().to_owned()));
    }
    let file = if check.bundle.get(&ours).is_some() {
        check.bundle.find(&ours)?
    } else {
        check.bundle.find(FOLDER)?
    };
    for (path, content) in file {
        let value: Value = crate::analyze::bundle::json(path, content)?;
        let registries: Record<'_> = record(path, &value)?;
        there |= registries.members().any(|(registry, _)| registry == wanted);
    }
    let mut verdict = said(check, &check.named("Image Pull Secrets"), there);
    if verdict.message.is_empty() {
        let found = if there { "found" } else { "not found" };
        verdict.message = format!("Credentials to pull from: {wanted} {found}");
    }
    Ok(vec![verdict])
}
