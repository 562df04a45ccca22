//! Sites: added, listed, looked at, tested, forgotten.

use std::sync::Arc;

use longshore_cluster::registry::Registry;
use longshore_cluster::{Right, contexts, lease, load, missing_rights, probe};
use longshore_contract::{
    AppEvent, ContextList, HostTestRequest, InformerView, KubeconfigSource, KubernetesSite, Reachability,
    RegistrySettings, RevisionView, SiteAddRequest, SiteDetail, SiteId, SiteListRequest, SiteNodes,
    SiteSummary, SiteTest, SiteUpdateRequest, State, Target, Timestamp, WireError, chain,
};
use longshore_store::{SiteRow, Store, StoreError};

use crate::access;
use crate::linux::Looks;

mod facts;
mod hosts;
mod installed;
mod lines;
mod rights;
mod seen;

pub use installed::{installation, installed};
pub use rights::require_rights;

use installed::{informers_of, revisions_of};
use rights::rights;
use seen::{steady, summary};

/// The service behind every command about sites.
pub struct Sites {
    store: Arc<Store>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    looks: Looks,
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
        Self { store, announce, looks: Looks::default() }
    }

    /// One site by id or name.
    ///
    /// # Errors
    /// When there is none.
    pub fn row(&self, site: &SiteId) -> Result<SiteRow, WireError> {
        access::site(&self.store, site)
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
        let row = SiteRow { tags: request.tags, linux, ..SiteRow::new(id.clone(), name, target, kubernetes) };
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
        // A password may be another one now, which no row says.
        self.looks.forget(&row.id.0);
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
        row.signature_required = request.signature_required.unwrap_or(row.signature_required);
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
            if row.linux.is_some() {
                row.kubernetes.cluster_uid.clone_from(&cluster.uid);
            }
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
        self.looks.forget(&row.id.0);
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
        let before = row.clone();
        // How hosts stand is known from their test.
        let reachability = if row.linux.is_some() {
            row.reachability.clone()
        } else {
            let source = access::kubeconfig(&self.store, &row).map_err(broken)?;
            probe(&source, &row.kubernetes.context, &row.kubernetes.cluster_uid).await.0
        };
        let (mut informers, mut revisions) = (Vec::new(), Vec::new());
        let may_answer = match reachability {
            Reachability::Reachable { .. } => true,
            _ => row.linux.is_some() && self.has_cluster(&row)?,
        };
        if may_answer && let Ok(cluster) = access::cluster(&self.store, &row).await {
            row.seen_at = Some(now());
            if row.linux.is_some() {
                row.kubernetes.cluster_uid.clone_from(&cluster.uid);
            }
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

    /// Whether a Linux site's hosts are a cluster, as far as is known here. That a run has made them one is not noted yet
    /// where its process died right after its last record.
    fn has_cluster(&self, row: &SiteRow) -> Result<bool, WireError> {
        if !row.kubernetes.cluster_uid.is_empty() {
            return Ok(true);
        }
        let runs = self.store.runs().map_err(broken)?;
        Ok(runs.iter().find(|run| run.site == row.id).is_some_and(|run| run.state == State::Succeeded))
    }

    /// Nodes of a Linux site's cluster, and hosts that have not joined it.
    ///
    /// # Errors
    /// When it is no such site, or none of its controllers answers.
    pub async fn nodes(&self, site: &SiteId) -> Result<SiteNodes, WireError> {
        let row = self.row(site)?;
        if row.linux.is_none() {
            return Err(WireError::bad_input(format!("{} is no site of Linux hosts", row.name))
                .hint("Look at its nodes with kubectl: `longshore site shell SITE -- kubectl get nodes`."));
        }
        crate::linux::nodes(&self.looks, &self.store, &row).await
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
        let signature_required = row.signature_required;
        Ok(SiteDetail { summary, kubernetes, linux, hosts, signature_required, informers, revisions, runs })
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
