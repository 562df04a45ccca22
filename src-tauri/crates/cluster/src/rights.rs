//! Rights, asked for before anything is changed.

use futures::StreamExt;
use futures::stream;
use serde_json::json;

use crate::api::{ApiError, Cluster};

/// A right that a workflow needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// `create`, `get`, …
    pub verb: String,
    /// API group; empty for the core.
    pub group: String,
    /// Plural, with the subresource where there is one: `pods/log`.
    pub resource: String,
    /// Namespace; empty for the whole cluster.
    pub namespace: String,
}

impl Right {
    /// A right.
    pub fn new(verb: &str, group: &str, resource: &str, namespace: &str) -> Self {
        Self {
            verb: verb.into(),
            group: group.into(),
            resource: resource.into(),
            namespace: namespace.into(),
        }
    }

    /// In words: `create deployments.apps in namespace web`.
    pub fn words(&self) -> String {
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let place = match self.namespace.as_str() {
            "" => "in the whole cluster".to_owned(),
            namespace => format!("in namespace {namespace}"),
        };
        format!("{} {}{group} {place}", self.verb, self.resource)
    }
}

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
