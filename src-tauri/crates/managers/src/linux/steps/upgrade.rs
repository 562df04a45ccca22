//! A host moves to another version, after the cluster's state was backed up.

use async_trait::async_trait;
use longshore_contract::{Failure, HostRole};
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_runtime::{Standing, Turn};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{Ground, Told, cordoned, done, foreign, partly};
use crate::linux::fault::from_runtime;
use crate::params::{BackupParams, HostVersionParams};

/// Backs the cluster's state up on a controller.
pub struct BackUp {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: BackupParams,
    made: OnceCell<String>,
}

impl BackUp {
    /// A body that has not made one yet.
    pub fn new(ground: Ground, params: BackupParams) -> Self {
        Self { ground, params, made: OnceCell::new() }
    }

    fn doing(&self) -> String {
        format!("Backing up the cluster on {}", self.params.host)
    }
}

#[async_trait]
impl StepBody for BackUp {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        Ok(match self.made.get() {
            Some(path) => {
                Probe::Done { outputs: json!({ "host": self.params.host, "path": path }), checks: None }
            }
            // The label makes it one: to ask again for what is there already costs a look.
            None => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let told = Told { cx, child: "backup" };
        let spec = &self.ground.content.spec;
        let path = self.ground.runtime().back_up(&member, spec, &self.params.label, &told).await;
        let path = path.map_err(|error| from_runtime(&doing, &error))?;
        self.made.set(path).ok();
        Ok(())
    }
}

/// Moves a host to another version.
pub struct Upgrade {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostVersionParams,
    moved: OnceCell<()>,
}

impl Upgrade {
    /// A body that has not moved it yet.
    pub fn new(ground: Ground, params: HostVersionParams) -> Self {
        Self { ground, params, moved: OnceCell::new() }
    }

    fn doing(&self) -> String {
        format!("Upgrading {} to {}", self.params.host, self.params.version)
    }

    fn turn(&self) -> Turn {
        let members = &self.ground.content.spec.members;
        let controllers = members.iter().filter(|member| member.role == HostRole::Controller);
        match controllers.into_iter().position(|member| member.host == self.params.host) {
            Some(0) => Turn::First,
            Some(_) => Turn::Controller,
            None => Turn::Worker,
        }
    }

    /// A failure, and that the node takes no pods when it was drained before.
    fn stopped(&self, cx: &StepContext<'_>, failure: Failure) -> Failure {
        let mut members = self.ground.content.spec.members.iter();
        let node = members.find(|member| member.host == self.params.host).map(|member| &member.node);
        match node.filter(|node| cx.is_behind(&format!("drain@{}:{node}", self.params.version))) {
            Some(node) => cordoned(failure, node),
            None => failure,
        }
    }
}

#[async_trait]
impl StepBody for Upgrade {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = self.ground.found(cx, &self.params.host, &self.doing()).await;
        let (_, standing) = found.map_err(|failure| self.stopped(cx, failure))?;
        Ok(match standing {
            Standing::Foreign { what } => foreign(&self.params.host, &what),
            // What runs on the host is not what the cluster has of it: after a reboot in the middle systemd starts the new
            // kubelet, and nobody has waited for its node. To ask again for what is done costs a look.
            Standing::Joined { version, running: true, .. }
                if version == self.params.version && self.moved.initialized() =>
            {
                done()
            }
            Standing::Joined { version, .. } => partly(format!("{version} runs there")),
            Standing::Placed { .. } | Standing::Nothing => {
                Probe::Foreign { what: format!("{} is not part of the cluster any more", self.params.host) }
            }
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let spec = self.ground.spec(&self.params.version, &doing)?;
        let told = Told { cx, child: "upgrade" };
        let moved = self.ground.runtime().upgrade(&member, &spec, self.turn(), &told).await;
        moved.map_err(|error| self.stopped(cx, from_runtime(&doing, &error)))?;
        self.moved.set(()).ok();
        Ok(())
    }
}
