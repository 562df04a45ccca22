//! Journal records and the events made of them.
//!
//! A run's state is a fold over its [`Record`]s and nothing else. Events are records plus what need not
//! survive a crash (progress, log lines), in one sequence per run, so that a client which says "since N"
//! misses nothing and sees nothing twice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    BaseId, BundleId, ChecksReport, HostTest, ImportStatus, LibraryTask, Phase, Plan, PreflightSummary,
    ReleaseRef, RunId, RunSummary, SiteId, State, SupportSummary, Target, Timestamp, Workflow,
};

/// What a person decided during a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Decision {
    /// Waived failed preflights.
    Bypass,
    /// Left a failed step out.
    Skip,
    /// Ran a failed step again.
    Retry,
    /// Stopped the run at the next boundary.
    Cancel,
    /// Took the lease over from another holder after its expiry.
    TakeOver,
    /// Started a run's execution from its frozen plan.
    Start,
    /// Continued a run whose process had died.
    Resume,
    /// Put the run away; it goes no further.
    Discard,
}

/// How a step ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Outcome {
    /// The target was changed and verified.
    Changed,
    /// The target already was as wanted.
    AlreadyDone,
    /// Done, with something the operator should know.
    Warning {
        /// What.
        message: String,
    },
    /// Left out.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// Who can mend a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum FailureClass {
    /// May pass by itself: retried with back-off, each try visible.
    Transient,
    /// Needs a person: bad config, a missing right, a full disk.
    NeedsPerson,
    /// The target is broken or was changed by somebody else.
    BrokenTarget,
    /// A defect of ours.
    Bug,
}

/// Why a step failed, as a chain: what we were doing, to what, what it answered (verbatim, redacted).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Failure {
    /// Who can mend it.
    pub class: FailureClass,
    /// What happened, first line of the story.
    pub message: String,
    /// What it answered: pod reasons, API messages, last log lines; outermost first.
    #[serde(default)]
    pub causes: Vec<String>,
    /// What to do.
    #[serde(default)]
    pub hint: String,
}

/// One row of a run's journal. Written before acting (`StepStarted`) and after verifying (`StepDone`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Record {
    /// The run exists.
    RunCreated {
        /// Site it acts on; switching sites in a user interface never changes this.
        site: SiteId,
        /// What it does.
        workflow: Workflow,
        /// What the site is made of.
        target: Target,
        /// Release it brings, or goes back to.
        release: ReleaseRef,
        /// Version found on the site.
        #[serde(default)]
        from_version: Option<String>,
        /// State it begins in: `New`, or for a rollback the state of what is rolled back.
        initial: State,
        /// Whether images come from a bundle.
        airgap: bool,
        /// Who created it.
        who: String,
        /// For a rollback: the recorded revision to go back to.
        #[serde(default)]
        #[ts(type = "number | null")]
        revision: Option<u64>,
    },
    /// The state machine moved.
    StateEntered {
        /// Where to.
        state: State,
        /// With a failed state: why.
        #[serde(default)]
        failure: Option<Failure>,
    },
    /// Config values were accepted. The values are in the encrypted store under this digest, never here.
    ConfigAccepted {
        /// Digest of the values.
        digest: String,
        /// Who.
        who: String,
    },
    /// The plan was frozen; a resumed run executes this one.
    PlanFrozen {
        /// The plan.
        plan: Box<Plan>,
        /// Who started it.
        who: String,
    },
    /// An attempt at a step begins; nothing has been done yet.
    StepStarted {
        /// Step id in the plan.
        step: String,
        /// Counts from 1.
        attempt: u32,
    },
    /// A step's result was verified on the target.
    StepDone {
        /// Step id in the plan.
        step: String,
        /// The attempt that did it.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
        /// Values later steps or a rollback need; never secret.
        #[serde(default)]
        #[ts(type = "unknown")]
        outputs: serde_json::Value,
    },
    /// A step failed.
    StepFailed {
        /// Step id in the plan.
        step: String,
        /// The attempt that failed.
        attempt: u32,
        /// Why.
        failure: Failure,
        /// True when another attempt follows by itself.
        will_retry: bool,
    },
    /// Preflights were judged.
    ChecksJudged {
        /// Which.
        phase: Phase,
        /// The results.
        report: ChecksReport,
    },
    /// A person decided.
    Decided {
        /// What.
        decision: Decision,
        /// The step it is about, if one.
        #[serde(default)]
        step: Option<String>,
        /// Who.
        who: String,
        /// Why, in their words.
        #[serde(default)]
        why: String,
    },
    /// The site's lease is ours.
    LeaseTaken {
        /// Our holder name.
        holder: String,
        /// The holder it was taken over from, after its expiry.
        #[serde(default)]
        from: Option<String>,
    },
    /// The lease is no longer ours.
    LeaseLost {
        /// Who has it now, as far as the target says.
        #[serde(default)]
        holder: Option<String>,
    },
    /// Nothing more will happen in this run.
    RunEnded {
        /// The last state.
        state: State,
    },
}

