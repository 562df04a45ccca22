//! Sites: added, listed, looked at, tested, forgotten.

use std::sync::Arc;

use longshore_cluster::record::{self, Installation};
use longshore_cluster::registry::Registry;
use longshore_cluster::wait::informer;
use longshore_cluster::{Cluster, Right, contexts, lease, load, missing_rights, probe};
use longshore_contract::{
    AppEvent, ContextList, ErrorCode, FieldError, HostStepState, HostTestRequest, InformerState,
    InformerView, InstalledApp, KubeconfigSource, KubernetesSite, Reachability, RegistrySettings,
    RevisionView, RunId, RunSummary, SiteAddRequest, SiteDetail, SiteId, SiteListRequest, SiteSummary,
    SiteTest, SiteUpdateRequest, Target, Timestamp, WireError, chain,
};
use longshore_store::{SiteRow, Store, StoreError};

use crate::access;

mod facts;
mod hosts;
mod lines;

/// The service behind every command about sites.
pub struct Sites {
    store: Arc<Store>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
}

fn broken(error: StoreError) -> WireError {
    WireError::internal(&error)
}

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

impl Sites {
    /// A service over a store; `announce` is told whenever a site changes.
    pub fn new(store: Arc<Store>, announce: Arc<dyn Fn(AppEvent) + Send + Sync>) -> Self {
        Self { store, announce }
    }

    /// One site by id or name.
    ///
    /// # Errors
    /// When there is none.
    pub fn row(&self, site: &SiteId) -> Result<SiteRow, WireError> {
        self.store.site(&site.0).map_err(broken)?.ok_or_else(|| {
            WireError::not_found(format!("There is no site {site}"))
                .hint("`longshore site list` shows those there are.")
        })
    }

    fn put(&self, row: &SiteRow) -> Result<(), WireError> {
        self.store.put_site(row).map_err(broken)?;
        (self.announce)(AppEvent::SiteChanged { site: row.id.clone() });
        Ok(())
    }

    /// Keeps what a look at a site found; told only when it found something else than the last one.
    fn put_seen(&self, before: &SiteRow, row: &SiteRow) -> Result<(), WireError> {
        if steady(before) == steady(row) {
            return self.store.put_site(row).map_err(broken);
        }
        self.put(row)
    }

