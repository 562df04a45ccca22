//! One collector at work.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _, stream};
use serde_json::Value;

use super::asked::{Asked, Needs, missing};
use super::kept::Kept;
use super::resources::Resource;
use super::traces::{Traces, is_ours};
use super::world::{Cluster, Command, Refusal, Right, Said};
use super::{Ground, asked::selecting};

/// What a kind's function gives: nothing more than its files, or why it has none of them.
pub(super) type Done<'a> = BoxFuture<'a, Result<(), Refusal>>;

/// A kind of collector.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Files that analyzers of it read; a folder ends with a slash, a star stands for any name.
    pub(super) files: fn(&Asked<'_>) -> Vec<String>,
    pub(super) needs: fn(&Asked<'_>) -> Needs,
    /// How long it may take where its spec does not say, in seconds.
    pub(super) seconds: u64,
    pub(super) run: for<'a> fn(&'a Job<'a>) -> Done<'a>,
}

/// A collector at work: what it was asked, where it works, and where it puts what it finds.
pub(super) struct Job<'a> {
    pub(super) asked: Asked<'a>,
    pub(super) ground: &'a Ground<'a>,
    pub(super) kept: &'a Kept<'a>,
    pub(super) traces: &'a Traces<'a>,
    /// How long it may take in all.
    pub(super) limit: Duration,
    /// Rights that the credential is known to lack.
    pub(super) lacks: &'a BTreeSet<Right>,
    /// What it waits for.
    waits: Mutex<String>,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        asked: Asked<'a>,
        ground: &'a Ground<'a>,
        kept: &'a Kept<'a>,
        traces: &'a Traces<'a>,
        limit: Duration,
        lacks: &'a BTreeSet<Right>,
    ) -> Self {
        Self { asked, ground, kept, traces, limit, lacks, waits: Mutex::default() }
    }

    pub(super) fn cluster(&self) -> &'a dyn Cluster {
        self.ground.cluster
    }

    /// Says what it waits for: with that, a collector whose time is up can tell why.
    pub(super) fn waits(&self, what: String) {
        *self.waits.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    pub(super) fn waited(&self) -> String {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fails when one of these rights is known to be missing.
    pub(super) fn may(
        &self,
        verbs: &[&str],
        group: &str,
        resource: &str,
        place: &str,
    ) -> Result<(), Refusal> {
        let wanted = Needs::default().must(verbs, group, resource, place).must;
        missing(wanted.iter().filter(|right| self.lacks.contains(right))).map_or(Ok(()), Err)
    }

    /// Objects of a kind one after another, each with its kind, without those that collectors have made: they are no
    /// part of what is looked at.
    pub(super) async fn objects(
        &self,
        resource: &Resource,
        namespace: &str,
        take: &mut (dyn FnMut(Value) + Send),
    ) -> Result<(), Refusal> {
        let mut named = |mut object: Value| {
            if !is_ours(&object) {
                resource.name(&mut object);
                take(object);
            }
        };
        self.cluster().each(&resource.path(namespace), &mut named).await
    }

    /// Pods that a selector selects.
    pub(super) async fn pods(&self, place: &str, selector: &str) -> Result<Vec<Value>, Refusal> {
        let path = format!("/api/v1/namespaces/{place}/pods{}", selecting(selector));
        self.cluster().list(&path).await
    }

    /// Runs a command in a container, within a time.
    pub(super) async fn exec(&self, command: Command<'_>, limit: Duration) -> Result<Said, Refusal> {
        match tokio::time::timeout(limit, self.cluster().exec(command)).await {
            Ok(said) => said,
            Err(_) => Err(Refusal::Failed(format!(
                "{} did not end within {} s in pod {}",
                command.words.first().map(String::as_str).unwrap_or_default(),
                limit.as_secs(),
                command.pod
            ))),
        }
    }
}

/// Does pieces of work side by side, so many at once, and gives what they give in their order.
pub(super) async fn side_by_side<T: Send>(at_once: usize, work: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    // Not in their order from the start: a slow first one would hold up all behind it.
    let work = work.into_iter().enumerate();
    let work: Vec<BoxFuture<'_, (usize, T)>> =
        work.map(|(at, piece)| piece.map(move |given| (at, given)).boxed()).collect();
    let mut all: Vec<(usize, T)> = stream::iter(work).buffer_unordered(at_once).collect().await;
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, given)| given).collect()
}

/// A text field of an object, empty when it is not there.
pub(super) fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The name of an object.
pub(super) fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// The namespace of an object.
pub(super) fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// Names of a pod's containers, in the order of its spec.
pub(super) fn containers(pod: &Value) -> Vec<&str> {
    pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["name"].as_str())
        .collect()
}

/// Errors as upstream lists them.
pub(super) fn failed(words: impl Into<String>) -> Refusal {
    Refusal::Failed(words.into())
}
