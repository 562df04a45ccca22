//! `clusterResources`: everything that the layout has a place for, as far as it may be read.
//!
//! It never fails as a whole: what cannot be listed is in upstream's files of errors, and is the reason of the checks
//! that read it.

mod discovery;
mod extras;
mod rules;

use std::collections::BTreeSet;

use futures::FutureExt as _;
use serde_json::{Map, Value, json};

use super::logs::{How, Log, all_containers, one};
use crate::analyze::is_unhealthy;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, name, namespace, side_by_side};
use crate::collect::resources::{DEFINITIONS, RESOURCES, Resource};
use crate::collect::world::Refusal;
use crate::collect::written::ByNamespace;

/// Lists read at once.
const AT_ONCE: usize = 6;
/// Of the log of a container that is not well, the last lines and bytes; as upstream.
const LINES: i64 = 500;
const BYTES: i64 = 5_000_000;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    // What checks read of the lists is read for them anyway.
    vec!["cluster-resources/pods/logs/".to_owned(), "cluster-resources/auth-cani-list/*.json".to_owned()]
}

/// Namespaces that the spec names; none for all of them.
fn named(asked: &Asked<'_>) -> Vec<String> {
    asked.texts("namespaces").into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    let named = named(asked);
    let mut needs = Needs::default();
    let places = |namespaced: bool| {
        if named.is_empty() || !namespaced { vec![String::new()] } else { named.clone() }
    };
    for resource in RESOURCES {
        needs.may.extend(places(resource.namespaced).iter().map(|place| resource.right(place)));
    }
    for place in places(true) {
        needs = needs.may(&["list"], "", "secrets", &place).may(&["get"], "", "pods/log", &place);
    }
    needs
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let (namespaces, all) = rules::namespaces(job).await;
    let work: Vec<_> = RESOURCES
        .iter()
        .filter(|resource| resource.place != "namespaces")
        .map(|resource| list(job, resource, &namespaces, all).boxed())
        .collect();
    let noted: Vec<Noted> = side_by_side(AT_ONCE, work).await.into_iter().flatten().collect();
    let pods = noted.iter().filter_map(|noted| if let Noted::Pod(pod) = noted { Some(pod) } else { None });
    logs(job, pods).await;
    let definitions =
        noted.iter().filter_map(|noted| if let Noted::Definition(of) = noted { Some(of) } else { None });
    extras::custom(job, definitions, &namespaces).await;
    extras::pull_secrets(job, &namespaces, all).await;
    extras::license(job, &namespaces).await;
    discovery::collect(job).await;
    Ok(())
}

/// What has to be known of an object once its list is kept.
enum Noted {
    /// A pod that is not well: its name, its containers and how they are.
    Pod(Value),
    /// A definition: where its objects are.
    Definition(Value),
}

/// That of an object which somebody asks for later.
fn noted(resource: &Resource, object: &Value) -> Option<Noted> {
    let metadata = json!({ "name": name(object), "namespace": namespace(object) });
    if resource.kind == "Pod" && is_unhealthy(object) {
        let names = |field: &str| -> Value {
            let all = object["spec"][field].as_array().into_iter().flatten();
            all.map(|container| json!({ "name": container["name"] })).collect()
        };
        let (spec, status) = (&["containers", "initContainers"], &object["status"]);
        let spec: Map<String, Value> = spec.iter().map(|field| ((*field).to_owned(), names(field))).collect();
        let status = json!({
            "containerStatuses": status["containerStatuses"],
            "initContainerStatuses": status["initContainerStatuses"],
        });
        return Some(Noted::Pod(json!({ "metadata": metadata, "spec": spec, "status": status })));
    }
    if resource.place == DEFINITIONS {
        let spec = &object["spec"];
        let versions = spec["versions"].as_array().into_iter().flatten();
        let versions = versions.map(|of| json!({ "name": of["name"], "served": of["served"] }));
        let versions: Vec<Value> = versions.collect();
        return Some(Noted::Definition(json!({ "metadata": metadata, "spec": {
            "group": spec["group"], "names": { "plural": spec["names"]["plural"] },
            "scope": spec["scope"], "versions": versions,
        } })));
    }
    None
}

/// Keeps one kind of object, and notes of it what is asked for later.
async fn list(job: &Job<'_>, resource: &Resource, namespaces: &[String], all: bool) -> Vec<Noted> {
    let errors_at = format!("cluster-resources/{}-errors.json", resource.place);
    let mut found = Vec::new();
    if !resource.namespaced {
        if let Err(refusal) = one_list(job, resource, "", &mut found).await {
            job.kept.json(&errors_at, &json!([refusal.words()]));
            job.kept.refuse(&resource.file(""), refusal);
        }
        return found;
    }
    // One list of all namespaces stands for one of each, where that is allowed.
    if all && let Ok(found) = all_lists(job, resource, namespaces).await {
        return found;
    }
    let mut errors = Map::new();
    for namespace in namespaces {
        if let Err(refusal) = one_list(job, resource, namespace, &mut found).await {
            errors.insert(namespace.clone(), json!(refusal.words()));
            job.kept.refuse(&resource.file(namespace), refusal);
        }
    }
    if !errors.is_empty() {
        job.kept.json(&errors_at, &Value::Object(errors));
    }
    found
}

fn may(job: &Job<'_>, resource: &Resource, namespace: &str) -> Result<(), Refusal> {
    let right = resource.right(namespace);
    job.may(&["list"], &right.group, &right.resource, namespace)
}

/// Keeps the list of one namespace, or of what is in none.
async fn one_list(
    job: &Job<'_>,
    resource: &Resource,
    namespace: &str,
    found: &mut Vec<Noted>,
) -> Result<(), Refusal> {
    may(job, resource, namespace)?;
    let mut list = resource.written();
    let mut add = |object: Value| {
        list.add(&object);
        found.extend(noted(resource, &object));
    };
    job.objects(resource, namespace, &mut add).await?;
    job.kept.put(&resource.file(namespace), list.end());
    Ok(())
}

/// Keeps the lists of all these namespaces.
async fn all_lists(job: &Job<'_>, resource: &Resource, namespaces: &[String]) -> Result<Vec<Noted>, Refusal> {
    may(job, resource, "")?;
    let mut lists = ByNamespace::new(resource.written());
    let mut found = Vec::new();
    let wanted: BTreeSet<&str> = namespaces.iter().map(String::as_str).collect();
    let mut add = |object: Value| {
        if wanted.contains(namespace(&object)) {
            lists.add(&object);
            found.extend(noted(resource, &object));
        }
    };
    job.objects(resource, "", &mut add).await?;
    for namespace in namespaces {
        job.kept.put(&resource.file(namespace), lists.take(namespace).end());
    }
    Ok(found)
}

/// Keeps the ends of the logs of pods that are not well.
async fn logs<'p>(job: &Job<'_>, pods: impl Iterator<Item = &'p Value>) {
    let how = How::last(LINES, BYTES);
    let may = |place: &str| job.may(&["get"], "", "pods/log", place);
    let mut work = Vec::new();
    for pod in pods {
        if may(namespace(pod)).and(may("")).is_err() {
            continue;
        }
        for container in all_containers(pod) {
            let log = Log { pod, shown: name(pod), container, link: None };
            work.push(keep(job, log, &how).boxed());
        }
    }
    side_by_side(AT_ONCE, work).await;
}

async fn keep(job: &Job<'_>, log: Log<'_>, how: &How) {
    one(job, &log, how).await;
}
