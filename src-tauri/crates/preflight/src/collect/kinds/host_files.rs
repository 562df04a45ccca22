//! `copyFromHost` and `collectd`: files of the nodes, through a pod on each that sees its folder.

use std::time::Duration;

use serde_json::{Value, json};

use super::copy::{kept, tar};
use super::daemon::{placed, set, set_needs};
use super::launch::{LOOK, events, stuck, waiting};
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed, name, text};
use crate::collect::world::Refusal;
use crate::values::glob::joined;

/// How long the pods may take to run; upstream's is half of it, and too short for an image that has to be pulled.
const STARTING: Duration = Duration::from_mins(1);
/// Where upstream keeps what collectd has.
const COLLECTD: &str = "collectd/rrd";

/// Folder in the layout.
fn folder(asked: &Asked<'_>) -> String {
    joined(&[asked.text_or("name", asked.text("hostPath"))])
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("{}/", folder(asked))]
}

pub(super) fn collectd_files(_: &Asked<'_>) -> Vec<String> {
    vec![format!("{COLLECTD}/")]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    set_needs(asked, asked.place()).must(&["create"], "", "pods/exec", asked.place()).may(
        &["get"],
        "",
        "pods/exec",
        asked.place(),
    )
}

pub(super) async fn copy(job: &Job<'_>) -> Result<(), Refusal> {
    carry_out(job, &folder(&job.asked), job.asked.flag("extractArchive")).await
}

pub(super) async fn collectd(job: &Job<'_>) -> Result<(), Refusal> {
    carry_out(job, COLLECTD, false).await
}

/// The folder to see of a path, and what of it to take: all where it lies at the root.
fn parts(path: &str) -> (String, String) {
    let clean = joined(&[path]);
    match clean.rsplit_once('/') {
        Some((folder, name)) => (format!("/{folder}"), name.to_owned()),
        None => (format!("/{clean}"), ".".to_owned()),
    }
}

async fn carry_out(job: &Job<'_>, folder: &str, extract: bool) -> Result<(), Refusal> {
    let (asked, namespace) = (&job.asked, job.asked.place());
    let path = asked.text("hostPath");
    if !path.starts_with('/') || joined(&[path]).is_empty() {
        return Err(failed(format!("hostPath: {path:?} is no path below the root of the file system")));
    }
    let (seen, last) = parts(path);
    let set = set(job, namespace, "copy-from-host", spec(asked, &seen)).await?;
    placed(job, namespace, &set).await?;
    let started = tokio::time::timeout(STARTING, running(job, namespace)).await;
    let pods = started.map_err(|_| {
        failed(format!("its pods did not run within {} s: {}", STARTING.as_secs(), job.waited()))
    })??;
    for pod in &pods {
        let place = joined(&[folder, text(pod, "/spec/nodeName")]);
        let said = tar(job, pod, "collector", "/host", &last).await;
        if extract {
            if let Err((refusal, err)) = kept(job, said, &place) {
                refuse(job, &place, refusal, &err);
            }
            continue;
        }
        match said {
            Ok(said) if said.failed.is_none() => job.kept.text(&format!("{place}/archive.tar"), said.out),
            Ok(said) => {
                let err = String::from_utf8_lossy(&said.err.bytes).trim().to_owned();
                let why = said.failed.unwrap_or_default();
                refuse(job, &place, failed(format!("{path} could not be copied: {why}: {err}")), &err);
            }
            Err(refusal) => refuse(job, &place, refusal, ""),
        }
    }
    Ok(())
}

fn refuse(job: &Job<'_>, place: &str, refusal: Refusal, err: &str) {
    job.kept.put(&format!("{place}/error.txt"), refusal.words().as_bytes().to_vec());
    if !err.is_empty() {
        job.kept.put(&format!("{place}/stderr.txt"), err.as_bytes().to_vec());
    }
    job.kept.refuse(&format!("{place}/"), refusal);
}

/// A pod that sees a folder of its node, on every node, and does nothing.
fn spec(asked: &Asked<'_>, seen: &str) -> Value {
    let tolerated = ["node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"]
        .map(|key| json!({ "key": key, "operator": "Exists", "effect": "NoSchedule" }));
    json!({
        // It has nothing to end in an orderly way.
        "terminationGracePeriodSeconds": 1,
        "containers": [{
            "name": "collector",
            "image": asked.text("image"),
            "imagePullPolicy": asked.text_or("imagePullPolicy", "IfNotPresent"),
            "command": ["sleep"],
            "args": ["1000000"],
            "volumeMounts": [{ "name": "host", "mountPath": "/host" }],
        }],
        "tolerations": tolerated,
        "volumes": [{ "name": "host", "hostPath": { "path": seen, "type": "Directory" } }],
    })
}

/// Waits until all pods run.
async fn running(job: &Job<'_>, namespace: &str) -> Result<Vec<Value>, Refusal> {
    loop {
        let pods = job.pods(namespace, &job.traces.selector()).await?;
        let late: Vec<&Value> = pods.iter().filter(|pod| text(pod, "/status/phase") != "Running").collect();
        if late.is_empty() && !pods.is_empty() {
            return Ok(pods);
        }
        for pod in &late {
            job.waits(format!("pod {} {}", name(pod), waiting(pod)));
            if let Some(why) = stuck(pod, false) {
                return Err(failed(format!("pod {} {why}", name(pod))));
            }
            let told = events(job, namespace, name(pod)).await.unwrap_or_default();
            // Other mounts may fail for a moment; this one will not change.
            let absent = |event: &&Value| {
                event["reason"] == "FailedMount"
                    && text(event, "/message").contains("hostPath type check failed")
            };
            if let Some(event) = told.iter().find(absent) {
                let (node, said) = (text(pod, "/spec/nodeName"), text(event, "/message"));
                return Err(failed(format!("{} is not on node {node}: {said}", job.asked.text("hostPath"))));
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
