// Generated from the command list of the contract crate. Do not edit.

import type { AuditList } from "./AuditList";
import type { AuditRequest } from "./AuditRequest";
import type { BaseAssignRequest } from "./BaseAssignRequest";
import type { BaseComparison } from "./BaseComparison";
import type { BaseIdRequest } from "./BaseIdRequest";
import type { BaseList } from "./BaseList";
import type { BasePutRequest } from "./BasePutRequest";
import type { BaseTakeRequest } from "./BaseTakeRequest";
import type { BaseView } from "./BaseView";
import type { BundleCreateRequest } from "./BundleCreateRequest";
import type { BundleDetail } from "./BundleDetail";
import type { BundleExportRequest } from "./BundleExportRequest";
import type { BundleIdRequest } from "./BundleIdRequest";
import type { BundleImportRequest } from "./BundleImportRequest";
import type { BundleList } from "./BundleList";
import type { BundlePushRequest } from "./BundlePushRequest";
import type { BundleSignRequest } from "./BundleSignRequest";
import type { BundleSigned } from "./BundleSigned";
import type { BypassRequest } from "./BypassRequest";
import type { ChecksReport } from "./ChecksReport";
import type { ChecksRequest } from "./ChecksRequest";
import type { ConfigDiff } from "./ConfigDiff";
import type { ConfigFile } from "./ConfigFile";
import type { ConfigHistory } from "./ConfigHistory";
import type { ConfigImportRequest } from "./ConfigImportRequest";
import type { ConfigRenderRequest } from "./ConfigRenderRequest";
import type { ConfigRendering } from "./ConfigRendering";
import type { ConfigSetRequest } from "./ConfigSetRequest";
import type { ConfigTemplateRequest } from "./ConfigTemplateRequest";
import type { ConfigView } from "./ConfigView";
import type { ContextList } from "./ContextList";
import type { ContextListRequest } from "./ContextListRequest";
import type { ContextProbeRequest } from "./ContextProbeRequest";
import type { Empty } from "./Empty";
import type { EventPage } from "./EventPage";
import type { EventsRequest } from "./EventsRequest";
import type { ExecuteRequest } from "./ExecuteRequest";
import type { Health } from "./Health";
import type { HostParseRequest } from "./HostParseRequest";
import type { HostTestRequest } from "./HostTestRequest";
import type { HostTests } from "./HostTests";
import type { HostsFound } from "./HostsFound";
import type { ImportIdRequest } from "./ImportIdRequest";
import type { ImportStatus } from "./ImportStatus";
import type { InstallationChoices } from "./InstallationChoices";
import type { InstallationSettings } from "./InstallationSettings";
import type { InstallationSettingsRequest } from "./InstallationSettingsRequest";
import type { LibraryCollectRequest } from "./LibraryCollectRequest";
import type { LibraryCollected } from "./LibraryCollected";
import type { LibraryMoveRequest } from "./LibraryMoveRequest";
import type { LibraryTask } from "./LibraryTask";
import type { LibraryVerifyRequest } from "./LibraryVerifyRequest";
import type { LibraryView } from "./LibraryView";
import type { LintReport } from "./LintReport";
import type { LintRequest } from "./LintRequest";
import type { LogPage } from "./LogPage";
import type { LogRequest } from "./LogRequest";
import type { PhaseStatusView } from "./PhaseStatusView";
import type { Plan } from "./Plan";
import type { PlanRequest } from "./PlanRequest";
import type { PreflightCompareRequest } from "./PreflightCompareRequest";
import type { PreflightComparison } from "./PreflightComparison";
import type { PreflightIdRequest } from "./PreflightIdRequest";
import type { PreflightList } from "./PreflightList";
import type { PreflightRunRequest } from "./PreflightRunRequest";
import type { PreflightView } from "./PreflightView";
import type { Reachability } from "./Reachability";
import type { ReleaseDiff } from "./ReleaseDiff";
import type { ReleaseDiffRequest } from "./ReleaseDiffRequest";
import type { RollbackRequest } from "./RollbackRequest";
import type { RunCreateRequest } from "./RunCreateRequest";
import type { RunIdRequest } from "./RunIdRequest";
import type { RunList } from "./RunList";
import type { RunListRequest } from "./RunListRequest";
import type { RunView } from "./RunView";
import type { Settings } from "./Settings";
import type { SigningKeyMade } from "./SigningKeyMade";
import type { SigningKeyMakeRequest } from "./SigningKeyMakeRequest";
import type { SiteAddRequest } from "./SiteAddRequest";
import type { SiteBackups } from "./SiteBackups";
import type { SiteDetail } from "./SiteDetail";
import type { SiteIdRequest } from "./SiteIdRequest";
import type { SiteList } from "./SiteList";
import type { SiteListRequest } from "./SiteListRequest";
import type { SiteNodes } from "./SiteNodes";
import type { SiteRemoveRequest } from "./SiteRemoveRequest";
import type { SiteResetRequest } from "./SiteResetRequest";
import type { SiteRestoreRequest } from "./SiteRestoreRequest";
import type { SiteTest } from "./SiteTest";
import type { SiteUpdateRequest } from "./SiteUpdateRequest";
import type { StepRequest } from "./StepRequest";
import type { SupportCollectRequest } from "./SupportCollectRequest";
import type { SupportFiles } from "./SupportFiles";
import type { SupportHits } from "./SupportHits";
import type { SupportIdRequest } from "./SupportIdRequest";
import type { SupportList } from "./SupportList";
import type { SupportOpenRequest } from "./SupportOpenRequest";
import type { SupportReadRequest } from "./SupportReadRequest";
import type { SupportSaveRequest } from "./SupportSaveRequest";
import type { SupportSearchRequest } from "./SupportSearchRequest";
import type { SupportText } from "./SupportText";
import type { SupportView } from "./SupportView";
import type { TakeOverRequest } from "./TakeOverRequest";
import type { TaskIdRequest } from "./TaskIdRequest";
import type { VendorKeyList } from "./VendorKeyList";
import type { VendorKeyPinRequest } from "./VendorKeyPinRequest";
import type { VendorKeyRequest } from "./VendorKeyRequest";