    /// Sites that match, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self, request: &SiteListRequest) -> Result<Vec<SiteSummary>, WireError> {
        let runs = self.store.runs().map_err(broken)?;
        let words: Vec<String> =
            request.search.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let rows = self.store.sites().map_err(broken)?;
        let found = rows.into_iter().filter(|row| {
            let installed = row.installed.as_ref();
            let text = format!(
                "{} {} {} {}",
                row.name,
                row.tags.join(" "),
                installed.map(|app| format!("{} {}", app.slug, app.title)).unwrap_or_default(),
                installed.map(|app| app.version.clone()).unwrap_or_default(),
            );
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
                && request.tag.as_ref().is_none_or(|tag| row.tags.contains(tag))
        });
        Ok(found.map(|row| summary(&row, &runs)).collect())
    }

    /// Adds a site; its cluster is contacted once to learn which one it is.
    ///
    /// # Errors
    /// When the name is taken or the cluster cannot be opened; nothing is stored then.
    pub async fn add(&self, request: SiteAddRequest) -> Result<SiteDetail, WireError> {
        let name = request.name.trim().to_owned();
        if name.is_empty() {
            return Err(WireError::bad_input("A site needs a name").field("name", "must not be empty"));
        }
        if self.store.site(&name).map_err(broken)?.is_some() {
            return Err(
                WireError::bad_input(format!("There is a site {name} already")).field("name", "is taken")
            );
        }
        let id = SiteId(format!("{:016x}", rand::random::<u64>()));
        let (target, kubernetes, linux) = match (request.kubernetes, request.linux) {
            (Some(kubernetes), None) => {
                (Target::Kubernetes, self.begin_cluster(&id, kubernetes).await?, None)
            }
            (kubernetes, Some(mut linux)) if kubernetes.is_none() => {
                linux = hosts::settled(linux)?;
                access::keep_ssh(&self.store, &id, &mut linux.ssh).map_err(broken)?;
                (Target::Linux, none_yet(), Some(linux))
            }
            _ => {
                return Err(WireError::bad_input("A site is a cluster or Linux hosts, one of the two")
                    .field("kubernetes", "or linux: give one of them"));
            }
        };
        let row = SiteRow {
            id: id.clone(),
            name,
            tags: request.tags,
            pinned: false,
            target,
            kubernetes,
            linux,
            hosts: Vec::new(),
            reachability: Reachability::Unknown,
            seen_at: None,
            installed: None,
            lease: None,
        };
        self.put(&row)?;
        self.get(&id).await
    }

    /// Contacts the cluster of a new site once, and keeps its secrets.
    async fn begin_cluster(&self, id: &SiteId, site: KubernetesSite) -> Result<KubernetesSite, WireError> {
        check_registry(site.registry.as_ref())?;
        let opened = longshore_cluster::open(&site.kubeconfig, &site.context, "").await;
        let opened = opened.map_err(|error| access::refusal(&error))?;
        self.keep_secrets(id, &site.kubeconfig, site.registry.as_ref())?;
        Ok(KubernetesSite { cluster_uid: opened.cluster.uid.clone(), ..public(site) })
    }

    fn keep_secrets(
        &self,
        id: &SiteId,
        kubeconfig: &KubeconfigSource,
        registry: Option<&RegistrySettings>,
    ) -> Result<(), WireError> {
        if let KubeconfigSource::Pasted { content } = kubeconfig {
            self.store.put_secret(&access::kubeconfig_secret(id), content.as_bytes()).map_err(broken)?;
        }
        if let Some(password) = registry.and_then(|registry| registry.password.as_ref()) {
            self.store.put_secret(&access::registry_secret(id), password.as_bytes()).map_err(broken)?;
        }
        Ok(())
    }

    /// Changes a site.
    ///
    /// # Errors
    /// When the new name is taken.
    pub async fn update(&self, request: SiteUpdateRequest) -> Result<SiteDetail, WireError> {
        let mut row = self.row(&request.site)?;
        if let Some(name) = request.name {
            let other = self.store.site(&name).map_err(broken)?;
            if other.is_some_and(|other| other.id != row.id) {
                return Err(
                    WireError::bad_input(format!("There is a site {name} already")).field("name", "is taken")
                );
            }
            row.name = name;
        }
        row.tags = request.tags.unwrap_or(row.tags);
        row.pinned = request.pinned.unwrap_or(row.pinned);
        if let Some(registry) = request.registry {
            check_registry(Some(&registry))?;
            self.keep_secrets(&row.id, &KubeconfigSource::Environment, Some(&registry))?;
            row.kubernetes.registry = Some(RegistrySettings { password: None, ..registry });
        }
        if let Some(linux) = request.linux {
            if row.linux.is_none() {
                return Err(WireError::bad_input(format!(
                    "{} is a cluster, not a site of Linux hosts",
                    row.name
                ))
                .field("linux", "cannot be given for it"));
            }
            let mut linux = hosts::settled(linux)?;
            access::keep_ssh(&self.store, &row.id, &mut linux.ssh).map_err(broken)?;
            row.hosts.retain(|test| linux.hosts.iter().any(|host| host.address == test.host));
            row.reachability = hosts::reachability(&linux, &row.hosts);
            row.linux = Some(linux);
        }
        if request.accept_new_cluster {
            row.kubernetes.cluster_uid = String::new();
            let cluster = access::cluster(&self.store, &row).await?;
            row.kubernetes.cluster_uid.clone_from(&cluster.uid);
        }
        self.put(&row)?;
        self.get(&row.id).await
    }

    /// Forgets a site.
    ///
    /// # Errors
    /// When its name was not typed right.
    pub fn remove(&self, site: &SiteId, confirm: &str) -> Result<(), WireError> {
        let row = self.row(site)?;
        if confirm != row.name {
            return Err(WireError::bad_input("The site's name was not typed as it is")
                .field("confirm", format!("must be {}", row.name)));
        }
        self.store.remove_site(&row.id).map_err(broken)?;
        self.store.remove_secrets(&format!("site/{}/", row.id)).map_err(broken)?;
        (self.announce)(AppEvent::SiteChanged { site: row.id });
        Ok(())
    }

    /// A site as it is now; when it does not answer, as last seen.
    ///
    /// # Errors
    /// When there is no such site.
    pub async fn get(&self, site: &SiteId) -> Result<SiteDetail, WireError> {
        let mut row = self.row(site)?;
        if row.linux.is_some() {
            return self.detail(row, Vec::new(), Vec::new());
        }
        let before = row.clone();
        let source = access::kubeconfig(&self.store, &row).map_err(broken)?;
        let (reachability, _) = probe(&source, &row.kubernetes.context, &row.kubernetes.cluster_uid).await;
        let (mut informers, mut revisions) = (Vec::new(), Vec::new());
        if matches!(reachability, Reachability::Reachable { .. })
            && let Ok(cluster) = access::cluster(&self.store, &row).await
        {
            row.seen_at = Some(now());
            let found = installation(&cluster, &row).await;
            if let Some((namespace, record)) = found {
                row.installed = installed(&namespace, &record);
                row.lease = lease::read_holder(&cluster, &namespace).await.unwrap_or_default();
                informers = informers_of(&cluster, &namespace, &record).await;
                revisions = revisions_of(&record);
            } else {
                row.installed = None;
            }
        }
        row.reachability = reachability;
        self.put_seen(&before, &row)?;
        self.detail(row, informers, revisions)
    }

    fn detail(
        &self,
        mut row: SiteRow,
        informers: Vec<InformerView>,
        revisions: Vec<RevisionView>,
    ) -> Result<SiteDetail, WireError> {
        let runs = self.store.runs().map_err(broken)?;
        let summary = summary(&row, &runs);
        let runs = runs.into_iter().filter(|run| run.site == row.id).collect();
        let hosts = hosts::listed(&row).hosts;
        if let Some(linux) = &mut row.linux {
            linux.stored = access::stored_ssh(&self.store, &row.id).map_err(broken)?;
        }
        let (kubernetes, linux) = (row.kubernetes, row.linux);
        Ok(SiteDetail { summary, kubernetes, linux, hosts, informers, revisions, runs })
    }

    /// Whether a site can be worked with: answer, rights, registry.
    ///
    /// # Errors
    /// When there is no such site.
    pub async fn test(&self, site: &SiteId) -> Result<SiteTest, WireError> {
        let mut row = self.row(site)?;
        if row.linux.is_some() {
            let (hosts, accepted_keys) = (Vec::new(), Vec::new());
            let all = HostTestRequest { site: row.id.clone(), hosts, accepted_keys };
            let hosts = self.test_hosts(&all).await?.hosts;
            let reachability = self.row(site)?.reachability;
            let (missing_rights, registry) = (Vec::new(), String::new());
            return Ok(SiteTest { reachability, missing_rights, registry, hosts });
        }
        let source = access::kubeconfig(&self.store, &row).map_err(broken)?;
        let (reachability, _) = probe(&source, &row.kubernetes.context, &row.kubernetes.cluster_uid).await;
        let mut missing = Vec::new();
        if matches!(reachability, Reachability::Reachable { .. }) {
            let cluster = access::cluster(&self.store, &row).await?;
            let namespace = Some(row.kubernetes.namespace.clone()).filter(|named| !named.is_empty());
            let wanted = rights(&namespace.unwrap_or_else(|| "default".to_owned()));
            let lacking = missing_rights(&cluster, &wanted).await;
            missing = match lacking {
                Ok(rights) => rights.iter().map(Right::words).collect(),
                Err(error) => vec![format!("the rights could not be asked for: {error}")],
            };
        }
        let registry = match access::registry(&self.store, &row, "").map_err(broken)? {
            Some(settings) => {
                Registry::open(&settings).await.err().map(|error| chain(&error)).unwrap_or_default()
            }
            None => String::new(),
        };
        let before = row.clone();
        row.reachability = reachability.clone();
        self.put_seen(&before, &row)?;
        Ok(SiteTest { reachability, missing_rights: missing, registry, hosts: Vec::new() })
    }

    /// Contexts that can be found, none contacted.
    ///
    /// # Errors
    /// When no kubeconfig can be read at all.
    pub fn contexts(&self, source: &KubeconfigSource) -> Result<ContextList, WireError> {
        let loaded = load(source).map_err(|error| WireError::bad_input(chain(&error)))?;
        Ok(ContextList { contexts: contexts(&loaded), problems: loaded.problems })
    }

    /// Whether a context answers.
    pub async fn probe_context(&self, source: &KubeconfigSource, context: &str) -> Reachability {
        probe(source, context, "").await.0
    }
}

