//! Words of the state machines: exactly those of the product, in code, journal, API and tests.
//!
//! Which state may follow which is data in the engine, not here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Workflow {
    /// A first installation.
    Install,
    /// An upgrade, or a change of config of the installed release.
    Upgrade,
    /// Back to a recorded revision.
    Rollback,
    /// Preflights alone.
    Preflight,
    /// Takes the cluster, and all that came with it, off hosts.
    Reset,
    /// Brings the state of the cluster on hosts back from a backup.
    Restore,
}

/// What a site is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Target {
    /// Hosts over SSH.
    Linux,
    /// An existing cluster.
    Kubernetes,
}

/// A stretch of a run as an operator sees it. Each has one running state; its steps are the plan's.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Phase {
    /// Hosts are made ready for a cluster: kernel settings, modules, folders, names.
    HostConfiguration,
    /// Preflights on every host.
    HostPreflights,
    /// Cluster runtime on Linux; namespace, registry access and installation record on Kubernetes.
    Infrastructure,
    /// Images of an airgapped release to the site's registry.
    Airgap,
    /// Preflights through the Kubernetes API.
    AppPreflights,
    /// The application itself: charts, manifests, config values, record.
    App,
    /// Back to a recorded revision.
    Rollback,
    /// The cluster leaves its hosts.
    Reset,
    /// The cluster's state comes back from a backup.
    Restore,
}

/// A state of a run.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "PascalCase")]
#[ts(export)]
pub enum State {
    /// Created; nothing chosen yet.
    New,
    /// Config values are being checked.
    ApplicationConfiguring,
    /// Config values are complete and valid.
    ApplicationConfigured,
    /// Config values could not be checked or stored.
    ApplicationConfigurationFailed,
    /// Installation settings are being checked.
    InstallationConfiguring,
    /// Installation settings are complete.
    InstallationConfigured,
    /// Installation settings could not be applied.
    InstallationConfigurationFailed,
    /// Hosts are being prepared.
    HostConfiguring,
    /// Hosts are prepared.
    HostConfigured,
    /// A host could not be prepared.
    HostConfigurationFailed,
    /// Host preflights run.
    HostPreflightsRunning,
    /// No host preflight failed.
    HostPreflightsSucceeded,
    /// A host preflight failed.
    HostPreflightsFailed,
    /// Failed host preflights were waived by a person.
    HostPreflightsFailedBypassed,
    /// Host preflights could not be run.
    HostPreflightsExecutionFailed,
    /// Infrastructure is being installed.
    InfrastructureInstalling,
    /// Infrastructure stands.
    InfrastructureInstalled,
    /// Infrastructure could not be installed.
    InfrastructureInstallFailed,
    /// The cluster is being upgraded.
    InfrastructureUpgrading,
    /// The cluster is upgraded.
    InfrastructureUpgraded,
    /// The cluster could not be upgraded.
    InfrastructureUpgradeFailed,
    /// Images go to the site's registry.
    AirgapProcessing,
    /// Images are there.
    AirgapProcessed,
    /// Images could not be brought there.
    AirgapProcessingFailed,
    /// App preflights run.
    AppPreflightsRunning,
    /// No app preflight failed.
    AppPreflightsSucceeded,
    /// An app preflight failed.
    AppPreflightsFailed,
    /// Failed app preflights were waived by a person.
    AppPreflightsFailedBypassed,
    /// App preflights could not be run.
    AppPreflightsExecutionFailed,
    /// The application is being installed.
    AppInstalling,
    /// The application could not be installed.
    AppInstallFailed,
    /// The application is being upgraded.
    AppUpgrading,
    /// The application could not be upgraded.
    AppUpgradeFailed,
    /// Done.
    Succeeded,
    /// Going back to a recorded revision.
    RollingBack,
    /// Back at a recorded revision.
    RolledBack,
    /// Could not go back.
    RollbackFailed,
    /// The cluster is being taken off hosts.
    Resetting,
    /// The hosts are as they were before, but for what the run names.
    Reset,
    /// A host could not be reset.
    ResetFailed,
    /// The cluster's state is being brought back from a backup.
    Restoring,
    /// The cluster is what it was when the backup was made.
    Restored,
    /// The cluster's state could not be brought back.
    RestoreFailed,
    /// Stopped by a person at a boundary between steps; what was left is in the run.
    Cancelled,
    /// Another writer holds the site, so this run stopped at the next boundary.
    LeaseLost,
}

impl State {
    /// Whether a run that ends here did what it was made for.
    pub fn is_goal(self) -> bool {
        matches!(self, Self::Succeeded | Self::RolledBack | Self::Reset | Self::Restored)
    }
}
