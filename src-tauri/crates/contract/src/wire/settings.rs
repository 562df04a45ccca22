//! Settings, the audit trail and health.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{RunId, SiteId, Timestamp};

/// Colours of the user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Whether starts, successes and failures of installs and upgrades are reported.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MetricsSettings {
    /// Off by default; airgapped runs are never reported.
    #[serde(default)]
    pub enabled: bool,
    /// Where to.
    #[serde(default)]
    pub endpoint: String,
}

/// A global key that is believed besides the pinned ones: a vendor's who signs licenses by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TrustedKey {
    /// Its id, as licenses name it.
    pub id: String,
    /// The public key, PEM; RSA of 2048 bits at least.
    pub pem: String,
}

/// What is asked of licenses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LicenseSettings {
    /// Refuses licenses without a signature; one with a wrong signature is always refused.
    #[serde(default)]
    pub signature_required: bool,
    /// Keys that are believed besides the pinned ones.
    #[serde(default)]
    pub trusted_keys: Vec<TrustedKey>,
}

/// Settings of this installation of Longshore.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Settings {
    /// Colours.
    #[serde(default)]
    pub theme: Theme,
    /// Metrics.
    #[serde(default)]
    pub metrics: MetricsSettings,
    /// Folder of the bundle library; empty for the default one.
    #[serde(default)]
    pub library: String,
    /// Licenses.
    #[serde(default)]
    pub licenses: LicenseSettings,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// Through which shell.
    pub door: String,
    /// Command.
    pub command: String,
    /// Site it was about.
    pub site: Option<SiteId>,
    /// Run it was about.
    pub run: Option<RunId>,
    /// `ok` or the error's code.
    pub result: String,
}

/// Asks for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct AuditRequest {
    /// At most so many; 0 means 500.
    #[serde(default)]
    pub limit: u32,
}

/// The audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AuditList {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
}

/// Whether the process is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// Version of Longshore.
    pub version: String,
    /// Folder that holds its data.
    pub data: String,
}
