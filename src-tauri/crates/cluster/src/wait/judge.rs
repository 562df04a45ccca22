//! What an object's own status says; pure. The rules of `ready`, `updating`, `degraded`, `unavailable` are
//! those that vendors know from KOTS' status informers.

use longshore_contract::InformerState;
use serde_json::Value;

/// An object's status, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// In one word.
    pub state: InformerState,
    /// Pods (or the thing itself) that are as wanted.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// In words: `1 of 2 pods ready`.
    pub message: String,
    /// Set when waiting longer has no sense, with the reason.
    pub hopeless: Option<String>,
}

impl Judged {
    pub(super) fn missing() -> Self {
        Self {
            state: InformerState::Missing,
            done: 0,
            total: 1,
            message: "it does not exist".into(),
            hopeless: None,
        }
    }

    fn simple(ready: bool, message: &str) -> Self {
        let state = if ready { InformerState::Ready } else { InformerState::Unavailable };
        Self { state, done: u64::from(ready), total: 1, message: message.to_owned(), hopeless: None }
    }
}

/// Reads the status of an object of one of the kinds that can be waited for.
pub fn judge(kind: &str, object: &Value) -> Judged {
    let (spec, status) = (&object["spec"], &object["status"]);
    match kind {
        "Deployment" => deployment(object),
        "StatefulSet" => {
            let wanted = spec["replicas"].as_u64().unwrap_or(1);
            let rolled = status["updateRevision"] == status["currentRevision"]
                || number(&status["updatedReplicas"]) >= wanted;
            replicas(object, wanted, number(&status["readyReplicas"]), rolled)
        }
        "DaemonSet" => {
            let wanted = number(&status["desiredNumberScheduled"]);
            let rolled = number(&status["updatedNumberScheduled"]) >= wanted;
            replicas(object, wanted, number(&status["numberReady"]), rolled)
        }
        "Job" => job(object),
        "Pod" => Judged::simple(super::pods::is_well(object), status["phase"].as_str().unwrap_or("Unknown")),
        "PersistentVolumeClaim" => {
            let phase = status["phase"].as_str().unwrap_or("Pending");
            Judged::simple(phase == "Bound", phase)
        }
        "Service" => service(object),
        "Ingress" => {
            let addresses = status["loadBalancer"]["ingress"].as_array().map_or(0, Vec::len);
            Judged::simple(addresses > 0, if addresses > 0 { "has an address" } else { "has no address yet" })
        }
        _ => Judged::simple(true, "exists"),
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// Whether the controller has seen what was applied; before that its status is about the spec before.
fn is_observed(object: &Value) -> bool {
    number(&object["status"]["observedGeneration"]) >= number(&object["metadata"]["generation"])
}

fn replicas(object: &Value, wanted: u64, ready: u64, rolled: bool) -> Judged {
    let settled = is_observed(object) && rolled;
    let state = if ready >= wanted && settled {
        InformerState::Ready
    } else if ready >= wanted {
        InformerState::Updating
    } else if ready > 0 {
        InformerState::Degraded
    } else {
        InformerState::Unavailable
    };
    let done = if state == InformerState::Ready { wanted } else { ready.min(wanted) };
    Judged { state, done, total: wanted, message: format!("{ready} of {wanted} pods ready"), hopeless: None }
}

fn deployment(object: &Value) -> Judged {
    let (spec, status) = (&object["spec"], &object["status"]);
    let wanted = spec["replicas"].as_u64().unwrap_or(1);
    let updated = number(&status["updatedReplicas"]);
    let rolled = updated >= wanted && number(&status["replicas"]) <= updated;
    let available = number(&status["availableReplicas"]);
    let mut judged = replicas(object, wanted, available, rolled);
    if is_observed(object) && !rolled {
        let old = number(&status["replicas"]).saturating_sub(updated);
        judged.message = format!("{updated} of {wanted} pods updated, {old} old ones left");
    }
    let stuck = conditions(object).find(|condition| {
        condition["type"] == "Progressing"
            && condition["status"] == "False"
            && condition["reason"] == "ProgressDeadlineExceeded"
    });
    if is_observed(object) && judged.state != InformerState::Ready && stuck.is_some() {
        let limit = spec["progressDeadlineSeconds"].as_u64().unwrap_or(600);
        judged.hopeless = Some(format!("no progress for {limit} s, the deadline that the package gives"));
    }
    judged
}

fn job(object: &Value) -> Judged {
    let (spec, status) = (&object["spec"], &object["status"]);
    let wanted = spec["completions"].as_u64().unwrap_or(1);
    let done = number(&status["succeeded"]);
    let has = |kind: &str| {
        conditions(object).find(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    let mut judged = Judged {
        state: InformerState::Updating,
        done,
        total: wanted,
        message: format!("{done} of {wanted} completed"),
        hopeless: None,
    };
    if has("Complete").is_some() {
        judged.state = InformerState::Ready;
        judged.done = wanted;
    } else if let Some(failed) = has("Failed") {
        judged.state = InformerState::Unavailable;
        let text = |field: &str| failed[field].as_str().unwrap_or_default().to_owned();
        judged.hopeless = Some(format!("the job failed: {}: {}", text("reason"), text("message")));
    }
    judged
}

/// A service of type LoadBalancer is ready with an address; any other as soon as it exists.
fn service(object: &Value) -> Judged {
    if object["spec"]["type"] != "LoadBalancer" {
        return Judged::simple(true, "exists");
    }
    let addresses = object["status"]["loadBalancer"]["ingress"].as_array().map_or(0, Vec::len);
    Judged::simple(addresses > 0, if addresses > 0 { "has an address" } else { "has no address yet" })
}

fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object["status"]["conditions"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment(status: &Value) -> Judged {
        judge(
            "Deployment",
            &json!({ "metadata": { "generation": 2 }, "spec": { "replicas": 2 }, "status": status }),
        )
    }

    #[test]
    fn deployments() {
        use InformerState::{Degraded, Ready, Unavailable, Updating};
        let table = [
            (
                json!({ "observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2 }),
                Ready,
            ),
            (
                json!({ "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2 }),
                Updating,
            ),
            (
                json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 1, "availableReplicas": 2 }),
                Updating,
            ),
            (
                json!({ "observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 1 }),
                Degraded,
            ),
            (json!({ "observedGeneration": 2, "replicas": 2, "updatedReplicas": 2 }), Unavailable),
            (json!({}), Unavailable),
        ];
        for (status, state) in table {
            assert_eq!(deployment(&status).state, state, "{status}");
        }
        let stuck = json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 1, "availableReplicas": 2,
            "conditions": [{ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded" }] });
        assert!(deployment(&stuck).hopeless.is_some(), "its deadline has passed");
    }

    #[test]
    fn jobs() {
        let job = |status: Value| judge("Job", &json!({ "spec": {}, "status": status }));
        assert_eq!(job(json!({ "active": 1 })).state, InformerState::Updating);
        let complete =
            job(json!({ "succeeded": 1, "conditions": [{ "type": "Complete", "status": "True" }] }));
        assert_eq!(complete.state, InformerState::Ready);
        let failed = job(json!({ "failed": 3, "conditions": [
            { "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "limit reached" }] }));
        assert_eq!(failed.hopeless.as_deref(), Some("the job failed: BackoffLimitExceeded: limit reached"));
    }

    #[test]
    fn the_rest() {
        let state = |kind: &str, object: Value| judge(kind, &object).state;
        assert_eq!(state("Service", json!({ "spec": { "type": "NodePort" } })), InformerState::Ready);
        assert_eq!(
            state("Service", json!({ "spec": { "type": "LoadBalancer" } })),
            InformerState::Unavailable
        );
        assert_eq!(
            state("PersistentVolumeClaim", json!({ "status": { "phase": "Bound" } })),
            InformerState::Ready
        );
        assert_eq!(
            state("DaemonSet", json!({ "status": { "desiredNumberScheduled": 0 } })),
            InformerState::Ready
        );
        assert_eq!(
            state("StatefulSet", json!({ "spec": { "replicas": 1 }, "status": {} })),
            InformerState::Unavailable
        );
    }
}
