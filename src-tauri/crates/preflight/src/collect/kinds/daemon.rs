//! `runDaemonSet`: a pod of the vendor's on every node, and what each has written. What other collectors need of
//! DaemonSets is here, too.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::launch::{LOOK, done, stuck, waiting};
use super::logs::{How, Log};
use super::pull;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, containers, failed, name, text};
use crate::collect::world::Refusal;

/// Pods looked after at once.
const AT_ONCE: usize = 8;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.below(&["*.log"])]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    set_needs(asked, asked.place()).must(&["get"], "", "pods/log", asked.place())
}

/// Rights to have a pod on every node.
pub(super) fn set_needs(asked: &Asked<'_>, namespace: &str) -> Needs {
    Needs::default()
        .must(&["create", "get", "delete"], "apps", "daemonsets", namespace)
        .must(&["get", "list"], "", "pods", namespace)
        .may(&["delete"], "", "pods", namespace)
        .may(&["list"], "", "events", namespace)
        .and(pull::needs(asked, namespace))
}

/// Makes a DaemonSet of a pod's spec and gives its name.
pub(super) async fn set(
    job: &Job<'_>,
    namespace: &str,
    stem: &str,
    mut spec: Value,
) -> Result<String, Refusal> {
    if spec["containers"].as_array().is_none_or(Vec::is_empty) {
        return Err(failed("podSpec.containers: at least one is needed"));
    }
    pull::add(&mut spec, pull::secret(job, namespace, &job.asked.body["imagePullSecret"]).await?);
    let name = job.traces.unique(stem);
    let set = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": { "name": name, "namespace": namespace },
        "spec": {
            "selector": { "matchLabels": job.traces.labels() },
            "template": {
                "metadata": { "labels": { "troubleshoot-role": "run-daemonset-collector" } },
                "spec": spec,
            },
        },
    });
    job.waits(format!("DaemonSet {name} is to be made"));
    job.traces.create(&format!("/apis/apps/v1/namespaces/{namespace}/daemonsets"), set).await?;
    Ok(name)
}

/// Waits until a DaemonSet has a pod on every node that takes one, and gives the pods.
pub(super) async fn placed(job: &Job<'_>, namespace: &str, set: &str) -> Result<Vec<Value>, Refusal> {
    let path = format!("/apis/apps/v1/namespaces/{namespace}/daemonsets/{set}");
    loop {
        let found = job.cluster().get(&path).await?;
        let found = found.ok_or_else(|| failed(format!("DaemonSet {set} was deleted while it ran")))?;
        let status = &found["status"];
        let number = |field: &str| status[field].as_i64().unwrap_or_default();
        // Before its first look the controller says zero of everything.
        let seen = number("observedGeneration") > 0;
        if seen && number("desiredNumberScheduled") == 0 {
            return Err(failed(format!("no node takes a pod of DaemonSet {set}")));
        }
        let pods = job.pods(namespace, &job.traces.selector()).await?;
        let all = pods.len() as i64 >= number("desiredNumberScheduled");
        if seen && all && number("desiredNumberScheduled") == number("currentNumberScheduled") {
            return Ok(pods);
        }
        job.waits(format!("DaemonSet {set} has {} pods so far", pods.len()));
        tokio::time::sleep(LOOK).await;
    }
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let namespace = job.asked.place();
    let stem = format!("run-daemonset-{}", job.asked.text("name"));
    let set = set(job, namespace, &stem, job.asked.body["podSpec"].clone()).await?;
    let pods = placed(job, namespace, &set).await?;
    // One node that hangs does not take the others' logs with it: it has a little less time than the whole.
    let limit = job.limit.saturating_sub(Duration::from_secs(3)).max(job.limit / 2);
    let deadline = tokio::time::Instant::now() + limit;
    stream::iter(&pods)
        .for_each_concurrent(AT_ONCE, |pod| async move {
            let (node, log) = match tokio::time::timeout_at(deadline, one(job, namespace, name(pod))).await {
                Ok((node, log)) => (node, log),
                Err(_) => (String::new(), Err(failed(format!("pod {} did not end in time", name(pod))))),
            };
            let node = Some(node).filter(|node| !node.is_empty());
            let node = node.unwrap_or_else(|| text(pod, "/spec/nodeName").to_owned());
            let node = if node.is_empty() { format!("unknown-node-{}", name(pod)) } else { node };
            let file = job.asked.below(&[&format!("{node}.log")]);
            match log {
                Ok(log) => job.kept.text(&file, log),
                Err(refusal) => job.kept.refuse(&file, refusal),
            }
        })
        .await;
    Ok(())
}

/// Waits until a pod's work is done; its node, and what it wrote.
async fn one(job: &Job<'_>, namespace: &str, name: &str) -> (String, Result<crate::collect::Text, Refusal>) {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
    let mut node = String::new();
    loop {
        let pod = match job.cluster().get(&path).await {
            Ok(Some(pod)) => pod,
            Ok(None) => return (node, Err(failed(format!("pod {name} was deleted while it ran")))),
            Err(refusal) => return (node, Err(refusal)),
        };
        text(&pod, "/spec/nodeName").clone_into(&mut node);
        if done(&pod) {
            return (node, log(job, &pod).await);
        }
        if let Some(why) = stuck(&pod, false) {
            return (node, Err(failed(format!("pod {name} {why}"))));
        }
        job.waits(format!("pod {name} {}", waiting(&pod)));
        tokio::time::sleep(LOOK).await;
    }
}

/// What the first container wrote in its first run.
async fn log(job: &Job<'_>, pod: &Value) -> Result<crate::collect::Text, Refusal> {
    let container = containers(pod).first().copied().unwrap_or_default();
    let mut statuses = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
    let again = statuses
        .any(|status| status["name"] == container && status["restartCount"].as_i64().unwrap_or_default() > 0);
    let log = Log { pod, shown: name(pod), container, link: None };
    if again && let Ok(Some(text)) = log.read(job, &How::usual(), true).await {
        return Ok(text);
    }
    log.read(job, &How::usual(), false).await.map(Option::unwrap_or_default)
}
