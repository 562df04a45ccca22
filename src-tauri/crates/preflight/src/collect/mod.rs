//! Collecting through the Kubernetes API what a spec's checks read, into upstream's layout.

use async_trait::async_trait;
use serde_json::{Value, json};

use std::collections::BTreeMap;

use crate::analyze::Files;
use crate::spec::Spec;

/// Why the cluster gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The right is missing; in words.
    Forbidden(String),
    /// Anything else; in words.
    Failed(String),
}

/// What was gathered.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Files in upstream's layout.
    pub files: Files,
    /// Files that the cluster did not give, and why.
    pub refused: BTreeMap<String, Refusal>,
}

impl Refusal {
    /// In words.
    pub fn words(&self) -> &str {
        match self {
            Self::Forbidden(words) | Self::Failed(words) => words,
        }
    }
}

/// What collecting needs of a cluster: reading JSON below a path. Everything else is built on that, which
/// keeps this crate free of any client.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// Reads; `None` when it is not there.
    async fn get(&self, path: &str) -> Result<Option<Value>, Refusal>;
    /// Lists everything below a path.
    async fn list(&self, path: &str) -> Result<Vec<Value>, Refusal>;
}

/// Kinds of analyzers, and the cluster-wide list each reads.
const WIDE: &[(&str, &str, &str)] = &[
    ("nodeResources", "nodes", "/api/v1/nodes"),
    ("containerRuntime", "nodes", "/api/v1/nodes"),
    ("distribution", "nodes", "/api/v1/nodes"),
    ("storageClass", "storage-classes", "/apis/storage.k8s.io/v1/storageclasses"),
    ("ingressClass", "ingress-classes", "/apis/networking.k8s.io/v1/ingressclasses"),
    (
        "customResourceDefinition",
        "custom-resource-definitions",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    ),
];

/// Kinds of analyzers, and the list in a namespace each reads: file, API group path, plural.
const NAMESPACED: &[(&str, &str, &str, &str)] = &[
    ("deploymentStatus", "deployments", "/apis/apps/v1", "deployments"),
    ("statefulsetStatus", "statefulsets", "/apis/apps/v1", "statefulsets"),
    ("replicasetStatus", "replicasets", "/apis/apps/v1", "replicasets"),
    ("jobStatus", "jobs", "/apis/batch/v1", "jobs"),
    ("ingress", "ingress", "/apis/networking.k8s.io/v1", "ingresses"),
    ("clusterPodStatuses", "pods", "/api/v1", "pods"),
];

/// What a spec's checks read, as rights: verb, API group, plural, namespace (empty for the whole cluster).
pub fn rights(spec: &Spec, namespace: &str) -> Vec<(String, String, String, String)> {
    let mut rights = Vec::new();
    for (kind, body) in items(&spec.analyzers) {
        if let Some((_, _, path)) = WIDE.iter().find(|(known, _, _)| *known == kind) {
            rights.push(right(path, ""));
        }
        if let Some((_, _, group, plural)) = NAMESPACED.iter().find(|(known, _, _, _)| *known == kind) {
            rights.push(right(&format!("{group}/{plural}"), place(body, namespace)));
        }
    }
    rights.sort();
    rights.dedup();
    rights
}

fn right(path: &str, namespace: &str) -> (String, String, String, String) {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let group = if parts[0] == "apis" { parts[1] } else { "" };
    let plural = parts.last().copied().unwrap_or_default();
    ("list".to_owned(), group.to_owned(), plural.to_owned(), namespace.to_owned())
}

fn items(list: &[Value]) -> impl Iterator<Item = (&str, &Value)> {
    list.iter().filter_map(|item| {
        item.as_object()?.iter().find(|(_, body)| body.is_object()).map(|(kind, body)| (kind.as_str(), body))
    })
}

fn place<'a>(body: &'a Value, namespace: &'a str) -> &'a str {
    body["namespace"].as_str().filter(|named| !named.is_empty()).unwrap_or(namespace)
}

/// Collects. What the cluster refuses is left out and said, so that the checks which need it can say why
/// they have no verdict.
pub async fn collect(spec: &Spec, namespace: &str, cluster: &dyn Cluster) -> Gathered {
    let mut gathered = Gathered::default();
    let mut keep = |path: String, found: Result<Value, Refusal>| match found {
        Ok(value) => {
            gathered.files.insert(path, value.to_string().into_bytes());
        }
        Err(refusal) => {
            gathered.refused.insert(path, refusal);
        }
    };
    let version = cluster.get("/version").await.map(|info| {
        let info = info.unwrap_or_default();
        json!({ "string": info["gitVersion"], "info": info })
    });
    keep("cluster-info/cluster_version.json".to_owned(), version);
    let mut done: Vec<String> = Vec::new();
    for (kind, body) in items(&spec.analyzers) {
        let wide = WIDE
            .iter()
            .find(|(known, _, _)| *known == kind)
            .map(|(_, file, path)| (format!("cluster-resources/{file}.json"), (*path).to_owned()));
        let inside =
            NAMESPACED.iter().find(|(known, _, _, _)| *known == kind).map(|(_, file, group, plural)| {
                let namespace = place(body, namespace);
                (
                    format!("cluster-resources/{file}/{namespace}.json"),
                    format!("{group}/namespaces/{namespace}/{plural}"),
                )
            });
        if let Some((file, path)) = wide.or(inside)
            && !done.contains(&file)
        {
            keep(file.clone(), cluster.list(&path).await.map(|items| json!({ "items": items })));
            done.push(file);
        }
    }
    for (kind, body) in items(&spec.collectors) {
        if let Some((path, found)) = keyed(kind, body, namespace, cluster).await {
            keep(path, found);
        }
    }
    gathered
}

/// The `secret` and `configMap` collectors: whether it is there, and its value only where the spec asks.
async fn keyed(
    kind: &str,
    body: &Value,
    namespace: &str,
    cluster: &dyn Cluster,
) -> Option<(String, Result<Value, Refusal>)> {
    let (folder, plural, exists) = match kind {
        "secret" => ("secrets", "secrets", "secretExists"),
        "configMap" => ("configmaps", "configmaps", "configMapExists"),
        _ => return None,
    };
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let (name, key, namespace) = (text("name"), text("key"), place(body, namespace));
    let file = if key.is_empty() { String::new() } else { format!("/{key}") };
    let path = format!("{folder}/{namespace}/{name}{file}.json");
    let found = cluster.get(&format!("/api/v1/namespaces/{namespace}/{plural}/{name}")).await.map(|found| {
        let held = found.as_ref().map(|object| &object["data"][key]);
        json!({
            "namespace": namespace, "name": name, "key": key,
            exists: found.is_some(),
            "keyExists": held.is_some_and(|value| !value.is_null()),
        })
    });
    Some((path, found))
}
