//! Every command of the list, each handed to whom it concerns.

use longshore_contract::{
    AuditList, AuditRequest, BaseAssignRequest, BaseComparison, BaseIdRequest, BaseList, BasePutRequest,
    BaseTakeRequest, BaseView, BundleCreateRequest, BundleDetail, BundleExportRequest, BundleIdRequest,
    BundleImportRequest, BundleList, BundlePushRequest, BundleSignRequest, BundleSigned, BypassRequest,
    Caller, ChecksReport, ChecksRequest, Commands, ConfigDiff, ConfigFile, ConfigHistory,
    ConfigImportRequest, ConfigRenderRequest, ConfigRendering, ConfigSetRequest, ConfigTemplateRequest,
    ConfigView, ContextList, ContextListRequest, ContextProbeRequest, Empty, EventPage, EventsRequest,
    ExecuteRequest, Health, HostParseRequest, HostTestRequest, HostTests, HostsFound, ImportIdRequest,
    ImportStatus, InstallationChoices, InstallationSettings, InstallationSettingsRequest,
    LibraryCollectRequest, LibraryCollected, LibraryMoveRequest, LibraryTask, LibraryVerifyRequest,
    LibraryView, LintReport, LintRequest, LogPage, LogRequest, Phase, PhaseStatusView, Plan, PlanRequest,
    PreflightCompareRequest, PreflightComparison, PreflightIdRequest, PreflightList, PreflightRunRequest,
    PreflightView, Reachability, ReleaseDiff, ReleaseDiffRequest, RollbackRequest, RunCreateRequest,
    RunIdRequest, RunList, RunListRequest, RunView, Settings, SigningKeyMade, SigningKeyMakeRequest,
    SiteAddRequest, SiteBackups, SiteDetail, SiteIdRequest, SiteList, SiteListRequest, SiteNodes,
    SiteRemoveRequest, SiteResetRequest, SiteRestoreRequest, SiteTest, SiteUpdateRequest, StepRequest,
    SupportCollectRequest, SupportFiles, SupportHits, SupportIdRequest, SupportList, SupportOpenRequest,
    SupportReadRequest, SupportSaveRequest, SupportSearchRequest, SupportText, SupportView, TakeOverRequest,
    TaskIdRequest, VendorKeyList, VendorKeyPinRequest, VendorKeyRequest, WireError,
};
use longshore_managers::vendor_keys;
use longshore_store::StoreError;

use super::App;

type Answer<T> = Result<T, WireError>;

#[allow(clippy::needless_pass_by_value, reason = "errors are handed over where they are mapped")]
fn broken(error: StoreError) -> WireError {
    WireError::internal(&error)
}

impl Commands for App {
    async fn health(&self, _: &Caller, _: Empty) -> Answer<Health> {
        Ok(Health {
            status: "ok".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data: self.data.display().to_string(),
        })
    }

    async fn site_list(&self, _: &Caller, request: SiteListRequest) -> Answer<SiteList> {
        Ok(SiteList { sites: self.sites.list(&request)? })
    }

    async fn site_add(&self, _: &Caller, request: SiteAddRequest) -> Answer<SiteDetail> {
        self.sites.add(request).await
    }

    async fn site_get(&self, _: &Caller, request: SiteIdRequest) -> Answer<SiteDetail> {
        self.sites.get(&request.site).await
    }

    async fn site_update(&self, _: &Caller, request: SiteUpdateRequest) -> Answer<SiteDetail> {
        self.sites.update(request).await
    }

    async fn site_remove(&self, _: &Caller, request: SiteRemoveRequest) -> Answer<Empty> {
        self.sites.remove(&request.site, &request.confirm)?;
        Ok(Empty {})
    }

    async fn site_test(&self, _: &Caller, request: SiteIdRequest) -> Answer<SiteTest> {
        self.sites.test(&request.site).await
    }

    async fn host_test(&self, _: &Caller, request: HostTestRequest) -> Answer<HostTests> {
        self.sites.test_hosts(&request).await
    }

    async fn host_list(&self, _: &Caller, request: SiteIdRequest) -> Answer<HostTests> {
        self.sites.hosts(&request.site)
    }

