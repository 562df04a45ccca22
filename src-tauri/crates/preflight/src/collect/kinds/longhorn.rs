//! `longhorn`: Longhorn's own objects, its logs, and sums of volumes that nobody uses.
//!
//! Upstream writes records of Go that name no keys: every key is the field's name in lower case, and what is built in
//! lies in a record of its own. Its analyzer reads just that, so the objects are brought into this shape.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use super::logs::{self, How};
use crate::collect::asked::{Asked, Needs, selecting};
use crate::collect::job::{Job, failed, name, text};
use crate::collect::kept::ROOM;
use crate::collect::world::{Command, Refusal};

const GROUP: &str = "longhorn.io";
/// How long one sum may take.
const SUM: Duration = Duration::from_mins(1);
/// Kinds of objects, each in a folder of its name.
const KINDS: [&str; 9] = [
    "nodes",
    "volumes",
    "replicas",
    "engines",
    "engineimages",
    "instancemanagers",
    "backingimagemanagers",
    "backingimages",
    "sharemanagers",
];
/// Without these the analyzer has nothing to say.
const JUDGED: usize = 4;
/// Fields that replicas and engines have from what they are built on, in `spec` and in `status`.
const BUILT_ON: [(&str, &str, &[&str]); 2] = [
    (
        "spec",
        "instancespec",
        &[
            "volumename",
            "volumesize",
            "nodeid",
            "engineimage",
            "image",
            "desirestate",
            "logrequested",
            "salvagerequested",
        ],
    ),
    (
        "status",
        "instancestatus",
        &[
            "ownerid",
            "instancemanagername",
            "currentstate",
            "currentimage",
            "ip",
            "storageip",
            "port",
            "started",
            "logfetched",
            "salvageexecuted",
        ],
    ),
];
/// Fields whose keys are names and not fields.
const MAPS: [&str; 5] = ["labels", "annotations", "conditions", "disks", "diskstatus"];

fn place<'a>(asked: &Asked<'a>) -> &'a str {
    asked.text_or("namespace", "longhorn-system")
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("longhorn/{}/", place(asked))]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    let place = place(asked);
    let mut needs = Needs::default();
    for (at, plural) in KINDS.iter().enumerate() {
        needs = if at < JUDGED {
            needs.must(&["list"], GROUP, plural, place)
        } else {
            needs.may(&["list"], GROUP, plural, place)
        };
    }
    needs
        .may(&["list"], GROUP, "settings", place)
        .may(&["list"], "", "pods", place)
        .may(&["get"], "", "pods/log", place)
        .may(&["create", "get"], "", "pods/exec", place)
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let place = place(&job.asked);
    let group = job.cluster().get(&format!("/apis/{GROUP}")).await?;
    let group = group.ok_or_else(|| Refusal::Absent("the cluster has no Longhorn".to_owned()))?;
    let version = text(&group, "/preferredVersion/groupVersion");
    let mut found: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for plural in KINDS {
        match job.cluster().list(&format!("/apis/{version}/namespaces/{place}/{plural}")).await {
            Ok(objects) => {
                for object in &objects {
                    keep(job, &format!("{plural}/{}", name(object)), &shaped(plural, object))?;
                }
                found.insert(plural, objects);
            }
            Err(refusal) => job.kept.refuse(&format!("longhorn/{place}/{plural}/*.yaml"), refusal),
        }
    }
    settings(job, version).await?;
    if job.may(&["list"], "", "pods", place).and(job.may(&["get"], "", "pods/log", place)).is_ok() {
        // A namespace without pods has no logs, and that is told by its objects.
        drop(logs::of_pods(job, place, "", &format!("longhorn/{place}/logs"), &How::usual()).await);
    }
    let objects = |plural: &str| found.get(plural).map(Vec::as_slice).unwrap_or_default();
    sums(job, objects("volumes"), objects("replicas")).await
}

fn keep(job: &Job<'_>, file: &str, value: &Value) -> Result<(), Refusal> {
    let text =
        serde_norway::to_string(value).map_err(|error| failed(format!("{file} is no YAML: {error}")))?;
    job.kept.put(&format!("longhorn/{}/{file}.yaml", place(&job.asked)), text.into_bytes());
    Ok(())
}

async fn settings(job: &Job<'_>, version: &str) -> Result<(), Refusal> {
    let path = format!("/apis/{version}/namespaces/{}/settings", place(&job.asked));
    let Ok(settings) = job.cluster().list(&path).await else { return Ok(()) };
    let all: Map<String, Value> =
        settings.iter().map(|setting| (name(setting).to_owned(), setting["value"].clone())).collect();
    keep(job, "settings", &Value::Object(all))
}

