//! From a site's hosts and an operator's settings to what the cluster shall be.

use std::net::IpAddr;

use futures::{StreamExt as _, stream};
use longshore_contract::{ErrorCode, FieldError, HostRole, InstallationSettings, SiteHost, WireError};
use longshore_release::{ClusterConfig, ClusterVersion};
use longshore_runtime::{ClusterSpec, MemberSpec, RuntimeKind, network as networks};

use super::network::{Network, look};
use super::{ClusterContent, Hosts};
use crate::reach::AT_ONCE;

/// What a cluster is settled from.
pub struct ClusterNeeds<'a> {
    /// Application slug.
    pub slug: &'a str,
    /// Installation settings.
    pub settings: &'a InstallationSettings,
    /// What the release says.
    pub config: &'a ClusterConfig,
    /// The version of it that is wanted.
    pub version: &'a ClusterVersion,
}

/// What empty settings stand for.
pub(super) fn defaults(slug: &str) -> InstallationSettings {
    InstallationSettings {
        data_directory: format!("/var/lib/{slug}"),
        global_cidr: "10.244.0.0/16".to_owned(),
        ..InstallationSettings::default()
    }
}

fn or<'a>(given: &'a str, default: &'a str) -> &'a str {
    if given.trim().is_empty() { default } else { given.trim() }
}

/// Settles what the cluster on a site's hosts shall be.
///
/// # Errors
/// With every setting that cannot be, as fields; or when a host cannot be asked.
pub async fn settled(hosts: &Hosts, needs: &ClusterNeeds<'_>) -> Result<ClusterSpec, WireError> {
    let looked = looked(hosts, hosts.named()).await?;
    let (settings, defaults) = (needs.settings, defaults(needs.slug));
    let mut problems = Vec::new();
    let members = chosen(&looked, &settings.network_interface, &[], &mut problems);
    let (pods, services) = cidrs(settings, &defaults, &looked, &members, &mut problems);
    let data_directory = or(&settings.data_directory, &defaults.data_directory).to_owned();
    if !data_directory.starts_with('/') || data_directory.contains("/../") || data_directory.len() < 2 {
        problems.push(field("dataDirectory", "must be an absolute path"));
    }
    if !problems.is_empty() {
        let text = "The installation settings do not go with the hosts";
        return Err(WireError { fields: problems, ..WireError::bad_input(text) }
            .hint("Change them with `longshore install --setting`, or in the setup step."));
    }
    let first = members.first().map(|member| member.address.to_string()).unwrap_or_default();
    let endpoint = match settings.endpoint.trim() {
        "" => format!("{first}:6443"),
        named if named.contains(':') => named.to_owned(),
        named => format!("{named}:6443"),
    };
    Ok(ClusterSpec {
        name: needs.slug.to_owned(),
        version: needs.version.version.clone(),
        image_repository: needs.config.image_repository.clone(),
        images: needs.version.images.clone(),
        data_directory,
        names: members.iter().map(|member| member.node.clone()).collect(),
        no_proxy: no_proxy(settings, &pods, &services, &members),
        pod_cidr: pods,
        service_cidr: services,
        endpoint,
        http_proxy: settings.http_proxy.clone(),
        https_proxy: settings.https_proxy.clone(),
        members,
        overrides: needs.config.overrides.clone(),
    })
}

/// Hosts that join a cluster that exists, as its members.
///
/// # Errors
/// When one cannot be asked, or its name or address is taken.
pub async fn members(
    hosts: &Hosts,
    new: &[SiteHost],
    cluster: &ClusterSpec,
) -> Result<Vec<MemberSpec>, WireError> {
    let looked = looked(hosts, new).await?;
    let mut problems = Vec::new();
    let members = chosen(&looked, "", &cluster.members, &mut problems);
    if problems.is_empty() {
        return Ok(members);
    }
    Err(WireError { fields: problems, ..WireError::bad_input("A host cannot join the cluster as it is") })
}

async fn looked<'a>(hosts: &Hosts, named: &'a [SiteHost]) -> Result<Vec<(&'a SiteHost, Network)>, WireError> {
    let asked = named.iter().map(|named| async move {
        let host = hosts.host(&named.address).await?;
        Ok::<_, WireError>((named, look(host.as_ref()).await?))
    });
    let answers: Vec<_> = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await;
    let refused: Vec<FieldError> = answers
        .iter()
        .zip(named)
        .filter_map(|(answer, host)| answer.as_ref().err().map(|error| field(&host.address, &error.message)))
        .collect();
    if !refused.is_empty() {
        let text = format!("{} of {} hosts cannot be asked", refused.len(), named.len());
        return Err(WireError { fields: refused, ..WireError::new(ErrorCode::Unreachable, text) }
            .hint("Test the site's hosts to see what is wrong."));
    }
    answers.into_iter().collect()
}

fn field(name: &str, message: &str) -> FieldError {
    FieldError { field: name.to_owned(), message: message.to_owned() }
}

