//! Emptying a node by the eviction API, which keeps to PodDisruptionBudgets.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::budget::{blockers, budgets};
use super::pod::{Fate, Pod, fate};
use crate::api::{ApiError, ApiFault, Cluster};

/// Time between two looks at the node's pods.
const PACE: Duration = Duration::from_secs(1);
/// Looks between two tries to evict a pod that was refused, as kubectl's 5 s.
const REFUSED: u32 = 5;

/// How a node is drained.
#[derive(Debug, Clone, Copy)]
pub struct Drain {
    /// Seconds that a pod has to end; its own where nothing is given.
    pub grace: Option<u32>,
    /// Also moves pods that nothing would make again.
    pub force: bool,
    /// Time for all of it.
    pub limit: Duration,
}

/// What a drain did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drained {
    /// Pods that were moved away: `shop/web-7c9`.
    pub moved: Vec<String>,
    /// Pods that belong to the node and stay.
    pub stay: Vec<String>,
}

/// Why a node is not empty.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DrainError {
    /// Pods that nothing would make again.
    #[error("{node} runs pods that nothing would make again elsewhere: {}; move them, or drain by force, which deletes them", .pods.join(", "))]
    Uncontrolled {
        /// The node.
        node: String,
        /// Those pods.
        pods: Vec<String>,
    },
    /// Time is over.
    #[error("{node} is not empty after {} s: {}; correct that and retry, the pods that are gone stay gone", .limit.as_secs(), .left.join("; "))]
    Slow {
        /// The node.
        node: String,
        /// How long it was tried.
        limit: Duration,
        /// What keeps each pod, in words.
        left: Vec<String>,
    },
    /// The API server.
    #[error("The pods of the node cannot be moved")]
    Api(#[from] ApiError),
}

/// Cordons a node and moves its pods away, those of DaemonSets and static ones excepted; waits until they are gone.
/// `tell` is given each thing that happens, and what is waited for whenever that changes. Data in emptyDir volumes goes
/// with its pods, and is named. May be repeated.
///
/// # Errors
/// [`DrainError::Uncontrolled`] before anything is changed; [`DrainError::Slow`] with what keeps each pod.
pub async fn drain(
    cluster: &Cluster,
    node: &str,
    how: &Drain,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> Result<Drained, DrainError> {
    let draining = Draining {
        cluster,
        node,
        how,
        tell,
        until: Instant::now() + how.limit,
        done: Drained::default(),
        tried: BTreeMap::new(),
        told: BTreeSet::new(),
    };
    let pods = draining.patiently(|| draining.pods()).await?;
    draining.refuse_lost(&pods)?;
    draining.patiently(|| super::cordon(cluster, node)).await?;
    draining.empty().await
}

/// How many pods a node has that a drain would move away, or that are ending.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn left(cluster: &Cluster, node: &str) -> Result<usize, ApiError> {
    let pods = cluster.list(&of_node(node)).await?;
    Ok(pods.iter().filter(|pod| fate(pod) != Fate::Stays).count())
}

fn of_node(node: &str) -> String {
    format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{node}")
}

struct Draining<'a> {
    cluster: &'a Cluster,
    node: &'a str,
    how: &'a Drain,
    tell: &'a (dyn Fn(&str) + Send + Sync),
    until: Instant,
    done: Drained,
    /// Pods whose eviction was taken (`None`), or refused: looks until it is tried again, and why.
    tried: BTreeMap<Pod, Option<(u32, Vec<String>)>>,
    /// What was told to be waited for.
    told: BTreeSet<String>,
}