/// A row without what is another at every look.
fn steady(row: &SiteRow) -> SiteRow {
    let mut row = row.clone();
    row.seen_at = None;
    if let Reachability::Reachable { latency_ms, .. } = &mut row.reachability {
        *latency_ms = 0;
    }
    if let Some(lease) = &mut row.lease {
        lease.renewed = lease.since;
    }
    for test in &mut row.hosts {
        (test.at, test.facts_at, test.latency_ms) = (Timestamp(0), None, None);
        for step in test.steps.iter_mut().filter(|step| step.state == HostStepState::Passed) {
            step.message.clear();
        }
        if let Some(facts) = &mut test.facts {
            (facts.skew, facts.uptime) = (0, 0);
            facts.disks.iter_mut().for_each(|disk| disk.free = 0);
        }
    }
    row
}

/// What every workflow needs in an application's namespace, whatever the application.
fn rights(namespace: &str) -> Vec<Right> {
    let mut rights = Vec::new();
    for (group, resource) in [
        ("", "secrets"),
        ("", "configmaps"),
        ("", "services"),
        ("apps", "deployments"),
        ("batch", "jobs"),
        ("coordination.k8s.io", "leases"),
    ] {
        for verb in ["get", "create", "update", "patch", "delete"] {
            rights.push(Right::new(verb, group, resource, namespace));
        }
    }
    for resource in ["pods", "events"] {
        rights.push(Right::new("list", "", resource, namespace));
    }
    rights.push(Right::new("get", "", "namespaces", ""));
    rights
}

