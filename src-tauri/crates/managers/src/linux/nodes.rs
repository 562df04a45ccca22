//! Nodes of a Linux site's cluster beside the site's hosts.

use std::sync::Arc;

use longshore_cluster::nodes::{self, Node, Readiness};
use longshore_contract::{ErrorCode, HostRole, SiteNode, SiteNodes, WireError};
use longshore_runtime::MemberSpec;
use longshore_store::{SiteRow, Store};

use super::spec::role;
use super::{Hosts, Known, Looks, hosts_cluster};

/// Nodes of the cluster, controllers first, then hosts that have not joined it.
///
/// # Errors
/// When no controller answers.
pub async fn nodes(looks: &Looks, store: &Arc<Store>, site: &SiteRow) -> Result<SiteNodes, WireError> {
    let found = on(&looks.hosts(store, site), site).await;
    if found.is_err() {
        // Whatever is wrong may be the link: the next look makes another one.
        looks.forget(&site.id.0);
    }
    found
}

async fn on(hosts: &Arc<Hosts>, site: &SiteRow) -> Result<SiteNodes, WireError> {
    let Some((cluster, known)) = hosts_cluster(hosts, &site.kubernetes.cluster_uid).await? else {
        let nodes = hosts
            .named()
            .iter()
            .map(|host| apart(&host.address, role(&host.roles), "no cluster yet"))
            .collect();
        return Ok(SiteNodes { runtime: String::new(), version: String::new(), nodes });
    };
    let found = nodes::list(&cluster).await.map_err(|error| {
        WireError::new(ErrorCode::Unreachable, format!("The nodes cannot be listed: {error}"))
            .hint("Check that the cluster answers.")
    })?;
    let mut shown: Vec<SiteNode> = found.iter().map(|node| joined(node, &known)).collect();
    shown.sort_by_key(|node| node.role != HostRole::Controller);
    let absent = hosts.named().iter().filter(|host| !shown.iter().any(|node| node.host == host.address));
    let absent: Vec<SiteNode> =
        absent.map(|host| apart(&host.address, role(&host.roles), "it has not joined the cluster")).collect();
    shown.extend(absent);
    Ok(SiteNodes { runtime: known.runtime.to_string(), version: known.spec.version, nodes: shown })
}

fn apart(host: &str, role: HostRole, reason: &str) -> SiteNode {
    SiteNode {
        host: host.to_owned(),
        node: String::new(),
        role,
        version: String::new(),
        ready: false,
        cordoned: false,
        reason: reason.to_owned(),
    }
}

fn joined(node: &Node, known: &Known) -> SiteNode {
    let member: Option<&MemberSpec> = known.spec.members.iter().find(|member| member.node == node.name);
    SiteNode {
        host: member.map(|member| member.host.clone()).unwrap_or_default(),
        node: node.name.clone(),
        role: if node.controller { HostRole::Controller } else { HostRole::Worker },
        version: node.version.clone(),
        ready: node.is_ready(),
        cordoned: node.cordoned,
        reason: match &node.readiness {
            Readiness::Ready => String::new(),
            Readiness::NotReady(why) => why.clone(),
        },
    }
}
