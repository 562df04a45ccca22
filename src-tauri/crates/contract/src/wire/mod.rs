//! Requests and answers of the commands, one module per area.

mod auth;
mod base;
mod bundle;
mod config;
mod host;
mod library;
mod preflight;
mod release_diff;
mod runs;
mod settings;
mod site;
mod support;

pub use auth::{LoginRequest, RefreshRequest, Session};
pub use base::{
    BaseAssignRequest, BaseComparison, BaseDifference, BaseIdRequest, BaseItem, BaseList, BasePutRequest,
    BaseRef, BaseSite, BaseSiteState, BaseSummary, BaseTakeRequest, BaseValue, BaseView, SiteValue,
};
pub use bundle::{
    BundleCluster, BundleDetail, BundleIdRequest, BundleImage, BundleImportRequest, BundleList,
    BundleSummary, ImportHolder, ImportIdRequest, ImportState, ImportStatus, LicenseSignature, LicenseView,
    SignatureState,
};
pub use config::{
    ChartRendering, ConfigDiff, ConfigFile, ConfigGroup, ConfigHistory, ConfigHistoryEntry,
    ConfigImportRequest, ConfigItem, ConfigOption, ConfigRenderRequest, ConfigRendering, ConfigRepetition,
    ConfigSetRequest, ConfigTemplateRequest, ConfigView, ItemNote, SentValue, ValueSource,
};
pub use host::{
    HostDisk, HostFacts, HostParseRequest, HostRole, HostStep, HostStepKind, HostStepState, HostTest,
    HostTestRequest, HostTests, HostsFound, LinuxSite, SiteHost,
};
pub use library::{
    BlobFault, BlobFinding, BlobView, BundleCreateRequest, BundleExportRequest, BundlePushRequest,
    BundleSignRequest, BundleSigned, ImageFrom, LibraryCollectRequest, LibraryCollected, LibraryMoveRequest,
    LibraryTask, LibraryVerifyRequest, LibraryView, NewFile, NewImage, SigningKey, SigningKeyMade,
    SigningKeyMakeRequest, TaskIdRequest, TaskKind, TaskOutcome, VendorKey, VendorKeyList,
    VendorKeyPinRequest, VendorKeyRequest,
};
pub use preflight::{
    CheckChange, HostChecks, HostProgress, LintFinding, LintReport, LintRequest, LintSeverity,
    PreflightCompareRequest, PreflightComparison, PreflightIdRequest, PreflightList, PreflightProgress,
    PreflightRunRequest, PreflightSummary, PreflightView, SpecFile, SshSettings,
};
pub use release_diff::{
    ConfigFormChange, ConfigFormDiff, ConfigFormItem, FieldChange, ReleaseChange, ReleaseDiff,
    ReleaseDiffRequest, ReleaseImage, ReleaseSide,
};
pub use runs::{
    BypassRequest, ChecksRequest, EventsRequest, ExecuteRequest, HostInterface, HostInterfaces,
    InstallationChoices, InstallationSettings, InstallationSettingsRequest, LogRequest, PhaseStatusView,
    PlanRequest, RollbackRequest, RunCreateRequest, RunIdRequest, RunList, RunListRequest, StepRequest,
    TakeOverRequest,
};
pub use settings::{
    AuditEntry, AuditList, AuditRequest, Health, LicenseSettings, MetricsSettings, Settings, Theme,
    TrustedKey,
};
pub use site::{
    ContextFound, ContextList, ContextListRequest, ContextProbeRequest, Empty, InformerState, InformerView,
    InstalledApp, KubeconfigSource, KubernetesSite, Reachability, RegistrySettings, RevisionView,
    SiteAddRequest, SiteBackup, SiteBackups, SiteDetail, SiteIdRequest, SiteList, SiteListRequest, SiteNode,
    SiteNodes, SiteRemoveRequest, SiteResetRequest, SiteRestoreRequest, SiteSummary, SiteTest,
    SiteUpdateRequest,
};
pub use support::{
    SupportCollectRequest, SupportFile, SupportFiles, SupportHit, SupportHits, SupportIdRequest, SupportList,
    SupportOpenRequest, SupportPart, SupportReadRequest, SupportSaveRequest, SupportSearchRequest,
    SupportSummary, SupportText, SupportView,
};
