//! The cluster, and all that came with it, is taken off a host.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use longshore_contract::{Failure, LogLevel};
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_runtime::{Leftover, Standing, host};
use serde_json::{Value, json};

use super::{Ground, Told, foreign};
use crate::failure::failure;
use crate::linux::fault::from_runtime;
use crate::linux::known::forget;
use crate::params::HostParams;

/// Takes the cluster off a host.
pub struct Reset {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostParams,
    left: Mutex<Option<Vec<Leftover>>>,
}

impl Reset {
    /// A body that has not taken anything away yet.
    pub fn new(ground: Ground, params: HostParams) -> Self {
        Self { ground, params, left: Mutex::default() }
    }

    fn doing(&self) -> String {
        format!("Taking the cluster off {}", self.params.host)
    }

    fn left(&self) -> Option<Vec<Leftover>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl StepBody for Reset {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let doing = self.doing();
        if let Some(left) = self.left() {
            let left: Vec<String> = left.iter().map(|one| format!("{}: {}", one.what, one.why)).collect();
            return Ok(Probe::Done { outputs: json!({ "left": left }), checks: None });
        }
        let member = match self.ground.member(&self.params.host, &doing).await {
            Err(failure) if self.params.force => {
                let left = format!(
                    "{}: everything, since it does not answer: {}",
                    self.params.host,
                    failure.causes.join(": ")
                );
                return Ok(Probe::Done { outputs: json!({ "left": [left] }), checks: None });
            }
            other => other?,
        };
        match self.ground.look(&member, &doing).await? {
            Standing::Foreign { what } => Ok(foreign(&self.params.host, &what)),
            // Also where nothing of the cluster is left, what was changed for it may still be.
            _ => Ok(Probe::NotBegun),
        }
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let told = Told { cx, child: "reset" };
        let broken = |error| from_runtime(&doing, &error);
        let mut left =
            self.ground.runtime().reset(&member, &self.ground.content.spec, &told).await.map_err(broken)?;
        left.extend(host::restore(member.host.as_ref(), &told).await.map_err(broken)?);
        forget(member.host.as_ref()).await.map_err(|why| {
            let class = longshore_contract::FailureClass::Transient;
            failure(class, format!("{doing} failed"), why, "Check the link to the host, then retry.")
        })?;
        for one in &left {
            cx.log(LogLevel::Warn, &format!("{} stays: {}", one.what, one.why));
        }
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
        Ok(())
    }

    async fn warning(&self) -> Option<String> {
        let left = self.left().filter(|left| !left.is_empty())?;
        let left: Vec<String> = left.iter().map(|one| format!("{} ({})", one.what, one.why)).collect();
        // One line for each.
        Some(left.join("\n"))
    }
}
