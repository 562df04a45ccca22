//! A host is made ready for a cluster.

use async_trait::async_trait;
use longshore_contract::Failure;
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_runtime::Standing;
use longshore_runtime::host::{Preparation, prepare, prepared};
use serde_json::Value;

use super::{Ground, Told, done, foreign, partly};
use crate::linux::fault::from_runtime;
use crate::params::HostParams;

/// Makes a host ready.
pub struct Prepare {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostParams,
}

impl Prepare {
    fn doing(&self) -> String {
        format!("Preparing {}", self.params.host)
    }
}

#[async_trait]
impl StepBody for Prepare {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        if let Standing::Foreign { what } = self.ground.look(&member, &doing).await? {
            return Ok(foreign(&self.params.host, &what));
        }
        let wanted = Preparation { spec: &self.ground.content.spec, member: &member.spec, keep_swap: false };
        let lacking =
            prepared(member.host.as_ref(), &wanted).await.map_err(|error| from_runtime(&doing, &error))?;
        Ok(if lacking.is_empty() { done() } else { partly(lacking.join("; ")) })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let wanted = Preparation { spec: &self.ground.content.spec, member: &member.spec, keep_swap: false };
        let told = Told { cx, child: "host" };
        let made = prepare(member.host.as_ref(), &wanted, &told).await;
        made.map_err(|error| from_runtime(&doing, &error))
    }
}
