//! What a run stands on: a cluster that exists, or hosts on which one is made.

use std::sync::Arc;

use longshore_cluster::Cluster;
use longshore_contract::WireError;
use longshore_managers::access;
use longshore_managers::linux::{Hosts, Known, hosts_cluster};
use longshore_store::{SiteRow, Store};
use tokio::sync::OnceCell;

/// A site's cluster and hosts, connected to once for a whole request or run.
pub(super) struct Footing {
    /// Name of the site.
    name: String,
    uid: String,
    cluster: OnceCell<Arc<Cluster>>,
    /// Its hosts, on a site of Linux hosts.
    pub(super) hosts: Option<Arc<Hosts>>,
    /// What its controllers note of their cluster, where there is one.
    pub(super) known: Option<Known>,
}

impl Footing {
    /// Looks what there is.
    ///
    /// # Errors
    /// When a Kubernetes site's cluster does not answer, or no controller of a Linux site does.
    pub(super) async fn find(store: &Arc<Store>, site: &SiteRow) -> Result<Arc<Self>, WireError> {
        let (name, uid) = (site.name.clone(), site.kubernetes.cluster_uid.clone());
        if site.linux.is_none() {
            let cluster = OnceCell::new_with(Some(access::cluster(store, site).await?));
            return Ok(Arc::new(Self { name, uid, cluster, hosts: None, known: None }));
        }
        let hosts = Arc::new(Hosts::new(store, site));
        let (cluster, known) = match hosts_cluster(&hosts, &uid).await? {
            Some((cluster, known)) => (OnceCell::new_with(Some(cluster)), Some(known)),
            None => (OnceCell::new(), None),
        };
        Ok(Arc::new(Self { name, uid, cluster, hosts: Some(hosts), known }))
    }

    /// The hosts of a Linux site, whether their cluster answers or not: what goes on there may be what mends it.
    pub(super) async fn of_hosts(store: &Arc<Store>, site: &SiteRow) -> Result<Arc<Self>, WireError> {
        match Self::find(store, site).await {
            Err(error) if site.linux.is_some() => {
                tracing::warn!(site = %site.name, error = %error.message, "the cluster on the hosts does not answer");
                let (name, uid) = (site.name.clone(), site.kubernetes.cluster_uid.clone());
                let hosts = Some(Arc::new(Hosts::new(store, site)));
                Ok(Arc::new(Self { name, uid, cluster: OnceCell::new(), hosts, known: None }))
            }
            other => other,
        }
    }

    /// The cluster, if there is one by now.
    pub(super) fn existing(&self) -> Option<&Arc<Cluster>> {
        self.cluster.get()
    }

    /// The cluster; one that was made since is opened.
    ///
    /// # Errors
    /// When there is none, or it does not answer.
    pub(super) async fn cluster(&self) -> Result<&Arc<Cluster>, WireError> {
        let open = async {
            let hosts = self.hosts.as_ref().ok_or_else(|| self.none())?;
            hosts_cluster(hosts, &self.uid).await?.map(|(cluster, _)| cluster).ok_or_else(|| self.none())
        };
        self.cluster.get_or_try_init(|| open).await
    }

    /// Its UID, or empty while there is none.
    pub(super) fn cluster_uid(&self) -> String {
        self.existing().map(|cluster| cluster.uid.clone()).unwrap_or_default()
    }

    /// What is said where a cluster is wanted and there is none.
    pub(super) fn none(&self) -> WireError {
        WireError::bad_input(format!("The hosts of {} have no cluster yet", self.name))
            .hint("Go on with the installation.")
    }

    /// Its hosts.
    ///
    /// # Errors
    /// When it is no site of Linux hosts.
    pub(super) fn hosts(&self) -> Result<&Arc<Hosts>, WireError> {
        let none = || WireError::bad_input(format!("{} is no site of Linux hosts", self.name));
        self.hosts.as_ref().ok_or_else(none)
    }
}
