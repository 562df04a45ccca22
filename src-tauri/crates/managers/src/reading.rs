//! A cluster as preflights see it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use longshore_cluster::{ApiError, ApiFault, Bounded, Cluster, missing_rights};
use longshore_contract::Timestamp;
use longshore_preflight::{Command, Gathered, Ground, Refusal, Right, Said, Spec, Text, collect};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::here::Here;

/// Bytes of one list: more of a kind is not read for a check.
const LIST: usize = 256 << 20;
/// Bytes of one object: what is served by others than Kubernetes itself may be of any size.
const OBJECT: usize = 32 << 20;
/// When what was given up is deleted a second time: a request to make it may have overtaken the first.
const AGAIN: Duration = Duration::from_secs(2);

/// How long a request waits before it is sent again, each time, while the API server has too much to do.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// How long a run that was given up may take to delete what it made.
const PATIENCE: Duration = Duration::from_secs(15);

/// Random letters and digits for a run.
pub fn run_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Collects what a spec's checks read of a cluster, or the reason why that cannot be. Collectors that name no namespace
/// mean this one.
pub async fn gathered(spec: &Spec, namespace: &str, cluster: &dyn longshore_preflight::Cluster) -> Gathered {
    let at = Timestamp(jiff::Timestamp::now().as_millisecond());
    let ground = Ground { namespace, id: &run_id(), at, cluster, machine: &Here, tell: &|_| {} };
    collect(spec, &ground).await
}

/// A cluster as preflights see it.
pub struct Reading {
    cluster: Arc<Cluster>,
    leavings: Arc<Leavings>,
}

/// What is deleted after a run was given up.
#[derive(Default)]
pub struct Leavings(Mutex<Vec<JoinHandle<()>>>);

impl Leavings {
    /// Waits until all of it is deleted, but not for ever.
    pub async fn gone(&self) {
        let tasks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        drop(tokio::time::timeout(PATIENCE, futures::future::join_all(tasks)).await);
    }
}

impl Reading {
    /// Of a cluster; what a run leaves that is given up is noted in `leavings`.
    pub fn new(cluster: Arc<Cluster>, leavings: Arc<Leavings>) -> Self {
        Self { cluster, leavings }
    }
}

/// Asks, and asks again while the API server has too much to do: what it turns away so has not been begun.
async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, ApiError>>,
{
    for pause in PAUSES {
        match ask().await {
            Err(error) if error.fault == ApiFault::Throttled => {
                // Not all at the same moment again.
                tokio::time::sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
            }
            answer => return answer.map_err(|error| refusal(&error)),
        }
    }
    ask().await.map_err(|error| match error.fault {
        ApiFault::Throttled => {
            let times = PAUSES.len() + 1;
            Refusal::Failed(format!("{}: the API server has too much to do (429), {times} times", error.what))
        }
        _ => refusal(&error),
    })
}

fn refusal(error: &ApiError) -> Refusal {
    let words = format!("{}: {}", error.what, error.said);
    // Admission forbids things, too, and says why in other words than those of a missing right.
    let right = error.said.contains(" cannot ");
    match error.fault {
        ApiFault::Forbidden if right => Refusal::Forbidden(format!("a right is missing: {words}")),
        ApiFault::Forbidden => Refusal::Failed(format!("the cluster refuses {words}")),
        _ => Refusal::Failed(words),
    }
}

pub(crate) fn text(bounded: Bounded) -> Text {
    Text { bytes: bounded.bytes, cut: bounded.cut }
}

#[async_trait]
impl longshore_preflight::Cluster for Reading {
    async fn get(&self, path: &str) -> Result<Option<Value>, Refusal> {
        let Some(found) = self.text(path, OBJECT).await? else { return Ok(None) };
        if found.cut {
            return Err(Refusal::Failed(format!("{path} is longer than {} MiB", OBJECT >> 20)));
        }
        let failed = |error| Refusal::Failed(format!("what is at {path} is no JSON: {error}"));
        serde_json::from_slice(&found.bytes).map(Some).map_err(failed)
    }

    async fn each(&self, path: &str, take: &mut (dyn FnMut(Value) + Send)) -> Result<(), Refusal> {
        let (mut from, mut left) = (String::new(), LIST);
        loop {
            let page = patiently(|| self.cluster.page(path, &from, left)).await?;
            let long = || Refusal::Failed(format!("GET {path}: it is longer than {} MiB", LIST >> 20));
            let page = page.ok_or_else(long)?;
            left -= page.size();
            from = page.give(take).map_err(|error| refusal(&error))?;
            if from.is_empty() {
                return Ok(());
            }
        }
    }

    async fn text(&self, path: &str, limit: usize) -> Result<Option<Text>, Refusal> {
        Ok(patiently(|| self.cluster.text_within(path, limit)).await?.map(text))
    }

    async fn create(&self, path: &str, object: &Value) -> Result<Value, Refusal> {
        patiently(|| self.cluster.create(path, object)).await
    }

    async fn delete(&self, path: &str, grace: Option<u32>) -> Result<(), Refusal> {
        patiently(|| self.cluster.delete_after(path, grace)).await
    }

    fn forget(&self, paths: Vec<String>) {
        // Without a runtime nobody can delete anything any more; the next run sweeps.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let cluster = Arc::clone(&self.cluster);
        let task = runtime.spawn(async move {
            for wait in [Duration::ZERO, AGAIN] {
                tokio::time::sleep(wait).await;
                for path in &paths {
                    if let Err(error) = cluster.delete_after(path, Some(0)).await {
                        tracing::warn!(%error, "what a preflight made is left");
                    }
                }
            }
        });
        self.leavings.0.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    async fn exec(&self, command: Command<'_>) -> Result<Said, Refusal> {
        let Command { namespace, pod, container, words, limit } = command;
        let ran = self.cluster.exec(namespace, pod, container, words, limit).await;
        let ran = ran.map_err(|error| refusal(&error))?;
        Ok(Said { out: text(ran.out), err: text(ran.err), failed: ran.failed })
    }

    async fn missing(&self, rights: &[Right]) -> Result<Vec<Right>, Refusal> {
        missing_rights(&self.cluster, rights).await.map_err(|error| refusal(&error))
    }
}

/// A cluster that says nothing: every check of it is an error with the reason.
pub struct Silent(pub String);

#[async_trait]
impl longshore_preflight::Cluster for Silent {
    async fn get(&self, _: &str) -> Result<Option<Value>, Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    async fn each(&self, _: &str, _: &mut (dyn FnMut(Value) + Send)) -> Result<(), Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    async fn text(&self, _: &str, _: usize) -> Result<Option<Text>, Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    async fn create(&self, _: &str, _: &Value) -> Result<Value, Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    async fn delete(&self, _: &str, _: Option<u32>) -> Result<(), Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    fn forget(&self, _: Vec<String>) {}

    async fn exec(&self, _: Command<'_>) -> Result<Said, Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    async fn missing(&self, _: &[Right]) -> Result<Vec<Right>, Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }
}
