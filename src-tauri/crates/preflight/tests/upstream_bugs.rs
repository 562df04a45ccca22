//! Upstream's bugs, each named, with what Longshore answers instead.

use longshore_contract::{CheckState, Timestamp};
use longshore_preflight::{Gathered, Refusal, Scope, Severity, judge_in, lint, parse};
use serde_json::{Value, json};

use CheckState::{Error, Fail, Pass, Skipped, Warn};
use Scope::{Cluster, Host};

fn gathered(files: &[(&str, &str)]) -> Gathered {
    let files =
        files.iter().map(|(path, content)| ((*path).to_owned(), content.as_bytes().to_vec())).collect();
    Gathered { files, ..Gathered::default() }
}

/// States and messages of one analyzer.
fn said(scope: Scope, item: Value, gathered: &Gathered) -> Vec<(CheckState, String)> {
    let report = judge_in(&[item], scope, gathered, Timestamp(0));
    report.results.into_iter().map(|result| (result.state, result.message)).collect()
}

#[track_caller]
fn is_error(scope: Scope, item: Value, files: &[(&str, &str)], reason: &str) {
    let said = said(scope, item, &gathered(files));
    assert!(
        matches!(said.as_slice(), [(Error, why)] if why.contains(reason)),
        "an error that says {reason:?} is wanted, not {said:?}"
    );
}

const NODES: &str = "cluster-resources/nodes.json";

#[test]
fn a_failed_collector_does_not_hide_its_check() {
    let item = json!({ "memory": { "outcomes": [{ "pass": {} }] } });
    is_error(Host, item, &[], "host-collectors/system/memory.json was not collected");
    let item = json!({ "containerRuntime": { "outcomes": [{ "pass": {} }] } });
    is_error(Cluster, item, &[], "cluster-resources/nodes.json was not collected");
}

