//! A Linux site's cluster: its API through a tunnel to a controller, with the kubeconfig that lies there.

use std::sync::Arc;

use longshore_cluster::{Cluster, open};
use longshore_contract::{HostRole, KubeconfigSource, WireError, chain};
use longshore_remote::forward;
use longshore_runtime::Member;
use longshore_store::{SiteRow, Store};
use serde_norway::Value;

use super::{Hosts, Known, known};
use crate::access::refusal;

/// A name in every API server's certificate, whatever addresses are.
const NAME: &str = "kubernetes";
/// The port of the API on a controller itself, whatever load balancer is before it.
const PORT: u16 = 6443;

/// Opens the cluster on a site's hosts; `None` while there is none. The tunnel lasts as long as the cluster is held.
///
/// # Errors
/// When no controller answers, or its cluster is another than the site had.
pub async fn cluster(store: &Arc<Store>, site: &SiteRow) -> Result<Option<Arc<Cluster>>, WireError> {
    Ok(hosts_cluster(&Arc::new(Hosts::new(store, site)), &site.kubernetes.cluster_uid)
        .await?
        .map(|(cluster, _)| cluster))
}

/// The same over hosts that are connected to already, with what they note of it.
///
/// # Errors
/// As [`cluster`].
pub async fn hosts_cluster(
    hosts: &Arc<Hosts>,
    uid: &str,
) -> Result<Option<(Arc<Cluster>, Known)>, WireError> {
    let controllers = hosts.named().iter().filter(|host| host.roles.contains(&HostRole::Controller));
    let (mut refused, mut asked) = (None, false);
    for named in controllers {
        let found = through(hosts, &named.address, uid).await;
        match found {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => asked = true,
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match refused {
        Some(error) => Err(error),
        None if asked => Ok(None),
        None => Err(WireError::bad_input("The site has no controller among its hosts")
            .hint("Name one with `longshore site update --host`.")),
    }
}

async fn through(
    hosts: &Arc<Hosts>,
    address: &str,
    uid: &str,
) -> Result<Option<(Arc<Cluster>, Known)>, WireError> {
    let host = hosts.host(address).await?;
    let Some(known) = known(host.as_ref()).await? else { return Ok(None) };
    let Some(spec) = known.spec.members.iter().find(|member| member.host == address).cloned() else {
        return Ok(None);
    };
    let member = Member { host: Arc::clone(&host), spec };
    let text = longshore_runtime::of(known.runtime)
        .kubeconfig(&member)
        .await
        .map_err(|error| WireError::bad_input(chain(&error)).hint("Look at the cluster on that host."))?;
    let tunnel = forward(host, "127.0.0.1", PORT).await;
    let tunnel = tunnel.map_err(|error| WireError::internal(&error))?;
    let (content, context) = redirected(&text, tunnel.address().port())
        .map_err(|why| WireError::bad_input(format!("The kubeconfig on {address} cannot be used: {why}")))?;
    let opened =
        open(&KubeconfigSource::Pasted { content }, &context, uid).await.map_err(|error| refusal(&error))?;
    Ok(Some((Arc::new(opened.cluster.keeping(tunnel)), known)))
}

/// A kubeconfig whose one cluster is at a port of this machine, and its context. Its certificate is still asked for the
/// name that it has.
fn redirected(text: &str, port: u16) -> Result<(String, String), String> {
    let mut config: Value = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    let clusters =
        config.get_mut("clusters").and_then(Value::as_sequence_mut).ok_or("it names no cluster")?;
    for named in clusters {
        let cluster =
            named.get_mut("cluster").and_then(Value::as_mapping_mut).ok_or("it names no cluster")?;
        cluster.insert("server".into(), format!("https://127.0.0.1:{port}").into());
        cluster.insert("tls-server-name".into(), NAME.into());
        cluster.remove("proxy-url");
    }
    let context = config.get("current-context").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok((serde_norway::to_string(&config).map_err(|error| error.to_string())?, context))
}

#[cfg(test)]
mod tests {
    use super::redirected;

    #[test]
    fn a_kubeconfig_leads_through_the_tunnel() {
        let text = "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster:\n    certificate-authority-data: Q0E=\n    server: https://10.0.0.5:6443\n    proxy-url: http://proxy:3128\ncontexts:\n- name: admin@kubernetes\n  context: {cluster: kubernetes, user: admin}\ncurrent-context: admin@kubernetes\nusers:\n- name: admin\n  user: {token: t}\n";
        let (found, context) = redirected(text, 4711).expect("it is one");
        assert_eq!(context, "admin@kubernetes");
        assert!(found.contains("server: https://127.0.0.1:4711"), "through the tunnel: {found}");
        assert!(found.contains("tls-server-name: kubernetes"), "its certificate is for that name: {found}");
        assert!(!found.contains("proxy-url"), "no proxy lies between: {found}");
        for wrong in ["", "a: [", "clusters: 1", "clusters:\n- name: x\n"] {
            assert!(redirected(wrong, 1).is_err(), "{wrong:?} is none");
        }
    }
}
