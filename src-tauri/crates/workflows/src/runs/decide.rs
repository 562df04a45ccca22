//! What a person decides in the course of a run.

use std::sync::Arc;

use longshore_cluster::record;
use longshore_contract::{
    Action, ChecksReport, ChecksRequest, Decision, Phase, PhaseStatus, PhaseStatusView, Record, ReleaseRef,
    RollbackRequest, RunId, RunView, State, StepRequest, TakeOverRequest, WireError, Workflow,
};
use longshore_engine::machine;
use longshore_engine::runner::Recorder;
use longshore_managers::access;
use longshore_store::StopRequest;

use super::create::{namespace, record_refusal, runner};
use super::execute::Start;
use super::{Quiet, Runs, RunsError};

pub(super) fn start(who: &str, decision: Decision) -> Start {
    Start {
        who: who.to_owned(),
        decision,
        until: None,
        approved: None,
        bypass: None,
        checks: Vec::new(),
        over: None,
    }
}

impl Runs {
    /// Waives failed preflights.
    ///
    /// # Errors
    /// Without a reason; when a strict preflight failed.
    pub async fn bypass(&self, who: &str, run: &RunId, why: &str) -> Result<RunView, RunsError> {
        let folded = self.folded(run).await?;
        let failed = machine::phase_of_failed(folded.shape(), folded.state);
        let report = failed.and_then(|phase| folded.checks(phase));
        if let Some(report) = report.filter(|report| report.blocks_strictly()) {
            let strict =
                report.results.iter().filter(|result| result.strict).map(|result| result.title.clone());
            return Err(RunsError::Strict(strict.collect::<Vec<_>>().join(", ")));
        }
        self.allow(run, &folded, Action::Bypass, "waiving the preflights")?;
        if why.trim().is_empty() {
            return Err(RunsError::NoReason);
        }
        let bypassed = machine::phases(folded.shape())
            .into_iter()
            .filter_map(machine::judged_bad)
            .find_map(|(bad, bypassed)| (bad == folded.state).then_some(bypassed))
            .unwrap_or(folded.state);
        let mut recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, &Quiet, run).await.map_err(runner)?;
        let (who, why) = (who.to_owned(), why.to_owned());
        recorder
            .record(Record::Decided { decision: Decision::Bypass, step: None, who, why })
            .await
            .map_err(runner)?;
        recorder.record(Record::StateEntered { state: bypassed, failure: None }).await.map_err(runner)?;
        self.moved(run).await;
        self.view(run).await
    }

    /// Goes on from where the run failed or was stopped.
    ///
    /// # Errors
    /// When the state does not allow it, or somebody else holds the site.
    pub async fn retry(self: &Arc<Self>, who: &str, request: &StepRequest) -> Result<RunView, RunsError> {
        let folded = self.folded(&request.run).await?;
        self.allow(&request.run, &folded, Action::Retry, "retrying it")?;
        self.begin(&request.run, start(who, Decision::Retry)).await
    }

    /// Leaves the failed step out and goes on.
    ///
    /// # Errors
    /// Without a reason, or when the step may not be left out.
    pub async fn skip(self: &Arc<Self>, who: &str, request: &StepRequest) -> Result<RunView, RunsError> {
        let run = &request.run;
        let folded = self.folded(run).await?;
        let failed = folded.failed_step().map(str::to_owned);
        if let Some(step) = &failed
            && !folded
                .plan
                .as_ref()
                .is_some_and(|plan| plan.steps.iter().any(|spec| spec.id == *step && spec.may_skip))
        {
            return Err(RunsError::MayNotSkip(step.clone()));
        }
        self.allow(run, &folded, Action::Skip, "leaving a step out")?;
        if request.why.trim().is_empty() {
            return Err(RunsError::NoReason);
        }
        let mut recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, &Quiet, run).await.map_err(runner)?;
        let (who_, why) = (who.to_owned(), request.why.clone());
        recorder
            .record(Record::Decided { decision: Decision::Skip, step: failed, who: who_, why })
            .await
            .map_err(runner)?;
        self.begin(run, start(who, Decision::Retry)).await
    }

    /// Stops a run at its next boundary, wherever it is executed.
    ///
    /// # Errors
    /// When it is not executed.
    pub async fn cancel(&self, who: &str, request: &StepRequest) -> Result<RunView, RunsError> {
        let run = &request.run;
        let folded = self.folded(run).await?;
        let view = self.view_of(run, &folded)?;
        match self.live(run) {
            Some(live) => live.stop(who.to_owned(), request.why.clone()),
            None if view.summary.executing => {
                let (who, why) = (who.to_owned(), request.why.clone());
                self.store.request_stop(run, &StopRequest { who, why })?;
            }
            None => {
                return Err(RunsError::Illegal {
                    what: "stopping it",
                    state: folded.state,
                    allowed: view.allowed,
                });
            }
        }
        self.moved(run).await;
        self.view(run).await
    }

    /// Continues a run whose process died.
    ///
    /// # Errors
    /// When it is executed, or its state has nothing to continue.
    pub async fn resume(self: &Arc<Self>, who: &str, run: &RunId) -> Result<RunView, RunsError> {
        let folded = self.folded(run).await?;
        let view = self.view_of(run, &folded)?;
        if view.summary.executing {
            return Err(RunsError::ExecutedElsewhere(run.clone()));
        }
        if !view.allowed.contains(&Action::Resume) && !view.allowed.contains(&Action::Retry) {
            // A run whose plan is frozen between two phases goes on as well; that is no more than starting.
            self.allow(run, &folded, Action::Start, "resuming it")?;
        }
        self.begin(run, start(who, Decision::Resume)).await
    }

    /// Puts a run away. What it did stays as it is; its journal stays to be read, its secrets go, and the site's
    /// lease is free again when this run holds it.
    ///
    /// # Errors
    /// While it is executed, and once it has succeeded.
    pub async fn discard(&self, who: &str, run: &RunId) -> Result<RunView, RunsError> {
        // Held until the record is written: nobody may start the run in between.
        let lock = self.store.try_execute(run)?.ok_or_else(|| RunsError::ExecutedElsewhere(run.clone()))?;
        let folded = self.folded(run).await?;
        self.allow(run, &folded, Action::Discard, "putting it away")?;
        let mut recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, &Quiet, run).await.map_err(runner)?;
        let (who, why) = (who.to_owned(), String::new());
        recorder
            .record(Record::Decided { decision: Decision::Discard, step: None, who, why })
            .await
            .map_err(runner)?;
        self.store.remove_secrets(&format!("run/{run}/"))?;
        drop(lock);
        self.moved(run).await;
        self.view(run).await
    }

    /// Takes the site's lease over after its expiry, and goes on.
    ///
    /// # Errors
    /// When the holder is another, still alive, or no reason is given.
    pub async fn take_over(
        self: &Arc<Self>,
        who: &str,
        request: &TakeOverRequest,
    ) -> Result<RunView, RunsError> {
        if request.why.trim().is_empty() {
            return Err(RunsError::NoReason);
        }
        let view = self.view(&request.run).await?;
        let goes_on = [Action::Start, Action::Retry, Action::Resume];
        if !goes_on.iter().any(|action| view.allowed.contains(action)) {
            let (state, allowed) = (view.summary.state, view.allowed);
            return Err(RunsError::Illegal { what: "taking the site over", state, allowed });
        }
        let begin = Start {
            over: Some((request.from.clone(), request.why.clone())),
            ..start(who, Decision::TakeOver)
        };
        self.begin(&request.run, begin).await
    }

    /// Creates and starts the rollback of what a run did.
    ///
    /// # Errors
    /// When there is nothing to go back to.
    pub async fn rollback(
        self: &Arc<Self>,
        who: &str,
        request: &RollbackRequest,
    ) -> Result<RunView, RunsError> {
        let folded = self.folded(&request.run).await?;
        self.allow(&request.run, &folded, Action::RollBack, "rolling it back")?;
        self.require_helm()?;
        let site = self.site(&folded)?;
        let cluster = access::cluster(&self.store, &site).await?;
        let slug = &folded.release.slug;
        let record = record::read(&cluster, &namespace(&site, slug), slug).await;
        let record = record.map_err(|error| record_refusal(&error))?;
        let record = record.ok_or_else(|| WireError::not_found("The site has no installation record"))?;
        // A failed upgrade never became live, so what is live is what to go back to. Otherwise it is what the
        // run started from, which after an earlier rollback is not the revision next to it in the list.
        let started_from = folded.plan.as_ref().and_then(|plan| record.find(plan.assumptions.revision));
        let default = if folded.state == State::AppUpgradeFailed {
            record.live()
        } else {
            started_from.or(record.before())
        };
        let to = match request.revision {
            Some(number) => record.find(number),
            None => default,
        };
        let to = to.ok_or_else(|| {
            WireError::not_found("The installation record keeps no revision to go back to")
                .hint("See the site's revisions for those that it keeps.")
        })?;
        let run = self.fresh();
        let created = Record::RunCreated {
            site: folded.site.clone(),
            workflow: Workflow::Rollback,
            target: folded.target,
            release: ReleaseRef { version: to.version.clone(), bundle: None, ..folded.release.clone() },
            from_version: Some(folded.release.version.clone()),
            initial: folded.state,
            airgap: folded.airgap,
            who: who.to_owned(),
            revision: Some(to.revision),
        };
        Recorder::create(self.journal.as_ref(), &self.clock, &Quiet, &run, created).await.map_err(runner)?;
        self.begin(&run, start(who, Decision::Start)).await
    }

    /// Runs one phase, for the routes per phase.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn run_phase(
        self: &Arc<Self>,
        who: &str,
        run: &RunId,
        phase: Phase,
    ) -> Result<PhaseStatusView, RunsError> {
        self.run_part(who, run, phase, Vec::new()).await
    }

    /// Runs preflights; of those that were judged before, some again.
    ///
    /// # Errors
    /// As [`Self::execute`], and when there is no such check.
    pub async fn run_checks(
        self: &Arc<Self>,
        who: &str,
        request: &ChecksRequest,
        phase: Phase,
    ) -> Result<PhaseStatusView, RunsError> {
        self.run_part(who, &request.run, phase, request.checks.clone()).await
    }

    async fn run_part(
        self: &Arc<Self>,
        who: &str,
        run: &RunId,
        phase: Phase,
        checks: Vec<String>,
    ) -> Result<PhaseStatusView, RunsError> {
        self.tidied(run).await?;
        let folded = self.folded(run).await?;
        let view = self.view_of(run, &folded)?;
        let decision = if view.allowed.contains(&Action::Start) {
            Decision::Start
        } else {
            self.allow(run, &folded, Action::Retry, "running the phase")?;
            Decision::Retry
        };
        self.begin(run, Start { until: Some(phase), checks, ..start(who, decision) }).await?;
        self.phase_status(run, phase).await
    }

    /// One phase's status.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn phase_status(&self, run: &RunId, phase: Phase) -> Result<PhaseStatusView, RunsError> {
        let view = self.view(run).await?;
        let found = view.phases.iter().find(|known| known.phase == phase).map(|known| known.status);
        let status = match found.unwrap_or(PhaseStatus::Pending) {
            PhaseStatus::Pending => "Pending",
            PhaseStatus::Running => "Running",
            PhaseStatus::Succeeded | PhaseStatus::Bypassed => "Succeeded",
            PhaseStatus::Failed => "Failed",
        };
        let description = view.failure.map(|failure| failure.message).unwrap_or_default();
        Ok(PhaseStatusView {
            status: status.to_owned(),
            description,
            last_updated: view.summary.updated_at,
            state: view.summary.state,
            run: run.clone(),
        })
    }

    /// What a preflight phase found.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn checks(&self, run: &RunId, phase: Phase) -> Result<ChecksReport, RunsError> {
        Ok(self.folded(run).await?.checks(phase).cloned().unwrap_or_default())
    }
}
