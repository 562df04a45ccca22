//! What a collector makes in the cluster, and that nothing of it stays.
//!
//! An object is written down before it is made: a request that nobody waits for any more may have been carried out
//! all the same. Whoever drops a run in its middle has its objects deleted too, by the cluster's own `forget`; those
//! of a run that was killed are swept by the next one.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::Ground;
use super::asked::{Needs, selecting};
use super::job::{name, text};
use super::world::{Refusal, Right};

/// Who made an object.
const MANAGER: (&str, &str) = ("app.kubernetes.io/managed-by", "longshore");
/// The run that made it.
const RUN: &str = "longshore.io/collect";
/// The collector within that run, by its number.
const COLLECTOR: &str = "longshore.io/collector";
/// How long a pod has to end by itself once it is deleted.
const GRACE: u32 = 2;
/// How long a pod is waited for before it is deleted by force; as upstream.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(500);
/// Objects of other runs are swept when they are older than this, in milliseconds: no collector runs for so long.
const OLD: i64 = 3_600_000;

/// Whether a collector has made an object, of this run or another.
pub(super) fn is_ours(object: &Value) -> bool {
    let labels = &object["metadata"]["labels"];
    labels[MANAGER.0] == MANAGER.1 && labels[RUN].is_string()
}

/// What one collector has made.
pub(super) struct Traces<'a> {
    ground: &'a Ground<'a>,
    number: usize,
    names: AtomicUsize,
    made: Mutex<Vec<Made>>,
}

/// An object that was, or may have been, made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    path: String,
    /// Where its pods are listed, for one that makes pods itself.
    pods: Option<String>,
}

impl<'a> Traces<'a> {
    /// None yet, of a collector of that number.
    pub(super) fn new(ground: &'a Ground<'a>, number: usize) -> Self {
        Self { ground, number, names: AtomicUsize::new(0), made: Mutex::default() }
    }

    /// A name that no other run's and no other object of this one has.
    pub(super) fn unique(&self, stem: &str) -> String {
        let id: String = self.ground.id.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let at = self.names.fetch_add(1, Ordering::Relaxed);
        let ending = format!("-{}-{}-{at}", id.to_ascii_lowercase(), self.number);
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let stem: String = stem.chars().map(plain).collect();
        // A pod's name is also that of its host, which has no more than 63 letters.
        let stem: String = stem.trim_matches('-').chars().take(63 - ending.len()).collect();
        let stem = stem.trim_end_matches('-');
        format!("{}{ending}", if stem.is_empty() { "collect" } else { stem })
    }

    /// Labels that tell whose an object is.
    pub(super) fn labels(&self) -> Value {
        json!({ MANAGER.0: MANAGER.1, RUN: self.ground.id, COLLECTOR: self.number.to_string() })
    }

    /// Selects the objects of this collector.
    pub(super) fn selector(&self) -> String {
        format!("{RUN}={},{COLLECTOR}={}", self.ground.id, self.number)
    }

    /// Makes an object below a path; it is gone when the collector is done.
    pub(super) async fn create(&self, path: &str, mut object: Value) -> Result<Value, Refusal> {
        self.mark(&mut object["metadata"]["labels"]);
        let makes_pods = object["kind"] == "DaemonSet";
        if makes_pods {
            self.mark(&mut object["spec"]["template"]["metadata"]["labels"]);
        }
        let pods = makes_pods.then(|| {
            let folder = path.split("/namespaces/").nth(1).and_then(|rest| rest.split('/').next());
            format!("/api/v1/namespaces/{}/pods", folder.unwrap_or_default())
        });
        let made = Made { path: format!("{path}/{}", name(&object)), pods };
        self.change(|all| all.push(made));
        self.ground.cluster.create(path, &object).await
    }

