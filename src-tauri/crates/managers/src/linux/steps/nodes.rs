//! Nodes of the cluster: ready, drained, let in again, taken out.

use std::time::Duration;

use async_trait::async_trait;
use longshore_cluster::nodes::{self, Node, Readiness};
use longshore_contract::{Failure, FailureClass, LogLevel, Unit};
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::Value;

use super::{cordoned, done, partly};
use crate::failure::{failure, from_api};
use crate::materials::Materials;
use crate::params::{ClusterParams, NodeParams};

/// How often nodes are looked at while they are waited for.
const LOOK: Duration = Duration::from_secs(1);
/// Time for moving pods away: less than the step has, so that what holds them is told.
const PATIENCE: Duration = Duration::from_secs(3500);

async fn all(materials: &Materials, doing: &str) -> Result<Vec<Node>, Failure> {
    nodes::list(&materials.cluster).await.map_err(|error| from_api(doing, &error))
}

/// Why a node is not ready, or nothing.
fn reason(node: &Node) -> Option<&str> {
    match &node.readiness {
        Readiness::Ready => None,
        Readiness::NotReady(why) => Some(why),
    }
}

async fn one(materials: &Materials, name: &str, doing: &str) -> Result<Option<Node>, Failure> {
    Ok(all(materials, doing).await?.into_iter().find(|node| node.name == name))
}

/// Waits until nodes are ready.
pub struct Ready {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: ClusterParams,
}

const WAITING: &str = "Waiting for the nodes";

impl Ready {
    /// What is still waited for, node by node.
    async fn lacking(&self) -> Result<Vec<String>, Failure> {
        let found = all(&self.materials, WAITING).await?;
        let lacking = |name: &String| match found.iter().find(|node| node.name == *name) {
            None => Some(format!("{name} is not there yet")),
            Some(node) => reason(node).map(|why| format!("{name} is not ready: {why}")),
        };
        Ok(self.params.nodes.iter().filter_map(lacking).collect())
    }
}

#[async_trait]
impl StepBody for Ready {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let lacking = self.lacking().await?;
        Ok(if lacking.is_empty() { done() } else { partly(lacking.join("; ")) })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let total = self.params.nodes.len() as u64;
        loop {
            let lacking = self.lacking().await?;
            let ready = total - lacking.len() as u64;
            cx.progress("nodes", ready, Some(total), Unit::Items, &lacking.join("; "));
            if lacking.is_empty() || cx.cancelled() {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = cx.until_cancelled() => {}
            }
        }
    }
}

/// Cordons a node and moves its pods away.
pub struct Drain {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: NodeParams,
}

impl Drain {
    fn doing(&self) -> String {
        format!("Moving pods away from {}", self.params.node)
    }

    /// Why the node is not empty.
    fn held(&self, error: &nodes::DrainError) -> Failure {
        let hint = "Mend what holds the pods, or let the node be; then retry.";
        let said = longshore_contract::chain(error);
        let failure = failure(FailureClass::NeedsPerson, format!("{} failed", self.doing()), said, hint);
        match error {
            nodes::DrainError::Slow { node, .. } => cordoned(failure, node),
            _ => failure,
        }
    }
}

/// Whether the node's kubelet has the version already: what was drained for it is done.
fn moved(node: &Node, version: &str) -> bool {
    !version.is_empty() && version.starts_with(&node.version) && node.is_ready() && !node.cordoned
}

#[async_trait]
impl StepBody for Drain {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let doing = self.doing();
        let Some(node) = one(&self.materials, &self.params.node, &doing).await? else { return Ok(done()) };
        if moved(&node, &self.params.version) {
            return Ok(done());
        }
        let cluster = &self.materials.cluster;
        let left = nodes::left(cluster, &node.name).await.map_err(|error| from_api(&doing, &error))?;
        Ok(match (node.cordoned, left) {
            (true, 0) => done(),
            (false, _) => Probe::NotBegun,
            (true, left) => partly(format!("{left} pods are still there")),
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let cluster = &self.materials.cluster;
        let tell = |text: &str| {
            cx.log(LogLevel::Info, text);
            cx.progress("pods", 0, None, Unit::Pods, text);
        };
        let how = nodes::Drain { grace: None, force: false, limit: PATIENCE };
        tokio::select! {
            drained = nodes::drain(cluster, &self.params.node, &how, &tell) => {
                drained.map(drop).map_err(|error| self.held(&error))
            }
            () = cx.until_cancelled() => {
                cx.log(LogLevel::Warn, &format!("{} stays cordoned", self.params.node));
                Ok(())
            }
        }
    }
}

/// Lets pods onto a node again, once it is ready.
pub struct Uncordon {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: NodeParams,
}

#[async_trait]
impl StepBody for Uncordon {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let doing = format!("Letting pods onto {} again", self.params.node);
        let node = one(&self.materials, &self.params.node, &doing).await?;
        Ok(match node {
            Some(node) => match reason(&node) {
                None if !node.cordoned => done(),
                None => Probe::NotBegun,
                Some(why) => partly(format!("it is not ready: {why}")),
            },
            None => Probe::Foreign { what: format!("The cluster has no node {}", self.params.node) },
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = format!("Letting pods onto {} again", self.params.node);
        loop {
            let node = one(&self.materials, &self.params.node, &doing).await?;
            let why = match node.as_ref().map(reason) {
                Some(None) => break,
                Some(Some(why)) => why.to_owned(),
                None => "it is not part of the cluster".to_owned(),
            };
            cx.progress(
                "node",
                0,
                Some(1),
                Unit::Items,
                &format!("{} is not ready: {why}", self.params.node),
            );
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = cx.until_cancelled() => return Ok(()),
            }
        }
        let done = nodes::uncordon(&self.materials.cluster, &self.params.node).await;
        done.map_err(|error| from_api(&doing, &error))
    }
}

/// Takes a node out of the cluster.
pub struct Remove {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: NodeParams,
}

#[async_trait]
impl StepBody for Remove {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let doing = format!("Taking {} out of the cluster", self.params.node);
        let found = one(&self.materials, &self.params.node, &doing).await?;
        Ok(if found.is_none() { done() } else { Probe::NotBegun })
    }

    async fn act(&self, _: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = format!("Taking {} out of the cluster", self.params.node);
        let gone = nodes::delete(&self.materials.cluster, &self.params.node).await;
        gone.map_err(|error| from_api(&doing, &error))
    }
}