impl Draining<'_> {
    /// A request, again while its fault may pass by itself: an API server that restarts is part of an upgrade.
    async fn patiently<T, F>(&self, ask: impl Fn() -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        loop {
            match ask().await {
                Err(error) if error.is_transient() && Instant::now() + PACE < self.until => {
                    tracing::info!(node = self.node, %error, "asked again");
                    tokio::time::sleep(PACE).await;
                }
                other => return other,
            }
        }
    }

    async fn pods(&self) -> Result<Vec<Value>, ApiError> {
        self.cluster.list(&of_node(self.node)).await
    }

    fn refuse_lost(&self, pods: &[Value]) -> Result<(), DrainError> {
        let lost = pods.iter().filter(|pod| fate(pod) == Fate::Lost);
        let pods: Vec<String> = lost.map(|pod| Pod::of(pod).words()).collect();
        if pods.is_empty() || self.how.force {
            return Ok(());
        }
        Err(DrainError::Uncontrolled { node: self.node.to_owned(), pods })
    }

    async fn empty(mut self) -> Result<Drained, DrainError> {
        loop {
            let pods = self.patiently(|| self.pods()).await?;
            // What came between the first look and the cordon counts as well.
            self.refuse_lost(
                &pods
                    .iter()
                    .filter(|pod| !self.tried.contains_key(&Pod::of(pod)))
                    .cloned()
                    .collect::<Vec<_>>(),
            )?;
            self.settle(&pods);
            let mut left = Vec::new();
            for pod in &pods {
                let named = Pod::of(pod);
                match fate(pod) {
                    Fate::Stays => {}
                    Fate::Going => {
                        self.tried.insert(named.clone(), None);
                        left.push(format!("{} is ending", named.words()));
                    }
                    Fate::Evicted { empty_dir } => left.extend(self.evict(pod, named, empty_dir).await?),
                    Fate::Lost => left.extend(self.evict(pod, named, false).await?),
                }
            }
            if left.is_empty() {
                return Ok(self.done);
            }
            self.wait_for(&left);
            if Instant::now() + PACE > self.until {
                return Err(DrainError::Slow { node: self.node.to_owned(), limit: self.how.limit, left });
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// Notes which pods are gone since the last look.
    fn settle(&mut self, pods: &[Value]) {
        let there: BTreeSet<Pod> = pods.iter().map(Pod::of).collect();
        self.tried.retain(|pod, _| {
            let gone = !there.contains(pod);
            if gone {
                (self.tell)(&format!("{} has left {}.", pod.words(), self.node));
                self.done.moved.push(pod.words());
            }
            !gone
        });
        let stay = pods.iter().filter(|pod| fate(pod) == Fate::Stays);
        self.done.stay = stay.map(|pod| Pod::of(pod).words()).collect();
    }

    /// What is left to be waited for of a pod, after its eviction was tried if it is time to.
    async fn evict(&mut self, pod: &Value, named: Pod, empty_dir: bool) -> Result<Vec<String>, DrainError> {
        match self.tried.get_mut(&named) {
            Some(None) => return Ok(vec![format!("{} is ending", named.words())]),
            Some(Some((looks, why))) if *looks > 0 => {
                *looks -= 1;
                return Ok(why.clone());
            }
            Some(Some(_)) => {}
            None if empty_dir => {
                (self.tell)(&format!("{} is moved; what is in its emptyDir is deleted.", named.words()));
            }
            None => {}
        }
        let refused = match self.ask(&named).await {
            Ok(()) => None,
            // Gone, or another one of its name: the next look tells.
            Err(error) if matches!(error.fault, ApiFault::NotFound | ApiFault::Conflict) => None,
            Err(error) if is_refusal(&error) => Some(error.said),
            Err(error) if error.is_transient() => {
                return Ok(vec![format!("{} stays: {}", named.words(), error.said)]);
            }
            Err(error) => return Err(error.into()),
        };
        let Some(said) = refused else {
            let words = format!("{} is ending", named.words());
            self.tried.insert(named, None);
            return Ok(vec![words]);
        };
        // To name the budget is for people; that it cannot be read must not end the drain.
        let budgets = budgets(self.cluster, &named.namespace).await.unwrap_or_default();
        let why = blockers(&named, &pod["metadata"]["labels"], &budgets, &said);
        self.tried.insert(named, Some((REFUSED, why.clone())));
        Ok(why)
    }

    async fn ask(&self, pod: &Pod) -> Result<(), ApiError> {
        let mut options = json!({ "preconditions": { "uid": pod.uid } });
        if let Some(grace) = self.how.grace {
            options["gracePeriodSeconds"] = json!(grace);
        }
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": { "name": pod.name, "namespace": pod.namespace },
            "deleteOptions": options,
        });
        let path = format!("/api/v1/namespaces/{}/pods/{}/eviction", pod.namespace, pod.name);
        self.cluster.create(&path, &eviction).await.map(drop)
    }

    /// Tells what is waited for, once for each thing.
    fn wait_for(&mut self, left: &[String]) {
        let now: BTreeSet<String> = left.iter().cloned().collect();
        for words in now.difference(&self.told) {
            (self.tell)(&format!("{words}."));
        }
        self.told = now;
    }
}

/// Whether a budget refuses, not a server that has too much to do; or more than one does, which the server calls its own
/// fault, and a namespace that is being deleted, whose pods go by themselves.
fn is_refusal(error: &ApiError) -> bool {
    let said = error.said.to_lowercase();
    let budget = said.contains("disruption budget") || said.contains("poddisruptionbudget");
    (budget && matches!(error.fault, ApiFault::Throttled | ApiFault::Other))
        || (error.fault == ApiFault::Forbidden && said.contains("being terminated"))
}