    fn mark(&self, labels: &mut Value) {
        let mut marked = labels.as_object().cloned().unwrap_or_default();
        marked.extend(self.labels().as_object().cloned().unwrap_or_default());
        *labels = Value::Object(marked);
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Made>) -> T) -> T {
        change(&mut self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Deletes all of it, the latest first, and waits until it is gone. Says what could not be deleted.
    pub(super) async fn clean(&self) -> Vec<String> {
        let mut left = Vec::new();
        let made = self.change(|all| all.clone());
        for made in made.into_iter().rev() {
            match self.remove(&made).await {
                Ok(()) => self.change(|all| all.retain(|other| *other != made)),
                Err(refusal) => left.push(format!("{} could not be deleted: {}", made.path, refusal.words())),
            }
        }
        left
    }

    async fn remove(&self, made: &Made) -> Result<(), Refusal> {
        let cluster = self.ground.cluster;
        let pod = made.path.contains("/pods/");
        cluster.delete(&made.path, pod.then_some(GRACE)).await?;
        match &made.pods {
            Some(pods) => self.remove_pods(pods).await,
            None if pod => self.await_end(&made.path).await,
            None => Ok(()),
        }
    }

    /// Waits until an object that was deleted is gone; deletes it by force when that takes too long.
    async fn await_end(&self, path: &str) -> Result<(), Refusal> {
        let cluster = self.ground.cluster;
        let gone = async {
            while cluster.get(path).await?.is_some() {
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        };
        match tokio::time::timeout(PATIENCE, gone).await {
            Ok(gone) => gone,
            Err(_) => cluster.delete(path, Some(0)).await,
        }
    }

    /// Deletes the pods of an object that made them: the cluster would do so too, but later.
    async fn remove_pods(&self, place: &str) -> Result<(), Refusal> {
        let cluster = self.ground.cluster;
        let list = format!("{place}{}", selecting(&self.selector()));
        let mut grace = GRACE;
        let started = tokio::time::Instant::now();
        loop {
            let pods = cluster.list(&list).await?;
            if pods.is_empty() {
                return Ok(());
            }
            for pod in &pods {
                // Without the right to it the cluster deletes them itself.
                if text(pod, "/metadata/deletionTimestamp").is_empty() || grace == 0 {
                    drop(cluster.delete(&format!("{place}/{}", name(pod)), Some(grace)).await);
                }
            }
            match started.elapsed() {
                past if past > PATIENCE + PATIENCE / 4 => {
                    return Err(Refusal::Failed("its pods do not end".to_owned()));
                }
                past if past > PATIENCE => grace = 0,
                _ => {}
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Traces<'_> {
    fn drop(&mut self) {
        let left = self.change(std::mem::take);
        if !left.is_empty() {
            self.ground.cluster.forget(left.into_iter().rev().map(|made| made.path).collect());
        }
    }
}

/// Rights to look after what is made: for each kind of object that is made there.
pub(super) fn sweeping(needs: &Needs) -> Vec<Right> {
    let made = needs.must.iter().chain(&needs.may).filter(|right| {
        right.verb == "create" && !right.resource.contains('/') && !right.namespace.is_empty()
    });
    made.map(|right| Right { verb: "list".to_owned(), ..right.clone() }).collect()
}

/// Deletes what runs left that were killed, of those kinds and in those namespaces that this run makes objects in.
pub(super) async fn sweep(lists: &BTreeSet<Right>, ground: &Ground<'_>) {
    for right in lists {
        let group = match right.group.as_str() {
            "" => "/api/v1".to_owned(),
            group => format!("/apis/{group}/v1"),
        };
        let place = format!("{group}/namespaces/{}/{}", right.namespace, right.resource);
        let selector = format!("{}={},{RUN},{RUN}!={}", MANAGER.0, MANAGER.1, ground.id);
        // That it fails is no reason not to collect.
        let Ok(found) = ground.cluster.list(&format!("{place}{}", selecting(&selector))).await else {
            continue;
        };
        for object in found.iter().filter(|object| old(object, ground.at.0)) {
            drop(ground.cluster.delete(&format!("{place}/{}", name(object)), Some(0)).await);
        }
    }
}

fn old(object: &Value, now: i64) -> bool {
    let made = text(object, "/metadata/creationTimestamp").parse::<jiff::Timestamp>();
    made.is_ok_and(|made| now - made.as_millisecond() > OLD)
}
