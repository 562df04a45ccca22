//! Routes per site and workflow, as the mission names them.
//!
//! They act on the site's newest run of that workflow: each is another door to a command of the list, with
//! the run filled in by the shell. Data, so that no shell can offer one of them and forget another.

use crate::{Method, Target, Workflow};

/// One such route.
#[derive(Debug, Clone, Copy)]
pub struct SiteRoute {
    /// Method.
    pub method: Method,
    /// Path; `{site}` is the site's id.
    pub path: &'static str,
    /// What the site must be made of.
    pub target: Target,
    /// The workflow whose newest run is meant.
    pub workflow: Workflow,
    /// The command it is a door to.
    pub command: &'static str,
}

macro_rules! routes {
    ($($method:ident $target:ident $workflow:ident $path:literal => $command:literal;)*) => {
        &[$(SiteRoute {
            method: Method::$method,
            path: $path,
            target: Target::$target,
            workflow: Workflow::$workflow,
            command: $command,
        }),*]
    };
}

/// Every route per site and workflow.
pub const SITE_ROUTES: &[SiteRoute] = routes! {
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/installation/config" => "installation_get";
    Post Kubernetes Install "/api/sites/{site}/kubernetes/install/installation/configure" => "installation_set";
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/installation/status" => "installation_status";
    Post Kubernetes Install "/api/sites/{site}/kubernetes/install/infra/setup" => "infra_setup";
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/infra/status" => "infra_status";
    Post Kubernetes Install "/api/sites/{site}/kubernetes/install/airgap/process" => "airgap_process";
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/airgap/status" => "airgap_status";
    Post Kubernetes Install "/api/sites/{site}/kubernetes/install/app-preflights/run" => "app_preflights_run";
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/app-preflights/status" => "app_preflights_status";
    Post Kubernetes Install "/api/sites/{site}/kubernetes/install/app/config/template" => "config_template";
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/app/config/values" => "config_get";
    Patch Kubernetes Install "/api/sites/{site}/kubernetes/install/app/config/values" => "config_set";
    Post Kubernetes Install "/api/sites/{site}/kubernetes/install/app/install" => "run_execute";
    Get Kubernetes Install "/api/sites/{site}/kubernetes/install/app/status" => "app_status";
    Get Linux Install "/api/sites/{site}/linux/install/installation/config" => "installation_get";
    Post Linux Install "/api/sites/{site}/linux/install/installation/configure" => "installation_set";
    Get Linux Install "/api/sites/{site}/linux/install/installation/status" => "installation_status";
    Post Linux Install "/api/sites/{site}/linux/install/host-configuration/run" => "hosts_configure";
    Get Linux Install "/api/sites/{site}/linux/install/host-configuration/status" => "hosts_configure_status";
    Post Linux Install "/api/sites/{site}/linux/install/host-preflights/run" => "host_preflights_run";
    Get Linux Install "/api/sites/{site}/linux/install/host-preflights/status" => "host_preflights_status";
    Post Linux Install "/api/sites/{site}/linux/install/infra/setup" => "infra_setup";
    Get Linux Install "/api/sites/{site}/linux/install/infra/status" => "infra_status";
    Post Linux Install "/api/sites/{site}/linux/install/airgap/process" => "airgap_process";
    Get Linux Install "/api/sites/{site}/linux/install/airgap/status" => "airgap_status";
    Post Linux Install "/api/sites/{site}/linux/install/app-preflights/run" => "app_preflights_run";
    Get Linux Install "/api/sites/{site}/linux/install/app-preflights/status" => "app_preflights_status";
    Post Linux Install "/api/sites/{site}/linux/install/app/config/template" => "config_template";
    Get Linux Install "/api/sites/{site}/linux/install/app/config/values" => "config_get";
    Patch Linux Install "/api/sites/{site}/linux/install/app/config/values" => "config_set";
    Post Linux Install "/api/sites/{site}/linux/install/app/install" => "run_execute";
    Get Linux Install "/api/sites/{site}/linux/install/app/status" => "app_status";
    Get Linux Upgrade "/api/sites/{site}/linux/upgrade/status" => "run_get";
    Get Linux Upgrade "/api/sites/{site}/linux/upgrade/config" => "config_get";
    Patch Linux Upgrade "/api/sites/{site}/linux/upgrade/config" => "config_set";
    Post Linux Upgrade "/api/sites/{site}/linux/upgrade/config/template" => "config_template";
    Post Linux Upgrade "/api/sites/{site}/linux/upgrade/host-preflights/run" => "host_preflights_run";
    Get Linux Upgrade "/api/sites/{site}/linux/upgrade/host-preflights/status" => "host_preflights_status";
    Get Linux Upgrade "/api/sites/{site}/linux/upgrade/infra/status" => "infra_status";
    Post Linux Upgrade "/api/sites/{site}/linux/upgrade/preflights/run" => "app_preflights_run";
    Get Linux Upgrade "/api/sites/{site}/linux/upgrade/preflights/status" => "app_preflights_status";
    Post Linux Upgrade "/api/sites/{site}/linux/upgrade/execute" => "run_execute";
    Post Linux Upgrade "/api/sites/{site}/linux/upgrade/rollback" => "run_rollback";
    Get Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/status" => "run_get";
    Get Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/config" => "config_get";
    Patch Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/config" => "config_set";
    Post Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/config/template" => "config_template";
    Post Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/preflights/run" => "app_preflights_run";
    Get Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/preflights/status" => "app_preflights_status";
    Post Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/execute" => "run_execute";
    Post Kubernetes Upgrade "/api/sites/{site}/kubernetes/upgrade/rollback" => "run_rollback";
};