/// Fails with every missing right at once, before anything is changed.
///
/// # Errors
/// `MissingRights` with the list.
pub async fn require_rights(cluster: &Cluster, namespace: &str) -> Result<(), WireError> {
    let missing = missing_rights(cluster, &rights(namespace)).await.map_err(|error| {
        WireError::new(ErrorCode::Unreachable, format!("The rights could not be asked for: {error}"))
    })?;
    if missing.is_empty() {
        return Ok(());
    }
    let fields = missing
        .iter()
        .map(|right| FieldError { field: right.words(), message: "is needed and missing".to_owned() })
        .collect();
    let text = format!(
        "The credential lacks {} {} on this site",
        missing.len(),
        if missing.len() == 1 { "right" } else { "rights" }
    );
    Err(WireError {
        fields,
        ..WireError::new(ErrorCode::MissingRights, text)
            .hint("Have the rights that are listed granted, then start again.")
    })
}

fn check_registry(registry: Option<&RegistrySettings>) -> Result<(), WireError> {
    let Some(registry) = registry else { return Ok(()) };
    let address = registry.address.trim();
    if address.is_empty() || address.contains('/') || address.contains(' ') {
        return Err(WireError::bad_input("The registry's address cannot be used")
            .field("registry.address", "host or host:port is needed, without a scheme or path"));
    }
    Ok(())
}

/// A site without its secrets, as it is stored and answered.
fn public(site: KubernetesSite) -> KubernetesSite {
    let kubeconfig = match site.kubeconfig {
        KubeconfigSource::Pasted { .. } => KubeconfigSource::Pasted { content: String::new() },
        other => other,
    };
    let registry = site.registry.map(|registry| RegistrySettings { password: None, ..registry });
    KubernetesSite { kubeconfig, registry, ..site }
}

