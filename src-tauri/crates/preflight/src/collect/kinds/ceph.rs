//! `ceph`: what Ceph says of itself, asked in Rook's tools.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::exec::{chosen, rights};
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, containers, failed, name};
use crate::collect::kept::ROOM;
use crate::collect::world::{Command, Refusal, Text};
use crate::values::glob::joined;

const NAMESPACE: &str = "rook-ceph";
/// Questions asked at once.
const AT_ONCE: usize = 4;
/// How long one may take; some of them hang when a part of Ceph does.
const LIMIT: Duration = Duration::from_secs(30);
/// The size of all volumes takes longest.
const LONGER: Duration = Duration::from_mins(1);
/// What stands where a key was.
const HIDDEN: &str = "***HIDDEN***";

/// Files, and what is asked for them.
const COMMANDS: [(&str, &str); 16] = [
    ("status.json", "ceph status -f json-pretty"),
    ("status-txt.txt", "ceph status"),
    ("fs.json", "ceph fs status -f json-pretty"),
    ("fs-txt.txt", "ceph fs status"),
    ("fs-ls.json", "ceph fs ls -f json-pretty"),
    ("osd-status.json", "ceph osd status -f json-pretty"),
    ("osd-tree.json", "ceph osd tree -f json-pretty"),
    ("osd-pool.json", "ceph osd pool ls detail -f json-pretty"),
    ("health.json", "ceph health detail -f json-pretty"),
    ("auth.json", "ceph auth ls -f json-pretty"),
    ("rgw-stats.json", "radosgw-admin bucket stats --rgw-cache-enabled=false"),
    ("rbd-du-txt.txt", "rbd du --pool=replicapool"),
    ("df.json", "ceph df -f json-pretty"),
    ("df-txt.txt", "ceph df"),
    ("osd-df.json", "ceph osd df -f json-pretty"),
    ("osd-df-txt.txt", "ceph osd df"),
];

fn place<'a>(asked: &Asked<'a>) -> &'a str {
    asked.text_or("namespace", NAMESPACE)
}

fn folder(asked: &Asked<'_>) -> String {
    let namespace = Some(place(asked)).filter(|namespace| *namespace != NAMESPACE);
    joined(&[asked.text("collectorName"), namespace.unwrap_or_default(), "ceph"])
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("{}/", folder(asked))]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    rights(place(asked))
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let mut pods = job.pods(place(&job.asked), "app=rook-ceph-tools").await?;
    if pods.is_empty() {
        pods = job.pods(place(&job.asked), "app=rook-ceph-operator").await?;
    }
    let none = || failed(format!("namespace {} has no pod of Rook's tools or operator", place(&job.asked)));
    let pod = chosen(&pods).ok_or_else(none)?;
    stream::iter(COMMANDS)
        .for_each_concurrent(AT_ONCE, |(file, command)| async move { one(job, pod, file, command).await })
        .await;
    Ok(())
}

async fn one(job: &Job<'_>, pod: &Value, file: &str, command: &str) {
    let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let usual = if file.starts_with("rbd") { LONGER } else { LIMIT };
    let limit = job.asked.limit(usual).unwrap_or(usual);
    let container = containers(pod).first().copied().unwrap_or_default();
    let asked =
        Command { namespace: place(&job.asked), pod: name(pod), container, words: &words, limit: ROOM / 16 };
    let folder = folder(&job.asked);
    let (id, _) = file.split_once('.').unwrap_or((file, ""));
    let path = format!("{folder}/{file}");
    let said = match job.exec(asked, limit).await {
        Ok(said) => said,
        Err(refusal) => {
            job.kept.put(&format!("{path}-error"), refusal.words().as_bytes().to_vec());
            return job.kept.refuse(&path, refusal);
        }
    };
    if !said.err.bytes.is_empty() {
        job.kept.text(&format!("{folder}/{id}-stderr.txt"), said.err.clone());
    }
    if let Some(why) = said.failed {
        job.kept.json(&format!("{folder}/{id}-errors.json"), &json!([why]));
        let err = String::from_utf8_lossy(&said.err.bytes).trim().to_owned();
        return job.kept.refuse(&path, failed(format!("{command} failed: {why}: {err}")));
    }
    if id == "auth" {
        return job.kept.result(&path, without_keys(&said.out));
    }
    job.kept.text(&path, said.out);
}

/// Who may do what, without the keys by which they are known.
fn without_keys(out: &Text) -> Result<Value, Refusal> {
    let mut found: Value =
        serde_json::from_slice(&out.bytes).map_err(|_| failed("ceph auth ls answered in no JSON"))?;
    for entry in found["auth_dump"].as_array_mut().into_iter().flatten() {
        if !entry["key"].is_null() {
            entry["key"] = json!(HIDDEN);
        }
    }
    Ok(found)
}
