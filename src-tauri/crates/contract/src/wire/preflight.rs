//! Preflights by themselves: specs looked at, and run on hosts and sites days ahead of any install.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BundleId, CheckResult, CheckState, PreflightId, SiteId, Timestamp};

/// A spec as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SpecFile {
    /// Name of the file, for messages.
    pub name: String,
    /// Its content, YAML: HostPreflight or Preflight, several documents too.
    pub content: String,
}

/// Asks what is wrong with specs, without running them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LintRequest {
    /// The specs.
    pub specs: Vec<SpecFile>,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum LintSeverity {
    /// A check can never answer, or the spec cannot be read.
    Error,
    /// Something does not do what it seems to.
    Warning,
    /// Worth knowing.
    Note,
}

/// Something that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LintFinding {
    /// File.
    pub file: String,
    /// Line in it, from 1; 0 where it is not known.
    pub line: u32,
    /// Where in its document: `spec.analyzers[2].memory.outcomes[0]`.
    pub path: String,
    /// How grave it is.
    pub severity: LintSeverity,
    /// What is wrong.
    pub message: String,
    /// What to do, or empty.
    pub hint: String,
}

/// What is wrong with specs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LintReport {
    /// Findings, by file and line.
    pub findings: Vec<LintFinding>,
}

/// How hosts are reached; what is not said here is taken from `ssh_config`.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(export)]
pub struct SshSettings {
    /// An `ssh_config` instead of the user's own and the system's; "none" for none at all.
    pub config: String,
    /// Key files, tried before the configured ones.
    pub identities: Vec<String>,
    /// A known_hosts file instead of the configured ones.
    pub known_hosts: String,
    /// Fingerprints (`SHA256:…`) of unknown host keys that a person has compared and accepts.
    pub accepted_keys: Vec<String>,
    /// Password for logging in. Kept in memory only.
    pub password: Option<String>,
    /// Passphrase of the key files. Kept in memory only.
    pub passphrase: Option<String>,
    /// Password for becoming root; the one for logging in when there is none. Kept in memory only.
    pub root_password: Option<String>,
    /// Does not become root; facts that only root has are then told as such.
    pub as_user: bool,
}

impl std::fmt::Debug for SshSettings {
    /// Passwords are in no log, so they are not in here.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SshSettings")
            .field("config", &self.config)
            .field("identities", &self.identities)
            .field("known_hosts", &self.known_hosts)
            .field("as_user", &self.as_user)
            .finish_non_exhaustive()
    }
}

/// Runs specs on hosts and on a site's cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct PreflightRunRequest {
    /// Specs; merged.
    #[serde(default)]
    pub specs: Vec<SpecFile>,
    /// Adds the built-in host checks.
    #[serde(default)]
    pub builtin: bool,
    /// Adds the host and app preflight specs of a bundle's release, rendered with its config's defaults.
    #[serde(default)]
    pub bundle: Option<BundleId>,
    /// Site whose cluster the app checks are run on, and whose hosts, when it is one of Linux hosts, are checked
    /// as well, entered as the site says.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// Hosts as ssh takes them: `[user@]host[:port]`, or a name from `ssh_config`.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// This machine is one of the hosts.
    #[serde(default)]
    pub local: bool,
    /// How hosts are reached.
    #[serde(default)]
    pub ssh: SshSettings,
}

/// Names a preflight run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct PreflightIdRequest {
    /// Which.
    pub preflight: PreflightId,
}

/// How a host's part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum HostProgress {
    /// Not begun.
    Waiting,
    /// Being connected to.
    Connecting,
    /// Being asked.
    Checking,
    /// Every check has an answer.
    Done,
    /// Nothing could be asked; every check is an error with the reason.
    Unreached,
}

/// One host of a preflight run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostChecks {
    /// Host as it was named.
    pub host: String,
    /// How it stands.
    pub progress: HostProgress,
    /// Why nothing could be asked, or empty.
    pub problem: String,
    /// Fingerprint of the key it offers, when that is unknown and somebody has to compare it; or empty.
    pub unknown_key: String,
    /// Collectors that are done.
    pub done: u32,
    /// Collectors in all.
    pub of: u32,
    /// What a reader should know: what was cut or concluded, and facts that only root could have had.
    pub notes: Vec<String>,
}

/// How a preflight run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum PreflightProgress {
    /// Under way.
    Running,
    /// Every check has an answer.
    Done,
    /// A person stopped it.
    Cancelled,
    /// Its process ended before it did.
    Interrupted,
}

/// A preflight run in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreflightSummary {
    /// Id.
    pub id: PreflightId,
    /// When it began.
    pub at: Timestamp,
    /// How it stands.
    pub progress: PreflightProgress,
    /// Names of the specs.
    pub specs: Vec<String>,
    /// Site, when its cluster is checked.
    pub site: Option<SiteId>,
    /// Its name then, or empty.
    pub site_name: String,
    /// Hosts.
    pub hosts: u32,
    /// Checks that pass, so far.
    pub passed: u32,
    /// Checks that warn.
    pub warned: u32,
    /// Checks that fail.
    pub failed: u32,
    /// Checks that could not be judged.
    pub unjudged: u32,
}

/// A preflight run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreflightView {
    /// As in a list.
    pub summary: PreflightSummary,
    /// Hosts, in the order they were named.
    pub hosts: Vec<HostChecks>,
    /// Results so far: by host, then in the order of the specs. Those of the cluster have no host.
    pub results: Vec<CheckResult>,
}

/// Preflight runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreflightList {
    /// Newest first.
    pub preflights: Vec<PreflightSummary>,
}

/// Compares two preflight runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct PreflightCompareRequest {
    /// The earlier one.
    pub before: PreflightId,
    /// The later one.
    pub after: PreflightId,
}

/// A check that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckChange {
    /// Host, or empty for the cluster.
    pub host: String,
    /// Title of the check.
    pub title: String,
    /// What it was; `None` when it was not there.
    pub before: Option<CheckState>,
    /// What it is; `None` when it is not there.
    pub after: Option<CheckState>,
    /// What it says now, or said last.
    pub message: String,
}

/// What changed between two preflight runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreflightComparison {
    /// Checks whose state changed, by host.
    pub changes: Vec<CheckChange>,
    /// Checks whose state stayed.
    pub same: u32,
}
