//! From a spec to the work it makes: its collectors, and what its checks read without one.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Value, json};

use super::asked::{Asked, Needs};
use super::job::{Done, Job, Kind, failed};
use super::kinds::KINDS;
use super::lists;
use super::reads::{Read, items, reads};
use super::run::NOTHING;
use super::world::Refusal;
use crate::analyze::excluded;
use crate::kinds::{Scope, collector, wrong_fields};
use crate::spec::Spec;

/// How long what is read without a collector may take.
const READING: Duration = Duration::from_mins(1);

/// How long images may take that are not of the spec's own time.
const PULLING: Duration = Duration::from_mins(1);

/// One piece of work.
pub(super) struct Task<'a> {
    /// Number of the collector in the spec.
    pub(super) number: Option<usize>,
    /// Its kind, for people.
    pub(super) name: String,
    pub(super) body: Cow<'a, Value>,
    /// Files that are refused when it fails.
    pub(super) files: Vec<String>,
    pub(super) needs: Needs,
    /// How long it may take, or why it is not begun.
    pub(super) limit: Result<Duration, Refusal>,
    pub(super) work: Work,
}

/// What is done.
pub(super) enum Work {
    /// A collector of the spec.
    Kind(&'static Kind),
    /// What checks read without one.
    Read(Read),
}

impl Work {
    pub(super) fn run<'j>(&'j self, job: &'j Job<'j>) -> Done<'j> {
        match self {
            Self::Kind(kind) => (kind.run)(job),
            Self::Read(read) => Box::pin(lists::collect(job, read)),
        }
    }
}

/// All work of a spec: what checks read first, then its collectors in their order.
pub(super) fn tasks<'a>(spec: &'a Spec, namespace: &'a str) -> Vec<Task<'a>> {
    let mut tasks: Vec<Task<'a>> = reads(spec, namespace).into_iter().map(reading).collect();
    let resources = KINDS.iter().find(|kind| kind.name == RESOURCES);
    let resources = resources.zip(all_resources(spec));
    tasks.extend(resources.map(|(kind, body)| task(kind, None, Cow::Owned(body), namespace)));
    for (number, item) in spec.collectors.iter().enumerate() {
        let found = KINDS.iter().find(|kind| item.get(kind.name).is_some_and(Value::is_object));
        if let Some(kind) = found.filter(|kind| kind.name != RESOURCES) {
            tasks.push(task(kind, Some(number), Cow::Borrowed(&item[kind.name]), namespace));
        }
    }
    tasks
}

fn reading<'a>(read: Read) -> Task<'a> {
    Task {
        number: None,
        name: read.words(),
        body: Cow::Borrowed(&NOTHING),
        files: read.files(),
        needs: read.needs(),
        limit: Ok(READING),
        work: Work::Read(read),
    }
}

const RESOURCES: &str = "clusterResources";

/// All collectors of resources as one: the namespaces of all, or all namespaces when one of them names none.
fn all_resources(spec: &Spec) -> Option<Value> {
    let bodies: Vec<&Value> = items(&spec.collectors)
        .filter(|(kind, body)| *kind == RESOURCES && excluded(body) != Ok(true))
        .map(|(_, body)| body)
        .collect();
    let named = |body: &&Value| -> Vec<Value> { body["namespaces"].as_array().cloned().unwrap_or_default() };
    let first = bodies.first()?;
    let all = bodies.iter().any(|body| named(body).is_empty() || named(body).contains(&json!("")));
    let mut joined = (*first).clone();
    let mut namespaces: Vec<Value> = if all { Vec::new() } else { bodies.iter().flat_map(named).collect() };
    namespaces.sort_by_key(Value::to_string);
    namespaces.dedup();
    joined["namespaces"] = Value::Array(namespaces);
    joined["ignoreRBAC"] = json!(bodies.iter().any(|body| body["ignoreRBAC"] == true));
    Some(joined)
}

fn task<'a>(kind: &'static Kind, number: Option<usize>, body: Cow<'a, Value>, namespace: &str) -> Task<'a> {
    let asked = Asked { body: &body, namespace };
    let limit = begun(kind, &asked);
    // What cannot be read may name files and rights that nobody means.
    let (files, needs) = match &limit {
        Ok(_) => ((kind.files)(&asked), (kind.needs)(&asked)),
        Err(_) => ((kind.files)(&asked), Needs::default()),
    };
    Task { number, name: kind.name.to_owned(), files, needs, limit, work: Work::Kind(kind), body }
}

/// How long a collector may take, or why it is not begun.
fn begun(kind: &Kind, asked: &Asked<'_>) -> Result<Duration, Refusal> {
    match excluded(asked.body) {
        Ok(true) => return Err(Refusal::Absent("its collector is excluded by the spec".to_owned())),
        Ok(false) => {}
        Err(found) => {
            return Err(failed(format!("{}.exclude is {found}; true or false is needed", kind.name)));
        }
    }
    let fields = collector(Scope::Cluster, kind.name).unwrap_or_default();
    if let Some((path, why)) = wrong_fields(kind.name, asked.body, &fields).into_iter().next() {
        return Err(failed(format!("{path}: {why}")));
    }
    for field in ["name", "collectorName"] {
        // A name is part of a path that others may write to a disk.
        if asked.text(field).split('/').any(|part| part == "..") {
            return Err(failed(format!("{}.{field}: {:?} leads elsewhere", kind.name, asked.text(field))));
        }
    }
    let usual = Duration::from_secs(kind.seconds);
    let limit = asked.limit(usual).map_err(|why| failed(format!("{}.{why}", kind.name)))?;
    Ok(match kind.name {
        // There it is for each of many questions.
        "ceph" => usual,
        // And there for the copying alone, not for what has to be pulled before.
        "copyFromHost" | "collectd" => limit + PULLING,
        _ => limit,
    })
}
