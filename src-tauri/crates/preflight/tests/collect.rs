//! From a spec to a verdict through a cluster that answers, or refuses.

use std::collections::BTreeMap;

use longshore_contract::{CheckState, Timestamp};
use longshore_preflight::{Right, judge, parse, rights};
use serde_json::{Value, json};

mod double;

use double::{Answer, Double, gather};

/// A cluster with these answers; what is not among them is forbidden.
fn table(answers: BTreeMap<&'static str, Value>) -> Double {
    let table = answers.into_iter().map(|(path, value)| (path.to_owned(), Answer::Is(value))).collect();
    Double { table, closed: true, ..Double::default() }
}

const SPEC: &str = "
apiVersion: troubleshoot.sh/v1beta2
kind: Preflight
metadata: {name: app}
spec:
  collectors:
  - secret: {namespace: app, name: license, key: token}
  - data: {name: facts, collectorName: site.json, data: '{\"racks\": 2}'}
  analyzers:
  - clusterVersion: {outcomes: [{fail: {when: '< 1.27.0', message: old}}, {pass: {message: new}}]}
  - clusterPodStatuses: {outcomes: [{fail: {when: '!= Healthy'}}, {pass: {message: '{{ .Name }} runs'}}]}
  - secret: {namespace: app, secretName: license, key: token, outcomes: [{fail: {message: absent}}, {pass: {message: there}}]}
  - jsonCompare: {fileName: facts/site.json, path: racks, value: '2', outcomes: [{pass: {}}, {fail: {}}]}
  - imagePullSecret: {registryName: registry.example, outcomes: [{pass: {}}, {fail: {}}]}
  - distribution: {outcomes: [{pass: {when: == openshift, message: shift}}, {fail: {}}]}
  - clusterResource: {kind: Deployment, namespace: app, name: web, yamlPath: spec.replicas, outcomes: [{pass: {when: '>= 2'}}, {fail: {}}]}
  - deploymentStatus: {name: web, namespace: app, outcomes: [{fail: {when: absent}}, {pass: {}}]}
";

fn answers() -> BTreeMap<&'static str, Value> {
    // {\"auths\":{\"registry.example\":{\"username\":\"puller\"}}}
    let login = "eyJhdXRocyI6eyJyZWdpc3RyeS5leGFtcGxlIjp7InVzZXJuYW1lIjoicHVsbGVyIn19fQ==";
    let pod = |name: &str, namespace: &str| {
        json!({ "metadata": { "name": name, "namespace": namespace, "uid": name },
                "status": { "phase": "Running", "containerStatuses": [{ "ready": true, "state": { "running": {} } }] } })
    };
    BTreeMap::from([
        ("/version", json!({ "gitVersion": "v1.31.2" })),
        ("/apis", json!({ "groups": [{ "versions": [{ "groupVersion": "apps.openshift.io/v1" }] }] })),
        ("/api/v1/pods", json!([pod("a", "app"), pod("b", "db")])),
        ("/api/v1/events", json!([])),
        ("/api/v1/nodes", json!([{ "metadata": { "name": "n" } }])),
        ("/api/v1/namespaces/app/secrets/license", json!({ "data": { "token": "eA==" } })),
        ("/api/v1/namespaces/app/secrets", json!([{ "data": { ".dockerconfigjson": login } }])),
        (
            "/apis/apps/v1/namespaces/app/deployments",
            json!([{ "metadata": { "name": "web" }, "spec": { "replicas": 3 } }]),
        ),
    ])
}

#[tokio::test]
async fn checks_pass_through_a_cluster_that_answers() {
    let spec = parse("preflight.yaml", SPEC).expect("a spec");
    let gathered = gather(&table(answers()), &spec).await;
    let report = judge(&spec, &gathered, Timestamp(0));
    let said: Vec<_> = report.results.iter().map(|result| (result.state, result.message.as_str())).collect();
    assert!(said.iter().all(|(state, _)| *state == CheckState::Pass), "{said:?}");
    assert!(said.contains(&(CheckState::Pass, "b runs")), "pods of every namespace are judged: {said:?}");
    let all: Vec<u8> = gathered.files.into_values().flatten().collect();
    assert!(!String::from_utf8_lossy(&all).contains("eA=="), "no secret's value is kept");
}

#[tokio::test]
async fn what_is_refused_is_an_error_that_names_the_right() {
    let spec = parse("preflight.yaml", SPEC).expect("a spec");
    let mut answers = answers();
    answers.retain(|path, _| *path == "/version");
    let report = judge(&spec, &gather(&table(answers), &spec).await, Timestamp(0));
    let (first, rest) = report.results.split_first().expect("results");
    assert_eq!(first.state, CheckState::Pass, "the version needs no right");
    for result in rest.iter().filter(|result| result.title != "Json Compare") {
        let named = result.message.contains("a right is missing");
        assert!(result.state == CheckState::Error && named, "{result:?} names no right");
    }
}

#[test]
fn rights_are_known_before_anything_is_read() {
    let spec = parse("preflight.yaml", SPEC).expect("a spec");
    let right = Right::new;
    assert_eq!(
        rights(&spec, "app"),
        [
            right("get", "", "secrets", "app"),
            right("list", "", "events", ""),
            right("list", "", "nodes", ""),
            right("list", "", "pods", ""),
            right("list", "", "secrets", "app"),
            right("list", "apps", "deployments", "app"),
        ]
    );
}
