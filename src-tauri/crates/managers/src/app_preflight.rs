//! App preflights through the Kubernetes API.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use longshore_contract::{CheckState, ChecksReport, Failure, FailureClass, LogLevel, Timestamp};
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_preflight::{Spec, judge, parse};
use serde_json::Value;

use crate::failure::{failure, from_api};
use crate::materials::Materials;
use crate::params::PreflightParams;
use crate::reading::{Leavings, Reading, gathered};

/// Runs the release's app preflights.
pub struct AppPreflights {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: PreflightParams,
    judged: Mutex<Option<ChecksReport>>,
}

/// Joins specs, rendered: file and text.
///
/// # Errors
/// As a failure of the run: the package is wrong.
pub fn joined(specs: &[(String, String)]) -> Result<Spec, Failure> {
    let mut all = Spec::default();
    for (file, text) in specs {
        let spec = parse(file, text).map_err(|error| {
            failure(
                FailureClass::NeedsPerson,
                "Running preflights failed".to_owned(),
                longshore_contract::chain(&error),
                "The package needs to be mended by its vendor.",
            )
        })?;
        all.join(spec);
    }
    Ok(all)
}

/// Writes results to the run's log.
pub(crate) fn told(cx: &StepContext<'_>, report: &ChecksReport) {
    for result in &report.results {
        let level = match result.state {
            CheckState::Pass | CheckState::Skipped => LogLevel::Info,
            CheckState::Warn => LogLevel::Warn,
            CheckState::Fail | CheckState::Error => LogLevel::Error,
        };
        let on = if result.host.is_empty() { String::new() } else { format!("{}: ", result.host) };
        cx.log(level, &format!("{:?}: {on}{}: {}", result.state, result.title, result.message));
    }
}

impl AppPreflights {
    /// A body that has not judged yet.
    pub fn new(materials: Materials, params: PreflightParams) -> Self {
        Self { materials, params, judged: Mutex::default() }
    }
}

#[async_trait]
impl StepBody for AppPreflights {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let judged = self.judged.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        Ok(match judged {
            Some(report) => Probe::Done { outputs: Value::Null, checks: Some(report) },
            // What was judged before is never reused: the cluster may have changed since.
            None => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let spec = joined(&self.materials.content.preflights)?;
        // Without an answer from the cluster there is nothing to judge: a failure to run, not of a check.
        self.materials
            .cluster
            .get("/version")
            .await
            .map_err(|error| from_api("Running app preflights", &error))?;
        let reading = Reading::new(Arc::clone(&self.materials.cluster), Arc::<Leavings>::default());
        let gathered = gathered(&spec, &self.params.namespace, &reading).await;
        for note in &gathered.notes {
            cx.log(LogLevel::Warn, note);
        }
        let report = judge(&spec, &gathered, Timestamp(jiff::Timestamp::now().as_millisecond()));
        let report = match &self.materials.again {
            Some(again) => again.over(report),
            None => report,
        };
        told(cx, &report);
        *self.judged.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(report);
        Ok(())
    }
}
