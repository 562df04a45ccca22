//! The steps of one phase, as a graph: a step begins when all it needs is behind it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use longshore_contract::{ChecksReport, Failure, FailureClass, Phase, Plan, Record, RunId, StepSpec};

use super::attempt::Verified;
use super::{PhaseEnd, Recorder, Runner, RunnerError, Voice};
use crate::fold::{Folded, StepFold};
use crate::step::StepContext;

/// Attempts at a step that fails in a way that may pass by itself.
const ATTEMPTS: u32 = 7;
/// The longest pause between two of them. All pauses together outlast an API server that is restarted.
const PAUSE: u64 = 20;

type Tried = (String, u32, Result<Verified, Failure>);
type Running<'f> = FuturesUnordered<Pin<Box<dyn Future<Output = Tried> + Send + 'f>>>;

/// What a phase keeps while it runs.
struct Course<'f> {
    running: Running<'f>,
    tries: HashMap<String, u32>,
    stop: Option<PhaseEnd>,
}

impl Runner<'_> {
    /// Runs the steps of a phase until all are done, one fails, or somebody stops it. Steps that run when
    /// another fails are let finish, so that what they did is known.
    pub(super) async fn phase(
        &self,
        recorder: &mut Recorder<'_>,
        plan: &Plan,
        phase: Phase,
    ) -> Result<PhaseEnd, RunnerError> {
        let voice = Voice::new(self.clock, self.sink, recorder.numbers());
        let mut course =
            Course { running: Running::new(), tries: HashMap::new(), stop: self.boundary().await };
        loop {
            if course.stop.is_none() {
                self.begin_ready(recorder, plan, phase, &voice, &mut course).await?;
            }
            let Some((id, attempt, result)) = course.running.next().await else { break };
            let Some(spec) = plan.steps.iter().find(|spec| spec.id == id) else { continue };
            match result {
                Ok(verified) => self.done(recorder, spec, attempt, verified).await?,
                Err(failure) => self.failed(recorder, spec, attempt, failure, &voice, &mut course).await?,
            }
            if course.stop.is_none() {
                course.stop = self.boundary().await;
            }
        }
        let checks = recorder.folded().checks(phase);
        let bad = crate::machine::judged_bad(phase).is_some() && checks.is_some_and(ChecksReport::blocks);
        Ok(course.stop.unwrap_or(if bad { PhaseEnd::JudgedBad } else { PhaseEnd::Done }))
    }

    /// Between two steps: may we go on?
    async fn boundary(&self) -> Option<PhaseEnd> {
        if self.cancel.is_cancelled() {
            return Some(PhaseEnd::Cancelled);
        }
        self.guard.still_ours().await.err().map(|lost| PhaseEnd::LeaseLost(lost.holder))
    }

    async fn begin_ready<'f>(
        &'f self,
        recorder: &mut Recorder<'_>,
        plan: &'f Plan,
        phase: Phase,
        voice: &'f Voice<'f>,
        course: &mut Course<'f>,
    ) -> Result<(), RunnerError> {
        for spec in ready(recorder.folded(), plan, phase, &course.tries) {
            course.tries.insert(spec.id.clone(), 1);
            let attempt = recorder.folded().steps.get(&spec.id).map_or(0, |step| step.attempt) + 1;
            recorder.record(Record::StepStarted { step: spec.id.clone(), attempt }).await?;
            let folded = Arc::new(recorder.folded().clone());
            course.running.push(Box::pin(self.try_step(
                recorder.run().clone(),
                spec,
                attempt,
                Duration::ZERO,
                folded,
                voice,
            )));
        }
        Ok(())
    }

    async fn try_step<'f>(
        &'f self,
        run: RunId,
        spec: &'f StepSpec,
        attempt: u32,
        wait: Duration,
        folded: Arc<Folded>,
        voice: &'f Voice<'f>,
    ) -> Tried {
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        let result = match self.steps.body(spec) {
            Ok(body) => {
                let cx =
                    StepContext { run: &run, spec, attempt, folded: &folded, voice, cancel: &self.cancel };
                self.attempt(body.as_ref(), &cx).await
            }
            Err(failure) => Err(failure),
        };
        (spec.id.clone(), attempt, result)
    }

    async fn done(
        &self,
        recorder: &mut Recorder<'_>,
        spec: &StepSpec,
        attempt: u32,
        verified: Verified,
    ) -> Result<(), RunnerError> {
        let Verified { outcome, outputs, checks } = verified;
        if let Some(report) = checks {
            recorder.record(Record::ChecksJudged { phase: spec.phase, report }).await?;
        }
        recorder.record(Record::StepDone { step: spec.id.clone(), attempt, outcome, outputs }).await
    }

    async fn failed<'f>(
        &'f self,
        recorder: &mut Recorder<'_>,
        spec: &'f StepSpec,
        attempt: u32,
        failure: Failure,
        voice: &'f Voice<'f>,
        course: &mut Course<'f>,
    ) -> Result<(), RunnerError> {
        let tries = course.tries.get(&spec.id).copied().unwrap_or(1);
        let again = failure.class == FailureClass::Transient
            && tries < ATTEMPTS
            && course.stop.is_none()
            && !self.cancel.is_cancelled();
        let step = spec.id.clone();
        let record = Record::StepFailed { step, attempt, failure: failure.clone(), will_retry: again };
        recorder.record(record).await?;
        if !again {
            // What was asked to stop did stop; that it says so as a failure is not the run's failure.
            let end =
                if self.cancel.is_cancelled() { PhaseEnd::Cancelled } else { PhaseEnd::Failed(failure) };
            course.stop.get_or_insert(end);
            return Ok(());
        }
        course.tries.insert(spec.id.clone(), tries + 1);
        recorder.record(Record::StepStarted { step: spec.id.clone(), attempt: attempt + 1 }).await?;
        let wait =
            Duration::from_secs((1 << (tries - 1)).min(PAUSE)).mul_f64(0.75 + self.clock.jitter() / 2.0);
        let folded = Arc::new(recorder.folded().clone());
        let next = self.try_step(recorder.run().clone(), spec, attempt + 1, wait, folded, voice);
        course.running.push(Box::pin(next));
        Ok(())
    }
}

/// Steps of the phase that may begin now.
fn ready<'p>(
    folded: &Folded,
    plan: &'p Plan,
    phase: Phase,
    begun: &HashMap<String, u32>,
) -> Vec<&'p StepSpec> {
    let behind = |id: &str| folded.steps.get(id).is_some_and(StepFold::is_behind_us);
    plan.steps
        .iter()
        .filter(|spec| spec.phase == phase && !begun.contains_key(&spec.id) && !behind(&spec.id))
        .filter(|spec| spec.needs.iter().all(|needs| behind(needs)))
        .collect()
}