#[test]
fn a_check_that_no_outcome_applies_to_does_not_vanish() {
    let outcomes = json!([{ "fail": { "when": "< 1Gi" } }]);
    let file = ("host-collectors/system/memory.json", r#"{"total": 8589934592}"#);
    is_error(Host, json!({ "memory": { "outcomes": outcomes } }), &[file], "an outcome without `when`");
    let outcomes = json!([{ "fail": { "when": "< 1.0.0" } }]);
    let file = ("cluster-info/cluster_version.json", r#"{"string": "v1.31.0"}"#);
    is_error(
        Cluster,
        json!({ "clusterVersion": { "outcomes": outcomes } }),
        &[file],
        "an outcome without `when`",
    );
}

#[test]
fn a_condition_that_cannot_be_read_does_not_hide_a_cluster_check() {
    let outcomes = json!([{ "fail": { "when": ">= 1.31" } }, { "pass": {} }]);
    let file = ("cluster-info/cluster_version.json", r#"{"string": "v1.31.0"}"#);
    is_error(Cluster, json!({ "clusterVersion": { "outcomes": outcomes } }), &[file], "`when: >= 1.31`");
}

#[test]
fn an_unknown_kind_is_not_ignored() {
    let item = json!({ "clusterVerion": { "outcomes": [] } });
    is_error(Cluster, item, &[], "did you mean clusterVersion?");
}

#[test]
fn an_unquoted_number_costs_its_own_check_only() {
    let text = "apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflight\nspec:\n  analyzers:\n  \
                - cpu: {outcomes: [{pass: {when: 8}}]}\n  - memory: {outcomes: [{pass: {message: fine}}]}\n";
    let spec = parse("spec.yaml", text).expect("the document is kept");
    let files = gathered(&[
        ("host-collectors/system/memory.json", r#"{"total": 1}"#),
        ("host-collectors/system/cpu.json", "{}"),
    ]);
    let report = judge_in(&spec.host_analyzers, Host, &files, Timestamp(0));
    let states: Vec<_> = report.results.iter().map(|result| result.state).collect();
    assert_eq!(states, [Error, Pass]);
}

#[test]
fn strict_counts_for_every_kind() {
    let outcomes = json!([{ "fail": { "message": "no" } }]);
    let file = ("host-collectors/system/memory.json", r#"{"total": 1}"#);
    for item in [
        json!({ "memory": { "strict": true, "outcomes": outcomes } }),
        json!({ "memory": { "strict": "true", "outcomes": [{ "fail": { "when": "gibberish" } }] } }),
    ] {
        let report = judge_in(&[item], Host, &gathered(&[file]), Timestamp(0));
        assert!(report.results[0].strict, "upstream loses strict on the way: {:?}", report.results);
    }
}

#[test]
fn what_makes_upstream_break_off_is_an_error() {
    let object = r#"{"items":[{"metadata":{"name":"a"},"v":"5Gi"}]}"#;
    let warn = json!([{ "warn": { "when": "> 1" } }, { "pass": {} }]);
    for (name, item, files, reason) in [
        (
            "secret without a fail outcome",
            json!({ "secret": { "secretName": "s", "namespace": "n", "outcomes": [{ "pass": {} }] } }),
            ("secrets/n/s.json", r#"{"secretExists": false}"#),
            "no fail outcome",
        ),
        (
            "configMap without a fail outcome",
            json!({ "configMap": { "configMapName": "s", "namespace": "n", "outcomes": [{ "pass": {} }] } }),
            ("configmaps/n/s.json", "{}"),
            "no fail outcome",
        ),
        (
            "mysql with a warn outcome",
            json!({ "mysql": { "outcomes": [{ "warn": { "when": "version >= 1.0.0" } }] } }),
            ("mysql/mysql.json", r#"{"isConnected": true, "version": "8.0.0"}"#),
            "warn outcome",
        ),
        (
            "clusterResource with a warn outcome",
            json!({ "clusterResource": { "kind": "pvc", "name": "a", "yamlPath": "v", "outcomes": warn } }),
            ("cluster-resources/pvcs/default.json", object),
            "no fail",
        ),
        (
            "a path beyond a list",
            json!({ "jsonCompare": { "fileName": "a", "path": "[9]", "value": "1", "outcomes": [{ "pass": {} }] } }),
            ("a", "[1]"),
            "outside a list of 1",
        ),
        (
            "statefulsetStatus of what is absent, without outcomes",
            json!({ "statefulsetStatus": { "name": "x", "namespace": "n" } }),
            ("cluster-resources/statefulsets/n.json", r#"{"items": []}"#),
            "was not found",
        ),
        (
            "certificates without a source",
            json!({ "certificates": { "outcomes": [{ "pass": {} }] } }),
            ("certificates/certificates.json", r#"[{"certificateChain": [{"isValid": true}]}]"#),
            "where a chain comes from",
        ),
    ] {
        let said = said(Cluster, item, &gathered(&[files]));
        assert!(matches!(said.as_slice(), [(Error, why)] if why.contains(reason)), "{name}: {said:?}");
    }
    let details = r#"{"os":"ubuntu","packages":[{"name":"a","exitCode":"0","details":":odd\n"}]}"#;
    let item = json!({ "systemPackages": { "outcomes": [{ "pass": {} }] } });
    is_error(
        Host,
        item,
        &[("host-collectors/system/packages-packages.json", details)],
        "begins with a colon",
    );
}

#[test]
fn pull_secrets_are_found_though_upstreams_layout_of_them_cannot_be_read() {
    let item = json!({ "imagePullSecret": { "registryName": "r.example", "outcomes": [{ "pass": {} }, { "fail": {} }] } });
    let ours = gathered(&[(
        "cluster-resources/image-pull-secrets.json",
        r#"{"r.example": "u", "other.example": "v"}"#,
    )]);
    assert_eq!(said(Cluster, item.clone(), &ours)[0].0, Pass, "several registries of one secret are kept");
    is_error(Cluster, item, &[("cluster-resources/image-pull-secrets/n/s.json", "{}")], "names the folder");
}

#[test]
fn file_not_collected_applies_where_the_collector_said_why() {
    let path = "host-collectors/filesystemPerformance/filesystemPerformance.json";
    let outcomes =
        json!([{ "warn": { "when": "fileNotCollected", "message": "install fio" } }, { "pass": {} }]);
    let item = json!({ "filesystemPerformance": { "outcomes": outcomes } });
    let mut gathered = Gathered::default();
    gathered.refused.insert(path.to_owned(), Refusal::Failed("fio is not on the host".to_owned()));
    assert_eq!(said(Host, item.clone(), &gathered), [(Warn, "install fio".to_owned())]);
    is_error(Host, item, &[], "was not collected");
}

#[test]
fn a_missing_kernel_parameter_is_told_as_such() {
    let item =
        json!({ "sysctl": { "outcomes": [{ "fail": { "when": "net.bridge.x == 0" } }, { "pass": {} }] } });
    let said = said(Host, item, &gathered(&[("host-collectors/system/sysctl.json", "{}")]));
    assert!(matches!(said.as_slice(), [(Fail, why)] if why.contains("is its module loaded?")), "{said:?}");
}

#[test]
fn nodes_that_cannot_be_listed_are_no_mere_warning() {
    let mut gathered = Gathered::default();
    gathered
        .refused
        .insert(NODES.to_owned(), Refusal::Forbidden("a right is missing: list nodes".to_owned()));
    let item = json!({ "nodeResources": { "outcomes": [{ "pass": {} }] } });
    assert_eq!(said(Cluster, item, &gathered), [(Error, "a right is missing: list nodes".to_owned())]);
}

#[test]
fn an_excluded_check_is_shown_as_skipped() {
    let item = json!({ "memory": { "exclude": "true", "outcomes": [] } });
    assert_eq!(said(Host, item, &Gathered::default())[0].0, Skipped);
}

#[test]
fn names_that_nobody_reads_are_linted() {
    let text = "apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflight\nspec:\n  collectors:\n  \
                - filesystemPerformance: {operationSizeBytes: 2300}\n  - hostOS: {}\n  analyzers:\n  \
                - hostOS: {outcomes: [{pass: {when: amazonlinux = 2023}}, {fail: {}}]}\n";
    let found = lint(text, None);
    let said: Vec<_> = found.iter().map(|found| (found.line, found.severity, found.hint.as_str())).collect();
    let wanted = [
        (5, Severity::Warning, "did you mean operationSize?"),
        (8, Severity::Warning, "did you mean amazon?"),
    ];
    assert_eq!(said, wanted, "{found:?}");
}