/** Every command with its request and answer. */
export interface Commands {
  /** Whether the process is well. */
  health: { request: Empty; response: Health };
  /** Lists sites. */
  site_list: { request: SiteListRequest; response: SiteList };
  /** Adds a site; its cluster is contacted once. */
  site_add: { request: SiteAddRequest; response: SiteDetail };
  /** Shows a site as last read, and reads it again. */
  site_get: { request: SiteIdRequest; response: SiteDetail };
  /** Changes a site's name, tags or registry. */
  site_update: { request: SiteUpdateRequest; response: SiteDetail };
  /** Forgets a site; nothing on it is touched. */
  site_remove: { request: SiteRemoveRequest; response: Empty };
  /** Contacts a site: reachability, missing rights, registry. */
  site_test: { request: SiteIdRequest; response: SiteTest };
  /** Tests hosts of a site step by step, and reads their facts; each step is told as it comes. */
  host_test: { request: HostTestRequest; response: HostTests };
  /** Shows the hosts of a site as they were last tested. */
  host_list: { request: SiteIdRequest; response: HostTests };
  /** Reads hosts from lines or from an ssh_config, without contacting any. */
  host_parse: { request: HostParseRequest; response: HostsFound };
  /** Lists the contexts of kubeconfigs without contacting any. */
  context_list: { request: ContextListRequest; response: ContextList };
  /** Contacts one context. */
  context_probe: { request: ContextProbeRequest; response: Reachability };
  /** Lists bundles and imports. */
  bundle_list: { request: Empty; response: BundleList };
  /** Imports a bundle from a file. */
  bundle_import: { request: BundleImportRequest; response: ImportStatus };
  /** Shows an import. */
  bundle_import_status: { request: ImportIdRequest; response: ImportStatus };
  /** Stops an import. */
  bundle_import_cancel: { request: ImportIdRequest; response: ImportStatus };
  /** Goes on with an import that broke off; what it stored is not stored again. */
  bundle_import_resume: { request: ImportIdRequest; response: ImportStatus };
  /** Forgets an import that broke off, and removes what it stored and nothing else needs. */
  bundle_import_discard: { request: ImportIdRequest; response: LibraryCollected };
  /** Shows a bundle. */
  bundle_get: { request: BundleIdRequest; response: BundleDetail };
  /** Removes a bundle and the blobs only it needs. */
  bundle_remove: { request: BundleIdRequest; response: Empty };
  /** Says what a bundle's release changes, against another bundle or against what a site runs. */
  bundle_diff: { request: ReleaseDiffRequest; response: ReleaseDiff };
  /** Pushes a bundle's images to a registry; what is there is left alone. */
  bundle_push: { request: BundlePushRequest; response: LibraryTask };
  /** Writes a bundle of the library to a file, or what another bundle lacks of it. */
  bundle_export: { request: BundleExportRequest; response: LibraryTask };
  /** Signs a bundle: the signature is put beside its file. */
  bundle_sign: { request: BundleSignRequest; response: BundleSigned };
  /** Makes a bundle from a release's files and its images. */
  bundle_create: { request: BundleCreateRequest; response: LibraryTask };
  /** Shows the library: its folder, what it holds, work on it. */
  library_get: { request: Empty; response: LibraryView };
  /** Removes blobs that no bundle needs, or tells which those are. */
  library_collect: { request: LibraryCollectRequest; response: LibraryCollected };
  /** Reads and hashes every blob. */
  library_verify: { request: LibraryVerifyRequest; response: LibraryTask };
  /** Moves the library to another folder. */
  library_move: { request: LibraryMoveRequest; response: LibraryTask };
  /** Shows long work on the library. */
  task_get: { request: TaskIdRequest; response: LibraryTask };
  /** Stops long work on the library; begun again it goes on where that is possible. */
  task_cancel: { request: TaskIdRequest; response: LibraryTask };
  /** Makes a key to sign bundles with. */
  signing_key_make: { request: SigningKeyMakeRequest; response: SigningKeyMade };
  /** Lists the keys whose signatures are taken for vendors'. */
  vendor_key_list: { request: Empty; response: VendorKeyList };
  /** Pins a key for an application, in place of the one that is pinned. */
  vendor_key_pin: { request: VendorKeyPinRequest; response: VendorKeyList };
  /** Forgets the key that is pinned for an application; the next signed bundle pins its own. */
  vendor_key_remove: { request: VendorKeyRequest; response: VendorKeyList };
  /** Nodes of a Linux site's cluster, and hosts that have not joined it. */
  site_nodes: { request: SiteIdRequest; response: SiteNodes };
  /** Takes the cluster off hosts of a site, and all that came with it; creates and starts the run. */
  site_reset: { request: SiteResetRequest; response: RunView };
  /** Backups of a Linux site's cluster, made before its upgrades. */
  site_backups: { request: SiteIdRequest; response: SiteBackups };
  /** Brings the state of a Linux site's cluster back from a backup; creates and starts the run. */
  site_restore: { request: SiteRestoreRequest; response: RunView };
  /** Lists runs. */
  run_list: { request: RunListRequest; response: RunList };
  /** Creates a run; nothing on the site changes yet. */
  run_create: { request: RunCreateRequest; response: RunView };
  /** Shows a run. */
  run_get: { request: RunIdRequest; response: RunView };
  /** Events after a cursor; as a stream with `Accept: text/event-stream`. */
  run_events: { request: EventsRequest; response: EventPage };
  /** A window of the run's log. */
  run_log: { request: LogRequest; response: LogPage };
  /** The config form with the stored values. */
  config_get: { request: RunIdRequest; response: ConfigView };
  /** The config form with values that are not stored. */
  config_template: { request: ConfigTemplateRequest; response: ConfigView };
  /** Checks and stores config values. */
  config_set: { request: ConfigSetRequest; response: ConfigView };
  /** The stored values as a ConfigValues document; passwords are never in it. */
  config_export: { request: RunIdRequest; response: ConfigFile };
  /** Checks and stores values of a ConfigValues document. */
  config_import: { request: ConfigImportRequest; response: ConfigView };
  /** What the stored values change of the installed ones. */
  config_diff: { request: RunIdRequest; response: ConfigDiff };
  /** What values make of the release's charts, before they are stored. */
  config_render: { request: ConfigRenderRequest; response: ConfigRendering };
  /** What a site's config became over time: when, by whom, which items. */
  config_history: { request: SiteIdRequest; response: ConfigHistory };
  /** Lists bases: config values that several sites share. */
  base_list: { request: Empty; response: BaseList };
  /** Shows a base and its values; passwords and files are never shown. */
  base_get: { request: BaseIdRequest; response: BaseView };
  /** Makes a base or changes its values. */
  base_put: { request: BasePutRequest; response: BaseView };
  /** Takes the values that a site has now for a base. */
  base_take: { request: BaseTakeRequest; response: BaseView };
  /** Forgets a base; sites keep the values that they have. */
  base_remove: { request: BaseIdRequest; response: Empty };
  /** Lets sites follow a base: their next install or upgrade begins with its values. */
  base_assign: { request: BaseAssignRequest; response: BaseView };
  /** Lets sites no longer follow a base; they keep the values that they have. */
  base_unassign: { request: BaseAssignRequest; response: BaseView };
  /** Which sites differ from the base they follow, and where. */
  base_compare: { request: BaseIdRequest; response: BaseComparison };
  /** The installation settings. */
  installation_get: { request: RunIdRequest; response: InstallationSettings };
  /** What installation settings can be chosen from: on Linux hosts, what was found there. */
  installation_choices: { request: RunIdRequest; response: InstallationChoices };
  /** Checks and stores installation settings. */
  installation_set: { request: InstallationSettingsRequest; response: PhaseStatusView };
  /** Status of the installation settings. */
  installation_status: { request: RunIdRequest; response: PhaseStatusView };
  /** The plan: made from what the site holds now, or the frozen one. */
  run_plan: { request: PlanRequest; response: Plan };
  /** Runs the plan, to the end or up to a phase. */
  run_execute: { request: ExecuteRequest; response: RunView };
  /** Waives failed preflights, with a reason. */
  run_bypass: { request: BypassRequest; response: RunView };
  /** Runs the failed step again and goes on. */
  run_retry: { request: StepRequest; response: RunView };
  /** Leaves the failed step out and goes on. */
  run_skip: { request: StepRequest; response: RunView };
  /** Stops at the next boundary. */
  run_cancel: { request: StepRequest; response: RunView };
  /** Continues a run whose process died. */
  run_resume: { request: RunIdRequest; response: RunView };
  /** Puts a run away: it goes no further, and stays to be read. */
  run_discard: { request: RunIdRequest; response: RunView };
  /** Takes the site's lease over after its expiry and goes on. */
  run_take_over: { request: TakeOverRequest; response: RunView };
  /** Creates and starts a rollback of what this run did. */
  run_rollback: { request: RollbackRequest; response: RunView };
  /** Host configuration phase: run it. */
  hosts_configure: { request: RunIdRequest; response: PhaseStatusView };
  /** Host configuration phase: status. */
  hosts_configure_status: { request: RunIdRequest; response: PhaseStatusView };
  /** Host preflights: run them, or some of them again. */
  host_preflights_run: { request: ChecksRequest; response: PhaseStatusView };
  /** Host preflights: results. */
  host_preflights_status: { request: RunIdRequest; response: ChecksReport };
  /** Infrastructure phase: run it. */
  infra_setup: { request: RunIdRequest; response: PhaseStatusView };
  /** Infrastructure phase: status. */
  infra_status: { request: RunIdRequest; response: PhaseStatusView };
  /** Airgap phase: run it. */
  airgap_process: { request: RunIdRequest; response: PhaseStatusView };
  /** Airgap phase: status. */
  airgap_status: { request: RunIdRequest; response: PhaseStatusView };
  /** App preflights: run them, or some of them again. */
  app_preflights_run: { request: ChecksRequest; response: PhaseStatusView };
  /** App preflights: results. */
  app_preflights_status: { request: RunIdRequest; response: ChecksReport };
  /** App phase: status. */
  app_status: { request: RunIdRequest; response: PhaseStatusView };
  /** Says what is wrong with preflight specs, without running them. */
  preflight_lint: { request: LintRequest; response: LintReport };
  /** Runs preflight specs on hosts and on a site's cluster; nothing is left there. */
  preflight_run: { request: PreflightRunRequest; response: PreflightView };
  /** Lists preflight runs. */
  preflight_list: { request: Empty; response: PreflightList };
  /** Shows a preflight run. */
  preflight_get: { request: PreflightIdRequest; response: PreflightView };
  /** Stops a preflight run; checks without an answer are errors. */
  preflight_cancel: { request: PreflightIdRequest; response: PreflightView };
  /** Forgets a preflight run. */
  preflight_remove: { request: PreflightIdRequest; response: Empty };
  /** Says what changed between two preflight runs. */
  preflight_compare: { request: PreflightCompareRequest; response: PreflightComparison };
  /** Collects a support bundle of a site: cluster, hosts, runs, findings. Secrets are masked. */
  support_collect: { request: SupportCollectRequest; response: SupportView };
  /** Takes a support bundle that somebody else collected. */
  support_open: { request: SupportOpenRequest; response: SupportView };
  /** Lists support bundles. */
  support_list: { request: Empty; response: SupportList };
  /** Shows a support bundle: how far it is, and what was found. */
  support_get: { request: SupportIdRequest; response: SupportView };
  /** Stops collecting; nothing is kept. */
  support_cancel: { request: SupportIdRequest; response: SupportView };
  /** Writes a support bundle to a file. */
  support_save: { request: SupportSaveRequest; response: SupportView };
  /** Removes a support bundle. */
  support_remove: { request: SupportIdRequest; response: Empty };
  /** Lists the files in a support bundle. */
  support_files: { request: SupportIdRequest; response: SupportFiles };
  /** Reads a piece of a file in a support bundle. */
  support_read: { request: SupportReadRequest; response: SupportText };
  /** Looks for a text in all files of a support bundle. */
  support_search: { request: SupportSearchRequest; response: SupportHits };
  /** Reads the settings. */
  settings_get: { request: Empty; response: Settings };
  /** Replaces the settings. */
  settings_set: { request: Settings; response: Settings };
  /** Reads the audit trail. */
  audit_list: { request: AuditRequest; response: AuditList };
}