    async fn host_parse(&self, _: &Caller, request: HostParseRequest) -> Answer<HostsFound> {
        self.sites.parse_hosts(&request)
    }

    async fn context_list(&self, _: &Caller, request: ContextListRequest) -> Answer<ContextList> {
        self.sites.contexts(&request.kubeconfig)
    }

    async fn context_probe(&self, _: &Caller, request: ContextProbeRequest) -> Answer<Reachability> {
        Ok(self.sites.probe_context(&request.kubeconfig, &request.context).await)
    }

    async fn bundle_list(&self, _: &Caller, _: Empty) -> Answer<BundleList> {
        self.bundles.list()
    }

    async fn bundle_import(&self, _: &Caller, request: BundleImportRequest) -> Answer<ImportStatus> {
        self.bundles.import(&request.path, request.once)
    }

    async fn bundle_import_status(&self, _: &Caller, request: ImportIdRequest) -> Answer<ImportStatus> {
        self.bundles.import_status(&request.import)
    }

    async fn bundle_import_cancel(&self, _: &Caller, request: ImportIdRequest) -> Answer<ImportStatus> {
        self.bundles.cancel(&request.import)
    }

    async fn bundle_import_resume(&self, _: &Caller, request: ImportIdRequest) -> Answer<ImportStatus> {
        self.bundles.resume(&request.import)
    }

    async fn bundle_import_discard(&self, _: &Caller, request: ImportIdRequest) -> Answer<LibraryCollected> {
        self.bundles.discard(&request.import)
    }

    async fn bundle_get(&self, _: &Caller, request: BundleIdRequest) -> Answer<BundleDetail> {
        self.bundles.get(&request.bundle)
    }

    async fn bundle_remove(&self, _: &Caller, request: BundleIdRequest) -> Answer<Empty> {
        self.bundles.remove(&request.bundle)?;
        Ok(Empty {})
    }

    async fn bundle_diff(&self, _: &Caller, request: ReleaseDiffRequest) -> Answer<ReleaseDiff> {
        let mut diff = self.library.diff(&request)?;
        self.runs.add_rendered(&mut diff).await;
        Ok(diff)
    }

    async fn bundle_push(&self, _: &Caller, request: BundlePushRequest) -> Answer<LibraryTask> {
        self.library.push(request)
    }

    async fn bundle_export(&self, _: &Caller, request: BundleExportRequest) -> Answer<LibraryTask> {
        self.library.export(&request)
    }

    async fn bundle_sign(&self, _: &Caller, request: BundleSignRequest) -> Answer<BundleSigned> {
        self.library.sign(&request)
    }

    async fn bundle_create(&self, _: &Caller, request: BundleCreateRequest) -> Answer<LibraryTask> {
        self.library.create(request)
    }

    async fn library_get(&self, _: &Caller, _: Empty) -> Answer<LibraryView> {
        self.library.view()
    }

    async fn library_collect(&self, _: &Caller, request: LibraryCollectRequest) -> Answer<LibraryCollected> {
        self.library.collect(&request)
    }

    async fn library_verify(&self, _: &Caller, request: LibraryVerifyRequest) -> Answer<LibraryTask> {
        self.library.verify(&request)
    }

    async fn library_move(&self, _: &Caller, request: LibraryMoveRequest) -> Answer<LibraryTask> {
        self.library.relocate(&request)
    }

    async fn task_get(&self, _: &Caller, request: TaskIdRequest) -> Answer<LibraryTask> {
        self.library.task(&request.task)
    }

    async fn task_cancel(&self, _: &Caller, request: TaskIdRequest) -> Answer<LibraryTask> {
        self.library.cancel(&request.task)
    }

    async fn signing_key_make(&self, _: &Caller, request: SigningKeyMakeRequest) -> Answer<SigningKeyMade> {
        self.library.make_key(&request)
    }

    async fn vendor_key_list(&self, _: &Caller, _: Empty) -> Answer<VendorKeyList> {
        vendor_keys::list(&self.store)
    }

    async fn vendor_key_pin(&self, caller: &Caller, request: VendorKeyPinRequest) -> Answer<VendorKeyList> {
        self.bundles.pin_key(&request, &caller.who)
    }

