//! Which networks a cluster may have on given hosts, and what is reached without a proxy. Pure.

use std::net::IpAddr;

use super::Cidr;

/// Interfaces that networks of pods make; routes through them are a cluster's own (embedded-cluster §7).
const OF_PODS: [&str; 10] = [
    "cni",
    "cali",
    "vxlan.calico",
    "tunl",
    "flannel",
    "kube-bridge",
    "kube-ipvs",
    "dummyvip",
    "veth",
    "cilium",
];

/// Whether an interface is one that a network of pods makes.
pub fn is_of_pods(interface: &str) -> bool {
    OF_PODS.iter().any(|prefix| interface.starts_with(prefix))
}

/// A network interface and its addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its name: `eth0`.
    pub name: String,
    /// Addresses, each with the length of its prefix.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Whether the default route leads through it.
    pub default: bool,
}

/// A route that a host has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRoute {
    /// Where it leads.
    pub to: Cidr,
    /// Through which interface; empty for one that leads nowhere.
    pub interface: String,
}

/// The interface and address by which the other hosts reach a host: the wanted interface's, else the default route's,
/// else the only one's. IPv4 before IPv6, and none that is the host's alone.
///
/// # Errors
/// A sentence of what is lacking, with the interfaces there are.
pub fn choose<'a>(
    interfaces: &'a [Interface],
    wanted: Option<&str>,
) -> Result<(&'a Interface, IpAddr), NoInterface> {
    let usable: Vec<&Interface> = interfaces
        .iter()
        .filter(|interface| interface.name != "lo" && !is_of_pods(&interface.name))
        .filter(|interface| address_of(interface).is_some())
        .collect();
    let names = || usable.iter().map(|interface| interface.name.clone()).collect::<Vec<_>>().join(", ");
    let found = match wanted {
        Some(wanted) => usable.iter().find(|interface| interface.name == wanted).copied(),
        None => usable.iter().find(|interface| interface.default).copied(),
    };
    let only = (wanted.is_none() && usable.len() == 1).then(|| usable[0]);
    let found = found.or(only);
    found.and_then(|interface| Some((interface, address_of(interface)?))).ok_or_else(|| match wanted {
        _ if usable.is_empty() => NoInterface::None,
        Some(wanted) => NoInterface::Unknown { wanted: wanted.to_owned(), names: names() },
        None => NoInterface::Several { names: names() },
    })
}

fn address_of(interface: &Interface) -> Option<IpAddr> {
    let usable = |address: &IpAddr| match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    };
    let mut addresses: Vec<IpAddr> =
        interface.addresses.iter().map(|(address, _)| *address).filter(usable).collect();
    // Stable: of one family the host's own order counts.
    addresses.sort_by_key(IpAddr::is_ipv6);
    addresses.first().copied()
}

/// Why no interface could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoInterface {
    /// There is none.
    #[error("the host has no interface with an address; give it one")]
    None,
    /// The one that was asked for is not there.
    #[error("the host has no interface {wanted} with an address; choose one of {names}")]
    Unknown {
        /// Which was asked for.
        wanted: String,
        /// Those that are there.
        names: String,
    },
    /// None has the default route.
    #[error("no default route tells which interface to use; choose one of {names}, or add a default route")]
    Several {
        /// Those that are there.
        names: String,
    },
}

/// What is asked of a network setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks {
    /// One range for pods and services together; empty where they are given apart.
    pub global: String,
    /// For pods; empty where a global one is given.
    pub pods: String,
    /// For services.
    pub services: String,
}

/// What is wrong with a network setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkFault {
    /// Which: `globalCidr`, `podCidr`, `serviceCidr`.
    pub field: &'static str,
    /// Why, and what to do.
    pub message: String,
}

/// A host, as far as networks are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostNetwork {
    /// Its name, for people.
    pub host: String,
    /// The address by which the others reach it.
    pub address: IpAddr,
    /// Its routes.
    pub routes: Vec<HostRoute>,
}

/// Prefix of the smallest global range: /16 or larger (embedded-cluster §7).
const GLOBAL: u8 = 16;

