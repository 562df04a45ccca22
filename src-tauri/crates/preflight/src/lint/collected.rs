//! Whether what analyzers read is collected: a kind without its collector, and names that differ.

use serde_json::Value;

use super::{Report, Severity, meant};
use crate::kinds::{Scope, nearest_of};
use crate::spec::{Document, Kind};

/// Kinds of analyzers, the kind of collector each needs, and the name both have where a spec gives none.
/// Without a name of its own, one collector serves every analyzer.
const HOST: &[(&str, &str, Option<&str>)] = &[
    ("cpu", "cpu", None),
    ("memory", "memory", None),
    ("tcpLoadBalancer", "tcpLoadBalancer", Some("tcpLoadBalancer")),
    ("httpLoadBalancer", "httpLoadBalancer", Some("httpLoadBalancer")),
    ("diskUsage", "diskUsage", Some("diskUsage")),
    ("tcpPortStatus", "tcpPortStatus", Some("tcpPortStatus")),
    ("udpPortStatus", "udpPortStatus", Some("udpPortStatus")),
    ("http", "http", Some("result")),
    ("time", "time", None),
    ("blockDevices", "blockDevices", None),
    ("systemPackages", "systemPackages", Some("packages")),
    ("kernelModules", "kernelModules", None),
    ("tcpConnect", "tcpConnect", Some("connect")),
    ("ipv4Interfaces", "ipv4Interfaces", None),
    ("subnetAvailable", "subnetAvailable", Some("result")),
    ("filesystemPerformance", "filesystemPerformance", Some("filesystemPerformance")),
    ("certificate", "certificate", Some("certificate")),
    ("certificatesCollection", "certificatesCollection", Some("certificatesCollection")),
    ("hostServices", "hostServices", None),
    ("hostOS", "hostOS", None),
    ("kernelConfigs", "kernelConfigs", None),
    ("networkNamespaceConnectivity", "networkNamespaceConnectivity", Some("networkNamespaceConnectivity")),
    ("sysctl", "sysctl", None),
    ("registryImages", "registryImages", Some("images")),
];
/// The same for clusters, where what Kubernetes itself says is always collected.
const CLUSTER: &[(&str, &str, Option<&str>)] = &[
    ("postgres", "postgres", Some("postgres")),
    ("mysql", "mysql", Some("mysql")),
    ("mssql", "mssql", Some("mssql")),
    ("redis", "redis", Some("redis")),
    ("clickhouse", "clickhouse", Some("clickhouse")),
    ("s3Status", "s3Status", Some("s3Status")),
    ("registryImages", "registryImages", Some("images")),
    ("sysctl", "sysctl", None),
    ("certificates", "certificates", None),
    ("goldpinger", "goldpinger", None),
    ("nodeMetrics", "nodeMetrics", None),
    ("cephStatus", "ceph", None),
    ("longhorn", "longhorn", None),
    ("http", "http", Some("result")),
];

/// A list of items of one scope.
struct List<'a> {
    document: &'a Document,
    field: &'static str,
    scope: Scope,
}

/// Looks at all documents together, as they are run together.
pub(super) fn check(report: &mut Report, documents: &[Document]) {
    let collectors = lists(documents, "collectors", "hostCollectors");
    for list in lists(documents, "analyzers", "hostAnalyzers") {
        let Some(items) = list.document.value["spec"][list.field].as_array() else { continue };
        for (at, item) in items.iter().enumerate() {
            for (kind, body) in item.as_object().into_iter().flatten().filter(|(_, body)| body.is_object()) {
                let path = format!("spec.{}[{at}].{kind}", list.field);
                analyzer(report, &collectors, &list, kind, body, &path);
            }
        }
    }
    for list in &collectors {
        twice(report, list);
    }
}

fn lists<'a>(documents: &'a [Document], plain: &'static str, host: &'static str) -> Vec<List<'a>> {
    documents
        .iter()
        .flat_map(|document| {
            let scope = match document.kind {
                Kind::HostPreflight | Kind::HostCollector => Scope::Host,
                _ => Scope::Cluster,
            };
            [List { document, field: plain, scope }, List { document, field: host, scope: Scope::Host }]
        })
        .collect()
}