    async fn vendor_key_remove(&self, _: &Caller, request: VendorKeyRequest) -> Answer<VendorKeyList> {
        self.bundles.remove_key(&request.slug)
    }

    async fn site_nodes(&self, _: &Caller, request: SiteIdRequest) -> Answer<SiteNodes> {
        self.sites.nodes(&request.site).await
    }

    async fn site_reset(&self, caller: &Caller, request: SiteResetRequest) -> Answer<RunView> {
        Ok(self.runs.reset(&caller.who, &request).await?)
    }

    async fn site_backups(&self, _: &Caller, request: SiteIdRequest) -> Answer<SiteBackups> {
        Ok(self.runs.backups(&request.site).await?)
    }

    async fn site_restore(&self, caller: &Caller, request: SiteRestoreRequest) -> Answer<RunView> {
        Ok(self.runs.restore(&caller.who, &request).await?)
    }

    async fn run_list(&self, _: &Caller, request: RunListRequest) -> Answer<RunList> {
        Ok(RunList { runs: self.runs.list(&request).await? })
    }

    async fn run_create(&self, caller: &Caller, request: RunCreateRequest) -> Answer<RunView> {
        Ok(self.runs.create(&caller.who, &request).await?)
    }

    async fn run_get(&self, _: &Caller, request: RunIdRequest) -> Answer<RunView> {
        Ok(self.runs.view(&request.run).await?)
    }

    async fn run_events(&self, _: &Caller, request: EventsRequest) -> Answer<EventPage> {
        Ok(self.runs.events(&request).await?)
    }

    async fn run_log(&self, _: &Caller, request: LogRequest) -> Answer<LogPage> {
        Ok(self.runs.log(&request).await?)
    }

    async fn config_get(&self, _: &Caller, request: RunIdRequest) -> Answer<ConfigView> {
        Ok(self.runs.config_get(&request.run).await?)
    }

    async fn config_template(&self, _: &Caller, request: ConfigTemplateRequest) -> Answer<ConfigView> {
        Ok(self.runs.config_template(&request.run, &request.values).await?)
    }

    async fn config_set(&self, caller: &Caller, request: ConfigSetRequest) -> Answer<ConfigView> {
        Ok(self.runs.config_set(&caller.who, &request.run, &request.values).await?)
    }

    async fn config_export(&self, _: &Caller, request: RunIdRequest) -> Answer<ConfigFile> {
        Ok(self.runs.config_export(&request.run).await?)
    }

    async fn config_import(&self, caller: &Caller, request: ConfigImportRequest) -> Answer<ConfigView> {
        Ok(self.runs.config_import(&caller.who, &request.run, &request.content).await?)
    }

    async fn config_diff(&self, _: &Caller, request: RunIdRequest) -> Answer<ConfigDiff> {
        Ok(self.runs.config_diff(&request.run).await?)
    }

    async fn config_render(&self, _: &Caller, request: ConfigRenderRequest) -> Answer<ConfigRendering> {
        Ok(self.runs.config_render(&request).await?)
    }

    async fn config_history(&self, _: &Caller, request: SiteIdRequest) -> Answer<ConfigHistory> {
        Ok(self.runs.config_history(&request.site).await?)
    }

    async fn base_list(&self, _: &Caller, _: Empty) -> Answer<BaseList> {
        self.bases.list()
    }

    async fn base_get(&self, _: &Caller, request: BaseIdRequest) -> Answer<BaseView> {
        self.bases.get(&request.base)
    }

    async fn base_put(&self, caller: &Caller, request: BasePutRequest) -> Answer<BaseView> {
        self.bases.put(&caller.who, &request)
    }

    async fn base_take(&self, caller: &Caller, request: BaseTakeRequest) -> Answer<BaseView> {
        self.bases.take(&caller.who, &request).await
    }

    async fn base_remove(&self, _: &Caller, request: BaseIdRequest) -> Answer<Empty> {
        self.bases.remove(&request.base)?;
        Ok(Empty {})
    }

    async fn base_assign(&self, _: &Caller, request: BaseAssignRequest) -> Answer<BaseView> {
        self.bases.assign(&request)
    }

