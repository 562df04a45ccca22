//! Checks of clusters.

mod ceph;
pub(super) mod certificates;
mod containers;
mod databases;
pub(crate) mod distribution;
mod event;
mod goldpinger;
mod longhorn;
mod metrics;
mod nodes;
mod pods;
mod presence;
pub(super) mod registry;
mod resource;
mod runtime;
mod sysctl;
mod velero;
mod version;
mod weave;
mod workload;

pub(crate) use pods::is_unhealthy;

use super::Title::{Collector, Is, Made};
use super::bundle::record;
use super::fields::Record;
use super::verdict::Unjudged;
use super::{Check, Kind, kind, text};

/// Every kind, in upstream's order.
pub(super) const KINDS: &[Kind] = &[
    kind("clusterVersion", Is(version::TITLE), true, version::judge),
    kind("storageClass", Made(presence::storage_title), true, presence::storage_class),
    kind("ingressClass", Made(presence::ingress_class_title), true, presence::ingress_class),
    kind("customResourceDefinition", Made(presence::definition_title), true, presence::definition),
    kind("ingress", Made(presence::ingress_title), true, presence::ingress),
    kind("secret", Made(presence::secret_title), true, presence::secret),
    kind("configMap", Made(presence::config_map_title), true, presence::config_map),
    kind("imagePullSecret", Is("Image Pull Secrets"), true, presence::pull_secret),
    kind("deploymentStatus", Made(workload::deployment_title), true, workload::deployment),
    kind("statefulsetStatus", Made(workload::statefulset_title), true, workload::statefulset),
    kind("jobStatus", Made(workload::job_title), true, workload::job),
    kind("replicasetStatus", Made(workload::replicaset_title), true, workload::replicaset),
    kind("clusterPodStatuses", Is("Cluster Pod Status"), true, pods::judge),
    kind("clusterContainerStatuses", Is("Cluster Container Status"), false, containers::judge),
    kind("containerRuntime", Is("Container Runtime"), true, runtime::judge),
    kind("distribution", Is("Kubernetes Distribution"), true, distribution::judge),
    kind("nodeResources", Is("Node Resources"), true, nodes::judge),
    kind("textAnalyze", Collector(""), false, text::cluster_text),
    kind("yamlCompare", Collector(""), true, text::yaml_compare),
    kind("jsonCompare", Collector("Json Compare"), true, text::json_compare),
    kind("postgres", Collector("postgres"), true, databases::postgres),
    kind("mysql", Collector("mysql"), true, databases::mysql),
    kind("mssql", Collector("mssql"), true, databases::mssql),
    kind("redis", Collector("redis"), true, databases::redis),
    kind("clickhouse", Collector("clickhouse"), true, databases::clickhouse),
    kind("cephStatus", Is("Ceph Status"), true, ceph::judge),
    kind("velero", Is("Velero"), true, velero::judge),
    kind("longhorn", Is("Longhorn analyzer"), true, longhorn::judge),
    kind("registryImages", Collector("images"), true, registry::judge),
    kind("weaveReport", Is("Weave CNI"), true, weave::judge),
    kind("sysctl", Is("Sysctl"), true, sysctl::judge),
    kind("clusterResource", Collector(""), false, resource::judge),
    kind("certificates", Is("Certificates Verification"), false, certificates::judge),
    kind("goldpinger", Collector("goldpinger"), true, goldpinger::judge),
    kind("event", Collector("Event"), false, event::judge),
    kind("nodeMetrics", Collector("Node Metrics"), true, metrics::judge),
    kind("http", Collector(""), true, http),
    kind("s3Status", Collector("s3Status"), true, databases::s3_status),
];

/// `http`: what a request got, judged as on hosts.
fn http(check: &Check<'_>) -> super::Judged {
    let name = check.text_or("collectorName", "result");
    let path = format!("{name}.json");
    let found = check.bundle.json(&path)?;
    record(&path, &found)?;
    let title = check.named(check.text("collectorName"));
    check.first_or_limbo(&title, |when| super::host::http_holds(when, &path, &found))
}

/// The objects of a list that was collected.
fn items<'a>(path: &str, list: &'a serde_json::Value) -> Result<Vec<Record<'a>>, Unjudged> {
    let read = |list: Record<'a>| {
        list.unread(&["kind", "apiVersion"], &[])?;
        list.record("metadata")?.unread(&["resourceVersion", "continue"], &["remainingItemCount"])?;
        list.records("items")
    };
    read(record(path, list)?).map_err(|why| Unjudged::Wrong(format!("{path} has another shape: {why}")))
}

/// An object's name.
fn name<'a>(object: &Record<'a>) -> Result<&'a str, String> {
    object.record("metadata")?.text("name")
}
