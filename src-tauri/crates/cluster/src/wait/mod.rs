//! Waiting for what was applied, with the reasons that pods give.

mod judge;
mod pods;

use longshore_contract::{InformerState, InformerView};
use serde_json::Value;

use crate::api::{ApiError, Cluster};
use crate::apply::ObjectId;

pub use judge::{Judged, judge};

/// How something that is waited for stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What.
    pub id: ObjectId,
    /// How its own status reads.
    pub judged: Judged,
    /// What its pods say, worst first: `web-7c9: ImagePullBackOff: …`.
    pub reasons: Vec<String>,
}

impl Readiness {
    /// In one line: `Deployment web: 1 of 2 pods ready; web-7c9: ImagePullBackOff: …`.
    pub fn words(&self) -> String {
        let reasons = self.reasons.first().map(|reason| format!("; {reason}")).unwrap_or_default();
        format!("{} {}: {}{reasons}", self.id.kind, self.id.name, self.judged.message)
    }
}

/// Those objects of a chart or manifest that are waited for. A claim binds when its first pod comes, and an
/// Ingress may have no controller, so neither is waited for by itself.
pub fn workloads_of<'a>(objects: impl IntoIterator<Item = &'a crate::apply::Object>) -> Vec<ObjectId> {
    objects
        .into_iter()
        .filter(|object| {
            matches!(object.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "Job")
        })
        .map(|object| object.id.clone())
        .collect()
}

/// How an object stands now.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn readiness(cluster: &Cluster, id: &ObjectId) -> Result<Readiness, ApiError> {
    let Some(found) = cluster.find(id).await? else {
        return Ok(Readiness { id: id.clone(), judged: Judged::missing(), reasons: Vec::new() });
    };
    let judged = judge(&id.kind, &found);
    let reasons =
        if judged.state == InformerState::Ready { Vec::new() } else { reasons(cluster, id, &found).await? };
    Ok(Readiness { id: id.clone(), judged, reasons })
}

async fn reasons(cluster: &Cluster, id: &ObjectId, object: &Value) -> Result<Vec<String>, ApiError> {
    let mut reasons = Vec::new();
    for pod in unwell(cluster, id, object).await?.iter().take(5) {
        reasons.extend(pods::reason(cluster, &id.namespace, pod).await);
    }
    Ok(reasons)
}

/// The pods of a workload that are not well, newest first: they tell about what was just applied, while
/// those of the release before may be well still.
async fn unwell(cluster: &Cluster, id: &ObjectId, object: &Value) -> Result<Vec<Value>, ApiError> {
    let labels = object["spec"]["selector"]["matchLabels"].as_object();
    let Some(labels) = labels.filter(|labels| !labels.is_empty()) else { return Ok(Vec::new()) };
    let selector: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}%3D{}", value.as_str().unwrap_or_default()))
        .collect();
    let path = format!("/api/v1/namespaces/{}/pods?labelSelector={}", id.namespace, selector.join("%2C"));
    let mut pods = cluster.list(&path).await?;
    pods.retain(|pod| !pods::is_well(pod));
    pods.sort_by(|a, b| created(b).cmp(created(a)));
    Ok(pods)
}

fn created(object: &Value) -> &str {
    object["metadata"]["creationTimestamp"].as_str().unwrap_or_default()
}

/// The log's last lines of a pod of a workload that is in trouble, for the failure.
pub async fn last_lines(cluster: &Cluster, id: &ObjectId) -> Vec<String> {
    let Ok(Some(found)) = cluster.find(id).await else { return Vec::new() };
    match unwell(cluster, id, &found).await.unwrap_or_default().first() {
        Some(pod) => pods::last_lines(cluster, &id.namespace, pod).await,
        None => Vec::new(),
    }
}

/// How a status informer stands: `[namespace/]kind/name`.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn informer(cluster: &Cluster, namespace: &str, name: &str) -> Result<InformerView, ApiError> {
    let missing =
        |message: String| InformerView { name: name.to_owned(), state: InformerState::Missing, message };
    let Some(id) = informer_id(namespace, name) else {
        return Ok(missing(format!("{name} is no status informer: [namespace/]kind/name is needed")));
    };
    let readiness = readiness(cluster, &id).await?;
    let message = match readiness.reasons.first() {
        Some(reason) => format!("{}; {reason}", readiness.judged.message),
        None => readiness.judged.message.clone(),
    };
    Ok(InformerView { name: name.to_owned(), state: readiness.judged.state, message })
}

/// The object a status informer names; kinds in any case, plural or short, as upstream takes them.
pub fn informer_id(namespace: &str, name: &str) -> Option<ObjectId> {
    let parts: Vec<&str> = name.split('/').collect();
    let (namespace, kind, name) = match parts[..] {
        [namespace, kind, name] => (namespace, kind, name),
        [kind, name] => (namespace, kind, name),
        _ => return None,
    };
    let (kind, api_version) = match kind.to_lowercase().as_str() {
        "deployment" | "deployments" | "deploy" => ("Deployment", "apps/v1"),
        "statefulset" | "statefulsets" | "sts" => ("StatefulSet", "apps/v1"),
        "daemonset" | "daemonsets" | "ds" => ("DaemonSet", "apps/v1"),
        "job" | "jobs" => ("Job", "batch/v1"),
        "service" | "services" | "svc" => ("Service", "v1"),
        "ingress" | "ingresses" | "ing" => ("Ingress", "networking.k8s.io/v1"),
        "persistentvolumeclaim" | "persistentvolumeclaims" | "pvc" => ("PersistentVolumeClaim", "v1"),
        "pod" | "pods" | "po" => ("Pod", "v1"),
        _ => return None,
    };
    Some(ObjectId {
        api_version: api_version.into(),
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn informers_name_objects_as_upstream_takes_them() {
        for (text, kind, namespace) in [
            ("deployment/web", "Deployment", "app"),
            ("Deployments/web", "Deployment", "app"),
            ("other/sts/web", "StatefulSet", "other"),
            ("ds/web", "DaemonSet", "app"),
            ("svc/web", "Service", "app"),
            ("ingress/web", "Ingress", "app"),
            ("ingresses/web", "Ingress", "app"),
            ("pvc/web", "PersistentVolumeClaim", "app"),
        ] {
            let id = informer_id("app", text).expect(text);
            assert_eq!(
                (id.kind.as_str(), id.namespace.as_str(), id.name.as_str()),
                (kind, namespace, "web"),
                "{text}"
            );
        }
        assert_eq!(informer_id("app", "web"), None);
        assert_eq!(informer_id("app", "cronjob/web"), None);
    }
}
