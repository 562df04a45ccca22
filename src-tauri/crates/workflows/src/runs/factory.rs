//! Bodies of steps from their specs: the one place where kinds are names and managers are types.

use std::sync::Arc;

use async_trait::async_trait;
use longshore_contract::{ErrorCode, Failure, FailureClass, StepSpec, WireError};
use longshore_engine::step::{Probe, StepBody, StepContext, StepFactory};
use longshore_managers::app_preflight::AppPreflights;
use longshore_managers::charts::{Chart, Owner, RemoveChart, RollBackChart};
use longshore_managers::extensions::{Extension, RemoveExtension};
use longshore_managers::infra::{Namespace, RecordBegin, RegistryAccess};
use longshore_managers::linux::steps;
use longshore_managers::manifests::Manifests;
use longshore_managers::params::{VERSION, kind};
use longshore_managers::record::{Ready, Record, RollBackRecord};
use longshore_managers::storage::StorageClass;
use longshore_managers::{Materials, airgap::Images};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::footing::Footing;

/// Makes bodies of what a run was frozen with.
pub(super) struct Factory {
    pub(super) materials: Seed,
    /// What steps on hosts work with; `None` on a Kubernetes site.
    pub(super) ground: Option<steps::Ground>,
    pub(super) footing: Arc<Footing>,
}

/// Materials but for the cluster, which may still have to be made.
pub(super) type Seed = Arc<dyn Fn(Arc<longshore_cluster::Cluster>) -> Materials + Send + Sync>;

fn unknown(spec: &StepSpec, why: &str) -> Failure {
    Failure {
        class: FailureClass::NeedsPerson,
        message: format!("Step {} cannot be done by this version of Longshore", spec.id),
        causes: vec![why.to_owned()],
        hint: "Use the version that planned the run, or plan again.".to_owned(),
    }
}

fn params<T: DeserializeOwned>(spec: &StepSpec) -> Result<T, Failure> {
    serde_json::from_value(spec.params.clone()).map_err(|error| unknown(spec, &error.to_string()))
}

impl StepFactory for Factory {
    fn body(&self, spec: &StepSpec) -> Result<Box<dyn StepBody>, Failure> {
        if spec.version != VERSION {
            return Err(unknown(spec, &format!("its parameters are of version {}", spec.version)));
        }
        if let Some(body) = self.on_hosts(spec)? {
            return Ok(body);
        }
        if let Some(cluster) = self.footing.existing() {
            return body((self.materials)(Arc::clone(cluster)), spec);
        }
        let (footing, materials) = (Arc::clone(&self.footing), Arc::clone(&self.materials));
        Ok(Box::new(Later { footing, materials, spec: spec.clone(), body: OnceCell::new() }))
    }
}

impl Factory {
    /// The body of a step on hosts.
    fn on_hosts(&self, spec: &StepSpec) -> Result<Option<Box<dyn StepBody>>, Failure> {
        let Some(ground) = self.ground.clone() else { return Ok(None) };
        Ok(Some(match spec.kind.as_str() {
            kind::HOST_CONFIGURATION => Box::new(steps::Prepare { ground, params: params(spec)? }),
            kind::HOST_PREFLIGHTS => Box::new(steps::HostPreflights::new(ground, params(spec)?)),
            kind::CLUSTER_FILES => Box::new(steps::Files { ground, params: params(spec)? }),
            kind::HOST_IMAGES => Box::new(steps::HostImages { ground, params: params(spec)? }),
            kind::CLUSTER_MAKE => Box::new(steps::Make { ground, params: params(spec)? }),
            kind::CLUSTER_JOIN => Box::new(steps::Join { ground, params: params(spec)? }),
            kind::CLUSTER_CONNECT => Box::new(steps::Connect::new(ground, params(spec)?)),
            kind::CLUSTER_NOTE => Box::new(steps::Note { ground, params: params(spec)? }),
            kind::CLUSTER_BACKUP => Box::new(steps::BackUp::new(ground, params(spec)?)),
            kind::NODE_UPGRADE => Box::new(steps::Upgrade::new(ground, params(spec)?)),
            kind::CLUSTER_RESTORE => Box::new(steps::Restore::new(ground, params(spec)?)),
            kind::NODE_PUT_BACK => Box::new(steps::PutBack::new(ground, params(spec)?)),
            kind::HOST_RESET => Box::new(steps::Reset::new(ground, params(spec)?)),
            _ => return Ok(None),
        }))
    }
}

