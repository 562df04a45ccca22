//! `distribution`: whose Kubernetes this is.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::analyze::fields::Record;
use crate::analyze::outcome::unreadable;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};

use super::items;

/// Names without case and hyphens.
pub(crate) const NAMES: &[&str] = &[
    "microk8s",
    "dockerdesktop",
    "eks",
    "gke",
    "digitalocean",
    "openshift",
    "tanzu",
    "kurl",
    "aks",
    "ibm",
    "minikube",
    "rke2",
    "k3s",
    "oke",
    "kind",
    "k0s",
    "embeddedcluster",
];
/// Labels that tell one by being there.
const LABELS: &[(&str, &str)] = &[
    ("kubernetes.azure.com/role", "aks"),
    ("minikube.k8s.io/version", "minikube"),
    ("oci.oraclecloud.com/fault-domain", "oke"),
    ("node.k0sproject.io/role", "k0s"),
    ("kots.io/embedded-cluster-role", "embeddedcluster"),
    ("run.tanzu.vmware.com/kubernetesDistributionVersion", "tanzu"),
];
/// Labels that tell one by their value.
const VALUES: &[(&str, &str, &str)] = &[
    ("kurl.sh/cluster", "true", "kurl"),
    ("microk8s.io/cluster", "true", "microk8s"),
    ("node.kubernetes.io/instance-type", "k3s", "k3s"),
    ("beta.kubernetes.io/instance-type", "k3s", "k3s"),
];
const PROVIDERS: &[(&str, &str)] = &[
    ("digitalocean:", "digitalocean"),
    ("aws:", "eks"),
    ("gce:", "gke"),
    ("ibm:", "ibm"),
    ("kind:", "kind"),
];
const GROUPS: &[(&str, &str)] = &[("apps.openshift.io/", "openshift"), ("run.tanzu.vmware.com/", "tanzu")];
const MASTERS: &[&str] = &["node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"];

type Found = BTreeSet<&'static str>;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let found = found(check)?;
    let title = check.named("Kubernetes Distribution");
    let mut unknown = String::new();
    for outcome in check.outcomes() {
        if outcome.when.is_empty() || holds(outcome.when, &found, &mut unknown)? {
            return Ok(vec![outcome.verdict(&title)]);
        }
    }
    let message = if unknown.is_empty() { "None of the conditionals were met".to_owned() } else { unknown };
    Ok(vec![Verdict::of(State::Warn, title, message)])
}

fn found(check: &Check<'_>) -> Result<Found, Unjudged> {
    const NODES: &str = "cluster-resources/nodes.json";
    const RESOURCES: &str = "cluster-resources/resources.json";
    let list = check.bundle.json(NODES)?;
    let mut found = Found::new();
    let mut master = false;
    for node in items(NODES, &list)? {
        master |= one(&node, &mut found)?;
    }
    if master {
        // A managed control plane shows no such node.
        found.remove("eks");
    }
    if check.bundle.get(RESOURCES).is_some() {
        let groups = check.bundle.json(RESOURCES)?;
        let lists = groups.as_array().ok_or_else(|| format!("{RESOURCES} holds no list"))?;
        found.extend(group(lists)?);
    }
    Ok(found)
}

fn group(lists: &[Value]) -> Result<Option<&'static str>, Unjudged> {
    for list in lists {
        let version = Record::of(list)?.text("groupVersion")?;
        if let Some((_, name)) = GROUPS.iter().find(|(prefix, _)| version.starts_with(prefix)) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// What one node tells; whether it is of the control plane.
fn one(node: &Record<'_>, found: &mut Found) -> Result<bool, Unjudged> {
    let meta = node.record("metadata")?;
    let labels = meta.record("labels")?;
    let mut master = false;
    for (key, value) in labels.members() {
        found.extend(LABELS.iter().filter(|(label, _)| *label == key).map(|(_, name)| *name));
        found.extend(
            VALUES
                .iter()
                .filter(|(label, wanted, _)| *label == key && value == wanted)
                .map(|(_, _, name)| *name),
        );
        master |= MASTERS.contains(&key);
    }
    if meta.record("annotations")?.members().any(|(key, _)| key == "rke2.io/node-args") {
        found.insert("rke2");
    }
    if node.record("status")?.record("nodeInfo")?.text("osImage")? == "Docker Desktop" {
        found.insert("dockerdesktop");
    }
    let provider = node.record("spec")?.text("providerID")?;
    found.extend(PROVIDERS.iter().filter(|(prefix, _)| provider.starts_with(prefix)).map(|(_, name)| *name));
    Ok(master)
}

fn holds(when: &str, found: &Found, unknown: &mut String) -> Result<bool, Unjudged> {
    let (operator, name) = match when.trim().split(' ').collect::<Vec<_>>()[..] {
        [name] => ("=", name),
        [operator, name] => (operator, name),
        _ => return Err(unreadable(when, "`== k3s`")),
    };
    let Some(known) = known(name) else {
        unknown.extend(["- Unknown distribution: ", name, " "]);
        return Ok(false);
    };
    // Upstream knows tanzu's nodes and never looks at them.
    let is = known != "tanzu" && found.contains(known);
    Ok(match operator {
        "=" | "==" | "===" => is,
        "!=" | "!==" => !is,
        _ => false,
    })
}

/// A distribution's name without case and hyphens.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    let plain = name.to_lowercase().replace('-', "");
    let plain = match plain.trim() {
        "ibmcloud" => "ibm",
        plain => plain,
    };
    NAMES.iter().find(|known| **known == plain).copied()
}
