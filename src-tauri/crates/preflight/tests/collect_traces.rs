//! What collectors make in a cluster is gone afterwards, however they end; and one that fails is in no other's way.

use std::sync::Mutex;
use std::time::Duration;

use longshore_contract::CheckState;
use longshore_preflight::{CollectState, Refusal, rights};
use serde_json::{Value, json};

mod double;

use double::{Answer, Desk, Double, ID, NOW, file, gather, gather_from, results, silent, spec, why};

const LOG: &str = "/api/v1/namespaces/app/pods/*/log";
const PODS: &str = "/api/v1/namespaces/app/pods";

fn pod() -> Value {
    json!({ "runPod": { "name": "probe", "namespace": "app", "timeout": "20s",
        "podSpec": { "containers": [{ "name": "main", "image": "vendor/probe", "args": ["hunter2"] }] } } })
}

fn reading(file: &str) -> Value {
    json!([{ "textAnalyze": { "checkName": "Probe", "fileName": file, "regex": "all is well",
        "outcomes": [{ "pass": { "when": "true", "message": "well" } }, { "fail": { "when": "false", "message": "not" } }] } }])
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_run_read_and_gone() {
    let cluster = Double::default().log(LOG, "all is well\n");
    let spec = spec(json!([pod()]), reading("probe/probe.log"));
    let gathered = gather(&cluster, &spec).await;
    let [result] = &results(&spec, &gathered)[..] else { panic!("one result") };
    assert_eq!((result.state, result.message.as_str()), (CheckState::Pass, "well"), "{:?}", gathered.refused);
    assert_eq!(file(&gathered, "cluster-resources/pods/logs/app/probe/main.log"), "all is well\n");
    let details = file(&gathered, "probe/probe.json");
    assert!(!details.contains("hunter2"), "arguments may be secrets: {details}");
    assert!(gathered.files.contains_key("probe/probe-events.json"), "{:?}", gathered.files.keys());
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
    let made = cluster.calls("create");
    assert_eq!(made, [PODS], "one pod was made");
    let read = cluster.calls("text");
    assert!(
        read[0].contains("tailLines=10000&limitBytes=5000000"),
        "bounded as upstream bounds it: {read:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_image_that_cannot_be_pulled_is_the_reason() {
    let waiting = json!({ "phase": "Pending", "containerStatuses": [{ "image": "vendor/probe",
        "state": { "waiting": { "reason": "ImagePullBackOff", "message": "Back-off pulling image" } } }] });
    let cluster = Double { pods: vec![waiting], ..Double::default() };
    let spec = spec(json!([pod()]), reading("probe/*.log"));
    let gathered = gather(&cluster, &spec).await;
    let [result] = &results(&spec, &gathered)[..] else { panic!("one result") };
    assert_eq!(result.state, CheckState::Error);
    assert!(
        result.message.contains("cannot pull the image vendor/probe: ImagePullBackOff"),
        "{}",
        result.message
    );
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn an_image_may_be_tried_again_where_the_spec_says_so() {
    let waiting = json!({ "phase": "Pending", "containerStatuses": [{
        "state": { "waiting": { "reason": "ImagePullBackOff" } } }] });
    let cluster = Double { pods: vec![waiting, json!({ "phase": "Succeeded" })], ..Double::default() };
    let mut collector = pod();
    collector["runPod"]["allowImagePullRetries"] = json!(true);
    let gathered = gather(&cluster.log(LOG, "all is well"), &spec(json!([collector]), json!([]))).await;
    assert_eq!(file(&gathered, "probe/probe.log"), "all is well");
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_never_ends_tells_what_it_waited_for() {
    let unplaced = json!({ "phase": "Pending", "conditions": [{ "type": "PodScheduled", "status": "False",
        "message": "0/1 nodes are available: insufficient cpu" }] });
    let cluster = Double { pods: vec![unplaced], ..Double::default() };
    let spec = spec(json!([pod()]), reading("probe/probe.log"));
    let gathered = gather(&cluster, &spec).await;
    let reason = why(&gathered, "probe/probe.log");
    assert!(reason.contains("did not end within 20 s") && reason.contains("insufficient cpu"), "{reason}");
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_restarted_pod_shows_its_first_run() {
    let status = json!({ "phase": "Running", "containerStatuses": [{ "restartCount": 1, "state": { "running": {} } }] });
    let cluster = Double { pods: vec![status], ..Double::default() }.log(LOG, "all is well");
    let gathered = gather(&cluster, &spec(json!([pod()]), json!([]))).await;
    assert_eq!(file(&gathered, "probe/probe.log"), "all is well");
    assert!(cluster.calls("text")[0].ends_with("previous=true"), "{:?}", cluster.calls("text"));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_leaves_nothing() {
    let login = "eyJhdXRocyI6e319";
    let mut collector = pod();
    collector["runPod"]["imagePullSecret"] =
        json!({ "type": "kubernetes.io/dockerconfigjson", "data": { ".dockerconfigjson": login } });
    let set = json!({ "runDaemonSet": { "name": "set", "namespace": "app",
        "podSpec": { "containers": [{ "name": "a", "image": "b" }] } } });
    let cluster = Double { pods: vec![json!({ "phase": "Running" })], ..Double::default() };
    let spec = spec(json!([collector, set]), json!([]));
    let run = tokio::time::timeout(Duration::from_secs(5), gather(&cluster, &spec)).await;
    assert!(run.is_err(), "it was under way");
    let forgotten = cluster.calls("forget");
    for kind in ["/secrets/", "/pods/", "/daemonsets/"] {
        assert!(forgotten.iter().any(|path| path.contains(kind)), "{kind}: {forgotten:?}");
    }
    let left: Vec<String> =
        cluster.left().into_iter().filter(|path| !path.contains("/pods/run-daemonset")).collect();
    assert_eq!(left, [""; 0], "but for pods that the cluster collects itself");
}

#[tokio::test(start_paused = true)]
async fn an_object_whose_making_is_never_answered_is_deleted() {
    let cluster = Double::default().answering(&format!("create {PODS}"), Answer::Hangs);
    let gathered = gather(&cluster, &spec(json!([pod()]), json!([]))).await;
    assert!(why(&gathered, "probe/probe.log").contains("did not end within 20 s"));
    let deleted = cluster.calls("delete");
    assert!(deleted.iter().any(|path| path.contains(&format!("{PODS}/probe-01234567-"))), "{deleted:?}");
}

#[tokio::test(start_paused = true)]
async fn what_killed_runs_left_is_swept_when_it_is_old() {
    let hour = 3_600_000;
    let object = |name: &str, run: &str, age: i64| {
        let made = jiff::Timestamp::from_millisecond(NOW - age).expect("a time").to_string();
        json!({ "metadata": { "name": name, "creationTimestamp": made, "labels": {
            "app.kubernetes.io/managed-by": "longshore", "longshore.io/collect": run } } })
    };
    let mut foreign = object("foreign", "other", 9 * hour);
    foreign["metadata"]["labels"]["app.kubernetes.io/managed-by"] = json!("Helm");
    let pods = json!([
        object("old", "other", 2 * hour),
        object("young", "other", hour / 2),
        object("own", ID, 2 * hour),
        foreign
    ]);
    let cluster = Double::default().with(PODS, pods).log(LOG, "");
    gather(&cluster, &spec(json!([pod()]), json!([]))).await;
    let swept: Vec<String> =
        cluster.calls("delete").into_iter().filter(|path| !path.contains("/probe-")).collect();
    assert_eq!(swept, [format!("{PODS}/old Some(0)")]);
}

#[tokio::test(start_paused = true)]
async fn without_rights_nothing_is_begun_and_each_right_is_named() {
    let cluster =
        Double::default().lacking("create", "", "pods", "app").lacking("get", "", "pods/log", "app");
    let spec = spec(json!([pod()]), reading("probe/probe.log"));
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(cluster.calls("create"), [""; 0], "nothing was made");
    let [result] = &results(&spec, &gathered)[..] else { panic!("one result") };
    assert_eq!(
        result.message,
        "rights are missing: create pods in namespace app, get pods/log in namespace app"
    );
    assert!(matches!(gathered.refused["probe/probe.log"], Refusal::Forbidden(_)));
    let words: Vec<String> = rights(&spec, "app").iter().map(longshore_preflight::Right::words).collect();
    for right in ["create pods", "get pods", "delete pods", "get pods/log", "list events"] {
        assert!(words.contains(&format!("{right} in namespace app")), "{right}: {words:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn collectors_run_side_by_side_and_only_so_many() {
    let collectors: Vec<Value> = (0..40)
        .map(|n| json!({ "secret": { "namespace": "app", "name": format!("s{n}") } }))
        .chain([json!({ "configMap": { "namespace": "app", "name": "slow" } })])
        .collect();
    let cluster = Double::default().answering("/api/v1/namespaces/app/configmaps/slow", Answer::Hangs);
    let told = Mutex::new(Vec::new());
    let started = tokio::time::Instant::now();
    let spec = spec(Value::Array(collectors), json!([]));
    let tell = |progress: longshore_preflight::CollectProgress| told.lock().expect("alive").push(progress);
    let gathered = gather_from(&cluster, &Desk::default(), &spec, &tell).await;
    assert!(cluster.most() > 1 && cluster.most() <= 8, "{} at once", cluster.most());
    assert_eq!(started.elapsed().as_secs(), 30, "the slow one is given up in its own time");
    assert_eq!(gathered.files.iter().filter(|(path, _)| path.starts_with("secrets/")).count(), 40);
    assert!(why(&gathered, "configmaps/app/slow.json").contains("configMap did not end within 30 s"));
    let told = told.into_inner().expect("alive");
    let last = told.last().expect("progress");
    assert_eq!((last.kind.as_str(), last.collector, last.done, last.of), ("configMap", Some(40), 42, 42));
    assert!(matches!(&last.state, CollectState::Ended(Some(why)) if why.contains("30 s")), "{last:?}");
    let began = told.iter().filter(|progress| progress.state == CollectState::Began).count();
    assert_eq!(began, 42, "each begins once, the version of the cluster too");
}

#[tokio::test(start_paused = true)]
async fn floods_are_cut_and_said() {
    let cluster = Double::default()
        .answering(LOG, Answer::Flood(1 << 30))
        .answering("/api/v1/pods", Answer::Flood(1 << 40));
    let check = json!([{ "clusterPodStatuses": { "outcomes": [{ "pass": {} }] } }]);
    let spec = spec(json!([pod()]), check);
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(file(&gathered, "probe/probe.log").len(), 5_000_000);
    assert!(
        gathered.notes.iter().any(|note| note.contains("probe/probe.log was cut")),
        "{:?}",
        gathered.notes
    );
    let [result] = &results(&spec, &gathered)[..] else { panic!("one result") };
    assert!(result.state == CheckState::Error && result.message.contains("longer than"), "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn one_that_keeps_too_much_is_told_and_the_others_are_kept() {
    let collectors = json!([
        { "exec": { "name": "big", "collectorName": "out", "namespace": "app", "selector": ["app=web"], "command": ["cat"] } },
        { "data": { "name": "small", "data": "x" } },
    ]);
    let web = json!([{ "metadata": { "name": "web-0", "namespace": "app", "labels": { "app": "web" } },
        "spec": { "containers": [{ "name": "web" }] }, "status": { "phase": "Running" } }]);
    let cluster = Double { exec: Box::new(|_| Answer::Flood(1 << 40)), ..Double::default() }.with(PODS, web);
    let gathered = gather(&cluster, &spec(collectors, json!([]))).await;
    assert_eq!(
        file(&gathered, "big/app/web-0/out-stdout.txt").len(),
        16 << 20,
        "as much as there is room for"
    );
    assert_eq!(file(&gathered, "small"), "x");
}

#[tokio::test(start_paused = true)]
async fn no_secret_of_a_spec_is_told() {
    // {"auths":{"registry.example":{"auth":"aHVudGVyMg=="}}} without its end, hence no JSON.
    let broken = "eyJhdXRocyI6eyJyZWdpc3RyeS5leGFtcGxlIjp7ImF1dGgiOiJhSFZ1ZEdWeU1nPT0i";
    let secret = |data: &str| json!({ "type": "kubernetes.io/dockerconfigjson", "data": { ".dockerconfigjson": data } });
    let mut collector = pod();
    collector["runPod"]["imagePullSecret"] = secret(broken);
    let images =
        json!({ "registryImages": { "images": ["registry.example/a"], "imagePullSecret": secret(broken) } });
    let http = json!({ "http": { "collectorName": "ask", "get": {
        "url": "https://ada:hunter2@nowhere.example", "headers": { "Authorization": "Bearer hunter2" } } } });
    let gathered = gather_from(
        &Double::default(),
        &Desk::default(),
        &spec(json!([collector, images, http]), json!([])),
        &silent,
    )
    .await;
    let told = format!("{:?} {:?} {:?}", gathered.refused, gathered.notes, gathered.files.keys());
    let kept: Vec<u8> = gathered.files.values().flatten().copied().collect();
    let all = format!("{told} {}", String::from_utf8_lossy(&kept));
    assert!(all.contains("is no JSON in base64"), "{all}");
    assert!(!all.contains("hunter2") && !all.contains(broken) && !all.contains("aHVudGVyMg"), "{all}");
}

#[tokio::test(start_paused = true)]
async fn what_a_spec_excludes_or_mistypes_is_said() {
    let mut excluded = pod();
    excluded["runPod"]["exclude"] = json!("true");
    let mistyped = json!({ "exec": { "name": "x", "collectorName": "y", "command": "ls" } });
    let elsewhere = json!({ "data": { "name": "../../etc", "data": "x" } });
    let check = json!([{ "jsonCompare": { "fileName": "probe/probe.json", "value": "1", "outcomes": [] } }]);
    let spec = spec(json!([excluded, mistyped, elsewhere]), check);
    let gathered = gather(&Double::default(), &spec).await;
    assert_eq!(results(&spec, &gathered)[0].message, "its collector is excluded by the spec");
    assert!(why(&gathered, "x/*/*/y-stdout.txt").contains("exec.command: a list of texts is needed"));
    assert!(gathered.refused.values().any(|refusal| refusal.words().contains("leads elsewhere")));
}