/// Bodies of all collectors of a kind.
fn bodies<'a>(collectors: &'a [List<'a>], scope: Scope, kind: &str) -> Vec<&'a Value> {
    collectors
        .iter()
        .filter(|list| list.scope == scope)
        .flat_map(|list| list.document.value["spec"][list.field].as_array().into_iter().flatten())
        .filter_map(|item| item.get(kind).filter(|body| body.is_object()))
        .collect()
}

fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body[field].as_str().unwrap_or_default()
}

fn analyzer(
    report: &mut Report,
    collectors: &[List<'_>],
    list: &List<'_>,
    kind: &str,
    body: &Value,
    path: &str,
) {
    if list.scope == Scope::Cluster && (kind == "secret" || kind == "configMap") {
        return keyed(report, collectors, list, kind, body, path);
    }
    let table = if list.scope == Scope::Host { HOST } else { CLUSTER };
    let Some((_, needed, default)) = table.iter().find(|(known, _, _)| *known == kind) else { return };
    let found = bodies(collectors, list.scope, needed);
    if found.is_empty() {
        let message = format!("no collector of kind {needed} gathers what this check reads");
        let hint = format!("add - {needed}: {{}} to the collectors");
        report.add(&list.document.node, path, Severity::Error, &message, &hint);
        return;
    }
    let Some(default) = default else { return };
    let name = |body: &Value| match text(body, "collectorName") {
        "" => (*default).to_owned(),
        name => name.to_owned(),
    };
    let names: Vec<String> = found.iter().map(|body| name(body)).collect();
    let wanted = name(body);
    if !names.contains(&wanted) {
        let hint = match nearest_of(&wanted, names.iter().map(String::as_str)) {
            Some(near) => meant(near),
            None => format!("collectors of this kind are named {}", names.join(", ")),
        };
        let message = format!("no collector of kind {needed} has the collectorName {wanted}");
        report.add(&list.document.node, path, Severity::Error, &message, &hint);
    }
}

/// Secrets and ConfigMaps are found only where collector and analyzer say the same of them.
fn keyed(
    report: &mut Report,
    collectors: &[List<'_>],
    list: &List<'_>,
    kind: &str,
    body: &Value,
    path: &str,
) {
    let field = format!("{kind}Name");
    let wanted = [text(body, "namespace"), text(body, &field), text(body, "key")];
    let same = bodies(collectors, Scope::Cluster, kind).iter().any(|collector| {
        let selects = collector["selector"].is_array() && text(collector, "name").is_empty();
        let named = selects || text(collector, "name") == wanted[1];
        let key = if collector["includeAllData"] == true { "" } else { text(collector, "key") };
        text(collector, "namespace") == wanted[0] && named && key == wanted[2]
    });
    if !same {
        let message = format!("no {kind} collector has the same namespace, name and key");
        report.add(&list.document.node, path, Severity::Error, &message, "give both the same three");
    }
}

/// Two collectors that write the same file.
fn twice(report: &mut Report, list: &List<'_>) {
    let mut seen: Vec<(String, String)> = Vec::new();
    let table = if list.scope == Scope::Host { HOST } else { CLUSTER };
    let items = list.document.value["spec"][list.field].as_array().into_iter().flatten().enumerate();
    for (at, item) in items {
        for (kind, body) in item.as_object().into_iter().flatten() {
            let Some((_, _, Some(default))) = table.iter().find(|(_, needed, _)| needed == kind) else {
                continue;
            };
            let name = match text(body, "collectorName") {
                "" => (*default).to_owned(),
                name => name.to_owned(),
            };
            let pair = (kind.clone(), name);
            if seen.contains(&pair) {
                let message = format!("a collector of kind {kind} named {} is there already", pair.1);
                let path = format!("spec.{}[{at}].{kind}", list.field);
                let hint = "the later one overwrites the earlier one's file; give it a collectorName";
                report.add(&list.document.node, &path, Severity::Warning, &message, hint);
            }
            seen.push(pair);
        }
    }
}
