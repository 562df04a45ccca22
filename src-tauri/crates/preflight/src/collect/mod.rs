//! Collecting through the Kubernetes API what a spec's checks read, into upstream's layout.

mod reads;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use crate::analyze::Files;
use crate::spec::Spec;
use crate::values::glob::joined;
use reads::{Read, items, reads};

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
    /// Files that could not be had, and why. A star stands for the namespaces of a list of all of them.
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

/// Where our own collector keeps the registries that pull secrets are for; upstream's layout of them is a folder
/// that its own analyzer cannot read.
const PULL_SECRETS: &str = "cluster-resources/image-pull-secrets.json";

/// What a spec's checks read, as rights: verb, API group, plural, namespace (empty for the whole cluster).
pub fn rights(spec: &Spec, namespace: &str) -> Vec<(String, String, String, String)> {
    let right = |verb: &str, group: &str, plural: &str, namespace: &str| {
        let group =
            group.strip_prefix("/apis/").and_then(|group| group.split('/').next()).unwrap_or_default();
        (verb.to_owned(), group.to_owned(), plural.to_owned(), namespace.to_owned())
    };
    let mut rights: Vec<_> =
        reads(spec).iter().map(|read| right("list", read.group, read.plural, &read.namespace)).collect();
    if items(&spec.analyzers).any(|(kind, _)| kind == "imagePullSecret") {
        rights.push(right("list", "", "secrets", namespace));
    }
    for (kind, body) in items(&spec.collectors) {
        let plural = match kind {
            "secret" => "secrets",
            "configMap" => "configmaps",
            _ => continue,
        };
        rights.push(right("get", "", plural, place(body, namespace)));
    }
    rights.sort();
    rights.dedup();
    rights
}

fn place<'a>(body: &'a Value, namespace: &'a str) -> &'a str {
    body["namespace"].as_str().filter(|named| !named.is_empty()).unwrap_or(namespace)
}

impl Gathered {
    fn keep(&mut self, file: &str, found: Result<Value, Refusal>) {
        match found {
            Ok(value) => {
                self.files.insert(file.to_owned(), value.to_string().into_bytes());
            }
            Err(refusal) => {
                self.refused.insert(file.to_owned(), refusal);
            }
        }
    }

    /// Keeps a list of all namespaces, one file for each.
    fn keep_by_namespace(&mut self, file: &str, found: Result<Vec<Value>, Refusal>) {
        let mut by_namespace: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        match found {
            Err(refusal) => return self.keep(file, Err(refusal)),
            Ok(items) => {
                for item in items {
                    let namespace = item["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
                    by_namespace.entry(namespace).or_default().push(item);
                }
            }
        }
        for (namespace, items) in by_namespace {
            self.keep(&file.replace('*', &namespace), Ok(json!({ "items": items })));
        }
    }
}

/// Collects. What the cluster refuses is left out and said, so that the checks which need it can say why
/// they have no verdict.
pub async fn collect(spec: &Spec, namespace: &str, cluster: &dyn Cluster) -> Gathered {
    let mut gathered = Gathered::default();
    let version = cluster.get("/version").await.map(|info| {
        let info = info.unwrap_or_default();
        json!({ "string": info["gitVersion"], "info": info })
    });
    gathered.keep("cluster-info/cluster_version.json", version);
    for read in reads(spec) {
        collect_list(&read, cluster, &mut gathered).await;
    }
    for (kind, _) in items(&spec.analyzers) {
        match kind {
            "distribution" => gathered.keep("cluster-resources/resources.json", groups(cluster).await),
            "imagePullSecret" => gathered.keep(PULL_SECRETS, registries(namespace, cluster).await),
            _ => {}
        }
    }
    for (kind, body) in items(&spec.collectors) {
        match kind {
            "secret" | "configMap" => keyed(kind, body, namespace, cluster, &mut gathered).await,
            "data" => data(body, &mut gathered),
            "nodeMetrics" => node_metrics(body, cluster, &mut gathered).await,
            _ => {}
        }
    }
    gathered
}

async fn collect_list(read: &Read, cluster: &dyn Cluster, gathered: &mut Gathered) {
    let found = cluster.list(&read.path()).await;
    if read.file.contains('*') {
        gathered.keep_by_namespace(&read.file, found);
    } else {
        gathered.keep(&read.file, found.map(|items| json!({ "items": items })));
    }
}

/// Groups and versions that the API server has, as upstream keeps its discovery.
async fn groups(cluster: &dyn Cluster) -> Result<Value, Refusal> {
    let found = cluster.get("/apis").await?.unwrap_or_default();
    let groups = found["groups"].as_array().into_iter().flatten();
    let versions = groups.flat_map(|group| group["versions"].as_array().into_iter().flatten());
    Ok(versions.map(|version| json!({ "groupVersion": version["groupVersion"] })).collect())
}

/// Registries that the pull secrets of a namespace are for, with the user of each and no password.
async fn registries(namespace: &str, cluster: &dyn Cluster) -> Result<Value, Refusal> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut registries = Map::new();
    for secret in cluster.list(&format!("/api/v1/namespaces/{namespace}/secrets")).await? {
        let encoded = secret["data"][".dockerconfigjson"].as_str().unwrap_or_default();
        let decoded = STANDARD.decode(encoded).unwrap_or_default();
        let Ok(config) = serde_json::from_slice::<Value>(&decoded) else { continue };
        for (registry, login) in config["auths"].as_object().into_iter().flatten() {
            registries.insert(registry.clone(), json!(login["username"].as_str().unwrap_or_default()));
        }
    }
    Ok(Value::Object(registries))
}

/// The `secret` and `configMap` collectors: whether it is there, and never its value.
async fn keyed(kind: &str, body: &Value, namespace: &str, cluster: &dyn Cluster, gathered: &mut Gathered) {
    let (folder, plural, exists) = match kind {
        "secret" => ("secrets", "secrets", "secretExists"),
        _ => ("configmaps", "configmaps", "configMapExists"),
    };
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let (name, key, namespace) = (text("name"), text("key"), place(body, namespace));
    let file = format!("{}.json", joined(&[folder, namespace, name, key]));
    let found = cluster.get(&format!("/api/v1/namespaces/{namespace}/{plural}/{name}")).await.map(|found| {
        let held = found.as_ref().map(|object| &object["data"][key]);
        json!({
            "namespace": namespace, "name": name, "key": key,
            exists: found.is_some(),
            "keyExists": held.is_some_and(|value| !value.is_null()),
        })
    });
    gathered.keep(&file, found);
}

/// The `data` collector: what the spec itself brings.
fn data(body: &Value, gathered: &mut Gathered) {
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let file = joined(&[text("name"), text("collectorName")]);
    gathered.files.insert(file, text("data").as_bytes().to_vec());
}

/// The `nodeMetrics` collector: what the kubelets count.
async fn node_metrics(body: &Value, cluster: &dyn Cluster, gathered: &mut Gathered) {
    let names: Vec<&str> =
        body["nodeNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let nodes = match cluster.list("/api/v1/nodes").await {
        Ok(nodes) => nodes,
        Err(refusal) => return gathered.keep("node-metrics/*.json", Err(refusal)),
    };
    for node in nodes.iter().filter_map(|node| node["metadata"]["name"].as_str()) {
        if names.is_empty() || names.contains(&node) {
            let found = cluster.get(&format!("/api/v1/nodes/{node}/proxy/stats/summary")).await;
            gathered.keep(&format!("node-metrics/{node}.json"), found.map(Option::unwrap_or_default));
        }
    }
}
