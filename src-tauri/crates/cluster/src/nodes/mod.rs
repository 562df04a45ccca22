//! Nodes of a cluster: listed, cordoned, drained, waited for, taken out.
//!
//! Nothing here remembers anything: what was begun is read from the cluster again, so that a run that was cut off does
//! its step once more.

mod budget;
mod drain;
mod pod;
mod read;
mod ready;

#[cfg(test)]
mod tests;

use http::Method;
use serde_json::{Map, Value, json};

use crate::api::{ApiError, Cluster};

pub use drain::{Drain, DrainError, Drained, drain};
pub use read::{Node, Readiness};
pub use ready::{NotReady, Wanted, wait_ready};

const NODES: &str = "/api/v1/nodes";

fn path(name: &str) -> String {
    format!("{NODES}/{name}")
}

/// Something that keeps pods without a toleration away from a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taint {
    /// `node-role.kubernetes.io/control-plane`.
    pub key: String,
    /// May be empty.
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
}

/// All nodes, controllers first, then by name.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn list(cluster: &Cluster) -> Result<Vec<Node>, ApiError> {
    let mut nodes: Vec<Node> = cluster.list(NODES).await?.iter().map(Node::of).collect();
    nodes.sort_by(|a, b| (!a.controller, &a.name).cmp(&(!b.controller, &b.name)));
    Ok(nodes)
}

/// One node; `None` when the cluster has none of this name.
///
/// # Errors
/// As [`list`].
pub async fn find(cluster: &Cluster, name: &str) -> Result<Option<Node>, ApiError> {
    Ok(cluster.get_opt(&path(name)).await?.as_ref().map(Node::of))
}

async fn patch(cluster: &Cluster, name: &str, body: &Value) -> Result<(), ApiError> {
    let body = body.to_string().into_bytes();
    cluster.request(Method::PATCH, &path(name), "application/merge-patch+json", body).await.map(drop)
}

/// Keeps new pods away from a node. One that is cordoned stays so.
///
/// # Errors
/// When the API server does not answer, refuses, or has no such node.
pub async fn cordon(cluster: &Cluster, name: &str) -> Result<(), ApiError> {
    patch(cluster, name, &json!({ "spec": { "unschedulable": true } })).await
}

/// Lets new pods onto a node again.
///
/// # Errors
/// As [`cordon`].
pub async fn uncordon(cluster: &Cluster, name: &str) -> Result<(), ApiError> {
    patch(cluster, name, &json!({ "spec": { "unschedulable": null } })).await
}

/// Sets labels; one without a value is taken away. Others stay.
///
/// # Errors
/// As [`cordon`].
pub async fn set_labels(
    cluster: &Cluster,
    name: &str,
    labels: &[(&str, Option<&str>)],
) -> Result<(), ApiError> {
    let labels: Map<String, Value> =
        labels.iter().map(|(label, value)| ((*label).to_owned(), json!(value))).collect();
    patch(cluster, name, &json!({ "metadata": { "labels": labels } })).await
}

/// Sets taints, each in place of one of the same key and effect, and takes those of the keys in `away` off. Others stay.
///
/// # Errors
/// As [`cordon`]; a conflict when somebody else changes the node at the same time.
pub async fn set_taints(
    cluster: &Cluster,
    name: &str,
    taints: &[Taint],
    away: &[&str],
) -> Result<(), ApiError> {
    let node = cluster.get(&path(name)).await?;
    let mut all: Vec<Value> = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
    let before = all.clone();
    all.retain(|taint| !away.iter().any(|key| taint["key"] == *key));
    for taint in taints {
        let same = |other: &Value| other["key"] == *taint.key && other["effect"] == *taint.effect;
        let wanted =
            |other: &Value| same(other) && other["value"].as_str().unwrap_or_default() == taint.value;
        if !all.iter().any(wanted) {
            all.retain(|other| !same(other));
            all.push(json!({ "key": taint.key, "value": taint.value, "effect": taint.effect }));
        }
    }
    if all == before {
        return Ok(());
    }
    // A list is replaced as a whole: only over the one that was read.
    let version = &node["metadata"]["resourceVersion"];
    patch(cluster, name, &json!({ "metadata": { "resourceVersion": version }, "spec": { "taints": all } }))
        .await
}

/// Takes a node out of the cluster; one that is not there is as wanted. Its pods go with it.
///
/// # Errors
/// As [`list`].
pub async fn delete(cluster: &Cluster, name: &str) -> Result<(), ApiError> {
    cluster.delete(&path(name)).await
}
