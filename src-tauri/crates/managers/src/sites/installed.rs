//! What is installed on a site, from the record that lies there.

use longshore_cluster::Cluster;
use longshore_cluster::record::{self, Installation};
use longshore_cluster::wait::informer;
use longshore_contract::{InformerState, InformerView, InstalledApp, RevisionView, RunId};
use longshore_store::SiteRow;

/// The record of what is installed, and the namespace it is in: the site's, or that of the application last seen
/// or run there.
pub async fn installation(cluster: &Cluster, row: &SiteRow) -> Option<(String, Installation)> {
    let mut namespaces: Vec<String> = Vec::new();
    if row.kubernetes.namespace.is_empty() {
        namespaces.extend(row.installed.as_ref().map(|app| app.namespace.clone()));
        namespaces.extend(found_namespaces(cluster).await);
    } else {
        namespaces.push(row.kubernetes.namespace.clone());
    }
    namespaces.dedup();
    // Without a named namespace an application is where runs of this site put it: in the one of its slug.
    // One that somebody installed elsewhere in the cluster is another site's.
    let named = !row.kubernetes.namespace.is_empty();
    let is_meant = |record: &Installation, namespace: &str| named || record.slug == namespace;
    for namespace in namespaces {
        if let Ok(records) = record::read_all(cluster, &namespace).await
            && let Some(record) =
                records.into_iter().find(|record| record.live().is_some() && is_meant(record, &namespace))
        {
            return Some((namespace, record));
        }
    }
    None
}

/// Namespaces with a record, where the credential may look through the whole cluster.
async fn found_namespaces(cluster: &Cluster) -> Vec<String> {
    let path = "/api/v1/secrets?labelSelector=longshore.dev%2Frecord%3Dinstallation";
    let secrets = cluster.list(path).await.unwrap_or_default();
    secrets.iter().filter_map(|secret| secret["metadata"]["namespace"].as_str().map(str::to_owned)).collect()
}

/// What an installation record says is installed.
pub fn installed(namespace: &str, record: &Installation) -> Option<InstalledApp> {
    let live = record.live()?;
    Some(InstalledApp {
        slug: record.slug.clone(),
        title: record.title.clone(),
        icon: record.icon.clone(),
        version: live.version.clone(),
        channel: record.channel.clone(),
        namespace: namespace.to_owned(),
        revision: live.revision,
        at: live.at,
    })
}

pub(super) async fn informers_of(
    cluster: &Cluster,
    namespace: &str,
    record: &Installation,
) -> Vec<InformerView> {
    let mut views = Vec::new();
    for name in record.live().map(|live| live.informers.clone()).unwrap_or_default() {
        let view = informer(cluster, namespace, &name).await;
        views.push(view.unwrap_or_else(|error| InformerView {
            name: name.clone(),
            state: InformerState::Unavailable,
            message: error.to_string(),
        }));
    }
    views
}

pub(super) fn revisions_of(record: &Installation) -> Vec<RevisionView> {
    let view = |known: &record::Revision| RevisionView {
        revision: known.revision,
        version: known.version.clone(),
        at: known.at,
        who: known.who.clone(),
        run: RunId(known.run.clone()),
        current: known.revision == record.revision,
        charts: known.charts.iter().map(|chart| format!("{} {}", chart.release, chart.version)).collect(),
    };
    record.history.iter().rev().map(view).collect()
}