/// Ranges for pods and services that the hosts leave free.
///
/// # Errors
/// Every fault, each with its field.
pub fn networks(wanted: &Networks, hosts: &[HostNetwork]) -> Result<(Cidr, Cidr), Vec<NetworkFault>> {
    let mut faults = Vec::new();
    let ranges = ranges(wanted, &mut faults);
    for (field, range) in &ranges {
        faults.extend(taken(field, range, hosts));
    }
    if let [(_, pods), (field, services)] = &ranges[..]
        && pods.overlaps(services)
    {
        let message =
            format!("{services} overlaps the pods' range {pods}; choose ranges that share no address");
        faults.push(NetworkFault { field, message });
    }
    match ranges[..] {
        [(_, pods), (_, services)] if faults.is_empty() => Ok((pods, services)),
        [(_, global)] if faults.is_empty() => global.halves().ok_or(faults),
        _ => Err(faults),
    }
}

fn ranges(wanted: &Networks, faults: &mut Vec<NetworkFault>) -> Vec<(&'static str, Cidr)> {
    let apart = [("podCidr", &wanted.pods), ("serviceCidr", &wanted.services)];
    let given: Vec<_> = if wanted.global.is_empty() || apart.iter().all(|(_, text)| !text.is_empty()) {
        apart.to_vec()
    } else {
        vec![("globalCidr", &wanted.global)]
    };
    let mut ranges = Vec::new();
    for (field, text) in given {
        match range(field, text) {
            Ok(range) => ranges.push((field, range)),
            Err(message) => faults.push(NetworkFault { field, message: message.to_string() }),
        }
    }
    ranges
}

/// Why a range is not one that a cluster may have, whatever the hosts are.
#[derive(Debug, thiserror::Error)]
enum RangeFault {
    #[error("a range of addresses is needed, or a global one for pods and services together")]
    Missing,
    #[error(transparent)]
    Cidr(#[from] super::CidrError),
    #[error("{0} is too small; a /16 or larger is needed, whose halves are for pods and services")]
    Small(Cidr),
    #[error("{0} is not private; choose one in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")]
    Public(Cidr),
}

fn range(field: &str, text: &str) -> Result<Cidr, RangeFault> {
    if text.is_empty() {
        return Err(RangeFault::Missing);
    }
    let range: Cidr = text.parse()?;
    if field == "globalCidr" && range.prefix() > GLOBAL {
        return Err(RangeFault::Small(range));
    }
    if range.is_private() { Ok(range) } else { Err(RangeFault::Public(range)) }
}

/// What of the hosts lies in a range. Routes of a cluster that is there already do not count.
fn taken(field: &'static str, range: &Cidr, hosts: &[HostNetwork]) -> Vec<NetworkFault> {
    let mut faults = Vec::new();
    for host in hosts {
        if range.contains(host.address) {
            let message =
                format!("{range} holds the address {} of {}; choose another range", host.address, host.host);
            faults.push(NetworkFault { field, message });
        }
        let route = host.routes.iter().find(|route| {
            // A default route leads everywhere and takes nothing.
            route.to.prefix() > 0 && !is_of_pods(&route.interface) && range.overlaps(&route.to)
        });
        if let Some(route) =
            route.filter(|route| !range.contains(host.address) || !route.to.contains(host.address))
        {
            let through = if route.interface.is_empty() {
                String::new()
            } else {
                format!(" through {}", route.interface)
            };
            let message = format!(
                "{} has a route to {}{through}, which {range} overlaps; choose another range",
                host.host, route.to
            );
            faults.push(NetworkFault { field, message });
        }
    }
    faults
}

/// What is reached without the proxy, complete (embedded-cluster §7): the host itself, the cluster's names and ranges,
/// the hosts, the registry on the site, and what the operator named. Empty when there is no proxy.
pub fn no_proxy(
    proxies: [&str; 2],
    given: &str,
    ranges: [&Cidr; 2],
    hosts: &[(IpAddr, Option<Cidr>)],
    more: &[&str],
) -> String {
    if proxies.iter().all(|proxy| proxy.is_empty()) {
        return given.to_owned();
    }
    let mut names: Vec<String> =
        ["localhost", "127.0.0.1", ".cluster.local", ".svc", "169.254.169.254"].map(str::to_owned).to_vec();
    names.extend(ranges.map(ToString::to_string));
    names.extend(more.iter().map(|name| (*name).to_owned()));
    let given = given.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty());
    names.extend(given.map(str::to_owned));
    for (address, subnet) in hosts {
        let covered =
            names.iter().filter_map(|name| name.parse::<Cidr>().ok()).any(|range| range.contains(*address));
        if !covered {
            // The interface's own network, so that hosts that join later are covered too.
            names.push(subnet.map_or_else(|| address.to_string(), |subnet| subnet.to_string()));
        }
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names.join(",")
}

#[cfg(test)]
mod tests;