/// Where there is no cluster yet: nothing that could be mistaken for one.
fn none_yet() -> KubernetesSite {
    KubernetesSite {
        kubeconfig: KubeconfigSource::Pasted { content: String::new() },
        context: String::new(),
        namespace: String::new(),
        registry: None,
        cluster_uid: String::new(),
    }
}

/// A site's context, or its first host and how many there are besides.
fn address(row: &SiteRow) -> String {
    let Some(linux) = &row.linux else { return row.kubernetes.context.clone() };
    let first = linux.hosts.first().map(|host| host.address.clone()).unwrap_or_default();
    match linux.hosts.len() {
        0 | 1 => first,
        count => format!("{first} and {} more", count - 1),
    }
}

fn summary(row: &SiteRow, runs: &[RunSummary]) -> SiteSummary {
    SiteSummary {
        id: row.id.clone(),
        name: row.name.clone(),
        target: row.target,
        address: address(row),
        tags: row.tags.clone(),
        pinned: row.pinned,
        reachability: row.reachability.clone(),
        seen_at: row.seen_at,
        installed: row.installed.clone(),
        last_run: runs.iter().find(|run| run.site == row.id).cloned(),
        lease: row.lease.clone(),
    }
}

/// The record of what is installed, and the namespace it is in: the site's, or that of the application last seen
/// or run there.
pub async fn installation(cluster: &Cluster, row: &SiteRow) -> Option<(String, Installation)> {
    let mut namespaces: Vec<String> = Vec::new();
    if row.kubernetes.namespace.is_empty() {
        namespaces.extend(row.installed.as_ref().map(|app| app.namespace.clone()));
        namespaces.extend(found_namespaces(cluster).await);
    } else {
        namespaces.push(row.kubernetes.namespace.clone());
    }
    namespaces.dedup();
    // Without a named namespace an application is where runs of this site put it: in the one of its slug.
    // One that somebody installed elsewhere in the cluster is another site's.
    let named = !row.kubernetes.namespace.is_empty();
    let is_meant = |record: &Installation, namespace: &str| named || record.slug == namespace;
    for namespace in namespaces {
        if let Ok(records) = record::read_all(cluster, &namespace).await
            && let Some(record) =
                records.into_iter().find(|record| record.live().is_some() && is_meant(record, &namespace))
        {
            return Some((namespace, record));
        }
    }
    None
}

/// Namespaces with a record, where the credential may look through the whole cluster.
async fn found_namespaces(cluster: &Cluster) -> Vec<String> {
    let path = "/api/v1/secrets?labelSelector=longshore.dev%2Frecord%3Dinstallation";
    let secrets = cluster.list(path).await.unwrap_or_default();
    secrets.iter().filter_map(|secret| secret["metadata"]["namespace"].as_str().map(str::to_owned)).collect()
}

/// What an installation record says is installed.
pub fn installed(namespace: &str, record: &Installation) -> Option<InstalledApp> {
    let live = record.live()?;
    Some(InstalledApp {
        slug: record.slug.clone(),
        title: record.title.clone(),
        icon: record.icon.clone(),
        version: live.version.clone(),
        channel: record.channel.clone(),
        namespace: namespace.to_owned(),
        revision: live.revision,
        at: live.at,
    })
}

async fn informers_of(cluster: &Cluster, namespace: &str, record: &Installation) -> Vec<InformerView> {
    let mut views = Vec::new();
    for name in record.live().map(|live| live.informers.clone()).unwrap_or_default() {
        let view = informer(cluster, namespace, &name).await;
        views.push(view.unwrap_or_else(|error| InformerView {
            name: name.clone(),
            state: InformerState::Unavailable,
            message: error.to_string(),
        }));
    }
    views
}

fn revisions_of(record: &Installation) -> Vec<RevisionView> {
    let view = |known: &record::Revision| RevisionView {
        revision: known.revision,
        version: known.version.clone(),
        at: known.at,
        who: known.who.clone(),
        run: RunId(known.run.clone()),
        current: known.revision == record.revision,
        charts: known.charts.iter().map(|chart| format!("{} {}", chart.release, chart.version)).collect(),
    };
    record.history.iter().rev().map(view).collect()
}