/** Method, route and whether it changes something, by command. */
export const ROUTES = {
  health: { method: "GET", path: "/api/health", changes: false },
  site_list: { method: "GET", path: "/api/sites", changes: false },
  site_add: { method: "POST", path: "/api/sites", changes: true },
  site_get: { method: "GET", path: "/api/sites/{site}", changes: false },
  site_update: { method: "PATCH", path: "/api/sites/{site}", changes: true },
  site_remove: { method: "DELETE", path: "/api/sites/{site}", changes: true },
  site_test: { method: "POST", path: "/api/sites/{site}/test", changes: false },
  host_test: { method: "POST", path: "/api/sites/{site}/hosts/test", changes: true },
  host_list: { method: "GET", path: "/api/sites/{site}/hosts", changes: false },
  host_parse: { method: "POST", path: "/api/hosts/parse", changes: false },
  context_list: { method: "POST", path: "/api/contexts", changes: false },
  context_probe: { method: "POST", path: "/api/contexts/probe", changes: false },
  bundle_list: { method: "GET", path: "/api/bundles", changes: false },
  bundle_import: { method: "POST", path: "/api/bundles", changes: true },
  bundle_import_status: { method: "GET", path: "/api/bundles/imports/{import}", changes: false },
  bundle_import_cancel: { method: "POST", path: "/api/bundles/imports/{import}/cancel", changes: true },
  bundle_import_resume: { method: "POST", path: "/api/bundles/imports/{import}/resume", changes: true },
  bundle_import_discard: { method: "POST", path: "/api/bundles/imports/{import}/discard", changes: true },
  bundle_get: { method: "GET", path: "/api/bundles/{bundle}", changes: false },
  bundle_remove: { method: "DELETE", path: "/api/bundles/{bundle}", changes: true },
  bundle_diff: { method: "GET", path: "/api/bundles/{bundle}/diff", changes: false },
  bundle_push: { method: "POST", path: "/api/bundles/{bundle}/push", changes: true },
  bundle_export: { method: "POST", path: "/api/bundles/{bundle}/export", changes: true },
  bundle_sign: { method: "POST", path: "/api/bundles/{bundle}/sign", changes: true },
  bundle_create: { method: "POST", path: "/api/bundles/create", changes: true },
  library_get: { method: "GET", path: "/api/library", changes: false },
  library_collect: { method: "POST", path: "/api/library/collect", changes: true },
  library_verify: { method: "POST", path: "/api/library/verify", changes: true },
  library_move: { method: "POST", path: "/api/library/move", changes: true },
  task_get: { method: "GET", path: "/api/library/tasks/{task}", changes: false },
  task_cancel: { method: "POST", path: "/api/library/tasks/{task}/cancel", changes: true },
  signing_key_make: { method: "POST", path: "/api/signing-keys", changes: true },
  vendor_key_list: { method: "GET", path: "/api/vendor-keys", changes: false },
  vendor_key_pin: { method: "POST", path: "/api/vendor-keys", changes: true },
  vendor_key_remove: { method: "DELETE", path: "/api/vendor-keys/{slug}", changes: true },
  site_nodes: { method: "GET", path: "/api/sites/{site}/nodes", changes: false },
  site_reset: { method: "POST", path: "/api/sites/{site}/reset", changes: true },
  site_backups: { method: "GET", path: "/api/sites/{site}/backups", changes: false },
  site_restore: { method: "POST", path: "/api/sites/{site}/restore", changes: true },
  run_list: { method: "GET", path: "/api/runs", changes: false },
  run_create: { method: "POST", path: "/api/runs", changes: true },
  run_get: { method: "GET", path: "/api/runs/{run}", changes: false },
  run_events: { method: "GET", path: "/api/runs/{run}/events", changes: false },
  run_log: { method: "GET", path: "/api/runs/{run}/log", changes: false },
  config_get: { method: "GET", path: "/api/runs/{run}/config", changes: false },
  config_template: { method: "POST", path: "/api/runs/{run}/config/template", changes: false },
  config_set: { method: "PATCH", path: "/api/runs/{run}/config", changes: true },
  config_export: { method: "GET", path: "/api/runs/{run}/config/export", changes: false },
  config_import: { method: "POST", path: "/api/runs/{run}/config/import", changes: true },
  config_diff: { method: "GET", path: "/api/runs/{run}/config/diff", changes: false },
  config_render: { method: "POST", path: "/api/runs/{run}/config/render", changes: false },
  config_history: { method: "GET", path: "/api/sites/{site}/config/history", changes: false },
  base_list: { method: "GET", path: "/api/bases", changes: false },
  base_get: { method: "GET", path: "/api/bases/{base}", changes: false },
  base_put: { method: "POST", path: "/api/bases", changes: true },
  base_take: { method: "POST", path: "/api/bases/take", changes: true },
  base_remove: { method: "DELETE", path: "/api/bases/{base}", changes: true },
  base_assign: { method: "POST", path: "/api/bases/{base}/assign", changes: true },
  base_unassign: { method: "POST", path: "/api/bases/{base}/unassign", changes: true },
  base_compare: { method: "GET", path: "/api/bases/{base}/compare", changes: false },
  installation_get: { method: "GET", path: "/api/runs/{run}/installation", changes: false },
  installation_choices: { method: "GET", path: "/api/runs/{run}/installation/choices", changes: false },
  installation_set: { method: "POST", path: "/api/runs/{run}/installation", changes: true },
  installation_status: { method: "GET", path: "/api/runs/{run}/installation/status", changes: false },
  run_plan: { method: "GET", path: "/api/runs/{run}/plan", changes: false },
  run_execute: { method: "POST", path: "/api/runs/{run}/execute", changes: true },
  run_bypass: { method: "POST", path: "/api/runs/{run}/bypass", changes: true },
  run_retry: { method: "POST", path: "/api/runs/{run}/retry", changes: true },
  run_skip: { method: "POST", path: "/api/runs/{run}/skip", changes: true },
  run_cancel: { method: "POST", path: "/api/runs/{run}/cancel", changes: true },
  run_resume: { method: "POST", path: "/api/runs/{run}/resume", changes: true },
  run_discard: { method: "POST", path: "/api/runs/{run}/discard", changes: true },
  run_take_over: { method: "POST", path: "/api/runs/{run}/take-over", changes: true },
  run_rollback: { method: "POST", path: "/api/runs/{run}/rollback", changes: true },
  hosts_configure: { method: "POST", path: "/api/runs/{run}/host-configuration/run", changes: true },
  hosts_configure_status: { method: "GET", path: "/api/runs/{run}/host-configuration/status", changes: false },
  host_preflights_run: { method: "POST", path: "/api/runs/{run}/host-preflights/run", changes: true },
  host_preflights_status: { method: "GET", path: "/api/runs/{run}/host-preflights/status", changes: false },
  infra_setup: { method: "POST", path: "/api/runs/{run}/infra/setup", changes: true },
  infra_status: { method: "GET", path: "/api/runs/{run}/infra/status", changes: false },
  airgap_process: { method: "POST", path: "/api/runs/{run}/airgap/process", changes: true },
  airgap_status: { method: "GET", path: "/api/runs/{run}/airgap/status", changes: false },
  app_preflights_run: { method: "POST", path: "/api/runs/{run}/app-preflights/run", changes: true },
  app_preflights_status: { method: "GET", path: "/api/runs/{run}/app-preflights/status", changes: false },
  app_status: { method: "GET", path: "/api/runs/{run}/app/status", changes: false },
  preflight_lint: { method: "POST", path: "/api/preflights/lint", changes: false },
  preflight_run: { method: "POST", path: "/api/preflights", changes: true },
  preflight_list: { method: "GET", path: "/api/preflights", changes: false },
  preflight_get: { method: "GET", path: "/api/preflights/{preflight}", changes: false },
  preflight_cancel: { method: "POST", path: "/api/preflights/{preflight}/cancel", changes: true },
  preflight_remove: { method: "DELETE", path: "/api/preflights/{preflight}", changes: true },
  preflight_compare: { method: "POST", path: "/api/preflights/compare", changes: false },
  support_collect: { method: "POST", path: "/api/support", changes: true },
  support_open: { method: "POST", path: "/api/support/open", changes: true },
  support_list: { method: "GET", path: "/api/support", changes: false },
  support_get: { method: "GET", path: "/api/support/{support}", changes: false },
  support_cancel: { method: "POST", path: "/api/support/{support}/cancel", changes: true },
  support_save: { method: "POST", path: "/api/support/{support}/save", changes: true },
  support_remove: { method: "DELETE", path: "/api/support/{support}", changes: true },
  support_files: { method: "GET", path: "/api/support/{support}/files", changes: false },
  support_read: { method: "GET", path: "/api/support/{support}/file", changes: false },
  support_search: { method: "GET", path: "/api/support/{support}/search", changes: false },
  settings_get: { method: "GET", path: "/api/settings", changes: false },
  settings_set: { method: "PUT", path: "/api/settings", changes: true },
  audit_list: { method: "GET", path: "/api/audit", changes: false },
} as const;

/** Routes that only the HTTPS server has. */
export const HTTP_ROUTES = {
  auth_login: { method: "POST", path: "/api/auth/login" },
  auth_refresh: { method: "POST", path: "/api/auth/refresh" },
  auth_logout: { method: "POST", path: "/api/auth/logout" },
  events: { method: "GET", path: "/api/events" },
  bundle_upload: { method: "POST", path: "/api/bundles/upload" },
  support_upload: { method: "POST", path: "/api/support/upload" },
  support_download: { method: "GET", path: "/api/support/{support}/download" },
  openapi: { method: "GET", path: "/api/openapi.json" },
} as const;
