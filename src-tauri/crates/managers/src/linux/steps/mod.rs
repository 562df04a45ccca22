//! Steps on hosts and their nodes. Each looks at what is there first, so that to do it again is to go on.

mod checks;
mod files;
mod make;
mod nodes;
mod prepare;
mod reset;
mod restart;
mod restore;
mod upgrade;

use std::sync::Arc;

use longshore_bundle::{BundleRecord, ImageRecord, Library};
use longshore_contract::{Failure, FailureClass, LogLevel, RunId, Unit};
use longshore_engine::step::{Probe, StepContext};
use longshore_runtime::{ClusterSpec, Member, Runtime, Standing, Watch};
use serde_json::Value;

use super::fault::{from_runtime, from_wire};
use super::{ClusterContent, Hosts};
use crate::failure::failure;
use crate::materials::Again;

pub use checks::HostPreflights;
pub use files::{Files, HostImages};
pub use make::{Connect, Join, Make, Note};
pub use nodes::{Drain, Ready, Remove, Uncordon};
pub use prepare::Prepare;
pub use reset::Reset;
pub use restore::{PutBack, Restore};
pub use upgrade::{BackUp, Upgrade};

/// What steps on hosts work with.
#[derive(Clone)]
pub struct Ground {
    /// The hosts.
    pub hosts: Arc<Hosts>,
    /// The cluster that is made or changed.
    pub content: Arc<ClusterContent>,
    /// Blobs.
    pub library: Arc<Library>,
    /// The bundle; `None` where the run brings none.
    pub bundle: Option<Arc<BundleRecord>>,
    /// The run.
    pub run: RunId,
    /// Checks that are judged anew; `None` for all.
    pub again: Option<Arc<Again>>,
}

impl Ground {
    fn runtime(&self) -> Box<dyn Runtime> {
        longshore_runtime::of(self.content.runtime)
    }

    async fn member(&self, host: &str, doing: &str) -> Result<Member, Failure> {
        let spec = self.content.spec.members.iter().find(|member| member.host == host).ok_or_else(|| {
            failure(
                FailureClass::NeedsPerson,
                format!("{doing} failed"),
                format!("{host} is no host of the plan"),
                "Plan again.",
            )
        })?;
        self.hosts.member(spec).await.map_err(|error| from_wire(doing, error))
    }

    /// The first controller that answers, other than `but`.
    async fn controller(&self, but: &str, doing: &str) -> Result<Member, Failure> {
        let mut refused = None;
        let controllers = self.content.spec.members.iter();
        for spec in controllers
            .filter(|spec| spec.role == longshore_contract::HostRole::Controller && spec.host != but)
        {
            match self.member(&spec.host, doing).await {
                Ok(member) => return Ok(member),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| {
            failure(
                FailureClass::NeedsPerson,
                format!("{doing} failed"),
                "there is no other controller".to_owned(),
                "Keep one controller, or reset the whole site.",
            )
        }))
    }

    fn spec(&self, version: &str, doing: &str) -> Result<ClusterSpec, Failure> {
        self.content.at(version).ok_or_else(|| {
            failure(
                FailureClass::NeedsPerson,
                format!("{doing} failed"),
                format!("the bundle carries no Kubernetes {version}"),
                "Plan again with a bundle that does.",
            )
        })
    }

    async fn look(&self, member: &Member, doing: &str) -> Result<Standing, Failure> {
        self.runtime().look(member).await.map_err(|error| from_runtime(doing, &error))
    }

    fn bundle(&self, doing: &str) -> Result<&BundleRecord, Failure> {
        self.bundle.as_deref().ok_or_else(|| {
            failure(
                FailureClass::NeedsPerson,
                format!("{doing} failed"),
                "the bundle is not in the library any more".to_owned(),
                "Import the bundle again, then retry.",
            )
        })
    }

    fn images<'a>(&'a self, names: &[String], doing: &str) -> Result<Vec<&'a ImageRecord>, Failure> {
        let bundle = self.bundle(doing)?;
        Ok(bundle.images.iter().filter(|image| names.contains(&image.reference)).collect())
    }
}

/// Passes what goes on at a host to the run: its child's progress and log.
struct Told<'a> {
    cx: &'a StepContext<'a>,
    child: &'a str,
}

impl Watch for Told<'_> {
    fn line(&self, text: &str) {
        self.cx.log(LogLevel::Info, text);
    }

    fn bytes(&self, done: u64, total: u64) {
        self.cx.progress(self.child, done, Some(total), Unit::Bytes, "");
    }
}

fn done() -> Probe {
    Probe::Done { outputs: Value::Null, checks: None }
}

fn partly(what: impl Into<String>) -> Probe {
    Probe::Partly { what: what.into(), detail: Value::Null }
}

fn foreign(host: &str, what: &str) -> Probe {
    Probe::Foreign { what: format!("{host} runs a Kubernetes that Longshore did not bring: {what}") }
}

/// A failure after which a node takes no pods, which is told with it.
fn cordoned(mut failure: Failure, node: &str) -> Failure {
    failure.causes.push(format!("{node} stays cordoned: no pods come onto it before the run has gone on"));
    failure
}