/// The body of a step in a cluster.
fn body(materials: Materials, spec: &StepSpec) -> Result<Box<dyn StepBody>, Failure> {
    Ok(match spec.kind.as_str() {
        kind::NAMESPACE => Box::new(Namespace { materials, params: params(spec)? }),
        kind::REGISTRY_ACCESS => Box::new(RegistryAccess { materials, params: params(spec)? }),
        kind::RECORD_BEGIN => Box::new(RecordBegin { materials, params: params(spec)? }),
        kind::IMAGES => Box::new(Images { materials, params: params(spec)? }),
        kind::APP_PREFLIGHTS => Box::new(AppPreflights::new(materials, params(spec)?)),
        kind::MANIFESTS | kind::ROLL_BACK_MANIFESTS => {
            Box::new(Manifests { materials, params: params(spec)? })
        }
        kind::CHART => Box::new(Chart { materials, params: params(spec)?, of: Owner::Application }),
        kind::REMOVE_CHART => Box::new(RemoveChart { materials, params: params(spec)?, keep_history: true }),
        kind::EXTENSION => Box::new(Extension::new(materials, params(spec)?)),
        kind::REMOVE_EXTENSION => Box::new(RemoveExtension::new(materials, params(spec)?)),
        kind::STORAGE_CLASS => Box::new(StorageClass::new(materials, params(spec)?)),
        kind::ROLL_BACK_CHART => Box::new(RollBackChart { materials, params: params(spec)? }),
        kind::READY => Box::new(Ready { materials, params: params(spec)? }),
        kind::RECORD => Box::new(Record { materials, params: params(spec)? }),
        kind::ROLL_BACK_RECORD => Box::new(RollBackRecord { materials, params: params(spec)? }),
        kind::CLUSTER_READY => Box::new(steps::Ready { materials, params: params(spec)? }),
        kind::NODE_DRAIN => Box::new(steps::Drain { materials, params: params(spec)? }),
        kind::NODE_UNCORDON => Box::new(steps::Uncordon { materials, params: params(spec)? }),
        kind::NODE_REMOVE => Box::new(steps::Remove { materials, params: params(spec)? }),
        other => return Err(unknown(spec, &format!("there is no kind {other}"))),
    })
}

/// A step in a cluster that is made by steps before it: its body is made when it is first asked.
struct Later {
    footing: Arc<Footing>,
    materials: Seed,
    spec: StepSpec,
    body: OnceCell<Box<dyn StepBody>>,
}

impl Later {
    async fn body(&self) -> Result<&dyn StepBody, Failure> {
        let made = self.body.get_or_try_init(|| async {
            let cluster = self.footing.cluster().await.map_err(away)?;
            body((self.materials)(Arc::clone(cluster)), &self.spec)
        });
        Ok(made.await?.as_ref())
    }
}

fn away(error: WireError) -> Failure {
    let class = match error.code {
        ErrorCode::Unreachable => FailureClass::Transient,
        _ => FailureClass::NeedsPerson,
    };
    Failure {
        class,
        message: "The cluster on the hosts cannot be reached".to_owned(),
        causes: vec![error.message],
        hint: error.hint,
    }
}

#[async_trait]
impl StepBody for Later {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        self.body().await?.probe(cx).await
    }

    fn decide(&self, probe: &Probe) -> longshore_engine::step::Decided {
        // Asked after a probe, which made the body.
        match self.body.get() {
            Some(body) => body.decide(probe),
            None => longshore_engine::step::Decided::Act(Value::Null),
        }
    }

    async fn act(&self, cx: &StepContext<'_>, action: &Value) -> Result<(), Failure> {
        self.body().await?.act(cx, action).await
    }

    async fn warning(&self) -> Option<String> {
        match self.body.get() {
            Some(body) => body.warning().await,
            None => None,
        }
    }
}
