//! What installation settings can be chosen from.

use futures::{StreamExt as _, stream};
use longshore_contract::{HostInterface, HostInterfaces, InstallationChoices, InstallationSettings, chain};
use longshore_runtime::host::{HostState, is_of_pods, look};

use super::Hosts;
use super::spec::defaults;
use crate::reach::AT_ONCE;

/// Defaults, and the interfaces of a site's hosts; none for a Kubernetes site.
pub async fn choices(hosts: Option<&Hosts>, slug: &str) -> InstallationChoices {
    let Some(hosts) = hosts else {
        return InstallationChoices { defaults: InstallationSettings::default(), hosts: Vec::new() };
    };
    let defaults = defaults(slug);
    let data = &defaults.data_directory;
    let asked = hosts.named().iter().map(|named| async move {
        let looked = match hosts.host(&named.address).await {
            Ok(host) => look(host.as_ref(), data).await.map_err(|error| chain(&error)),
            Err(error) => Err(error.message),
        };
        shown(&named.address, looked)
    });
    let hosts = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await;
    InstallationChoices { defaults, hosts }
}

fn shown(host: &str, looked: Result<HostState, String>) -> HostInterfaces {
    let mut found = HostInterfaces {
        host: host.to_owned(),
        interfaces: Vec::new(),
        routes: Vec::new(),
        problem: String::new(),
    };
    match looked {
        Ok(state) => {
            let usable = state.interfaces.iter().filter(|one| one.name != "lo" && !is_of_pods(&one.name));
            let interface = |one: &longshore_runtime::host::Interface| HostInterface {
                name: one.name.clone(),
                addresses: one
                    .addresses
                    .iter()
                    .map(|(address, prefix)| format!("{address}/{prefix}"))
                    .collect(),
                default: one.default,
            };
            found.interfaces = usable.map(interface).collect();
            let routes = state.routes.iter().filter(|route| route.to.prefix() > 0);
            found.routes = routes.map(|route| route.to.to_string()).collect();
        }
        Err(why) => found.problem = why,
    }
    found
}
