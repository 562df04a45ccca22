//! The one declared list of commands.
//!
//! [`with_commands!`] hands the list to any macro. Here it becomes the [`Commands`] trait (a body that is
//! missing does not compile), [`dispatch`] by name for shells that get text, and [`COMMANDS`] for routes,
//! OpenAPI, audit and the command palette.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::command::schemas_of;
#[allow(clippy::wildcard_imports, reason = "the list names nearly every wire type")]
use crate::*;

/// Hands every command to the macro `$each` as `name: Request => Response, Method "path", changes;`.
#[macro_export]
macro_rules! with_commands {
    ($each:ident) => {
        $each! {
            /// Whether the process is well.
            health: Empty => Health, Get "/api/health", false;
            /// Lists sites.
            site_list: SiteListRequest => SiteList, Get "/api/sites", false;
            /// Adds a site; its cluster is contacted once.
            site_add: SiteAddRequest => SiteDetail, Post "/api/sites", true;
            /// Shows a site as last read, and reads it again.
            site_get: SiteIdRequest => SiteDetail, Get "/api/sites/{site}", false;
            /// Changes a site's name, tags or registry.
            site_update: SiteUpdateRequest => SiteDetail, Patch "/api/sites/{site}", true;
            /// Forgets a site; nothing on it is touched.
            site_remove: SiteRemoveRequest => Empty, Delete "/api/sites/{site}", true;
            /// Contacts a site: reachability, missing rights, registry.
            site_test: SiteIdRequest => SiteTest, Post "/api/sites/{site}/test", false;
            /// Tests hosts of a site step by step, and reads their facts; each step is told as it comes.
            host_test: HostTestRequest => HostTests, Post "/api/sites/{site}/hosts/test", true;
            /// Shows the hosts of a site as they were last tested.
            host_list: SiteIdRequest => HostTests, Get "/api/sites/{site}/hosts", false;
            /// Reads hosts from lines or from an ssh_config, without contacting any.
            host_parse: HostParseRequest => HostsFound, Post "/api/hosts/parse", false;
            /// Lists the contexts of kubeconfigs without contacting any.
            context_list: ContextListRequest => ContextList, Post "/api/contexts", false;
            /// Contacts one context.
            context_probe: ContextProbeRequest => Reachability, Post "/api/contexts/probe", false;
            /// Lists bundles and imports.
            bundle_list: Empty => BundleList, Get "/api/bundles", false;
            /// Imports a bundle from a file.
            bundle_import: BundleImportRequest => ImportStatus, Post "/api/bundles", true;
            /// Shows an import.
            bundle_import_status: ImportIdRequest => ImportStatus, Get "/api/bundles/imports/{import}", false;
            /// Stops an import.
            bundle_import_cancel: ImportIdRequest => ImportStatus, Post "/api/bundles/imports/{import}/cancel", true;
            /// Goes on with an import that broke off; what it stored is not stored again.
            bundle_import_resume: ImportIdRequest => ImportStatus, Post "/api/bundles/imports/{import}/resume", true;
            /// Forgets an import that broke off, and removes what it stored and nothing else needs.
            bundle_import_discard: ImportIdRequest => LibraryCollected, Post "/api/bundles/imports/{import}/discard", true;
            /// Shows a bundle.
            bundle_get: BundleIdRequest => BundleDetail, Get "/api/bundles/{bundle}", false;
            /// Removes a bundle and the blobs only it needs.
            bundle_remove: BundleIdRequest => Empty, Delete "/api/bundles/{bundle}", true;
            /// Says what a bundle's release changes, against another bundle or against what a site runs.
            bundle_diff: ReleaseDiffRequest => ReleaseDiff, Get "/api/bundles/{bundle}/diff", false;
            /// Pushes a bundle's images to a registry; what is there is left alone.
            bundle_push: BundlePushRequest => LibraryTask, Post "/api/bundles/{bundle}/push", true;
            /// Writes a bundle of the library to a file, or what another bundle lacks of it.
            bundle_export: BundleExportRequest => LibraryTask, Post "/api/bundles/{bundle}/export", true;
            /// Signs a bundle: the signature is put beside its file.
            bundle_sign: BundleSignRequest => BundleSigned, Post "/api/bundles/{bundle}/sign", true;
            /// Makes a bundle from a release's files and its images.
            bundle_create: BundleCreateRequest => LibraryTask, Post "/api/bundles/create", true;
            /// Shows the library: its folder, what it holds, work on it.
            library_get: Empty => LibraryView, Get "/api/library", false;
            /// Removes blobs that no bundle needs, or tells which those are.
            library_collect: LibraryCollectRequest => LibraryCollected, Post "/api/library/collect", true;
            /// Reads and hashes every blob.
            library_verify: LibraryVerifyRequest => LibraryTask, Post "/api/library/verify", true;
            /// Moves the library to another folder.
            library_move: LibraryMoveRequest => LibraryTask, Post "/api/library/move", true;
            /// Shows long work on the library.
            task_get: TaskIdRequest => LibraryTask, Get "/api/library/tasks/{task}", false;
            /// Stops long work on the library; begun again it goes on where that is possible.
            task_cancel: TaskIdRequest => LibraryTask, Post "/api/library/tasks/{task}/cancel", true;
            /// Makes a key to sign bundles with.
            signing_key_make: SigningKeyMakeRequest => SigningKeyMade, Post "/api/signing-keys", true;
            /// Lists the keys whose signatures are taken for vendors'.
            vendor_key_list: Empty => VendorKeyList, Get "/api/vendor-keys", false;
            /// Pins a key for an application, in place of the one that is pinned.
            vendor_key_pin: VendorKeyPinRequest => VendorKeyList, Post "/api/vendor-keys", true;
            /// Forgets the key that is pinned for an application; the next signed bundle pins its own.
            vendor_key_remove: VendorKeyRequest => VendorKeyList, Delete "/api/vendor-keys/{slug}", true;
            /// Nodes of a Linux site's cluster, and hosts that have not joined it.
            site_nodes: SiteIdRequest => SiteNodes, Get "/api/sites/{site}/nodes", false;
            /// Takes the cluster off hosts of a site, and all that came with it; creates and starts the run.
            site_reset: SiteResetRequest => RunView, Post "/api/sites/{site}/reset", true;
            /// Backups of a Linux site's cluster, made before its upgrades.
            site_backups: SiteIdRequest => SiteBackups, Get "/api/sites/{site}/backups", false;
            /// Brings the state of a Linux site's cluster back from a backup; creates and starts the run.
            site_restore: SiteRestoreRequest => RunView, Post "/api/sites/{site}/restore", true;
            /// Lists runs.
            run_list: RunListRequest => RunList, Get "/api/runs", false;
            /// Creates a run; nothing on the site changes yet.
            run_create: RunCreateRequest => RunView, Post "/api/runs", true;
            /// Shows a run.
            run_get: RunIdRequest => RunView, Get "/api/runs/{run}", false;
            /// Events after a cursor; as a stream with `Accept: text/event-stream`.
            run_events: EventsRequest => EventPage, Get "/api/runs/{run}/events", false;
            /// A window of the run's log.
            run_log: LogRequest => LogPage, Get "/api/runs/{run}/log", false;
            /// The config form with the stored values.
            config_get: RunIdRequest => ConfigView, Get "/api/runs/{run}/config", false;
            /// The config form with values that are not stored.
            config_template: ConfigTemplateRequest => ConfigView, Post "/api/runs/{run}/config/template", false;
            /// Checks and stores config values.
            config_set: ConfigSetRequest => ConfigView, Patch "/api/runs/{run}/config", true;
            /// The stored values as a ConfigValues document; passwords are never in it.
            config_export: RunIdRequest => ConfigFile, Get "/api/runs/{run}/config/export", false;
            /// Checks and stores values of a ConfigValues document.
            config_import: ConfigImportRequest => ConfigView, Post "/api/runs/{run}/config/import", true;
            /// What the stored values change of the installed ones.
            config_diff: RunIdRequest => ConfigDiff, Get "/api/runs/{run}/config/diff", false;
            /// What values make of the release's charts, before they are stored.
            config_render: ConfigRenderRequest => ConfigRendering, Post "/api/runs/{run}/config/render", false;
            /// What a site's config became over time: when, by whom, which items.
            config_history: SiteIdRequest => ConfigHistory, Get "/api/sites/{site}/config/history", false;
            /// Lists bases: config values that several sites share.
            base_list: Empty => BaseList, Get "/api/bases", false;
            /// Shows a base and its values; passwords and files are never shown.
            base_get: BaseIdRequest => BaseView, Get "/api/bases/{base}", false;
            /// Makes a base or changes its values.
            base_put: BasePutRequest => BaseView, Post "/api/bases", true;
            /// Takes the values that a site has now for a base.
            base_take: BaseTakeRequest => BaseView, Post "/api/bases/take", true;
            /// Forgets a base; sites keep the values that they have.
            base_remove: BaseIdRequest => Empty, Delete "/api/bases/{base}", true;
            /// Lets sites follow a base: their next install or upgrade begins with its values.
            base_assign: BaseAssignRequest => BaseView, Post "/api/bases/{base}/assign", true;
            /// Lets sites no longer follow a base; they keep the values that they have.
            base_unassign: BaseAssignRequest => BaseView, Post "/api/bases/{base}/unassign", true;
            /// Which sites differ from the base they follow, and where.
            base_compare: BaseIdRequest => BaseComparison, Get "/api/bases/{base}/compare", false;
            /// The installation settings.
            installation_get: RunIdRequest => InstallationSettings, Get "/api/runs/{run}/installation", false;
            /// What installation settings can be chosen from: on Linux hosts, what was found there.
            installation_choices: RunIdRequest => InstallationChoices, Get "/api/runs/{run}/installation/choices", false;
            /// Checks and stores installation settings.
            installation_set: InstallationSettingsRequest => PhaseStatusView, Post "/api/runs/{run}/installation", true;
            /// Status of the installation settings.
            installation_status: RunIdRequest => PhaseStatusView, Get "/api/runs/{run}/installation/status", false;
            /// The plan: made from what the site holds now, or the frozen one.
            run_plan: PlanRequest => Plan, Get "/api/runs/{run}/plan", false;
            /// Runs the plan, to the end or up to a phase.
            run_execute: ExecuteRequest => RunView, Post "/api/runs/{run}/execute", true;
            /// Waives failed preflights, with a reason.
            run_bypass: BypassRequest => RunView, Post "/api/runs/{run}/bypass", true;
            /// Runs the failed step again and goes on.
            run_retry: StepRequest => RunView, Post "/api/runs/{run}/retry", true;
            /// Leaves the failed step out and goes on.
            run_skip: StepRequest => RunView, Post "/api/runs/{run}/skip", true;
            /// Stops at the next boundary.
            run_cancel: StepRequest => RunView, Post "/api/runs/{run}/cancel", true;
            /// Continues a run whose process died.
            run_resume: RunIdRequest => RunView, Post "/api/runs/{run}/resume", true;
            /// Puts a run away: it goes no further, and stays to be read.
            run_discard: RunIdRequest => RunView, Post "/api/runs/{run}/discard", true;
            /// Takes the site's lease over after its expiry and goes on.
            run_take_over: TakeOverRequest => RunView, Post "/api/runs/{run}/take-over", true;
            /// Creates and starts a rollback of what this run did.
            run_rollback: RollbackRequest => RunView, Post "/api/runs/{run}/rollback", true;
            /// Host configuration phase: run it.
            hosts_configure: RunIdRequest => PhaseStatusView, Post "/api/runs/{run}/host-configuration/run", true;
            /// Host configuration phase: status.
            hosts_configure_status: RunIdRequest => PhaseStatusView, Get "/api/runs/{run}/host-configuration/status", false;
            /// Host preflights: run them, or some of them again.
            host_preflights_run: ChecksRequest => PhaseStatusView, Post "/api/runs/{run}/host-preflights/run", true;
            /// Host preflights: results.
            host_preflights_status: RunIdRequest => ChecksReport, Get "/api/runs/{run}/host-preflights/status", false;
            /// Infrastructure phase: run it.
            infra_setup: RunIdRequest => PhaseStatusView, Post "/api/runs/{run}/infra/setup", true;
            /// Infrastructure phase: status.
            infra_status: RunIdRequest => PhaseStatusView, Get "/api/runs/{run}/infra/status", false;
            /// Airgap phase: run it.
            airgap_process: RunIdRequest => PhaseStatusView, Post "/api/runs/{run}/airgap/process", true;
            /// Airgap phase: status.
            airgap_status: RunIdRequest => PhaseStatusView, Get "/api/runs/{run}/airgap/status", false;
            /// App preflights: run them, or some of them again.
            app_preflights_run: ChecksRequest => PhaseStatusView, Post "/api/runs/{run}/app-preflights/run", true;
            /// App preflights: results.
            app_preflights_status: RunIdRequest => ChecksReport, Get "/api/runs/{run}/app-preflights/status", false;
            /// App phase: status.
            app_status: RunIdRequest => PhaseStatusView, Get "/api/runs/{run}/app/status", false;
            /// Says what is wrong with preflight specs, without running them.
            preflight_lint: LintRequest => LintReport, Post "/api/preflights/lint", false;
            /// Runs preflight specs on hosts and on a site's cluster; nothing is left there.
            preflight_run: PreflightRunRequest => PreflightView, Post "/api/preflights", true;
            /// Lists preflight runs.
            preflight_list: Empty => PreflightList, Get "/api/preflights", false;
            /// Shows a preflight run.
            preflight_get: PreflightIdRequest => PreflightView, Get "/api/preflights/{preflight}", false;
            /// Stops a preflight run; checks without an answer are errors.
            preflight_cancel: PreflightIdRequest => PreflightView, Post "/api/preflights/{preflight}/cancel", true;
            /// Forgets a preflight run.
            preflight_remove: PreflightIdRequest => Empty, Delete "/api/preflights/{preflight}", true;
            /// Says what changed between two preflight runs.
            preflight_compare: PreflightCompareRequest => PreflightComparison, Post "/api/preflights/compare", false;
            /// Collects a support bundle of a site: cluster, hosts, runs, findings. Secrets are masked.
            support_collect: SupportCollectRequest => SupportView, Post "/api/support", true;
            /// Takes a support bundle that somebody else collected.
            support_open: SupportOpenRequest => SupportView, Post "/api/support/open", true;
            /// Lists support bundles.
            support_list: Empty => SupportList, Get "/api/support", false;
            /// Shows a support bundle: how far it is, and what was found.
            support_get: SupportIdRequest => SupportView, Get "/api/support/{support}", false;
            /// Stops collecting; nothing is kept.
            support_cancel: SupportIdRequest => SupportView, Post "/api/support/{support}/cancel", true;
            /// Writes a support bundle to a file.
            support_save: SupportSaveRequest => SupportView, Post "/api/support/{support}/save", true;
            /// Removes a support bundle.
            support_remove: SupportIdRequest => Empty, Delete "/api/support/{support}", true;
            /// Lists the files in a support bundle.
            support_files: SupportIdRequest => SupportFiles, Get "/api/support/{support}/files", false;
            /// Reads a piece of a file in a support bundle.
            support_read: SupportReadRequest => SupportText, Get "/api/support/{support}/file", false;
            /// Looks for a text in all files of a support bundle.
            support_search: SupportSearchRequest => SupportHits, Get "/api/support/{support}/search", false;
            /// Reads the settings.
            settings_get: Empty => Settings, Get "/api/settings", false;
            /// Replaces the settings.
            settings_set: Settings => Settings, Put "/api/settings", true;
            /// Reads the audit trail.
            audit_list: AuditRequest => AuditList, Get "/api/audit", false;
        }
    };
}

