//! Rights, asked for before anything is changed.

use futures::StreamExt;
use futures::stream;
use longshore_contract::Right;
use serde_json::json;

use crate::api::{ApiError, Cluster};

/// Those that the credential lacks, in the order given.
///
/// # Errors
/// When the API server cannot be asked.
pub async fn missing(cluster: &Cluster, rights: &[Right]) -> Result<Vec<Right>, ApiError> {
    let asked = stream::iter(rights.iter().cloned())
        .map(|right| async move {
            let (resource, part) = right.resource.split_once('/').unwrap_or((&right.resource, ""));
            let review = json!({
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": { "resourceAttributes": {
                    "verb": right.verb, "group": right.group,
                    "resource": resource, "subresource": part, "namespace": right.namespace,
                }},
            });
            let answer =
                cluster.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &review).await?;
            let allowed = answer["status"]["allowed"].as_bool() == Some(true);
            Ok::<_, ApiError>((!allowed).then_some(right))
        })
        .buffered(8)
        .collect::<Vec<_>>()
        .await;
    Ok(asked.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}
