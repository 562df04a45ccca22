//! From a site's hosts and an operator's settings to what the cluster shall be.

use std::net::IpAddr;

use futures::{StreamExt as _, stream};
use longshore_contract::{ErrorCode, FieldError, HostRole, InstallationSettings, SiteHost, WireError, chain};
use longshore_release::{ClusterConfig, ClusterVersion};
use longshore_runtime::host::{
    self, Cidr, HostNetwork, HostState, Networks, choose, look, networks, node_name,
};
use longshore_runtime::{ClusterSpec, MemberSpec, RuntimeKind};

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
    let (settings, defaults) = (needs.settings, defaults(needs.slug));
    let data_directory = or(&settings.data_directory, &defaults.data_directory).to_owned();
    let looked = looked(hosts, hosts.named(), &data_directory).await?;
    let mut problems = Vec::new();
    let members = chosen(&looked, &settings.network_interface, &[], &mut problems);
    let ranges = ranges(settings, &defaults, &looked, &members, &mut problems);
    if !data_directory.starts_with('/') || data_directory.contains("/../") || data_directory.len() < 2 {
        problems.push(field("dataDirectory", "must be an absolute path"));
    }
    let Some((pods, services)) = ranges.filter(|_| problems.is_empty()) else {
        let text = "The installation settings do not go with the hosts";
        return Err(WireError { fields: problems, ..WireError::bad_input(text) }
            .hint("Change them by the flags of `longshore install`, or in the setup step."));
    };
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
        no_proxy: no_proxy(settings, (&pods, &services), &members),
        pod_cidr: pods.to_string(),
        service_cidr: services.to_string(),
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
    let looked = looked(hosts, new, &cluster.data_directory).await?;
    let mut problems = Vec::new();
    let members = chosen(&looked, "", &cluster.members, &mut problems);
    if problems.is_empty() {
        return Ok(members);
    }
    Err(WireError { fields: problems, ..WireError::bad_input("A host cannot join the cluster as it is") })
}

type Looked<'a> = (&'a SiteHost, HostState);

async fn looked<'a>(hosts: &Hosts, named: &'a [SiteHost], data: &str) -> Result<Vec<Looked<'a>>, WireError> {
    let asked = named.iter().map(|named| async move {
        let host = hosts.host(&named.address).await?;
        let state = look(host.as_ref(), data).await;
        Ok::<_, WireError>((
            named,
            state.map_err(|error| WireError::new(ErrorCode::Unreachable, chain(&error)))?,
        ))
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

/// Members, controllers first, each kind in the order of the site's hosts.
fn chosen(
    looked: &[Looked<'_>],
    interface: &str,
    taken: &[MemberSpec],
    problems: &mut Vec<FieldError>,
) -> Vec<MemberSpec> {
    let mut members: Vec<MemberSpec> = Vec::new();
    let wanted = Some(interface.trim()).filter(|name| !name.is_empty());
    for (host, state) in looked {
        if let Some(what) = state.foreign() {
            problems.push(field(
                &host.address,
                &format!("it runs a Kubernetes already, which is not touched: {what}"),
            ));
            continue;
        }
        let address = match choose(&state.interfaces, wanted) {
            Ok((_, address)) => address,
            Err(error) => {
                problems.push(field("networkInterface", &format!("{}: {error}", host.address)));
                continue;
            }
        };
        let node = match node_name(&state.name) {
            Ok(node) => node,
            Err(error) => {
                problems.push(field(&host.address, &error.to_string()));
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
        members.push(MemberSpec { host: host.address.clone(), node, address, role: role(&host.roles) });
    }
    members.sort_by_key(|member| member.role != HostRole::Controller);
    members
}

/// Who controls also works; what both are said to be is a controller.
pub(super) fn role(roles: &[HostRole]) -> HostRole {
    if roles.contains(&HostRole::Controller) { HostRole::Controller } else { HostRole::Worker }
}

/// Networks of pods and services, checked against each other and the hosts.
fn ranges(
    settings: &InstallationSettings,
    defaults: &InstallationSettings,
    looked: &[Looked<'_>],
    members: &[MemberSpec],
    problems: &mut Vec<FieldError>,
) -> Option<(Cidr, Cidr)> {
    let text = |given: &String| given.trim().to_owned();
    let mut wanted = Networks {
        global: text(&settings.global_cidr),
        pods: text(&settings.pod_cidr),
        services: text(&settings.service_cidr),
    };
    if wanted.global.is_empty() && (wanted.pods.is_empty() || wanted.services.is_empty()) {
        wanted.global.clone_from(&defaults.global_cidr);
    }
    let network = |(host, state): &Looked<'_>| {
        // Of a host whose address is not settled the routes are known all the same.
        let member = members.iter().find(|member| member.host == host.address);
        HostNetwork {
            host: host.address.clone(),
            address: member.map_or(IpAddr::from([0, 0, 0, 0]), |member| member.address),
            routes: state.routes.clone(),
        }
    };
    match networks(&wanted, &looked.iter().map(network).collect::<Vec<_>>()) {
        Ok(found) => Some(found),
        Err(refused) => {
            problems.extend(refused.into_iter().map(|fault| field(fault.field, &fault.message)));
            None
        }
    }
}

/// What is reached without the proxy: whatever is inside. As it was given where there is no proxy.
fn no_proxy(
    settings: &InstallationSettings,
    (pods, services): (&Cidr, &Cidr),
    members: &[MemberSpec],
) -> String {
    let hosts: Vec<(IpAddr, Option<Cidr>)> = members.iter().map(|member| (member.address, None)).collect();
    let proxies = [settings.http_proxy.as_str(), settings.https_proxy.as_str()];
    host::no_proxy(proxies, &settings.no_proxy, [pods, services], &hosts, &[])
}

/// What lies on hosts of a cluster that was never finished: enough to take it away. A host that does not answer is told
/// by the step that works on it.
pub async fn unfinished(hosts: &Hosts) -> ClusterContent {
    let mut runtime = None;
    for named in hosts.named() {
        if runtime.is_none()
            && let Ok(host) = hosts.host(&named.address).await
        {
            runtime = longshore_runtime::begun(host.as_ref()).await.unwrap_or_default();
        }
    }
    let runtime = runtime.unwrap_or(RuntimeKind::Kubeadm);
    ClusterContent { runtime, spec: bare(hosts.named()), versions: Vec::new(), host_preflights: Vec::new() }
}

fn bare(named: &[SiteHost]) -> ClusterSpec {
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
    ClusterSpec {
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
    }
}
