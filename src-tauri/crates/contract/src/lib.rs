//! What crosses a boundary: the words that the engine, the three shells and the user interface share.
//!
//! Everything here is plain data. The desktop window, the HTTPS server and the command line are shells over
//! one declared list of commands ([`with_commands!`]); a shell that lacks one does not compile. Types are
//! exported to TypeScript (`ui/src/bindings`) and described as JSON Schema for OpenAPI, so a change of a
//! shape shows up in every shell's diff. The crate depends on serde and the two exporters only: a client
//! may use it without bringing the engine along.

mod alias;
mod command;
mod error;
mod event;
mod http;
mod id;
mod list;
mod openapi;
mod plan;
mod right;
mod run;
mod runtime;
mod state;
mod wire;

pub use alias::{SITE_ROUTES, SiteRoute};
pub use command::{Caller, CommandSpec, Door, Method};
pub use error::{ErrorCode, FieldError, LeaseHolder, WireError, chain};
pub use event::{
    AppEvent, Decision, EventBody, EventPage, Failure, FailureClass, LogLevel, LogLine, LogPage, Outcome,
    Progress, Record, RunEvent, Unit,
};
pub use http::{HTTP_ROUTES, HttpBody, HttpRoute, OPEN_COMMANDS};
pub use id::{BaseId, BundleId, ImportId, PreflightId, RunId, SiteId, SupportId, TaskId, Timestamp};
pub use list::{COMMANDS, Commands, dispatch};
pub use openapi::openapi;
pub use plan::{
    Assumptions, Change, ChartChange, ClusterChange, ConfigChange, Estimate, HostChange, ImageChange,
    ManifestChange, ObjectDiff, Plan, PlanSummary, PointOfNoReturn, StepSpec,
};
pub use right::Right;
pub use run::{
    Action, CheckResult, CheckState, ChecksReport, PhaseStatus, PhaseView, ReleaseRef, RunSummary, RunView,
    StepStatus, StepView,
};
pub use runtime::RuntimeKind;
pub use state::{Phase, State, Target, Workflow};
pub use wire::*;
