//! What installation settings can be chosen from.

use futures::{StreamExt as _, stream};
use longshore_contract::{HostInterfaces, InstallationChoices};

use super::Hosts;
use super::network::look;
use super::spec::defaults;
use crate::reach::AT_ONCE;

/// Defaults, and the interfaces of a site's hosts; none for a Kubernetes site.
pub async fn choices(hosts: Option<&Hosts>, slug: &str) -> InstallationChoices {
    let Some(hosts) = hosts else {
        return InstallationChoices { defaults: Default::default(), hosts: Vec::new() };
    };
    let asked = hosts.named().iter().map(|named| async move {
        let mut found = HostInterfaces {
            host: named.address.clone(),
            interfaces: Vec::new(),
            routes: Vec::new(),
            problem: String::new(),
        };
        let looked = match hosts.host(&named.address).await {
            Ok(host) => look(host.as_ref()).await,
            Err(error) => Err(error),
        };
        match looked {
            Ok(network) => (found.interfaces, found.routes) = (network.interfaces, network.routes),
            Err(error) => found.problem = error.message,
        }
        found
    });
    let hosts = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await;
    InstallationChoices { defaults: defaults(slug), hosts }
}
