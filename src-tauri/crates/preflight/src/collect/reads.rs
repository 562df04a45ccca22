//! Which lists of the Kubernetes API a spec's checks read, and where upstream keeps each.

use serde_json::Value;

use crate::spec::Spec;

/// A list to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    /// File it is kept in. With a star for the namespace, the list is of all namespaces and kept in one file
    /// each.
    pub(super) file: String,
    /// Path of the group and version.
    pub(super) group: &'static str,
    pub(super) plural: &'static str,
    /// Namespace, or empty for what has none and for all of them.
    pub(super) namespace: String,
}

impl Read {
    /// Path in the API.
    pub(super) fn path(&self) -> String {
        match self.namespace.as_str() {
            "" => format!("{}/{}", self.group, self.plural),
            namespace => format!("{}/namespaces/{namespace}/{}", self.group, self.plural),
        }
    }
}

/// A kind of object: its names in a `clusterResource`, where it is kept, group, plural, whether it has a namespace.
type Resource = (&'static [&'static str], &'static str, &'static str, &'static str, bool);

const CORE: &str = "/api/v1";
const APPS: &str = "/apis/apps/v1";
const NETWORKING: &str = "/apis/networking.k8s.io/v1";
const ADMISSION: &str = "/apis/admissionregistration.k8s.io/v1";

const RESOURCES: &[Resource] = &[
    (&["deployment"], "deployments", APPS, "deployments", true),
    (&["daemonset"], "daemonsets", APPS, "daemonsets", true),
    (&["statefulset"], "statefulsets", APPS, "statefulsets", true),
    (&["replicaset"], "replicasets", APPS, "replicasets", true),
    (&["networkpolicy"], "network-policy", NETWORKING, "networkpolicies", true),
    (&["ingress"], "ingress", NETWORKING, "ingresses", true),
    (&["pod"], "pods", CORE, "pods", true),
    (&["event"], "events", CORE, "events", true),
    (&["service"], "services", CORE, "services", true),
    (&["configmap"], "configmaps", CORE, "configmaps", true),
    (&["resourcequota"], "resource-quota", CORE, "resourcequotas", true),
    (&["pvc", "persistentvolumeclaim"], "pvcs", CORE, "persistentvolumeclaims", true),
    (&["job"], "jobs", "/apis/batch/v1", "jobs", true),
    (&["namespace"], "namespaces", CORE, "namespaces", false),
    (&["node"], "nodes", CORE, "nodes", false),
    (&["pv", "persistentvolume"], "pvs", CORE, "persistentvolumes", false),
    (&["storageclass"], "storage-classes", "/apis/storage.k8s.io/v1", "storageclasses", false),
    (&["ingressclass"], "ingress-classes", NETWORKING, "ingressclasses", false),
    (
        &["customresourcedefinition"],
        "custom-resource-definitions",
        "/apis/apiextensions.k8s.io/v1",
        "customresourcedefinitions",
        false,
    ),
    (
        &["validatingwebhookconfiguration"],
        "validating-webhook-configurations",
        ADMISSION,
        "validatingwebhookconfigurations",
        false,
    ),
    (
        &["mutatingwebhookconfiguration"],
        "mutating-webhook-configurations",
        ADMISSION,
        "mutatingwebhookconfigurations",
        false,
    ),
];

/// Kinds of analyzers, and the kinds of objects each reads.
const ANALYZERS: &[(&str, &[&str])] = &[
    ("nodeResources", &["node"]),
    ("containerRuntime", &["node"]),
    ("distribution", &["node"]),
    ("storageClass", &["storageclass"]),
    ("ingressClass", &["ingressclass"]),
    ("customResourceDefinition", &["customresourcedefinition"]),
    ("deploymentStatus", &["deployment"]),
    ("statefulsetStatus", &["statefulset"]),
    ("replicasetStatus", &["replicaset"]),
    ("jobStatus", &["job"]),
    ("ingress", &["ingress"]),
    ("clusterPodStatuses", &["pod", "event"]),
    ("clusterContainerStatuses", &["pod"]),
    ("event", &["event"]),
];

/// What is read for one analyzer.
fn of(kind: &str, body: &Value) -> Vec<Read> {
    if kind == "clusterResource" {
        let wanted = body["kind"].as_str().unwrap_or_default().to_lowercase();
        return one(&wanted, &spoken(body, "default"));
    }
    let Some((_, objects)) = ANALYZERS.iter().find(|(known, _)| *known == kind) else { return Vec::new() };
    let default = if kind == "event" { "default" } else { "" };
    let namespaces = spoken(body, default);
    objects.iter().flat_map(|object| one(object, &namespaces)).collect()
}

/// Namespaces that an analyzer names; none means all of them.
fn spoken(body: &Value, default: &str) -> Vec<String> {
    let mut named: Vec<String> = body["namespaces"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    named.extend(body["namespace"].as_str().map(str::to_owned));
    named.retain(|namespace| !namespace.is_empty());
    if named.is_empty() && !default.is_empty() { vec![default.to_owned()] } else { named }
}

fn one(object: &str, namespaces: &[String]) -> Vec<Read> {
    let found = RESOURCES.iter().find(|(names, ..)| names.contains(&object));
    let Some((_, place, group, plural, namespaced)) = found else { return Vec::new() };
    let read = |file: String, namespace: &str| Read { file, group, plural, namespace: namespace.to_owned() };
    if !namespaced {
        return vec![read(format!("cluster-resources/{place}.json"), "")];
    }
    if namespaces.is_empty() {
        return vec![read(format!("cluster-resources/{place}/*.json"), "")];
    }
    let each = |namespace: &String| read(format!("cluster-resources/{place}/{namespace}.json"), namespace);
    namespaces.iter().map(each).collect()
}

/// What all analyzers read, each once.
pub(super) fn reads(spec: &Spec) -> Vec<Read> {
    let mut reads: Vec<Read> = items(&spec.analyzers).flat_map(|(kind, body)| of(kind, body)).collect();
    reads.sort();
    reads.dedup();
    reads
}

/// Kinds and bodies of a list of items.
pub(super) fn items(list: &[Value]) -> impl Iterator<Item = (&str, &Value)> {
    list.iter().filter_map(|item| {
        item.as_object()?.iter().find(|(_, body)| body.is_object()).map(|(kind, body)| (kind.as_str(), body))
    })
}
