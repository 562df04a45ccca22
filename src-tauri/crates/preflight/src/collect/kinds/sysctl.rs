//! `sysctl`: kernel parameters of every node, read by a pod there.

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::launch::{self, Launch};
use super::logs::{How, Log};
use super::pull;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed, name};
use crate::collect::world::{Refusal, Text};

/// Nodes asked at once.
const AT_ONCE: usize = 8;
/// Bytes of a node's parameters.
const BYTES: i64 = 4 << 20;
/// A line for each parameter, in the form that upstream writes.
const SCRIPT: &str = "for folder in net/ipv4 net/bridge vm; do
  find \"/proc/sys/$folder\" -type f 2>/dev/null | while read -r file; do
    echo \"$file = $(cat \"$file\" 2>/dev/null)\"
  done
done";

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec!["sysctl/*".to_owned()]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    launch::needs(asked.place()).and(pull::needs(asked, asked.place())).must(&["list"], "", "nodes", "")
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    if job.asked.text("image").is_empty() {
        return Err(failed("image is needed: one with sh, find and cat in it"));
    }
    let nodes = job.cluster().list("/api/v1/nodes").await?;
    let ready: Vec<&str> = nodes.iter().filter(|node| is_ready(node)).map(name).collect();
    if ready.is_empty() {
        return Err(failed("no node of the cluster is ready"));
    }
    // One secret for the pods of all nodes.
    let secret = pull::secret(job, job.asked.place(), &job.asked.body["imagePullSecret"]).await?;
    let secret = &json!({ "name": secret });
    stream::iter(ready)
        .for_each_concurrent(AT_ONCE, |node| async move {
            let file = format!("sysctl/{node}");
            match one(job, node, secret).await {
                Ok(text) => job.kept.text(&file, text),
                Err(refusal) => job.kept.refuse(&file, refusal),
            }
        })
        .await;
    Ok(())
}

fn is_ready(node: &Value) -> bool {
    let mut conditions = node["status"]["conditions"].as_array().into_iter().flatten();
    conditions.any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

async fn one(job: &Job<'_>, node: &str, pull: &Value) -> Result<Text, Refusal> {
    let (asked, namespace) = (&job.asked, job.asked.place());
    let launch = Launch {
        namespace,
        stem: &format!("sysctl-{node}"),
        spec: spec(asked, node),
        annotations: Value::Null,
        pull,
    };
    let pod = launch::pod(job, launch).await?;
    let pod = launch::ended(job, namespace, &pod, false).await?;
    let log = Log { pod: &pod, shown: node, container: "run", link: None };
    let text = log.read(job, &How::last(100_000, BYTES), false).await?.unwrap_or_default();
    if text.bytes.is_empty() {
        return Err(failed(format!("the pod on node {node} wrote no kernel parameter")));
    }
    Ok(text)
}

/// A pod on one node that sees the node's own network.
fn spec(asked: &Asked<'_>, node: &str) -> Value {
    let tolerated = ["node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"]
        .map(|key| json!({ "key": key, "operator": "Exists", "effect": "NoSchedule" }));
    let term = json!({ "matchFields": [{ "key": "metadata.name", "operator": "In", "values": [node] }] });
    let mut container =
        json!({ "name": "run", "image": asked.text("image"), "command": ["sh", "-c", SCRIPT] });
    if !asked.text("imagePullPolicy").is_empty() {
        container["imagePullPolicy"] = json!(asked.text("imagePullPolicy"));
    }
    json!({
        "restartPolicy": "Never",
        "hostNetwork": true,
        "containers": [container],
        "tolerations": tolerated,
        "affinity": { "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [term] },
        }},
    })
}
