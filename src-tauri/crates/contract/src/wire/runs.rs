//! Requests about runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BundleId, LogLevel, Phase, RunId, RunSummary, SiteId, State, Timestamp, Workflow};

/// Creates a run. Nothing on the site changes until it is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RunCreateRequest {
    /// Where.
    pub site: SiteId,
    /// What.
    pub workflow: Workflow,
    /// Bundle with the release; not for a rollback.
    #[serde(default)]
    pub bundle: Option<BundleId>,
    /// Revision to go back to; only for a rollback, `None` takes the one before the live one.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub revision: Option<u64>,
    /// Workers of a Linux site that are moved to another version of Kubernetes at a time, each batch only when all of the
    /// one before are ready; only for an upgrade, `None` takes them one by one.
    #[serde(default)]
    pub workers_at_once: Option<u32>,
}

/// Names a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RunIdRequest {
    /// Which.
    pub run: RunId,
}

/// Asks for runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RunListRequest {
    /// Only of this site.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// Only in this state.
    #[serde(default)]
    pub state: Option<State>,
    /// At most so many; 0 means 200.
    #[serde(default)]
    pub limit: u32,
}

/// Runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunList {
    /// Newest first.
    pub runs: Vec<RunSummary>,
}

/// Asks for events after a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct EventsRequest {
    /// Which run.
    pub run: RunId,
    /// Cursor; 0 for all.
    #[serde(default)]
    pub since: u64,
    /// Milliseconds to wait for the first event when there is none yet; at most 30 000.
    #[serde(default)]
    pub wait_ms: u32,
}

/// Asks for log lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LogRequest {
    /// Which run.
    pub run: RunId,
    /// First line.
    #[serde(default)]
    pub from: u64,
    /// At most so many; 0 means 500, 5 000 at most.
    #[serde(default)]
    pub limit: u32,
    /// Text a line must contain, in any case.
    #[serde(default)]
    pub search: String,
    /// At least this loud.
    #[serde(default)]
    pub level: Option<LogLevel>,
    /// Only of this step.
    #[serde(default)]
    pub step: Option<String>,
}

/// Asks for the plan, made anew unless it is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct PlanRequest {
    /// Which run.
    pub run: RunId,
}

/// Runs the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ExecuteRequest {
    /// Which run.
    pub run: RunId,
    /// Stop after this phase; `None` runs to the end.
    #[serde(default)]
    pub until: Option<Phase>,
    /// Digest of the plan the operator saw; refused when the plan has become another.
    #[serde(default)]
    pub plan_digest: Option<String>,
    /// Waive failed preflights that may be waived, with this reason.
    #[serde(default)]
    pub bypass: Option<String>,
}

/// Waives failed preflights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BypassRequest {
    /// Which run.
    pub run: RunId,
    /// Why; recorded, must not be empty.
    pub why: String,
}

/// About one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct StepRequest {
    /// Which run.
    pub run: RunId,
    /// Step id; `None` takes the failed one.
    #[serde(default)]
    pub step: Option<String>,
    /// Why; must not be empty where a step is left out.
    #[serde(default)]
    pub why: String,
}

/// Runs a run's app preflights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ChecksRequest {
    /// Which run.
    pub run: RunId,
    /// Titles of the checks to judge anew, while the others keep what was found. Empty takes all.
    #[serde(default)]
    pub checks: Vec<String>,
}

/// Takes a site's lease over after its expiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct TakeOverRequest {
    /// Which run needs it.
    pub run: RunId,
    /// The holder it is taken from, as shown.
    pub from: String,
    /// Why; recorded.
    pub why: String,
}

/// Goes back to a recorded revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RollbackRequest {
    /// Run that is rolled back.
    pub run: RunId,
    /// Revision; `None` takes the one before that run.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub revision: Option<u64>,
}

/// Settings of an installation that are not the application's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InstallationSettings {
    /// Namespace of the application.
    #[serde(default)]
    pub namespace: String,
    /// HTTP proxy for the application.
    #[serde(default)]
    pub http_proxy: String,
    /// HTTPS proxy.
    #[serde(default)]
    pub https_proxy: String,
    /// Hosts reached without a proxy.
    #[serde(default)]
    pub no_proxy: String,
    /// Linux: folder on each host for the cluster's data; empty for `/var/lib/SLUG`.
    #[serde(default)]
    pub data_directory: String,
    /// Linux: network interface by which hosts reach each other; empty for the one with the default route.
    #[serde(default)]
    pub network_interface: String,
    /// Linux: addresses of pods and services together, halved for the two; empty for 10.244.0.0/16.
    #[serde(default)]
    pub global_cidr: String,
    /// Linux: addresses of pods, in place of half of the global ones.
    #[serde(default)]
    pub pod_cidr: String,
    /// Linux: addresses of services, in place of half of the global ones.
    #[serde(default)]
    pub service_cidr: String,
    /// Linux: `host[:port]` by which nodes reach the API, when a load balancer stands before several controllers.
    #[serde(default)]
    pub endpoint: String,
}

/// A network interface of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostInterface {
    /// Its name.
    pub name: String,
    /// Its addresses in CIDR form.
    pub addresses: Vec<String>,
    /// Whether the default route goes through it.
    pub default: bool,
}

/// Network interfaces of one host; those of container networks are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostInterfaces {
    /// The host.
    pub host: String,
    /// Its interfaces.
    pub interfaces: Vec<HostInterface>,
    /// Networks that it has routes to, in CIDR form: neither pods nor services may have addresses there.
    pub routes: Vec<String>,
    /// Why it could not be asked, or empty.
    pub problem: String,
}

/// What installation settings can be chosen from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InstallationChoices {
    /// What empty settings stand for here.
    pub defaults: InstallationSettings,
    /// Interfaces found on the site's hosts; empty on a Kubernetes site.
    pub hosts: Vec<HostInterfaces>,
}

/// Sends installation settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct InstallationSettingsRequest {
    /// Which run.
    pub run: RunId,
    /// The settings.
    pub settings: InstallationSettings,
}

/// One phase's status, as the routes per phase answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PhaseStatusView {
    /// `Pending`, `Running`, `Succeeded` or `Failed`.
    pub status: String,
    /// What is going on or went wrong.
    pub description: String,
    /// When it last moved.
    pub last_updated: Timestamp,
    /// The run's state.
    pub state: State,
    /// The run.
    pub run: RunId,
}
