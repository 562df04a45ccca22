//! One attempt at one step: probe → decide → act → verify, within the step's time.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{Either, select};
use longshore_contract::{ChecksReport, Failure, FailureClass, Outcome};
use serde_json::Value;

use super::Runner;
use crate::step::{Decided, Probe, StepBody, StepContext};

/// A step that was verified.
pub(super) struct Verified {
    pub(super) outcome: Outcome,
    pub(super) outputs: Value,
    pub(super) checks: Option<ChecksReport>,
}

impl Runner<'_> {
    /// Tries a step once. A panic of its body is a failure like any other, and a defect of ours.
    pub(super) async fn attempt(
        &self,
        body: &dyn StepBody,
        cx: &StepContext<'_>,
    ) -> Result<Verified, Failure> {
        let limit = Duration::from_secs(u64::from(cx.spec.timeout_seconds.max(1)));
        let work = AssertUnwindSafe(probe_act_verify(body, cx)).catch_unwind();
        let time_out = self.awake_for(limit);
        futures::pin_mut!(work, time_out);
        match select(work, time_out).await {
            Either::Left((Ok(end), _)) => end,
            Either::Left((Err(_), _)) => Err(Failure {
                class: FailureClass::Bug,
                message: format!("{} stopped by a defect of Longshore", cx.spec.title),
                causes: Vec::new(),
                hint: "Retry it. If it happens again, send the run's log to the makers.".to_owned(),
            }),
            Either::Right(((), _)) => Err(Failure {
                class: FailureClass::BrokenTarget,
                message: format!("{} was not done after {} s", cx.spec.title, limit.as_secs()),
                causes: cx.voice.waiting_for(&cx.spec.id),
                hint: "Retry it once the cause is mended.".to_owned(),
            }),
        }
    }

    /// Returns after `limit` of time in which the machine was awake: a laptop that slept an hour has not
    /// waited an hour for anything.
    async fn awake_for(&self, limit: Duration) {
        let start = self.clock.awake();
        loop {
            let gone = self.clock.awake().saturating_sub(start);
            if gone >= limit {
                return;
            }
            self.clock.sleep(limit.saturating_sub(gone)).await;
        }
    }
}

async fn probe_act_verify(body: &dyn StepBody, cx: &StepContext<'_>) -> Result<Verified, Failure> {
    let before = body.probe(cx).await?;
    match (body.decide(&before), before) {
        (Decided::AlreadyDone, Probe::Done { outputs, checks }) => {
            Ok(Verified { outcome: Outcome::AlreadyDone, outputs, checks })
        }
        (Decided::AlreadyDone, _) => {
            Ok(Verified { outcome: Outcome::AlreadyDone, outputs: Value::Null, checks: None })
        }
        (Decided::Refuse(failure), _) => Err(failure),
        (Decided::Act(action), _) => {
            body.act(cx, &action).await?;
            verify(body, cx).await
        }
    }
}

async fn verify(body: &dyn StepBody, cx: &StepContext<'_>) -> Result<Verified, Failure> {
    let found = match body.probe(cx).await? {
        Probe::Done { outputs, checks } => {
            let outcome = match body.warning().await {
                Some(message) => Outcome::Warning { message },
                None => Outcome::Changed,
            };
            return Ok(Verified { outcome, outputs, checks });
        }
        Probe::NotBegun => "nothing of it is there".to_owned(),
        Probe::Partly { what, .. } | Probe::Foreign { what } => what,
    };
    Err(Failure {
        class: FailureClass::Transient,
        message: format!("{} was done, but a look at the target does not show it", cx.spec.title),
        causes: vec![found],
        hint: "Retry it.".to_owned(),
    })
}
