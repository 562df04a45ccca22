//! A cluster, and this machine, as preflights see them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use longshore_cluster::outside::{Outgoing, send};
use longshore_cluster::registry::Registry;
use longshore_cluster::{ApiError, ApiFault, Bounded, Cluster, missing_rights};
use longshore_contract::{RegistrySettings, Timestamp, chain};
use longshore_preflight::{
    Command, Gathered, Ground, ImageRequest, Machine, Refusal, Request, Response, Right, Said, Spec, Text,
    collect,
};
use serde_json::Value;
use tokio::task::JoinHandle;

/// Bytes of one list: a cluster with more of a kind is not held in memory for a check.
const LIST: usize = 256 << 20;
/// Bytes of one object: what is served by others than Kubernetes itself may be of any size.
const OBJECT: usize = 32 << 20;
/// When what was given up is deleted a second time: a request to make it may have overtaken the first.
const AGAIN: Duration = Duration::from_secs(2);

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

fn text(bounded: Bounded) -> Text {
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

    async fn list(&self, path: &str) -> Result<Vec<Value>, Refusal> {
        self.cluster.list_within(path, LIST).await.map_err(|error| refusal(&error))
    }

    async fn text(&self, path: &str, limit: usize) -> Result<Option<Text>, Refusal> {
        let found = self.cluster.text_within(path, limit).await.map_err(|error| refusal(&error))?;
        Ok(found.map(text))
    }

    async fn create(&self, path: &str, object: &Value) -> Result<Value, Refusal> {
        self.cluster.create(path, object).await.map_err(|error| refusal(&error))
    }

    async fn delete(&self, path: &str, grace: Option<u32>) -> Result<(), Refusal> {
        self.cluster.delete_after(path, grace).await.map_err(|error| refusal(&error))
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

/// This machine.
pub struct Here;

#[async_trait]
impl Machine for Here {
    async fn request(&self, request: &Request) -> Result<Response, String> {
        let outgoing = Outgoing {
            method: request.method,
            url: &request.url,
            headers: &request.headers,
            body: &request.body,
            timeout: request.timeout,
            insecure: request.insecure,
            authority: &request.authority,
            proxy: &request.proxy,
            limit: request.limit,
        };
        let incoming = send(&outgoing).await.map_err(|error| chain(&error))?;
        Ok(Response { status: incoming.status, headers: incoming.headers, body: text(incoming.body) })
    }

    async fn image(&self, image: &ImageRequest) -> Result<bool, String> {
        let settings = RegistrySettings {
            address: image.registry.clone(),
            username: image.username.clone(),
            password: Some(image.password.clone()),
            insecure: image.insecure,
            ..RegistrySettings::default()
        };
        let asked = async {
            let registry = Registry::open(&settings).await?;
            registry.has_manifest(&image.repository, &image.name, image.timeout).await
        };
        match tokio::time::timeout(image.timeout, asked).await {
            Ok(answer) => answer.map_err(|error| chain(&error)),
            Err(_) => Err(format!(
                "registry {} did not answer within {} s",
                image.registry,
                image.timeout.as_secs()
            )),
        }
    }
}

/// A cluster that says nothing: every check of it is an error with the reason.
pub struct Silent(pub String);

#[async_trait]
impl longshore_preflight::Cluster for Silent {
    async fn get(&self, _: &str) -> Result<Option<Value>, Refusal> {
        Err(Refusal::Failed(self.0.clone()))
    }

    async fn list(&self, _: &str) -> Result<Vec<Value>, Refusal> {
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
