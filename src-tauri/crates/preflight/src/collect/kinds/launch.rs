//! Pods that collectors run: made, watched until their work is done, and why that does not come about.

use std::time::Duration;

use serde_json::{Value, json};

use super::pull;
use crate::collect::asked::Needs;
use crate::collect::job::{Job, containers, failed, text};
use crate::collect::world::Refusal;

/// How often a pod is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(500);
/// Looks between two at a pod's events.
const EVENTS: u32 = 10;

/// Rights to run pods in a namespace.
pub(super) fn needs(namespace: &str) -> Needs {
    Needs::default()
        .must(&["create", "get", "delete"], "", "pods", namespace)
        .must(&["get"], "", "pods/log", namespace)
        .may(&["list"], "", "events", namespace)
}

/// What a pod is made of.
pub(super) struct Launch<'a> {
    pub(super) namespace: &'a str,
    /// What its name begins with.
    pub(super) stem: &'a str,
    pub(super) spec: Value,
    pub(super) annotations: Value,
    /// `imagePullSecret` of the spec.
    pub(super) pull: &'a Value,
}

/// Makes a pod, and gives its name.
pub(super) async fn pod(job: &Job<'_>, launch: Launch<'_>) -> Result<String, Refusal> {
    let Launch { namespace, stem, mut spec, annotations, pull } = launch;
    if spec["containers"].as_array().is_none_or(Vec::is_empty) {
        return Err(failed("podSpec.containers: at least one is needed"));
    }
    pull::add(&mut spec, pull::secret(job, namespace, pull).await?);
    let name = job.traces.unique(stem);
    // Vendors' network policies know upstream's pods by this.
    let labels = json!({ "troubleshoot-role": "run-collector" });
    let mut metadata = json!({ "name": name, "namespace": namespace, "labels": labels });
    if annotations.is_object() {
        metadata["annotations"] = annotations;
    }
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec });
    job.waits(format!("pod {name} is to be made"));
    job.traces.create(&format!("/api/v1/namespaces/{namespace}/pods"), pod).await?;
    Ok(name)
}

/// Waits until a pod's work is done: until it, or the first of its containers, has ended. A restarted container has
/// ended before.
pub(super) async fn ended(
    job: &Job<'_>,
    namespace: &str,
    name: &str,
    retries: bool,
) -> Result<Value, Refusal> {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
    let mut looks = 0;
    loop {
        let found = job.cluster().get(&path).await?;
        let pod = found.ok_or_else(|| failed(format!("pod {name} was deleted while it ran")))?;
        if done(&pod) {
            return Ok(pod);
        }
        if let Some(why) = stuck(&pod, retries) {
            return Err(failed(format!("pod {name} {why}")));
        }
        job.waits(format!("pod {name} {}", waiting(&pod)));
        looks += 1;
        if looks % EVENTS == 0
            && text(&pod, "/status/phase") == "Pending"
            && let Some(why) = sandbox(job, namespace, name).await
        {
            return Err(failed(format!("pod {name} has no network: {why}")));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether a pod has done what it was made for.
pub(super) fn done(pod: &Value) -> bool {
    if ["Succeeded", "Failed"].contains(&text(pod, "/status/phase")) {
        return true;
    }
    let names = containers(pod);
    let is_over = |name: &str| {
        statuses(pod, "containerStatuses")
            .any(|status| status["name"] == name && !status["state"]["terminated"].is_null())
    };
    // The kubelet tells of the containers first, and of the pod as a whole a moment later.
    if text(pod, "/spec/restartPolicy") == "Never" && names.iter().all(|name| is_over(name)) {
        return false;
    }
    let first = names.first().copied().unwrap_or_default();
    statuses(pod, "containerStatuses").filter(|status| status["name"] == first).any(|status| {
        !status["state"]["terminated"].is_null() || status["restartCount"].as_i64().unwrap_or_default() > 0
    })
}

fn statuses<'a>(pod: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    pod["status"][field].as_array().into_iter().flatten()
}

/// Why a pod will never do its work. Images that cannot be pulled may be allowed to be tried again.
pub(super) fn stuck(pod: &Value, retries: bool) -> Option<String> {
    let all = statuses(pod, "containerStatuses").chain(statuses(pod, "initContainerStatuses"));
    for status in all {
        let waiting = &status["state"]["waiting"];
        let reason = waiting["reason"].as_str().unwrap_or_default();
        let never = ["ErrImageNeverPull", "InvalidImageName"].contains(&reason);
        if never || (reason == "ImagePullBackOff" && !retries) {
            let image = status["image"].as_str().unwrap_or_default();
            let message = waiting["message"].as_str().unwrap_or_default();
            return Some(format!("cannot pull the image {image}: {reason}: {message}"));
        }
    }
    None
}

/// What a pod waits for, in words.
pub(super) fn waiting(pod: &Value) -> String {
    let phase = text(pod, "/status/phase");
    let unplaced = statuses(pod, "conditions")
        .find(|condition| condition["type"] == "PodScheduled" && condition["status"] == "False");
    if let Some(message) = unplaced.and_then(|condition| condition["message"].as_str()) {
        return format!("is {phase}: {message}");
    }
    let all = statuses(pod, "initContainerStatuses").chain(statuses(pod, "containerStatuses"));
    let reasons: Vec<String> = all
        .filter_map(|status| {
            let waiting = &status["state"]["waiting"];
            let message = waiting["message"].as_str().unwrap_or_default();
            let words = [status["name"].as_str()?, waiting["reason"].as_str()?, message];
            Some(words.join(" ").trim().to_owned())
        })
        .collect();
    if reasons.is_empty() { format!("is {phase}") } else { format!("is {phase}: {}", reasons.join(", ")) }
}

/// What an event says of a network that cannot be made for a pod.
async fn sandbox(job: &Job<'_>, namespace: &str, name: &str) -> Option<String> {
    let events = events(job, namespace, name).await.ok()?;
    let event = events.iter().find(|event| event["reason"] == "FailedCreatePodSandBox")?;
    Some(event["message"].as_str().unwrap_or_default().to_owned())
}

/// Events of a pod.
pub(super) async fn events(job: &Job<'_>, namespace: &str, name: &str) -> Result<Vec<Value>, Refusal> {
    job.may(&["list"], "", "events", namespace)?;
    let path = format!("/api/v1/namespaces/{namespace}/events?fieldSelector=involvedObject.name%3D{name}");
    job.cluster().list(&path).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_done_when_it_says_so_or_its_first_container_has_ended() {
        let over = json!({ "terminated": { "exitCode": 1 } });
        let runs = json!({ "running": {} });
        for (policy, phase, first, second, wanted) in [
            ("Never", "Failed", &over, &over, true),
            // As the kubelet tells of a container that ended at once.
            ("Never", "Pending", &over, &over, false),
            ("Never", "Running", &over, &runs, true),
            ("Never", "Running", &runs, &over, false),
            ("Always", "Running", &over, &runs, true),
            ("Always", "Running", &over, &over, true),
            ("Always", "Pending", &runs, &runs, false),
        ] {
            let pod = json!({
                "spec": { "restartPolicy": policy, "containers": [{ "name": "a" }, { "name": "b" }] },
                "status": { "phase": phase, "containerStatuses": [
                    { "name": "a", "state": first }, { "name": "b", "state": second },
                ] },
            });
            assert_eq!(done(&pod), wanted, "{policy}, {phase}: {first}, {second}");
        }
    }
}
