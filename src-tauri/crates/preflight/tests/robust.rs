//! Whatever a spec or a file holds, there is an answer and no panic.

use longshore_contract::Timestamp;
use longshore_preflight::{Gathered, Scope, analyze, lint, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text made of what the small languages are made of.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just(" "),
        Just("=="),
        Just("<"),
        Just(">="),
        Just("!"),
        Just("("),
        Just(")"),
        Just("["),
        Just("]"),
        Just("{{"),
        Just("}}"),
        Just("{"),
        Just("}"),
        Just("."),
        Just(".."),
        Just("*"),
        Just("?"),
        Just("\\"),
        Just("'"),
        Just("\""),
        Just("|"),
        Just("&&"),
        Just(","),
        Just(":"),
        Just("-"),
        Just("8Gi"),
        Just("1.2.x"),
        Just("10ms"),
        Just("count"),
        Just("min(cpuCapacity)"),
        Just("statusCode"),
        Just("in"),
        Just("é"),
        Just("\0"),
        Just("range"),
        Just("end"),
        Just("@.a"),
        Just("$"),
        Just("\n"),
        Just("if .x"),
        Just("99999999999999999999"),
        Just("%"),
        Just("x"),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(json!(1.5)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let name = prop_oneof![
            Just("items"),
            Just("metadata"),
            Just("name"),
            Just("status"),
            Just("spec"),
            Just("phase"),
            Just("error"),
            Just("response"),
            Just("jobs"),
            Just("images"),
            Just("nodes"),
            Just("outcomes"),
            Just("when"),
            Just("pass"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.prop_map(str::to_owned), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

const KINDS: &[(Scope, &str, &str)] = &[
    (Scope::Host, "cpu", "host-collectors/system/cpu.json"),
    (Scope::Host, "memory", "host-collectors/system/memory.json"),
    (Scope::Host, "hostOS", "host-collectors/system/hostos_info.json"),
    (Scope::Host, "http", "host-collectors/http/result.json"),
    (Scope::Host, "blockDevices", "host-collectors/system/block_devices.json"),
    (Scope::Host, "sysctl", "host-collectors/system/sysctl.json"),
    (Scope::Host, "systemPackages", "host-collectors/system/packages-packages.json"),
    (
        Scope::Host,
        "filesystemPerformance",
        "host-collectors/filesystemPerformance/filesystemPerformance.json",
    ),
    (Scope::Cluster, "clusterVersion", "cluster-info/cluster_version.json"),
    (Scope::Cluster, "nodeResources", "cluster-resources/nodes.json"),
    (Scope::Cluster, "distribution", "cluster-resources/nodes.json"),
    (Scope::Cluster, "clusterPodStatuses", "cluster-resources/pods/a.json"),
    (Scope::Cluster, "event", "cluster-resources/events/default.json"),
    (Scope::Cluster, "velero", "cluster-resources/deployments/velero.json"),
    (Scope::Cluster, "longhorn", "longhorn/longhorn-system/nodes/a.yaml"),
    (Scope::Cluster, "postgres", "postgres/postgres.json"),
    (Scope::Cluster, "mssql", "mssql/mssql.json"),
    (Scope::Cluster, "textAnalyze", "f"),
    (Scope::Cluster, "jsonCompare", "f"),
    (Scope::Cluster, "yamlCompare", "f"),
    (Scope::Cluster, "replicasetStatus", "cluster-resources/replicasets/a.json"),
    (Scope::Cluster, "goldpinger", "goldpinger/check_all.json"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn analyzers_answer(
        (scope, kind, file) in prop::sample::select(KINDS),
        when in text(), message in text(), field in text(), content in value(), raw in text(), plain in any::<bool>(),
    ) {
        let spec = json!({
            "fileName": if plain { "f".to_owned() } else { field.clone() }, "regexGroups": field, "path": field,
            "jsonPath": field, "value": field, "selector": [field], "reason": "x", "regex": field,
            "outcomes": [{ "pass": { "when": when, "message": message } }, { "warn": { "message": message } }],
        });
        let mut gathered = Gathered::default();
        let content = if plain { raw } else { content.to_string() };
        gathered.files.insert(file.to_owned(), content.into_bytes());
        let _ = analyze(&json!({ kind: spec }), scope, &gathered, Timestamp(0)).listed();
    }

    #[test]
    fn any_spec_is_read_or_refused(spec in value(), raw in text()) {
        for kind in ["Preflight", "HostPreflight", "SupportBundle"] {
            let text = json!({ "apiVersion": "troubleshoot.sh/v1beta2", "kind": kind, "spec": spec }).to_string();
            let _ = parse("spec.yaml", &text);
            lint(&text, None);
            let items = json!({ "apiVersion": "troubleshoot.sh/v1beta2", "kind": kind, "spec": {
                "collectors": [spec], "analyzers": [{ "memory": spec }, { "event": spec }, spec],
            } });
            lint(&items.to_string(), None);
        }
        let _ = parse("spec.yaml", &raw);
        lint(&raw, None);
    }

    #[test]
    fn any_condition_is_linted((_, kind, _) in prop::sample::select(KINDS), when in text()) {
        for document in ["Preflight", "HostPreflight"] {
            let text = json!({ "apiVersion": "troubleshoot.sh/v1beta2", "kind": document, "spec": { "analyzers": [
                { kind: { "outcomes": [{ "fail": { "when": when, "message": when } }] } },
            ] } });
            lint(&text.to_string(), None);
        }
    }
}
