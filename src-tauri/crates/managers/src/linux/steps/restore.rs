//! The cluster's state comes back from a backup, and its workers follow.

use async_trait::async_trait;
use longshore_contract::Failure;
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_runtime::{Origin, Standing};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{Ground, Told, done, foreign};
use crate::linux::fault::from_runtime;
use crate::params::{HostVersionParams, RestoreParams};

/// Brings the cluster's state back on its controller.
pub struct Restore {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: RestoreParams,
    brought: OnceCell<()>,
}

impl Restore {
    /// A body that has not brought anything back yet.
    pub fn new(ground: Ground, params: RestoreParams) -> Self {
        Self { ground, params, brought: OnceCell::new() }
    }

    fn doing(&self) -> String {
        format!("Bringing the cluster's state back on {}", self.params.host)
    }
}

#[async_trait]
impl StepBody for Restore {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        // The host knows what was brought back under this name: to ask again for what is done costs a look.
        Ok(if self.brought.initialized() { done() } else { Probe::NotBegun })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let told = Told { cx, child: "restore" };
        let from = Origin { backup: &self.params.label, once: &self.params.once };
        let spec = &self.ground.content.spec;
        let brought = self.ground.runtime().restore(&member, spec, from, &told).await;
        brought.map_err(|error| from_runtime(&doing, &error))?;
        self.brought.set(()).ok();
        Ok(())
    }
}

/// Puts a worker back to the version that the cluster has again.
pub struct PutBack {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostVersionParams,
    put: OnceCell<()>,
}

impl PutBack {
    /// A body that has not put anything back yet.
    pub fn new(ground: Ground, params: HostVersionParams) -> Self {
        Self { ground, params, put: OnceCell::new() }
    }

    fn doing(&self) -> String {
        format!("Putting {} back to {}", self.params.host, self.params.version)
    }
}

#[async_trait]
impl StepBody for PutBack {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        if self.put.initialized() {
            return Ok(done());
        }
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        Ok(match self.ground.look(&member, &doing).await? {
            Standing::Foreign { what } => foreign(&self.params.host, &what),
            // Also one of the right version: what its kubelet remembers is of a state that is no more.
            _ => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let told = Told { cx, child: "put-back" };
        let put = self.ground.runtime().put_back(&member, &self.ground.content.spec, &told).await;
        put.map_err(|error| from_runtime(&doing, &error))?;
        self.put.set(()).ok();
        Ok(())
    }
}