/// What progress is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Pods that are ready.
    Pods,
    /// Things: checks, objects, layers.
    Items,
}

/// How far a step, or something nested in it, has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Progress {
    /// Step id in the plan.
    pub step: String,
    /// What inside the step: an image, a chart's workload; empty for the step itself.
    #[serde(default)]
    pub child: String,
    /// Done so far; never goes backwards within an attempt.
    pub done: u64,
    /// Of how many; `None` when not known yet.
    #[serde(default)]
    pub total: Option<u64>,
    /// Counted in.
    pub unit: Unit,
    /// What is being done or waited for: "2 of 3 pods ready; web-7c9 ImagePullBackOff: …".
    #[serde(default)]
    pub message: String,
}

/// How loud a log line is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum LogLevel {
    /// For whoever develops a package.
    Debug,
    /// What happens.
    Info,
    /// Worth knowing.
    Warn,
    /// Something failed.
    Error,
}

/// One line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LogLine {
    /// Position in the log, from 0.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// How loud.
    pub level: LogLevel,
    /// Step id it belongs to, or empty.
    #[serde(default)]
    pub step: String,
    /// The text, redacted, without line ends.
    pub text: String,
}

/// One event of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum EventBody {
    /// A journal record.
    Record {
        /// The record.
        record: Record,
    },
    /// Progress; coalesced, at most ten a second per step.
    Progress {
        /// How far.
        progress: Progress,
    },
    /// A log line.
    Log {
        /// The line.
        line: LogLine,
    },
}

/// An event with its place in the run's one sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunEvent {
    /// Strictly increasing within a run, with gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: EventBody,
}

/// Answer to "events since N".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventPage {
    /// Events after the cursor, in order.
    pub events: Vec<RunEvent>,
    /// Pass this as `since` next time.
    pub cursor: u64,
    /// The run as it is at `cursor`, so that a late client needs no history.
    pub state: State,
}

/// A window of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LogPage {
    /// Lines that match, in order.
    pub lines: Vec<LogLine>,
    /// Lines in the log in all.
    pub total: u64,
    /// Lines that match the filter, up to where the log has been searched.
    pub matched: u64,
    /// Pass this as `from` to go on.
    pub next: u64,
}

/// What changed somewhere in the application; a list that shows it reads it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum AppEvent {
    /// A site was added, changed or removed, or its reachability changed.
    SiteChanged {
        /// Which.
        site: SiteId,
    },
    /// The test of a host moved.
    HostTested {
        /// Its site.
        site: SiteId,
        /// How it stands.
        host: HostTest,
    },
    /// A run was created or moved.
    RunChanged {
        /// Which and how it stands.
        run: RunSummary,
    },
    /// A bundle arrived or left.
    BundlesChanged {
        /// Which.
        bundle: Option<BundleId>,
    },
    /// An import moved.
    ImportChanged {
        /// How it stands.
        import: ImportStatus,
    },
    /// Long work on the library moved.
    TaskChanged {
        /// How it stands.
        task: LibraryTask,
    },
    /// A preflight run began, moved or ended.
    PreflightChanged {
        /// Which and how it stands.
        preflight: PreflightSummary,
    },
    /// A support bundle was begun, moved, ended or was removed.
    SupportChanged {
        /// Which and how it stands.
        support: SupportSummary,
    },
    /// A base was made, changed or removed, or other sites follow it.
    BaseChanged {
        /// Which.
        base: BaseId,
    },
    /// The process that executed a run is gone; the run may be resumed.
    RunOrphaned {
        /// Which.
        run: RunId,
    },
}
