//! Volumes: the default StorageClass is there, and a claim on it is met.
//!
//! That a class exists says nothing of its provisioner, so a small claim is made, waited for and taken away. No pod is
//! needed for it: where volumes wait for their first consumer, the claim names the node itself, as the scheduler would.

mod judge;
mod trial;

use std::time::Duration;

use async_trait::async_trait;
use longshore_contract::{Failure, FailureClass, LogLevel, Unit};
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::failure::{failure, from_api};
use crate::materials::Materials;
use crate::params::StorageClassParams;
use judge::{Class, judged};
use trial::{Lacking, Trial};

/// How often the cluster is asked.
const LOOK: Duration = Duration::from_millis(500);
/// Time for all of it: less than the step has, so that what is lacking is told and the claim is taken away.
const PATIENCE: Duration = Duration::from_mins(9);

/// Waits until volumes can be had from the default StorageClass.
pub struct StorageClass {
    materials: Materials,
    params: StorageClassParams,
    /// Provisioner of the class whose claim was met.
    proven: OnceCell<String>,
}

impl StorageClass {
    /// The body of a step.
    pub fn new(materials: Materials, params: StorageClassParams) -> Self {
        Self { materials, params, proven: OnceCell::new() }
    }

    fn doing(&self) -> String {
        format!("Waiting for volumes of StorageClass {}", self.params.class)
    }

    async fn look(&self) -> Result<Result<Class, String>, Failure> {
        let found = self.materials.cluster.list("/apis/storage.k8s.io/v1/storageclasses").await;
        let found = found.map_err(|error| from_api(&self.doing(), &error))?;
        Ok(judged(&found, &self.params.class))
    }

    /// Waits for the class, then for a claim on it; `lacking` is told what is waited for.
    async fn prove(&self, cx: &StepContext<'_>, lacking: Lacking<'_>) -> Result<(), Failure> {
        let class = loop {
            match self.look().await? {
                Ok(class) => break class,
                Err(why) => lacking(&why),
            }
            tokio::time::sleep(LOOK).await;
        };
        if let Some(why) = class.untried() {
            cx.log(LogLevel::Warn, &format!("StorageClass {} is not tried out: {why}", self.params.class));
            return Ok(());
        }
        let trial = Trial { cluster: &self.materials.cluster, params: &self.params, class: &class };
        let bound = trial.run(lacking).await;
        bound.map_err(|error| from_api(&self.doing(), &error))?;
        self.proven.set(class.provisioner).ok();
        Ok(())
    }

    async fn tidy(&self, cx: &StepContext<'_>) {
        if let Err(error) = trial::forget(&self.materials.cluster, &self.params.namespace).await {
            cx.log(LogLevel::Warn, &format!("The claim {} could not be taken away: {error}", trial::NAME));
        }
    }
}

#[async_trait]
impl StepBody for StorageClass {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        Ok(match (self.look().await?, self.proven.get()) {
            (Err(what), _) => Probe::Partly { what, detail: Value::Null },
            (Ok(class), proven) if proven.is_some() || class.untried().is_some() => {
                Probe::Done { outputs: json!({ "provisioner": class.provisioner }), checks: None }
            }
            // To try it costs a moment; that it was tried once says nothing of now.
            (Ok(_), _) => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let last = std::sync::Mutex::new(String::new());
        let lacking = |why: &str| {
            cx.progress("volume", 0, Some(1), Unit::Items, why);
            why.clone_into(&mut last.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        };
        let ended = tokio::select! {
            proved = self.prove(cx, &lacking) => {
                if proved.is_err() {
                    self.tidy(cx).await;
                }
                return proved;
            }
            () = tokio::time::sleep(PATIENCE) => false,
            () = cx.until_cancelled() => true,
        };
        self.tidy(cx).await;
        if ended {
            return Ok(());
        }
        let said = last.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Err(failure(
            FailureClass::BrokenTarget,
            format!("No volume can be had from StorageClass {}", self.params.class),
            said,
            "Mend what makes its volumes, then retry.",
        ))
    }
}
