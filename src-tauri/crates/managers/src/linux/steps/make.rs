//! The cluster's beginning: its first controller, those who join, and what is noted of it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use longshore_contract::{Failure, FailureClass};
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_runtime::{MemberSpec, Standing};
use serde_json::Value;

use super::{Ground, Told, done, foreign, partly};
use crate::failure::failure;
use crate::linux::fault::{from_runtime, from_wire};
use crate::linux::known::{Known, known, note};
use crate::params::{ClusterParams, HostVersionParams};

/// How a host that shall be part of the cluster stands.
async fn joined(
    ground: &Ground,
    params: &HostVersionParams,
    doing: &str,
    cx: &StepContext<'_>,
) -> Result<Probe, Failure> {
    let (_, standing) = ground.found(cx, &params.host, doing).await?;
    Ok(match standing {
        Standing::Foreign { what } => foreign(&params.host, &what),
        Standing::Joined { running: true, .. } => done(),
        Standing::Joined { .. } => partly("it is part of the cluster, and its kubelet is not up"),
        Standing::Placed { .. } | Standing::Nothing => Probe::NotBegun,
    })
}

/// Makes the cluster on its first controller.
pub struct Make {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostVersionParams,
}

impl Make {
    fn doing(&self) -> String {
        format!("Making the cluster on {}", self.params.host)
    }
}

#[async_trait]
impl StepBody for Make {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        joined(&self.ground, &self.params, &self.doing(), cx).await
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let spec = self.ground.spec(&self.params.version, &doing)?;
        let told = Told { cx, child: "cluster" };
        let made = self.ground.runtime().install(&member, &spec, &told).await;
        made.map_err(|error| from_runtime(&doing, &error))
    }
}

/// Lets a host join the cluster.
pub struct Join {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostVersionParams,
}

impl Join {
    fn doing(&self) -> String {
        format!("Joining {}", self.params.host)
    }
}

#[async_trait]
impl StepBody for Join {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        joined(&self.ground, &self.params, &self.doing(), cx).await
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let controller = self.ground.controller(&self.params.host, &doing).await?;
        let spec = self.ground.spec(&self.params.version, &doing)?;
        let (runtime, told) = (self.ground.runtime(), Told { cx, child: "join" });
        let invitation = runtime.invite(&controller, &spec, member.spec.role).await;
        let invitation = invitation.map_err(|error| from_runtime(&doing, &error))?;
        let joined = runtime.join(&member, &spec, &invitation, &told).await;
        joined.map_err(|error| from_runtime(&doing, &error))
    }
}

/// Whether a host is part of the cluster after the step.
fn staying(params: &ClusterParams, member: &MemberSpec) -> bool {
    params.nodes.is_empty() || params.nodes.contains(&member.node)
}

/// Lets the pods of all hosts reach each other, after some have joined or were taken off.
pub struct Connect {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: ClusterParams,
    done: AtomicBool,
}

const CONNECTING: &str = "Connecting the pods of all hosts";

impl Connect {
    /// A body that has not done it yet.
    pub fn new(ground: Ground, params: ClusterParams) -> Self {
        Self { ground, params, done: AtomicBool::new(false) }
    }
}

#[async_trait]
impl StepBody for Connect {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        // To do it again costs no more than to look.
        Ok(if self.done.load(Ordering::Relaxed) { done() } else { Probe::NotBegun })
    }

    async fn act(&self, _: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let spec = self.ground.spec(&self.params.version, CONNECTING)?;
        let mut members = Vec::new();
        for member in spec.members.iter().filter(|member| staying(&self.params, member)) {
            members.push(self.ground.member(&member.host, CONNECTING).await?);
        }
        let connected = self.ground.runtime().connect(&members, &spec).await;
        connected.map_err(|error| from_runtime(CONNECTING, &error))?;
        self.done.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Notes on each controller what the cluster is.
pub struct Note {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: ClusterParams,
}

const NOTING: &str = "Noting what the cluster is";

impl Note {
    fn wanted(&self) -> Result<Known, Failure> {
        let mut spec = self.ground.spec(&self.params.version, NOTING)?;
        spec.members.retain(|member| staying(&self.params, member));
        Ok(Known { runtime: self.ground.content.runtime, spec })
    }

    fn controllers(&self) -> impl Iterator<Item = &str> {
        let members = self.ground.content.spec.members.iter();
        members
            .filter(|member| member.role == longshore_contract::HostRole::Controller)
            .filter(|member| staying(&self.params, member))
            .map(|member| member.host.as_str())
    }
}

#[async_trait]
impl StepBody for Note {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let wanted = self.wanted()?;
        for host in self.controllers() {
            let host = self.ground.hosts.host(host).await.map_err(|error| from_wire(NOTING, error))?;
            let found = known(host.as_ref()).await.map_err(|error| from_wire(NOTING, error))?;
            if found.as_ref() != Some(&wanted) {
                return Ok(Probe::NotBegun);
            }
        }
        Ok(done())
    }

    async fn act(&self, _: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let wanted = self.wanted()?;
        for name in self.controllers() {
            let host = self.ground.hosts.host(name).await.map_err(|error| from_wire(NOTING, error))?;
            note(host.as_ref(), &wanted).await.map_err(|why| {
                let hint = "Look at the host's disk, then retry.";
                failure(FailureClass::NeedsPerson, format!("{NOTING} on {name} failed"), why, hint)
            })?;
        }
        Ok(())
    }
}
