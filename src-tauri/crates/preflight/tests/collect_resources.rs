//! `clusterResources`, and what checks read of the cluster without a collector.

use longshore_contract::CheckState;
use longshore_preflight::Refusal;
use serde_json::{Value, json};

mod double;

use double::{Answer, Double, gather, json_file, results, spec, why};

fn named(name: &str, namespace: &str) -> Value {
    json!({ "metadata": { "name": name, "namespace": namespace } })
}

fn reviews(pods: &str) -> Value {
    json!({ "status": { "resourceRules": [{ "verbs": ["get", "list"], "apiGroups": [""], "resources": [pods] }] } })
}

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

fn cluster() -> Double {
    let sick = json!({
        "metadata": { "name": "sick", "namespace": "app" },
        "spec": { "containers": [{ "name": "main" }] },
        "status": { "phase": "Running", "containerStatuses": [{ "name": "main", "ready": false, "restartCount": 3,
            "state": { "waiting": { "reason": "CrashLoopBackOff" } } }] },
    });
    let definition = json!({
        "metadata": { "name": "boats.vendor.example" },
        "spec": { "group": "vendor.example", "names": { "plural": "boats" }, "scope": "Namespaced",
            "versions": [{ "name": "v1", "served": true }] },
    });
    let login = "eyJhdXRocyI6eyJyLmV4YW1wbGUiOnsidXNlcm5hbWUiOiJhZGEiLCJwYXNzd29yZCI6Imh1bnRlcjIifX19";
    let secret = json!({ "metadata": { "name": "pull", "namespace": "app" },
        "type": "kubernetes.io/dockerconfigjson", "data": { ".dockerconfigjson": login } });
    Double::default()
        .with("/api/v1/namespaces", json!([named("app", ""), named("db", "")]))
        .with(REVIEWS, reviews("pods"))
        .with("/api/v1/pods", json!([sick]))
        .log("/api/v1/namespaces/app/pods/sick/log", "panic\n")
        .with("/apis/apps/v1/deployments", json!([named("web", "app")]))
        .with("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json!([definition]))
        .with("/apis/vendor.example/v1/boats", json!([named("tug", "app")]))
        .with("/api/v1/secrets", json!([secret]))
        .with("/apis", json!({ "groups": [{ "name": "apps", "versions": [{ "groupVersion": "apps/v1" }] }] }))
        .with("/apis/apps/v1", json!({ "groupVersion": "apps/v1", "resources": [{ "name": "deployments" }] }))
}

#[tokio::test(start_paused = true)]
async fn everything_has_its_place() {
    let spec = spec(json!([{ "clusterResources": {} }]), json!([]));
    let gathered = gather(&cluster(), &spec).await;
    let deployments = json_file(&gathered, "cluster-resources/deployments/app.json");
    assert_eq!(
        (&deployments["kind"], &deployments["items"][0]["kind"]),
        (&json!("DeploymentList"), &json!("Deployment"))
    );
    assert_eq!(
        json_file(&gathered, "cluster-resources/deployments/db.json")["items"],
        json!([]),
        "empty, but there"
    );
    for file in [
        "namespaces.json",
        "auth-cani-list/db.json",
        "nodes.json",
        "leases/app.json",
        "endpointslices/app.json",
        "pod-disruption-budgets/app.json",
        "clusterrolebindings.json",
        "groups.json",
        "pods/logs/app/sick/main.log",
        "pods/logs/app/sick/main-previous.log",
        "custom-resources/boats.vendor.example/app.json",
        "custom-resources/boats.vendor.example/app.yaml",
    ] {
        json_or_text(&gathered, &format!("cluster-resources/{file}"));
    }
    let users = json_file(&gathered, "cluster-resources/image-pull-secrets/app/pull.json");
    assert_eq!(users, json!({ "r.example": "ada" }), "no password");
    let resources = json_file(&gathered, "cluster-resources/resources.json");
    assert_eq!(resources[1]["resources"][0]["name"], "deployments");
}

#[track_caller]
fn json_or_text(gathered: &longshore_preflight::Gathered, path: &str) {
    assert!(gathered.files.contains_key(path), "{path}: {:?}", gathered.files.keys());
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_in_upstreams_file_and_is_the_checks_reason() {
    let refused = || Answer::Refused(Refusal::Forbidden("a right is missing: list".to_owned()));
    let cluster = cluster()
        .answering("/api/v1/services", refused())
        .answering("/api/v1/namespaces/db/services", refused())
        .with("/api/v1/namespaces/app/services", json!([named("front", "app")]))
        .lacking("list", "", "nodes", "");
    let check = json!([{ "clusterResource": { "kind": "Service", "namespace": "db", "name": "x", "yamlPath": "a", "outcomes": [] } },
        { "nodeResources": { "outcomes": [{ "pass": {} }] } }]);
    let spec = spec(json!([{ "clusterResources": {} }]), check);
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(
        json_file(&gathered, "cluster-resources/services/app.json")["items"][0]["metadata"]["name"],
        "front"
    );
    let errors = json_file(&gathered, "cluster-resources/services-errors.json");
    assert_eq!(errors, json!({ "db": "a right is missing: list" }));
    let results = results(&spec, &gathered);
    assert!(results.iter().all(|result| result.state == CheckState::Error), "{results:?}");
    assert_eq!(results[1].message, "a right is missing: list nodes in the whole cluster");
}

#[tokio::test(start_paused = true)]
async fn namespaces_that_may_not_be_looked_into_are_passed_over() {
    let looked = |ignore: bool| async move {
        let cluster = cluster().with(REVIEWS, reviews("services"));
        let gathered =
            gather(&cluster, &spec(json!([{ "clusterResources": { "ignoreRBAC": ignore } }]), json!([])))
                .await;
        gathered.files.contains_key("cluster-resources/deployments/app.json")
    };
    assert!(!looked(false).await, "as upstream");
    assert!(looked(true).await, "unless the spec says so");
}

#[tokio::test(start_paused = true)]
async fn several_are_one_of_all_their_namespaces() {
    let both = json!([{ "clusterResources": { "namespaces": ["db"] } }, { "clusterResources": { "namespaces": ["app"] } }]);
    let cluster = cluster()
        .with("/api/v1/namespaces/app", named("app", ""))
        .with("/api/v1/namespaces/db", named("db", ""));
    let gathered = gather(&cluster, &spec(both, json!([]))).await;
    let listed = cluster.calls("list");
    assert!(listed.contains(&"/apis/apps/v1/namespaces/db/deployments".to_owned()), "{listed:?}");
    assert!(
        !listed.contains(&"/apis/apps/v1/deployments".to_owned()),
        "only those that are named: {listed:?}"
    );
    assert_eq!(
        json_file(&gathered, "cluster-resources/namespaces.json")["items"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test(start_paused = true)]
async fn checks_of_files_read_what_they_name() {
    let compare = |file: &str, path: &str, value: &str| {
        json!({ "yamlCompare": { "fileName": file, "path": path, "value": value,
            "outcomes": [{ "pass": { "when": "true" } }, { "fail": { "when": "false" } }] } })
    };
    let analyzers = json!([
        compare("cluster-resources/deployments/app.json", "items.[0].metadata.name", "web"),
        compare(
            "cluster-resources/custom-resources/boats.vendor.example/app.yaml",
            "[0].metadata.name",
            "tug"
        ),
        compare(
            "cluster-resources/custom-resources/planes.vendor.example/app.yaml",
            "[0].metadata.name",
            "jet"
        ),
    ]);
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let cluster = cluster().with("/apis/apps/v1/namespaces/app/deployments", json!([named("web", "app")]));
    let Some(Answer::Is(found)) = cluster.table.get(definitions).cloned() else { panic!("a definition") };
    let cluster = cluster.with(&format!("{definitions}/boats.vendor.example"), found[0].clone());
    let spec = spec(json!([]), analyzers);
    let gathered = gather(&cluster, &spec).await;
    let results = results(&spec, &gathered);
    let states: Vec<CheckState> = results.iter().map(|result| result.state).collect();
    assert_eq!(states, [CheckState::Pass, CheckState::Pass, CheckState::Error], "{results:?}");
    assert_eq!(results[2].message, "the cluster has no definition planes.vendor.example");
    assert!(
        why(&gathered, "cluster-resources/custom-resources/planes.vendor.example/").contains("no definition")
    );
}