macro_rules! declare {
    ($($(#[doc = $doc:literal])* $name:ident: $request:ident => $response:ident, $method:ident $path:literal, $changes:literal;)*) => {
        /// A body for every command; a shell is generic over it.
        pub trait Commands: Send + Sync {
            $($(#[doc = $doc])*
            fn $name(&self, caller: &Caller, request: $request) -> impl Future<Output = Result<$response, WireError>> + Send;)*
        }

        /// Every command, in the order of the list.
        pub const COMMANDS: &[CommandSpec] = &[$(CommandSpec {
            name: stringify!($name),
            doc: concat!($($doc),*),
            method: Method::$method,
            path: $path,
            request: stringify!($request),
            response: stringify!($response),
            changes: $changes,
            schemas: schemas_of::<$request, $response>,
        }),*];

        /// Calls the command `name` with a request as JSON.
        ///
        /// # Errors
        /// `NotFound` for a name that is not in the list, `BadInput` for a request of another shape, and
        /// whatever the command itself refuses.
        pub async fn dispatch<C: Commands>(commands: &C, caller: &Caller, name: &str, request: Value) -> Result<Value, WireError> {
            match name {
                $(stringify!($name) => answer(commands.$name(caller, read(name, request)?).await?),)*
                _ => Err(WireError::not_found(format!("There is no command {name}"))),
            }
        }
    };
}

with_commands!(declare);

fn read<Request: DeserializeOwned>(name: &str, request: Value) -> Result<Request, WireError> {
    let request = if request.is_null() { Value::Object(serde_json::Map::new()) } else { request };
    serde_json::from_value(request).map_err(|error| {
        WireError::bad_input(format!("The request of {name} cannot be read: {error}"))
            .hint("The OpenAPI document shows each request's fields.")
    })
}

fn answer<Response: serde::Serialize>(response: Response) -> Result<Value, WireError> {
    serde_json::to_value(response).map_err(|error| WireError::internal(&error))
}
