//! The hosts of a run: each is connected to when it is first wanted, and the link is kept.

use std::collections::HashMap;
use std::sync::Arc;

use longshore_contract::{ErrorCode, SiteHost, WireError};
use longshore_remote::Host;
use longshore_runtime::{Member, MemberSpec};
use longshore_store::{SiteRow, Store};
use tokio::sync::Mutex;

use crate::reach::{Reached, of_site, reach};

/// Hosts of a site, as root.
pub struct Hosts {
    store: Arc<Store>,
    site: SiteRow,
    open: Mutex<HashMap<String, Arc<dyn Host>>>,
}

impl Hosts {
    /// Hosts of a site; nothing is connected to yet.
    pub fn new(store: &Arc<Store>, site: &SiteRow) -> Self {
        Self { store: Arc::clone(store), site: site.clone(), open: Mutex::default() }
    }

    /// Those that the site names, in the operator's order.
    pub fn named(&self) -> &[SiteHost] {
        self.site.linux.as_ref().map(|linux| linux.hosts.as_slice()).unwrap_or_default()
    }

    /// The host of an address, connected and with root's rights.
    ///
    /// # Errors
    /// When the site does not name it, it cannot be reached, or we do not become root there.
    pub async fn host(&self, address: &str) -> Result<Arc<dyn Host>, WireError> {
        // Held while connecting: two steps of one host share the link.
        let mut open = self.open.lock().await;
        if let Some(host) = open.get(address) {
            return Ok(Arc::clone(host));
        }
        let host = self.connect(address).await?;
        open.insert(address.to_owned(), Arc::clone(&host));
        Ok(host)
    }

    async fn connect(&self, address: &str) -> Result<Arc<dyn Host>, WireError> {
        let named = self.named().iter().find(|host| host.address == address).ok_or_else(|| {
            WireError::not_found(format!("{address} is none of the hosts of {}", self.site.name))
                .hint("Add it to the site again, then go on.")
        })?;
        let way = of_site(&self.store, &self.site, std::slice::from_ref(named), &[])?;
        let Some((name, way)) = way.into_iter().next() else {
            return Err(WireError::not_found(format!("{address} is no host")));
        };
        match reach(&way).await {
            Reached::Host(asked) if asked.is_root() => Ok(asked.into_host()),
            Reached::Host(asked) => {
                let why = if asked.note.is_empty() { "it is entered without root" } else { &asked.note };
                Err(WireError::new(
                    ErrorCode::MissingRights,
                    format!("{name} is worked on by root alone: {why}"),
                )
                .hint("Enter it as root, or as one who may become root."))
            }
            Reached::Not { why, unknown_key } if unknown_key.is_empty() => {
                Err(WireError::new(ErrorCode::Unreachable, why)
                    .hint("Test the site's hosts to see what is wrong."))
            }
            Reached::Not { why, unknown_key } => Err(WireError::new(ErrorCode::Unreachable, why).hint(
                format!("Compare the key's fingerprint {unknown_key}, then accept it by testing the site."),
            )),
        }
    }

    /// A member of the cluster, connected.
    ///
    /// # Errors
    /// As [`host`](Self::host).
    pub async fn member(&self, spec: &MemberSpec) -> Result<Member, WireError> {
        Ok(Member { host: self.host(&spec.host).await?, spec: spec.clone() })
    }
}