    async fn base_unassign(&self, _: &Caller, request: BaseAssignRequest) -> Answer<BaseView> {
        self.bases.unassign(&request)
    }

    async fn base_compare(&self, _: &Caller, request: BaseIdRequest) -> Answer<BaseComparison> {
        self.bases.compare(&request.base).await
    }

    async fn installation_get(&self, _: &Caller, request: RunIdRequest) -> Answer<InstallationSettings> {
        Ok(self.runs.installation(&request.run).await?)
    }

    async fn installation_choices(&self, _: &Caller, request: RunIdRequest) -> Answer<InstallationChoices> {
        Ok(self.runs.installation_choices(&request.run).await?)
    }

    async fn installation_set(
        &self,
        _: &Caller,
        request: InstallationSettingsRequest,
    ) -> Answer<PhaseStatusView> {
        Ok(self.runs.set_installation(&request.run, &request.settings).await?)
    }

    async fn installation_status(&self, _: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.installation_status(&request.run).await?)
    }

    async fn run_plan(&self, _: &Caller, request: PlanRequest) -> Answer<Plan> {
        Ok(self.runs.plan(&request.run).await?)
    }

    async fn run_execute(&self, caller: &Caller, request: ExecuteRequest) -> Answer<RunView> {
        Ok(self.runs.execute(&caller.who, &request).await?)
    }

    async fn run_bypass(&self, caller: &Caller, request: BypassRequest) -> Answer<RunView> {
        Ok(self.runs.bypass(&caller.who, &request.run, &request.why).await?)
    }

    async fn run_retry(&self, caller: &Caller, request: StepRequest) -> Answer<RunView> {
        Ok(self.runs.retry(&caller.who, &request).await?)
    }

    async fn run_skip(&self, caller: &Caller, request: StepRequest) -> Answer<RunView> {
        Ok(self.runs.skip(&caller.who, &request).await?)
    }

    async fn run_cancel(&self, caller: &Caller, request: StepRequest) -> Answer<RunView> {
        Ok(self.runs.cancel(&caller.who, &request).await?)
    }

    async fn run_resume(&self, caller: &Caller, request: RunIdRequest) -> Answer<RunView> {
        Ok(self.runs.resume(&caller.who, &request.run).await?)
    }

    async fn run_discard(&self, caller: &Caller, request: RunIdRequest) -> Answer<RunView> {
        Ok(self.runs.discard(&caller.who, &request.run).await?)
    }

    async fn run_take_over(&self, caller: &Caller, request: TakeOverRequest) -> Answer<RunView> {
        Ok(self.runs.take_over(&caller.who, &request).await?)
    }

    async fn run_rollback(&self, caller: &Caller, request: RollbackRequest) -> Answer<RunView> {
        Ok(self.runs.rollback(&caller.who, &request).await?)
    }

    async fn hosts_configure(&self, caller: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.run_phase(&caller.who, &request.run, Phase::HostConfiguration).await?)
    }

    async fn hosts_configure_status(&self, _: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.phase_status(&request.run, Phase::HostConfiguration).await?)
    }

    async fn host_preflights_run(&self, caller: &Caller, request: ChecksRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.run_checks(&caller.who, &request, Phase::HostPreflights).await?)
    }

    async fn host_preflights_status(&self, _: &Caller, request: RunIdRequest) -> Answer<ChecksReport> {
        Ok(self.runs.checks(&request.run, Phase::HostPreflights).await?)
    }

    async fn infra_setup(&self, caller: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.run_phase(&caller.who, &request.run, Phase::Infrastructure).await?)
    }

    async fn infra_status(&self, _: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.phase_status(&request.run, Phase::Infrastructure).await?)
    }

    async fn airgap_process(&self, caller: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.run_phase(&caller.who, &request.run, Phase::Airgap).await?)
    }

    async fn airgap_status(&self, _: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.phase_status(&request.run, Phase::Airgap).await?)
    }

    async fn app_preflights_run(&self, caller: &Caller, request: ChecksRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.run_checks(&caller.who, &request, Phase::AppPreflights).await?)
    }

    async fn app_preflights_status(&self, _: &Caller, request: RunIdRequest) -> Answer<ChecksReport> {
        Ok(self.runs.checks(&request.run, Phase::AppPreflights).await?)
    }

    async fn app_status(&self, _: &Caller, request: RunIdRequest) -> Answer<PhaseStatusView> {
        Ok(self.runs.phase_status(&request.run, Phase::App).await?)
    }

    async fn preflight_lint(&self, _: &Caller, request: LintRequest) -> Answer<LintReport> {
        Ok(self.preflights.lint(&request))
    }

    async fn preflight_run(&self, _: &Caller, mut request: PreflightRunRequest) -> Answer<PreflightView> {
        if let Some(bundle) = &request.bundle {
            let site = request.site.as_ref().map(|site| self.sites.row(site)).transpose()?;
            request.specs.extend(self.runs.preflight_specs(&bundle.0, site.as_ref())?);
        }
        self.preflights.run(request)
    }

    async fn preflight_list(&self, _: &Caller, _: Empty) -> Answer<PreflightList> {
        self.preflights.list()
    }

    async fn preflight_get(&self, _: &Caller, request: PreflightIdRequest) -> Answer<PreflightView> {
        self.preflights.get(&request.preflight)
    }

    async fn preflight_cancel(&self, _: &Caller, request: PreflightIdRequest) -> Answer<PreflightView> {
        self.preflights.cancel(&request.preflight).await
    }

    async fn preflight_remove(&self, _: &Caller, request: PreflightIdRequest) -> Answer<Empty> {
        self.preflights.remove(&request.preflight)?;
        Ok(Empty {})
    }

    async fn preflight_compare(
        &self,
        _: &Caller,
        request: PreflightCompareRequest,
    ) -> Answer<PreflightComparison> {
        self.preflights.compare(&request)
    }

    async fn support_collect(&self, _: &Caller, mut request: SupportCollectRequest) -> Answer<SupportView> {
        let site = self.sites.row(&request.site)?;
        request.specs.extend(self.runs.support_specs(&site, request.bundle.as_ref())?);
        let secrets = self.runs.secrets_of(&site.id)?;
        self.support.collect(request, secrets)
    }

    async fn support_open(&self, _: &Caller, request: SupportOpenRequest) -> Answer<SupportView> {
        self.support.open(request).await
    }

    async fn support_list(&self, _: &Caller, _: Empty) -> Answer<SupportList> {
        self.support.list()
    }

    async fn support_get(&self, _: &Caller, request: SupportIdRequest) -> Answer<SupportView> {
        self.support.get(&request.support)
    }

    async fn support_cancel(&self, _: &Caller, request: SupportIdRequest) -> Answer<SupportView> {
        self.support.cancel(&request.support).await
    }

    async fn support_save(&self, _: &Caller, request: SupportSaveRequest) -> Answer<SupportView> {
        self.support.save(&request).await
    }

    async fn support_remove(&self, _: &Caller, request: SupportIdRequest) -> Answer<Empty> {
        self.support.remove(&request.support)?;
        Ok(Empty {})
    }

    async fn support_files(&self, _: &Caller, request: SupportIdRequest) -> Answer<SupportFiles> {
        self.support.files(&request.support).await
    }

    async fn support_read(&self, _: &Caller, request: SupportReadRequest) -> Answer<SupportText> {
        self.support.read(&request).await
    }

    async fn support_search(&self, _: &Caller, request: SupportSearchRequest) -> Answer<SupportHits> {
        self.support.search(&request).await
    }

    async fn settings_get(&self, _: &Caller, _: Empty) -> Answer<Settings> {
        self.store.settings().map_err(broken)
    }

    async fn settings_set(&self, _: &Caller, request: Settings) -> Answer<Settings> {
        let fields = longshore_managers::licenses::refused_keys(&request);
        if !fields.is_empty() {
            return Err(WireError { fields, ..WireError::bad_input("A key in the settings cannot be used") });
        }
        self.store.put_settings(&request).map_err(broken)?;
        Ok(request)
    }

    async fn audit_list(&self, _: &Caller, request: AuditRequest) -> Answer<AuditList> {
        let limit = if request.limit == 0 { 500 } else { request.limit };
        Ok(AuditList { entries: self.store.audit_list(limit).map_err(broken)? })
    }
}
