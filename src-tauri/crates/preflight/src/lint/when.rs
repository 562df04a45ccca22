//! Whether a `when` can be read at all: each kind's own reader is asked, over files as small as they can be.

use serde_json::{Map, Value, json};

use longshore_contract::Timestamp;

use crate::analyze::{Analysis, analyze};
use crate::collect::Gathered;
use crate::kinds::Scope;

/// A file that a kind's reader needs before it looks at a condition, and fields of the spec that lead there.
struct Sample {
    scope: Scope,
    kind: &'static str,
    file: &'static str,
    content: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const fn host(kind: &'static str, file: &'static str, content: &'static str) -> Sample {
    Sample { scope: Scope::Host, kind, file, content, fields: &[] }
}

const fn cluster(
    kind: &'static str,
    file: &'static str,
    content: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Sample {
    Sample { scope: Scope::Cluster, kind, file, content, fields }
}

const NAMED: &[(&str, &str)] = &[("name", "x"), ("namespace", "x")];
const OBJECTS: &str = r#"{"items":[{"metadata":{"name":"x","namespace":"x","uid":"x"},
    "status":{"containerStatuses":[{"name":"x"}],
    "nodeInfo":{"containerRuntimeVersion":"containerd://1"},"capacity":{"cpu":"1"}}}]}"#;
const DATABASE: &str = r#"{"isConnected":true,"version":"1.0.0"}"#;

const SAMPLES: &[Sample] = &[
    host("cpu", "host-collectors/system/cpu.json", "{}"),
    host("memory", "host-collectors/system/memory.json", "{}"),
    host("diskUsage", "host-collectors/diskUsage/diskUsage.json", "{}"),
    host("http", "host-collectors/http/result.json", r#"{"response":{"status":200}}"#),
    host("time", "host-collectors/system/time.json", "{}"),
    host("blockDevices", "host-collectors/system/block_devices.json", "[]"),
    host("kernelModules", "host-collectors/system/kernel_modules.json", "{}"),
    host("ipv4Interfaces", "host-collectors/system/ipv4Interfaces.json", "[]"),
    host(
        "filesystemPerformance",
        "host-collectors/filesystemPerformance/filesystemPerformance.json",
        r#"{"jobs":[{"jobname":"fsperf"}]}"#,
    ),
    host("hostServices", "host-collectors/system/systemctl_services.json", "[]"),
    host("hostOS", "host-collectors/system/hostos_info.json", "{}"),
    host("sysctl", "host-collectors/system/sysctl.json", "{}"),
    host("registryImages", "host-collectors/registry-images/images.json", "{}"),
    cluster("clusterVersion", "cluster-info/cluster_version.json", r#"{"string":"v1.0.0"}"#, &[]),
    cluster("deploymentStatus", "cluster-resources/deployments/x.json", OBJECTS, NAMED),
    cluster("statefulsetStatus", "cluster-resources/statefulsets/x.json", OBJECTS, NAMED),
    cluster("jobStatus", "cluster-resources/jobs/x.json", OBJECTS, NAMED),
    cluster("replicasetStatus", "cluster-resources/replicasets/x.json", OBJECTS, NAMED),
    cluster("clusterContainerStatuses", "cluster-resources/pods/x.json", OBJECTS, &[]),
    cluster("containerRuntime", "cluster-resources/nodes.json", OBJECTS, &[]),
    cluster("distribution", "cluster-resources/nodes.json", OBJECTS, &[]),
    cluster("nodeResources", "cluster-resources/nodes.json", OBJECTS, &[]),
    cluster("postgres", "postgres/postgres.json", DATABASE, &[]),
    cluster("mysql", "mysql/mysql.json", DATABASE, &[]),
    cluster("mssql", "mssql/mssql.json", DATABASE, &[]),
    cluster("redis", "redis/redis.json", DATABASE, &[]),
    cluster("clickhouse", "clickhouse/clickhouse.json", DATABASE, &[]),
    cluster("s3Status", "s3Status/s3Status.json", DATABASE, &[]),
    cluster("cephStatus", "ceph/status.json", "{}", &[]),
    cluster("registryImages", "registry/images.json", "{}", &[]),
    cluster("sysctl", "sysctl/x", "", &[]),
    cluster("event", "cluster-resources/events/default.json", "{}", &[("reason", "x")]),
    cluster("nodeMetrics", "node-metrics/x.json", "{}", &[]),
    cluster("http", "result.json", r#"{"response":{"status":200}}"#, &[]),
];

/// Why a condition cannot be read, if it cannot.
pub(super) fn unreadable(scope: Scope, kind: &str, body: &Value, condition: &str) -> Option<String> {
    if kind == "subnetContainsIP" || compared(kind, body) {
        let fine = match kind {
            "subnetContainsIP" => ["true", "false"].contains(&condition),
            _ => crate::values::number::boolean(condition).is_some(),
        };
        return (!fine).then(|| format!("`when: {condition}` cannot be read; true or false is the form"));
    }
    if kind == "textAnalyze" {
        return grouped(scope, body, condition);
    }
    let sample = SAMPLES.iter().find(|sample| sample.scope == scope && sample.kind == kind)?;
    let fields: Map<String, Value> =
        sample.fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    probe(scope, kind, sample.file, sample.content, fields, condition)
}

/// Kinds whose condition is what a comparison gave.
fn compared(kind: &str, body: &Value) -> bool {
    let given = |field: &str| body[field].as_str().is_some_and(|text| !text.is_empty());
    match kind {
        "jsonCompare" | "yamlCompare" => true,
        "textAnalyze" => given("regex"),
        "clusterResource" => given("expectedValue") || given("regex"),
        _ => false,
    }
}

fn grouped(scope: Scope, body: &Value, condition: &str) -> Option<String> {
    let mut fields = Map::new();
    fields.insert("fileName".to_owned(), json!("x"));
    fields.insert("regexGroups".to_owned(), body["regexGroups"].clone());
    probe(scope, "textAnalyze", "x", "", fields, condition)
}

/// Judges the condition alone, and listens for the complaint that it cannot be read.
fn probe(
    scope: Scope,
    kind: &str,
    file: &str,
    content: &str,
    mut spec: Map<String, Value>,
    condition: &str,
) -> Option<String> {
    spec.insert("outcomes".to_owned(), json!([{ "pass": { "when": condition } }]));
    let mut gathered = Gathered::default();
    gathered.files.insert(file.to_owned(), content.as_bytes().to_vec());
    let said = match analyze(&json!({ kind: spec }), scope, &gathered, Timestamp(0)) {
        Analysis::Unjudged { reason, .. } => reason,
        Analysis::Verdicts(verdicts) => verdicts.into_iter().next()?.message,
        Analysis::Excluded { .. } => return None,
    };
    let said = said.strip_prefix("Analyzer Failed: ").unwrap_or(&said);
    said.starts_with("`when:").then(|| said.to_owned())
}