/// An object as upstream's records of it are written.
fn shaped(plural: &str, object: &Value) -> Value {
    let mut shaped = lowered(object);
    let metadata = shaped["metadata"].take();
    shaped["objectmeta"] = metadata;
    if let Some(fields) = shaped.as_object_mut() {
        fields.remove("metadata");
    }
    // Newer versions list conditions that older ones had by their types.
    if let Some(list) = shaped["status"]["conditions"].as_array().cloned() {
        let by_type: Map<String, Value> =
            list.into_iter().map(|item| (text(&item, "/type").to_owned(), item)).collect();
        shaped["status"]["conditions"] = Value::Object(by_type);
    }
    if ["replicas", "engines"].contains(&plural) {
        for (part, inner, fields) in BUILT_ON {
            let Some(outer) = shaped[part].as_object_mut() else { continue };
            let moved: Map<String, Value> = fields
                .iter()
                .filter_map(|field| Some(((*field).to_owned(), outer.remove(*field)?)))
                .collect();
            outer.insert(inner.to_owned(), Value::Object(moved));
        }
    }
    shaped
}

fn lowered(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let key = key.to_lowercase();
                let value = match value.as_object() {
                    Some(named) if MAPS.contains(&key.as_str()) => {
                        named.iter().map(|(name, value)| (name.clone(), lowered(value))).collect()
                    }
                    _ => lowered(value),
                };
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.iter().map(lowered).collect(),
        other => other.clone(),
    }
}

/// Sums of the replicas of volumes that are detached: those of one volume should be the same.
async fn sums(job: &Job<'_>, volumes: &[Value], replicas: &[Value]) -> Result<(), Refusal> {
    let detached = volumes.iter().filter(|volume| text(volume, "/status/state") == "detached");
    let mut pods: Option<Vec<Value>> = None;
    for volume in detached {
        let of = replicas.iter().filter(|replica| {
            text(replica, "/spec/volumeName") == name(volume) && !text(replica, "/spec/nodeID").is_empty()
        });
        let of: Vec<&Value> = of.collect();
        if of.len() < 2 {
            continue;
        }
        let pods = match &pods {
            Some(pods) => pods,
            None => pods.insert(managers(job).await?),
        };
        for replica in of {
            let node = text(replica, "/spec/nodeID");
            let pod = pods.iter().find(|pod| pod["metadata"]["labels"]["longhorn.io/node"] == node);
            if let Some(pod) = pod {
                sum(job, volume, replica, pod).await;
            }
        }
    }
    Ok(())
}

/// Pods that see the folders of replicas, one on each node.
async fn managers(job: &Job<'_>) -> Result<Vec<Value>, Refusal> {
    let selector = selecting("longhorn.io/instance-manager-type=replica");
    job.cluster().list(&format!("/api/v1/namespaces/{}/pods{selector}", place(&job.asked))).await
}

async fn sum(job: &Job<'_>, volume: &Value, replica: &Value, pod: &Value) {
    let folder = format!("/host/var/lib/longhorn/replicas/{}", text(replica, "/spec/dataDirectoryName"));
    let quoted = longshore_shell::quote(&folder);
    let script = format!("if [ -d {quoted} ]; then md5sum {quoted}/*; fi");
    let words = ["/bin/bash".to_owned(), "-c".to_owned(), script];
    let place = place(&job.asked);
    let command = Command {
        namespace: place,
        pod: name(pod),
        container: "replica-manager",
        words: &words,
        limit: ROOM / 64,
    };
    let file = format!("longhorn/{place}/volumes/{}/replicachecksums/{}.txt", name(volume), name(replica));
    match job.exec(command, SUM).await {
        Ok(said) if said.failed.is_none() => job.kept.text(&file, said.out),
        Ok(said) => job.kept.refuse(&file, failed(said.failed.unwrap_or_default())),
        Err(refusal) => job.kept.refuse(&file, refusal),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_have_the_shape_that_the_analyzer_reads() {
        let node = json!({
            "metadata": { "name": "n1", "labels": { "Some/Label": "x" } },
            "status": { "conditions": [{ "type": "Schedulable", "status": "True", "lastProbeTime": "" }] },
        });
        let shaped_node = shaped("nodes", &node);
        assert_eq!(shaped_node["objectmeta"]["name"], "n1");
        assert_eq!(shaped_node["objectmeta"]["labels"]["Some/Label"], "x", "names keep their letters");
        assert_eq!(shaped_node["status"]["conditions"]["Schedulable"]["status"], "True");
        let replica = json!({
            "metadata": { "name": "r1" },
            "spec": { "desireState": "running", "failedAt": "", "nodeID": "n1" },
            "status": { "currentState": "stopped" },
        });
        let shaped = shaped("replicas", &replica);
        assert_eq!(shaped["spec"]["instancespec"]["desirestate"], "running");
        assert_eq!(shaped["spec"]["failedat"], "", "what is its own stays where it is");
        assert_eq!(shaped["status"]["instancestatus"]["currentstate"], "stopped");
    }
}
