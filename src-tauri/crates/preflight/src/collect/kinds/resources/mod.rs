//! `clusterResources`: everything that the layout has a place for, as far as it may be read.
//!
//! It never fails as a whole: what cannot be listed is in upstream's files of errors, and is the reason of the checks
//! that read it.

mod discovery;
mod extras;
mod rules;

use std::collections::BTreeMap;

use futures::FutureExt as _;
use serde_json::{Value, json};

use super::logs::{How, Log, all_containers, one};
use crate::analyze::is_unhealthy;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, name, namespace, side_by_side};
use crate::collect::lists::by_namespace;
use crate::collect::resources::{DEFINITIONS, RESOURCES, Resource};
use crate::collect::world::Refusal;

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
    let kinds: Vec<&Resource> = RESOURCES.iter().filter(|resource| resource.place != "namespaces").collect();
    let work = kinds.iter().map(|resource| list(job, resource, &namespaces, all).boxed()).collect();
    let lists = side_by_side(AT_ONCE, work).await;
    let of = |place: &str| -> Vec<&Value> {
        let found = kinds.iter().zip(&lists).filter(|(resource, _)| resource.place == place);
        found.flat_map(|(_, items)| items.values().flatten()).collect()
    };
    logs(job, of("pods")).await;
    extras::custom(job, of(DEFINITIONS), &namespaces).await;
    extras::pull_secrets(job, &namespaces, all).await;
    extras::license(job, &namespaces).await;
    discovery::collect(job).await;
    Ok(())
}

/// Keeps one kind of object, and gives what there is of it by namespace.
async fn list(
    job: &Job<'_>,
    resource: &Resource,
    namespaces: &[String],
    all: bool,
) -> BTreeMap<String, Vec<Value>> {
    let errors_at = format!("cluster-resources/{}-errors.json", resource.place);
    if !resource.namespaced {
        return match one_list(job, resource, "").await {
            Ok(items) => {
                job.kept.json(&resource.file(""), &resource.list(items.clone()));
                BTreeMap::from([(String::new(), items)])
            }
            Err(refusal) => {
                job.kept.json(&errors_at, &json!([refusal.words()]));
                job.kept.refuse(&resource.file(""), refusal);
                BTreeMap::new()
            }
        };
    }
    let mut found = BTreeMap::new();
    let mut errors = serde_json::Map::new();
    // One list of all namespaces stands for one of each, where that is allowed.
    let whole = if all { one_list(job, resource, "").await.ok().map(by_namespace) } else { None };
    for namespace in namespaces {
        let items = match &whole {
            Some(whole) => Ok(whole.get(namespace).cloned().unwrap_or_default()),
            None => one_list(job, resource, namespace).await,
        };
        match items {
            Ok(items) => {
                job.kept.json(&resource.file(namespace), &resource.list(items.clone()));
                found.insert(namespace.clone(), items);
            }
            Err(refusal) => {
                errors.insert(namespace.clone(), json!(refusal.words()));
                job.kept.refuse(&resource.file(namespace), refusal);
            }
        }
    }
    if !errors.is_empty() {
        job.kept.json(&errors_at, &Value::Object(errors));
    }
    found
}

async fn one_list(job: &Job<'_>, resource: &Resource, namespace: &str) -> Result<Vec<Value>, Refusal> {
    let right = resource.right(namespace);
    job.may(&["list"], &right.group, &right.resource, namespace)?;
    job.objects(&resource.path(namespace)).await
}

/// Keeps the ends of the logs of pods that are not well.
async fn logs(job: &Job<'_>, pods: Vec<&Value>) {
    let how = How::last(LINES, BYTES);
    let may = |place: &str| job.may(&["get"], "", "pods/log", place);
    let mut work = Vec::new();
    for pod in pods.into_iter().filter(|pod| is_unhealthy(pod)) {
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
