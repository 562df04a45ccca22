//! All collectors of a spec side by side: each with its rights, its time and its room, and none in another's way.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use serde_json::Value;

use super::asked::{Asked, missing};
use super::job::{Job, side_by_side};
use super::kept::Kept;
use super::task::{Task, tasks};
use super::traces::{Traces, sweep, sweeping};
use super::world::{Refusal, Right};
use super::{CollectProgress, CollectState, Gathered, Ground};
use crate::spec::Spec;

/// Collectors at work at once.
const AT_ONCE: usize = 8;
/// How long the cluster may take to tell our rights, and to be swept.
const BEFORE: Duration = Duration::from_secs(30);
/// How long what a collector made may take to go.
const AFTER: Duration = Duration::from_mins(2);

/// Collects. What cannot be had is left out and said, so that the checks which need it can say why they have no
/// verdict.
///
/// Dropping it ends it: what its collectors have made in the cluster is deleted then, too.
pub async fn collect(spec: &Spec, ground: &Ground<'_>) -> Gathered {
    let tasks = tasks(spec, ground.namespace);
    let lacks = lacking(&tasks, ground).await;
    let lists = tasks.iter().flat_map(|task| sweeping(&task.needs)).filter(|right| !lacks.contains(right));
    let lists: BTreeSet<Right> = lists.collect();
    drop(tokio::time::timeout(BEFORE, sweep(&lists, ground)).await);
    let watch = Watch { ground, done: AtomicUsize::new(0), of: tasks.len() };
    let bytes = AtomicUsize::new(0);
    let work = tasks.iter().enumerate();
    let work = work.map(|(at, task)| watch.over(task, carry_out(at, task, ground, &lacks, &bytes)).boxed());
    let all = side_by_side(AT_ONCE, work.collect()).await;
    joined(tasks.iter().zip(all))
}

/// Tells of collectors as they begin and end.
struct Watch<'a> {
    ground: &'a Ground<'a>,
    done: AtomicUsize,
    of: usize,
}

impl Watch<'_> {
    fn tell(&self, task: &Task<'_>, state: CollectState) {
        let done = self.done.load(Ordering::Relaxed);
        let (collector, kind, of) = (task.number, task.name.clone(), self.of);
        (self.ground.tell)(CollectProgress { collector, kind, state, done, of });
    }

    async fn over(
        &self,
        task: &Task<'_>,
        work: impl Future<Output = (Gathered, Option<String>)>,
    ) -> Gathered {
        self.tell(task, CollectState::Began);
        let (gathered, failed) = work.await;
        self.done.fetch_add(1, Ordering::Relaxed);
        self.tell(task, CollectState::Ended(failed));
        gathered
    }
}

/// Files of all, where those of a later collector take the place of an earlier one's, as upstream overwrites.
fn joined<'a>(all: impl Iterator<Item = (&'a Task<'a>, Gathered)>) -> Gathered {
    let mut joined = Gathered::default();
    for (task, gathered) in all {
        // What one could not read, another may have read.
        for path in task.files.iter().filter(|path| !gathered.refused.contains_key(*path)) {
            joined.refused.remove(path);
        }
        for path in gathered.files.keys() {
            joined.refused.remove(path);
        }
        joined.files.extend(gathered.files);
        joined.refused.extend(gathered.refused);
        joined.notes.extend(gathered.notes);
    }
    joined
}

/// Rights that the credential lacks. When that is not told, each collector finds out by itself.
async fn lacking(tasks: &[Task<'_>], ground: &Ground<'_>) -> BTreeSet<Right> {
    let mut wanted: BTreeSet<Right> = BTreeSet::new();
    for task in tasks {
        wanted.extend(task.needs.must.iter().chain(&task.needs.may).cloned());
        wanted.extend(sweeping(&task.needs));
    }
    let wanted: Vec<Right> = wanted.into_iter().collect();
    if wanted.is_empty() {
        return BTreeSet::new();
    }
    match tokio::time::timeout(BEFORE, ground.cluster.missing(&wanted)).await {
        Ok(Ok(missing)) => missing.into_iter().collect(),
        Ok(Err(_)) | Err(_) => BTreeSet::new(),
    }
}

/// Carries out one collector; what it gathered, and why it failed if it did.
async fn carry_out(
    at: usize,
    task: &Task<'_>,
    ground: &Ground<'_>,
    lacks: &BTreeSet<Right>,
    bytes: &AtomicUsize,
) -> (Gathered, Option<String>) {
    let kept = Kept::new(bytes);
    let traces = Traces::new(ground, at);
    let asked = Asked { body: &task.body, namespace: ground.namespace };
    let outcome = match (&task.limit, missing(task.needs.must.iter().filter(|right| lacks.contains(right)))) {
        (Err(refusal), _) => Err(refusal.clone()),
        (_, Some(refusal)) => Err(refusal),
        (Ok(limit), None) => {
            let job = Job::new(asked, ground, &kept, &traces, *limit, lacks);
            match tokio::time::timeout(*limit, task.work.run(&job)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(late(&task.name, *limit, &job.waited())),
            }
        }
    };
    let left = tokio::time::timeout(AFTER, traces.clean()).await;
    left.unwrap_or_else(|_| vec![format!("what {} made was not gone in time", task.name)])
        .into_iter()
        .for_each(|words| kept.note(words));
    let failed = outcome.err();
    if let Some(refusal) = &failed {
        task.files.iter().for_each(|file| kept.refuse(file, refusal.clone()));
    }
    (kept.into_inner(), failed.map(|refusal| refusal.words().to_owned()))
}

fn late(kind: &str, limit: Duration, waited: &str) -> Refusal {
    let why = if waited.is_empty() { String::new() } else { format!(": {waited}") };
    Refusal::Failed(format!("{kind} did not end within {} s{why}", limit.as_secs_f64()))
}

/// What is gathered where nothing can be: the reason for every file.
pub fn refused(spec: &Spec, namespace: &str, why: &str) -> Gathered {
    let files = tasks(spec, namespace).into_iter().flat_map(|task| task.files);
    let refused = files.map(|file| (file, Refusal::Failed(why.to_owned()))).collect();
    Gathered { refused, ..Gathered::default() }
}

/// What a spec's collectors and checks need of the cluster, as rights.
pub fn rights(spec: &Spec, namespace: &str) -> Vec<Right> {
    let mut rights: BTreeSet<Right> = BTreeSet::new();
    for task in tasks(spec, namespace) {
        rights.extend(task.needs.must);
        rights.extend(task.needs.may);
    }
    rights.into_iter().collect()
}

/// A collector that asks for nothing.
pub(super) static NOTHING: Value = Value::Null;
