//! What a spec's checks read without a collector of their own: lists of the Kubernetes API, and little more.

use serde_json::Value;

use super::asked::Needs;
use super::resources::{RESOURCES, Resource};
use crate::spec::Spec;
use crate::values::glob::joined;

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Read {
    /// Version of the API server.
    Version,
    /// A list; of all namespaces, or of what has none, when the namespace is empty.
    List(Resource, String),
    /// Groups that the API server has.
    Groups,
    /// Registries that pull secrets of a namespace are for.
    PullSecrets(String),
    /// Objects of a definition, by its name.
    Custom(String),
}

/// Where our own collector keeps the registries that pull secrets are for; upstream's layout of them is a folder
/// that its own analyzer cannot read.
pub(super) const PULL_SECRETS: &str = "cluster-resources/image-pull-secrets.json";
pub(super) const VERSION: &str = "cluster-info/cluster_version.json";
pub(super) const GROUPS: &str = "cluster-resources/resources.json";

impl Read {
    /// For people.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Version => "clusterInfo".to_owned(),
            Self::List(resource, _) => resource.plural.to_owned(),
            Self::Groups => "groups of the API".to_owned(),
            Self::PullSecrets(_) => "pull secrets".to_owned(),
            Self::Custom(name) => name.clone(),
        }
    }

    /// Files that it makes.
    pub(super) fn files(&self) -> Vec<String> {
        match self {
            Self::Version => vec![VERSION.to_owned()],
            Self::List(resource, namespace) => vec![resource.file(namespace)],
            Self::Groups => vec![GROUPS.to_owned()],
            Self::PullSecrets(_) => vec![PULL_SECRETS.to_owned()],
            Self::Custom(name) => {
                let folder = format!("cluster-resources/custom-resources/{name}");
                vec![format!("{folder}.json"), format!("{folder}.yaml"), format!("{folder}/")]
            }
        }
    }

    /// Rights that it needs.
    pub(super) fn needs(&self) -> Needs {
        match self {
            // Whoever is known to a cluster may read these.
            Self::Version | Self::Groups => Needs::default(),
            Self::List(resource, namespace) => {
                Needs { must: vec![resource.right(namespace)], may: Vec::new() }
            }
            Self::PullSecrets(namespace) => Needs::default().must(&["list"], "", "secrets", namespace),
            Self::Custom(name) => {
                let (plural, group) = name.split_once('.').unwrap_or((name, ""));
                Needs::default().must(&["get"], "apiextensions.k8s.io", "customresourcedefinitions", "").must(
                    &["list"],
                    group,
                    plural,
                    "",
                )
            }
        }
    }
}

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
/// Velero's own objects.
const VELERO: &[&str] = &[
    "backuprepositories",
    "backups",
    "backupstoragelocations",
    "deletebackuprequests",
    "podvolumebackups",
    "podvolumerestores",
    "restores",
    "schedules",
    "volumesnapshotlocations",
];

/// What is read for one analyzer.
fn of(kind: &str, body: &Value, namespace: &str) -> Vec<Read> {
    match kind {
        "clusterResource" => {
            let wanted = body["kind"].as_str().unwrap_or_default().to_lowercase();
            return one(&wanted, &spoken(body, "default"));
        }
        "textAnalyze" | "jsonCompare" | "yamlCompare" => return file(body),
        "weaveReport" => return Vec::new(),
        "imagePullSecret" => return vec![Read::PullSecrets(namespace.to_owned())],
        "velero" => {
            let mut reads = one("deployment", &["velero".to_owned()]);
            reads.extend(VELERO.iter().map(|plural| Read::Custom(format!("{plural}.velero.io"))));
            return reads;
        }
        _ => {}
    }
    let Some((_, objects)) = ANALYZERS.iter().find(|(known, _)| *known == kind) else { return Vec::new() };
    let default = if kind == "event" { "default" } else { "" };
    let namespaces = spoken(body, default);
    let mut reads: Vec<Read> = objects.iter().flat_map(|object| one(object, &namespaces)).collect();
    if kind == "distribution" {
        reads.push(Read::Groups);
    }
    reads
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
    if named.is_empty() && !default.is_empty() {
        return vec![default.to_owned()];
    }
    // A pattern is matched against files of all namespaces.
    if named.iter().any(|name| name.contains(['*', '?', '['])) { Vec::new() } else { named }
}

fn one(object: &str, namespaces: &[String]) -> Vec<Read> {
    match RESOURCES.iter().find(|resource| resource.names.contains(&object)) {
        Some(resource) => lists(*resource, namespaces),
        None => Vec::new(),
    }
}

fn lists(resource: Resource, namespaces: &[String]) -> Vec<Read> {
    if !resource.namespaced || namespaces.is_empty() {
        return vec![Read::List(resource, String::new())];
    }
    namespaces.iter().map(|namespace| Read::List(resource, namespace.clone())).collect()
}

/// What an analyzer of any file reads, as far as it is of the cluster itself.
fn file(body: &Value) -> Vec<Read> {
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let path = joined(&[text("collectorName"), text("fileName")]);
    let parts: Vec<&str> = path.split('/').collect();
    let plain = |name: &str| !name.contains(['*', '?', '[']);
    match parts[..] {
        ["cluster-resources", "resources.json"] => vec![Read::Groups],
        ["cluster-resources", "custom-resources", name, ..] => {
            let name = name.trim_end_matches(".json").trim_end_matches(".yaml");
            if plain(name) { vec![Read::Custom(name.to_owned())] } else { Vec::new() }
        }
        ["cluster-resources", place] => {
            let place = place.trim_end_matches(".json");
            RESOURCES
                .iter()
                .filter(|resource| !resource.namespaced && resource.place == place)
                .flat_map(|resource| lists(*resource, &[]))
                .collect()
        }
        ["cluster-resources", place, namespace] => {
            let namespace = namespace.trim_end_matches(".json");
            let namespaces = if plain(namespace) { vec![namespace.to_owned()] } else { Vec::new() };
            RESOURCES
                .iter()
                .filter(|resource| resource.namespaced && resource.place == place)
                .flat_map(|resource| lists(*resource, &namespaces))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// What all analyzers read, each once.
pub(super) fn reads(spec: &Spec, namespace: &str) -> Vec<Read> {
    let mut reads = vec![Read::Version];
    reads.extend(items(&spec.analyzers).flat_map(|(kind, body)| of(kind, body, namespace)));
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
