//! Opening a site: its kubeconfig and passwords from the encrypted store, the cluster that is meant.

use std::sync::Arc;

use longshore_cluster::{AccessError, ApiFault, Cluster, open};
use longshore_contract::{
    ErrorCode, KubeconfigSource, RegistrySettings, SiteId, SshSettings, WireError, chain,
};
use longshore_store::{SiteRow, Store, StoreError};

/// Name of the secret with a site's pasted kubeconfig.
pub fn kubeconfig_secret(site: &SiteId) -> String {
    format!("site/{site}/kubeconfig")
}

/// Name of the secret with the password of a site's registry.
pub fn registry_secret(site: &SiteId) -> String {
    format!("site/{site}/registry-password")
}

/// A site by id or name.
///
/// # Errors
/// When there is none, or the store fails.
pub fn site(store: &Store, site: &SiteId) -> Result<SiteRow, WireError> {
    store.site(&site.0).map_err(|error| WireError::internal(&error))?.ok_or_else(|| {
        WireError::not_found(format!("There is no site {site}"))
            .hint("`longshore site list` shows those there are.")
    })
}

fn secret(store: &Store, name: &str) -> Result<Option<String>, StoreError> {
    Ok(store.secret(name)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Where a site's kubeconfig comes from, a pasted one included.
///
/// # Errors
/// When the store fails.
pub fn kubeconfig(store: &Store, site: &SiteRow) -> Result<KubeconfigSource, StoreError> {
    Ok(match &site.kubernetes.kubeconfig {
        KubeconfigSource::Pasted { .. } => KubeconfigSource::Pasted {
            content: secret(store, &kubeconfig_secret(&site.id))?.unwrap_or_default(),
        },
        other => other.clone(),
    })
}

/// A site's registry for an application, its password included. Images go below the application's slug
/// where the operator named no namespace: packages put a slash on both sides of it.
///
/// # Errors
/// When the store fails.
pub fn registry(store: &Store, site: &SiteRow, slug: &str) -> Result<Option<RegistrySettings>, StoreError> {
    let Some(settings) = &site.kubernetes.registry else { return Ok(None) };
    let password = secret(store, &registry_secret(&site.id))?;
    let named = settings.namespace.trim_matches('/');
    let namespace = if named.is_empty() { slug } else { named }.to_owned();
    Ok(Some(RegistrySettings { password, namespace, ..settings.clone() }))
}

/// Passwords for a site's hosts: their names among its secrets, and as the wire calls them.
const SSH_SECRETS: [&str; 3] = ["password", "passphrase", "rootPassword"];

fn ssh_secret(site: &SiteId, name: &str) -> String {
    format!("site/{site}/ssh/{name}")
}

fn ssh_fields(ssh: &mut SshSettings) -> [(&'static str, &mut Option<String>); 3] {
    let [password, passphrase, root] = SSH_SECRETS;
    [(password, &mut ssh.password), (passphrase, &mut ssh.passphrase), (root, &mut ssh.root_password)]
}

/// How a site's hosts are entered, passwords included.
///
/// # Errors
/// When the store fails.
pub fn ssh(store: &Store, site: &SiteRow) -> Result<SshSettings, StoreError> {
    let mut ssh = site.linux.as_ref().map(|linux| linux.ssh.clone()).unwrap_or_default();
    for (name, field) in ssh_fields(&mut ssh) {
        *field = secret(store, &ssh_secret(&site.id, name))?;
    }
    Ok(ssh)
}

/// Keeps the passwords of settings for a site's hosts, clears those that are empty, and takes them out.
///
/// # Errors
/// When the store fails.
pub fn keep_ssh(store: &Store, site: &SiteId, ssh: &mut SshSettings) -> Result<(), StoreError> {
    for (name, field) in ssh_fields(ssh) {
        match field.take() {
            None => {}
            Some(text) if text.is_empty() => store.remove_secrets(&ssh_secret(site, name))?,
            Some(text) => store.put_secret(&ssh_secret(site, name), text.as_bytes())?,
        }
    }
    Ok(())
}

/// Which passwords are kept for a site's hosts.
///
/// # Errors
/// When the store fails.
pub fn stored_ssh(store: &Store, site: &SiteId) -> Result<Vec<String>, StoreError> {
    let mut stored = Vec::new();
    for name in SSH_SECRETS {
        if store.secret(&ssh_secret(site, name))?.is_some() {
            stored.push(name.to_owned());
        }
    }
    Ok(stored)
}

/// Passwords that are kept for a site, so that they can be masked wherever they turn up.
///
/// # Errors
/// When the store fails.
pub fn secrets(store: &Store, site: &SiteRow) -> Result<Vec<String>, StoreError> {
    let ssh = SSH_SECRETS.iter().map(|name| ssh_secret(&site.id, name));
    let names = std::iter::once(registry_secret(&site.id)).chain(ssh);
    names.filter_map(|name| secret(store, &name).transpose()).collect()
}

/// Opens a site's cluster, that of Linux hosts through a tunnel; refuses any other than the one the site had.
///
/// # Errors
/// As every shell answers it.
pub async fn cluster(store: &Arc<Store>, site: &SiteRow) -> Result<Arc<Cluster>, WireError> {
    if site.linux.is_some() {
        return crate::linux::cluster(store, site).await?.ok_or_else(|| {
            WireError::bad_input(format!("The hosts of {} have no cluster yet", site.name))
                .hint("Install a release there that brings one.")
        });
    }
    let source = kubeconfig(store, site).map_err(|error| WireError::internal(&error))?;
    let opened = open(&source, &site.kubernetes.context, &site.kubernetes.cluster_uid).await;
    opened.map(|opened| Arc::new(opened.cluster)).map_err(|error| refusal(&error))
}

/// Why a cluster cannot be opened, with what to do.
pub fn refusal(error: &AccessError) -> WireError {
    let text = chain(error);
    match error {
        AccessError::OtherCluster { .. } => WireError::new(ErrorCode::WrongCluster, text)
            .hint("Point the context back, or accept the new cluster with `longshore site update --accept-new-cluster`."),
        AccessError::Kubeconfig(_) | AccessError::Context { .. } => {
            WireError::bad_input(text).hint("Check the kubeconfig and the context's name.")
        }
        AccessError::Exec { .. } | AccessError::Credential { .. } => {
            WireError::new(ErrorCode::Unreachable, text).hint("Renew the credential, then try again.")
        }
        AccessError::Api { source, .. } if source.fault == ApiFault::Forbidden => {
            WireError::new(ErrorCode::MissingRights, text).hint("Grant the right that is named, then try again.")
        }
        AccessError::Offline { .. } | AccessError::Api { .. } => {
            WireError::new(ErrorCode::Unreachable, text).hint("Check the network, the VPN and that the cluster runs.")
        }
    }
}
