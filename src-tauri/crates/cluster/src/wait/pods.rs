//! Why a pod is not well, in its own words.

use serde_json::Value;

use crate::api::Cluster;

/// Whether a pod needs no word.
pub(super) fn is_well(pod: &Value) -> bool {
    let status = &pod["status"];
    if status["phase"] == "Succeeded" || !pod["metadata"]["deletionTimestamp"].is_null() {
        return true;
    }
    let conditions = status["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

/// The reason of a pod that is not well: `web-7c9: ImagePullBackOff: …`.
pub(super) async fn reason(cluster: &Cluster, namespace: &str, pod: &Value) -> Option<String> {
    let name = pod["metadata"]["name"].as_str()?;
    if let Some(said) = said(pod) {
        return Some(format!("{name}: {said}"));
    }
    let event = unhealthy(cluster, namespace, name).await;
    Some(format!("{name}: {}", event.unwrap_or_else(|| "starting".to_owned())))
}

/// What the pod's own status says; pure.
fn said(pod: &Value) -> Option<String> {
    let status = &pod["status"];
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let joined = |reason: &Value, message: &Value| match text(message) {
        message if message.is_empty() => text(reason),
        message => format!("{}: {message}", text(reason)),
    };
    let scheduled = status["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|condition| condition["type"] == "PodScheduled" && condition["status"] == "False");
    if let Some(condition) = scheduled {
        return Some(joined(&condition["reason"], &condition["message"]));
    }
    let all = ["initContainerStatuses", "containerStatuses"];
    let mut containers = all.iter().flat_map(|field| status[field].as_array().into_iter().flatten());
    containers.find_map(|container| {
        let waiting = &container["state"]["waiting"];
        let ended = &container["state"]["terminated"];
        let before = &container["lastState"]["terminated"];
        if waiting.is_object()
            && waiting["reason"] != "ContainerCreating"
            && waiting["reason"] != "PodInitializing"
        {
            let exit =
                before["exitCode"].as_i64().map(|code| format!(" (exit code {code})")).unwrap_or_default();
            return Some(format!("{}{exit}", joined(&waiting["reason"], &waiting["message"])));
        }
        let code = ended["exitCode"].as_i64().filter(|code| *code != 0)?;
        Some(format!("{} with exit code {code}", joined(&ended["reason"], &ended["message"])))
    })
}

/// The newest warning about a pod: a readiness probe's answer, a volume that cannot be mounted.
async fn unhealthy(cluster: &Cluster, namespace: &str, pod: &str) -> Option<String> {
    let path = format!(
        "/api/v1/namespaces/{namespace}/events?fieldSelector=involvedObject.name%3D{pod}%2Ctype%3DWarning"
    );
    let events = cluster.list(&path).await.ok()?;
    let at = |event: &Value| {
        ["lastTimestamp", "eventTime"]
            .iter()
            .find_map(|field| event[*field].as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let newest = events.iter().max_by_key(|event| at(event))?;
    let text = |field: &str| newest[field].as_str().unwrap_or_default().trim().to_owned();
    Some(format!("{}: {}", text("reason"), text("message")))
}

/// The last lines of the container that is in trouble; of its run before, when it has just been restarted.
pub(super) async fn last_lines(cluster: &Cluster, namespace: &str, pod: &Value) -> Vec<String> {
    let Some(name) = pod["metadata"]["name"].as_str() else { return Vec::new() };
    let containers = pod["status"]["containerStatuses"].as_array().cloned().unwrap_or_default();
    let Some(container) = containers.iter().find(|container| container["ready"] != true) else {
        return Vec::new();
    };
    let container_name = container["name"].as_str().unwrap_or_default();
    let previous = container["state"]["waiting"]["reason"] == "CrashLoopBackOff";
    let text = cluster.log_tail(namespace, name, container_name, previous).await.unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{name}: {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pods_say_why() {
        let waiting = |reason: &str, message: &str| json!({ "status": { "containerStatuses": [{ "state": { "waiting": { "reason": reason, "message": message } } }] } });
        assert_eq!(
            said(&waiting("ImagePullBackOff", "no such image")).as_deref(),
            Some("ImagePullBackOff: no such image")
        );
        assert_eq!(said(&waiting("ContainerCreating", "")), None);
        let crash = json!({ "status": { "containerStatuses": [{
            "state": { "waiting": { "reason": "CrashLoopBackOff" } }, "lastState": { "terminated": { "exitCode": 3 } } }] } });
        assert_eq!(said(&crash).as_deref(), Some("CrashLoopBackOff (exit code 3)"));
        let nowhere = json!({ "status": { "conditions": [
            { "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes" }] } });
        assert_eq!(said(&nowhere).as_deref(), Some("Unschedulable: 0/1 nodes"));
        let init = json!({ "status": { "initContainerStatuses": [{ "state": { "terminated": { "exitCode": 1, "reason": "Error" } } }] } });
        assert_eq!(said(&init).as_deref(), Some("Error with exit code 1"));
    }
}
