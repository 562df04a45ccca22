//! `etcd`: what the cluster's own store says of itself. Where it is a process of the nodes, a pod beside it asks.

use std::time::Duration;

use serde_json::{Value, json};

use super::launch::{self, LOOK, Launch, stuck, waiting};
use crate::collect::asked::{Asked, Needs, selecting};
use crate::collect::job::{Job, containers, failed, name, namespace, text};
use crate::collect::kept::ROOM;
use crate::collect::world::{Command, Refusal};

/// Upstream's image.
const IMAGE: &str = "quay.io/coreos/etcd:latest";
/// How long one question may take.
const LIMIT: Duration = Duration::from_secs(20);
/// Questions; their files are named after them.
const COMMANDS: [&[&str]; 5] =
    [&["endpoint", "health"], &["endpoint", "status"], &["member", "list"], &["alarm", "list"], &["version"]];
/// Labels of nodes that tell a distribution: the folder of certificates, the client's, and whether a pod has to be
/// made.
const DISTRIBUTIONS: [(&str, Distribution); 3] = [
    (
        "kurl.sh/cluster",
        Distribution { folder: "/etc/kubernetes/pki/etcd", client: "healthcheck-client", pod: false },
    ),
    ("node.k0sproject.io/role", Distribution { folder: "/var/lib/k0s/pki/etcd", client: "peer", pod: true }),
    (
        "kots.io/embedded-cluster-role",
        Distribution { folder: "/var/lib/k0s/pki/etcd", client: "peer", pod: true },
    ),
];

#[derive(Clone, Copy)]
struct Distribution {
    folder: &'static str,
    client: &'static str,
    pod: bool,
}

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    COMMANDS.iter().map(|command| format!("etcd/{}.json", command.join("-"))).collect()
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    let pods = launch::needs(asked.namespace);
    let mut needs = Needs::default().must(&["list"], "", "nodes", "");
    // Which of them are needed is known only once the nodes are.
    needs.may.extend(pods.must.into_iter().chain(pods.may));
    needs.may(&["create", "get"], "", "pods/exec", asked.namespace).may(&["list"], "", "pods", "")
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let nodes = job.cluster().list("/api/v1/nodes").await?;
    let distribution = distribution(&nodes).ok_or_else(|| {
        failed("etcd can be asked on kURL, k0s and Embedded Cluster only; this is none of them")
    })?;
    let pod = if distribution.pod { made(job, distribution).await? } else { found(job).await? };
    let container = containers(&pod).first().copied().unwrap_or_default();
    for command in COMMANDS {
        let file = format!("etcd/{}", command.join("-"));
        let words = words(command, distribution);
        let asked = Command {
            namespace: namespace(&pod),
            pod: name(&pod),
            container,
            words: &words,
            limit: ROOM / 16,
        };
        match job.exec(asked, LIMIT).await {
            Ok(said) if said.failed.is_none() => {
                job.kept.text(&format!("{file}.json"), said.out);
                if !said.err.bytes.is_empty() {
                    let err = String::from_utf8_lossy(&said.err.bytes);
                    job.kept.json(&format!("{file}-stderr.json"), &json!({ "stderr": err }));
                }
            }
            Ok(said) => {
                let err = String::from_utf8_lossy(&said.err.bytes).trim().to_owned();
                let why = said.failed.unwrap_or_default();
                job.kept.refuse(&format!("{file}.json"), failed(format!("etcdctl failed: {why}: {err}")));
            }
            Err(refusal) => job.kept.refuse(&format!("{file}.json"), refusal),
        }
    }
    Ok(())
}

fn distribution(nodes: &[Value]) -> Option<Distribution> {
    let labelled = |label: &str| {
        nodes.iter().any(|node| {
            let value = &node["metadata"]["labels"][label];
            !value.is_null() && (label != "kurl.sh/cluster" || value == "true")
        })
    };
    DISTRIBUTIONS.iter().find(|(label, _)| labelled(label)).map(|(_, distribution)| *distribution)
}

fn words(command: &[&str], distribution: Distribution) -> Vec<String> {
    let Distribution { folder, client, .. } = distribution;
    let mut words: Vec<String> = vec!["etcdctl".to_owned()];
    words.extend(command.iter().map(|word| (*word).to_owned()));
    for (option, value) in [
        ("--cacert", format!("{folder}/ca.crt")),
        ("--cert", format!("{folder}/{client}.crt")),
        ("--key", format!("{folder}/{client}.key")),
        ("--write-out", "json".to_owned()),
        ("--endpoints", "https://127.0.0.1:2379".to_owned()),
    ] {
        words.extend([option.to_owned(), value]);
    }
    words
}

/// etcd's own pod.
async fn found(job: &Job<'_>) -> Result<Value, Refusal> {
    job.may(&["list"], "", "pods", "")?;
    let pods = job.cluster().list(&format!("/api/v1/pods{}", selecting("component=etcd"))).await?;
    pods.into_iter().next().ok_or_else(|| failed("the cluster has no pod of etcd"))
}

/// A pod beside etcd, once it runs.
async fn made(job: &Job<'_>, distribution: Distribution) -> Result<Value, Refusal> {
    let place = job.asked.namespace;
    job.may(&["create", "get", "delete"], "", "pods", place)?;
    job.may(&["create"], "", "pods/exec", place)?;
    let spec = json!({
        "hostNetwork": true,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "containers": [{
            "name": "etcd-client",
            "image": job.asked.text_or("image", IMAGE),
            "command": ["sleep"],
            "args": ["5m"],
            "env": [
                { "name": "ETCDCTL_API", "value": "3" },
                { "name": "ETCDCTL_INSECURE_SKIP_TLS_VERIFY", "value": "true" },
            ],
            "volumeMounts": [{ "name": "certificates", "mountPath": distribution.folder, "readOnly": true }],
        }],
        "volumes": [{ "name": "certificates", "hostPath": { "path": distribution.folder } }],
    });
    let launch =
        Launch { namespace: place, stem: "etcd", spec, annotations: Value::Null, pull: &Value::Null };
    let made = launch::pod(job, launch).await?;
    let path = format!("/api/v1/namespaces/{place}/pods/{made}");
    loop {
        let pod = job.cluster().get(&path).await?.ok_or_else(|| failed(format!("pod {made} was deleted")))?;
        match text(&pod, "/status/phase") {
            "Running" => return Ok(pod),
            "Succeeded" | "Failed" => return Err(failed(format!("pod {made} ended before etcd was asked"))),
            _ => {}
        }
        if let Some(why) = stuck(&pod, false) {
            return Err(failed(format!("pod {made} {why}")));
        }
        job.waits(format!("pod {made} {}", waiting(&pod)));
        tokio::time::sleep(LOOK).await;
    }
}