/// Members in the order of the site's hosts, controllers first.
fn chosen(
    looked: &[(&SiteHost, Network)],
    interface: &str,
    taken: &[MemberSpec],
    problems: &mut Vec<FieldError>,
) -> Vec<MemberSpec> {
    let mut members: Vec<MemberSpec> = Vec::new();
    for (host, network) in looked {
        let Some(address) = address(network, interface) else {
            let what = if interface.is_empty() {
                "it has no address on the interface of its default route".to_owned()
            } else {
                format!("it has no interface {interface} with an address")
            };
            problems.push(field("networkInterface", &format!("{}: {what}", host.address)));
            continue;
        };
        let node = match longshore_runtime::node_name(&network.name) {
            Ok(node) => node,
            Err(why) => {
                problems.push(field(&host.address, &why));
                continue;
            }
        };
        let others = || members.iter().chain(taken);
        if let Some(other) = others().find(|other| other.node == node) {
            problems.push(field(&host.address, &format!("its name {node} is that of {}, too", other.host)));
        }
        if let Some(other) = others().find(|other| other.address == address) {
            problems
                .push(field(&host.address, &format!("its address {address} is that of {}, too", other.host)));
        }
        let role =
            if host.roles.contains(&HostRole::Controller) { HostRole::Controller } else { HostRole::Worker };
        members.push(MemberSpec { host: host.address.clone(), node, address, role });
    }
    members.sort_by_key(|member| member.role != HostRole::Controller);
    members
}

/// The address of an interface, or of the one with the default route.
fn address(network: &Network, interface: &str) -> Option<IpAddr> {
    let wanted = network.interfaces.iter().find(|known| match interface {
        "" => known.default,
        named => known.name == named,
    });
    // A host with one interface needs no default route to be told apart.
    let wanted = wanted.or_else(|| match network.interfaces.as_slice() {
        [only] if interface.is_empty() => Some(only),
        _ => None,
    });
    let address = wanted?.addresses.first()?;
    address.split('/').next()?.parse().ok()
}

/// Networks of pods and services, checked against each other and the hosts.
fn cidrs(
    settings: &InstallationSettings,
    defaults: &InstallationSettings,
    looked: &[(&SiteHost, Network)],
    members: &[MemberSpec],
    problems: &mut Vec<FieldError>,
) -> (String, String) {
    let mut wanted = networks::Wanted {
        global: settings.global_cidr.trim().to_owned(),
        pods: settings.pod_cidr.trim().to_owned(),
        services: settings.service_cidr.trim().to_owned(),
    };
    if wanted.global.is_empty() && (wanted.pods.is_empty() || wanted.services.is_empty()) {
        wanted.global.clone_from(&defaults.global_cidr);
    }
    let hosts = looked.iter().map(|(host, network)| networks::OnHost {
        host: host.address.clone(),
        routes: network.routes.clone(),
        address: members.iter().find(|member| member.host == host.address).map(|member| member.address),
    });
    match networks::settled(&wanted, &hosts.collect::<Vec<_>>()) {
        Ok(found) => found,
        Err(refused) => {
            problems.extend(refused.into_iter().map(|(name, why)| field(name, &why)));
            (String::new(), String::new())
        }
    }
}

/// What is reached without the proxy: whatever is inside. Empty without a proxy.
fn no_proxy(settings: &InstallationSettings, pods: &str, services: &str, members: &[MemberSpec]) -> String {
    if settings.http_proxy.is_empty() && settings.https_proxy.is_empty() {
        return String::new();
    }
    let addresses: Vec<IpAddr> = members.iter().map(|member| member.address).collect();
    networks::no_proxy(&settings.no_proxy, pods, services, &addresses)
}

/// What lies on hosts of a cluster that was never finished: enough to take it away.
pub fn unfinished(named: &[SiteHost]) -> ClusterContent {
    let member = |host: &SiteHost| MemberSpec {
        host: host.address.clone(),
        node: host.address.clone(),
        address: IpAddr::from([0, 0, 0, 0]),
        role: if host.roles.contains(&HostRole::Controller) {
            HostRole::Controller
        } else {
            HostRole::Worker
        },
    };
    let mut members: Vec<MemberSpec> = named.iter().map(member).collect();
    members.sort_by_key(|member| member.role != HostRole::Controller);
    let text = String::new;
    let spec = ClusterSpec {
        name: text(),
        version: text(),
        image_repository: text(),
        images: Vec::new(),
        data_directory: text(),
        pod_cidr: text(),
        service_cidr: text(),
        endpoint: text(),
        names: Vec::new(),
        http_proxy: text(),
        https_proxy: text(),
        no_proxy: text(),
        members,
        overrides: text(),
    };
    ClusterContent { runtime: RuntimeKind::Kubeadm, spec, versions: Vec::new(), host_preflights: Vec::new() }
}
