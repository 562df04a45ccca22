//! A run as people see it: the fold of its journal, plus progress.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    BundleId, Failure, LeaseHolder, Outcome, Phase, Progress, RunId, SiteId, State, Target, Timestamp,
    Workflow,
};

/// Which release a run brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReleaseRef {
    /// Application slug.
    pub slug: String,
    /// Application title.
    pub title: String,
    /// Version label.
    pub version: String,
    /// Bundle it comes from; `None` for a recorded revision.
    pub bundle: Option<BundleId>,
}

/// What may be done with a run now. A user interface offers these and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Action {
    /// Send config values.
    Configure,
    /// Send installation settings.
    ConfigureInstallation,
    /// Make the plan.
    Plan,
    /// Run up to and including the preflights.
    RunChecks,
    /// Run to the end.
    Start,
    /// Waive failed preflights.
    Bypass,
    /// Run the failed step again.
    Retry,
    /// Leave the failed step out.
    Skip,
    /// Stop at the next boundary.
    Cancel,
    /// Continue a run whose process died.
    Resume,
    /// Go back to the revision before.
    RollBack,
    /// Take the lease over.
    TakeOver,
    /// Put the run away without doing more.
    Discard,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// Under way.
    Running,
    /// Done and verified.
    Succeeded,
    /// Failed.
    Failed,
    /// Left out.
    Skipped,
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StepView {
    /// Id in the plan.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Phase.
    pub phase: Phase,
    /// How it stands.
    pub status: StepStatus,
    /// Attempts so far.
    pub attempt: u32,
    /// When the first attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// How far it is; the step's own and its children's, by name.
    pub progress: Vec<Progress>,
    /// True when there is no way back after it.
    pub point_of_no_return: bool,
    /// True when it may be left out.
    pub may_skip: bool,
}

/// How a phase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum PhaseStatus {
    /// Not begun.
    Pending,
    /// Under way.
    Running,
    /// Done.
    Succeeded,
    /// Failed.
    Failed,
    /// Failed and waived.
    Bypassed,
}

/// One phase of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PhaseView {
    /// Which.
    pub phase: Phase,
    /// How it stands.
    pub status: PhaseStatus,
}

/// A preflight result's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum CheckState {
    /// Passed.
    Pass,
    /// Warning.
    Warn,
    /// Failed.
    Fail,
    /// Could not be judged.
    Error,
    /// Did not apply.
    Skipped,
}

/// One preflight result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckResult {
    /// Title.
    pub title: String,
    /// State.
    pub state: CheckState,
    /// What was found and what to do.
    pub message: String,
    /// Where to read more, or empty.
    #[serde(default)]
    pub uri: String,
    /// True when a failure can never be waived.
    #[serde(default)]
    pub strict: bool,
    /// Host it was run on, or empty for the cluster.
    #[serde(default)]
    pub host: String,
}

/// Results of one preflight run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChecksReport {
    /// Results in the order of the specs.
    pub results: Vec<CheckResult>,
    /// When they were judged.
    pub at: Timestamp,
}

impl ChecksReport {
    /// Results in `state`.
    pub fn count(&self, state: CheckState) -> usize {
        self.results.iter().filter(|result| result.state == state).count()
    }

    /// True when a result failed or could not be judged, which stops a run.
    pub fn blocks(&self) -> bool {
        self.results.iter().any(|result| matches!(result.state, CheckState::Fail | CheckState::Error))
    }

    /// True when a strict result failed, which nobody may waive.
    pub fn blocks_strictly(&self) -> bool {
        self.results
            .iter()
            .any(|result| result.strict && matches!(result.state, CheckState::Fail | CheckState::Error))
    }
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunSummary {
    /// Id.
    pub id: RunId,
    /// Site.
    pub site: SiteId,
    /// Name of the site when the run was created.
    pub site_name: String,
    /// Workflow.
    pub workflow: Workflow,
    /// Target.
    pub target: Target,
    /// Release.
    pub release: ReleaseRef,
    /// Version it started from.
    pub from_version: Option<String>,
    /// State.
    pub state: State,
    /// True while a process executes it.
    pub executing: bool,
    /// True when it was executing and its process is gone.
    pub orphaned: bool,
    /// True when an operator put it away: it goes no further, and stays to be read.
    #[serde(default)]
    pub discarded: bool,
    /// Steps done.
    pub steps_done: u32,
    /// Steps in all.
    pub steps_total: u32,
    /// Created.
    pub created_at: Timestamp,
    /// Last record.
    pub updated_at: Timestamp,
    /// First line of the failure, or empty.
    pub failure: String,
}

/// A run as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunView {
    /// As in the list.
    pub summary: RunSummary,
    /// Whether images come from a bundle.
    pub airgap: bool,
    /// Phases this run goes through, in order.
    pub phases: Vec<PhaseView>,
    /// Steps of the frozen plan, in order.
    pub steps: Vec<StepView>,
    /// Digest of the frozen plan.
    pub plan_digest: Option<String>,
    /// What may be done now.
    pub allowed: Vec<Action>,
    /// The phase after which this execution stops; `None` when it goes to the end or is not under way here.
    #[serde(default)]
    pub until: Option<Phase>,
    /// Why it stands in a failed state.
    pub failure: Option<Failure>,
    /// App preflight results.
    pub checks: Option<ChecksReport>,
    /// Host preflight results.
    #[serde(default)]
    pub host_checks: Option<ChecksReport>,
    /// Who holds the site's lease, when it is held.
    pub lease: Option<LeaseHolder>,
    /// Revision a rollback goes to.
    #[ts(type = "number | null")]
    pub revision: Option<u64>,
    /// What a cancelled run left behind, in sentences.
    pub left: Vec<String>,
    /// What was found when it was created and does not stop it, in sentences: a license that expires soon.
    pub warnings: Vec<String>,
    /// Cursor of the last event folded in.
    pub cursor: u64,
}
