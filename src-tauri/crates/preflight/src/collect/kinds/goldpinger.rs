//! `goldpinger`: whether the pods of all nodes reach each other, asked of the Goldpinger that the cluster has, or of one
//! that is there for as long as it takes to ask.

use std::time::Duration;

use serde_json::{Value, json};

use super::daemon::placed;
use super::launch::{self, LOOK, Launch};
use super::logs::{How, Log};
use super::pull;
use crate::collect::asked::{Asked, Needs, selecting};
use crate::collect::job::{Job, failed, name, namespace, text};
use crate::collect::world::Refusal;
use crate::values::duration;

const FILE: &str = "goldpinger/check_all.json";
const ERROR: &str = "goldpinger/error.txt";
/// Upstream's images: Goldpinger, and one with wget.
const IMAGE: &str = "bloomberg/goldpinger:3.10.1";
const ASKING: &str = "alpine:3";
/// How long Goldpinger has for its first pings.
const DELAY: Duration = Duration::from_secs(6);
const LABEL: (&str, &str) = ("app.kubernetes.io/name", "goldpinger");
/// Tells the pods that ping from the one that asks.
const PART: (&str, &str) = ("longshore.io/part", "goldpinger");
/// What is made when it has to be brought: group, plural.
const PARTS: [(&str, &str); 3] = [
    ("", "serviceaccounts"),
    ("rbac.authorization.k8s.io", "roles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
];

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![FILE.to_owned()]
}

/// Where the pod that asks is run.
fn asking<'a>(asked: &Asked<'a>) -> &'a str {
    let named = asked.body["podLaunchOptions"]["namespace"].as_str();
    named.filter(|named| !named.is_empty()).unwrap_or(asked.namespace)
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    let place = asked.place();
    let mut needs = Needs::default().must(&["list"], "", "services", place).and(launch::needs(asking(asked)));
    if pull::brought(&asked.body["podLaunchOptions"]["imagePullSecret"]) {
        needs = needs.must(&["create", "delete"], "", "secrets", asking(asked));
    }
    // Only where there is none yet.
    for (verbs, group, resource) in brought(asked) {
        needs = needs.may(verbs, group, resource, place);
    }
    needs
}

/// Rights to bring one.
fn brought(asked: &Asked<'_>) -> Vec<(&'static [&'static str], &'static str, &'static str)> {
    const MADE: &[&str] = &["create", "delete"];
    let mut all: Vec<(&[&str], &str, &str)> = vec![
        (&["create", "get", "delete"], "apps", "daemonsets"),
        (MADE, "", "services"),
        (&["list", "get"], "", "pods"),
    ];
    if asked.text("serviceAccountName").is_empty() {
        all.extend(PARTS.map(|(group, plural)| (MADE, group, plural)));
    }
    all
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let asked = answer(job).await;
    if let Err(refusal) = &asked {
        job.kept.put(ERROR, refusal.words().as_bytes().to_vec());
    }
    job.kept.put(FILE, asked?);
    Ok(())
}

async fn answer(job: &Job<'_>) -> Result<Vec<u8>, Refusal> {
    let place = job.asked.place();
    let selector = selecting(&format!("{}={}", LABEL.0, LABEL.1));
    let services = job.cluster().list(&format!("/api/v1/namespaces/{place}/services{selector}")).await?;
    let service = match services.into_iter().next() {
        Some(service) => {
            tokio::time::sleep(delay(job, Duration::ZERO)?).await;
            service
        }
        None => bring(job, place).await?,
    };
    let port = service["spec"]["ports"][0]["port"].as_i64().unwrap_or(80);
    // Without the cluster's domain, which is not the same everywhere.
    let url = format!("http://{}.{}.svc:{port}/check_all", name(&service), namespace(&service));
    ask(job, &url).await
}

fn delay(job: &Job<'_>, usual: Duration) -> Result<Duration, Refusal> {
    let given = job.asked.text("collectDelay");
    if given.is_empty() {
        return Ok(usual);
    }
    let found = duration::parse(given).and_then(|nanoseconds| u64::try_from(nanoseconds).ok());
    found
        .map(Duration::from_nanos)
        .ok_or_else(|| failed(format!("collectDelay: {given:?} is no duration; 10s is the form")))
}

/// Brings a Goldpinger, and gives its service once all its pods are ready.
async fn bring(job: &Job<'_>, place: &str) -> Result<Value, Refusal> {
    for (verbs, group, resource) in brought(&job.asked) {
        job.may(verbs, group, resource, place)?;
    }
    let account = account(job, place).await?;
    let set = job.traces.unique("goldpinger");
    let mut labels = job.traces.labels();
    labels[PART.0] = json!(PART.1);
    let daemon = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": { "name": set, "namespace": place },
        "spec": {
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": pods(job, &account) },
        },
    });
    job.traces.create(&format!("/apis/apps/v1/namespaces/{place}/daemonsets"), daemon).await?;
    placed(job, place, &set).await?;
    ready(job, place, &set).await?;
    let service = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": set, "namespace": place },
        "spec": {
            "type": "ClusterIP",
            "selector": labels,
            "ports": [{ "name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP" }],
        },
    });
    let service = job.traces.create(&format!("/api/v1/namespaces/{place}/services"), service).await?;
    job.waits("Goldpinger makes its first pings".to_owned());
    tokio::time::sleep(delay(job, DELAY)?).await;
    Ok(service)
}

/// The account that Goldpinger finds its pods with: the spec's, or one that is made.
async fn account(job: &Job<'_>, place: &str) -> Result<String, Refusal> {
    let given = job.asked.text("serviceAccountName");
    if !given.is_empty() {
        return Ok(given.to_owned());
    }
    let name = job.traces.unique("goldpinger");
    let metadata = json!({ "name": name, "namespace": place });
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata });
    job.traces.create(&format!("/api/v1/namespaces/{place}/serviceaccounts"), account).await?;
    let rbac = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{place}");
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata,
        "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"] }],
    });
    job.traces.create(&format!("{rbac}/roles"), role).await?;
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
        "subjects": [{ "kind": "ServiceAccount", "name": name, "namespace": place }],
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name },
    });
    job.traces.create(&format!("{rbac}/rolebindings"), binding).await?;
    Ok(name)
}

fn pods(job: &Job<'_>, account: &str) -> Value {
    let probe = json!({ "httpGet": { "path": "/", "port": "http" } });
    let node = json!({ "fieldRef": { "fieldPath": "spec.nodeName" } });
    json!({
        "serviceAccountName": account,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "fsGroup": 2000, "runAsNonRoot": true, "runAsUser": 1000,
            "seccompProfile": { "type": "RuntimeDefault" },
        },
        "containers": [{
            "name": "goldpinger",
            "image": job.asked.text_or("image", IMAGE),
            "imagePullPolicy": "IfNotPresent",
            "env": [
                { "name": "HOSTNAME", "valueFrom": node },
                { "name": "REFRESH_INTERVAL", "value": "3" },
                { "name": "CHECK_ALL_TIMEOUT", "value": "3s" },
                { "name": "HOST", "value": "0.0.0.0" },
                { "name": "PORT", "value": "8080" },
                { "name": "LABEL_SELECTOR", "value": format!("{},{}={}", job.traces.selector(), PART.0, PART.1) },
            ],
            "securityContext": {
                "allowPrivilegeEscalation": false,
                "capabilities": { "drop": ["ALL"] },
                "readOnlyRootFilesystem": true,
                "runAsNonRoot": true,
            },
            "ports": [{ "name": "http", "containerPort": 8080, "protocol": "TCP" }],
            "livenessProbe": probe,
            "readinessProbe": probe,
            "resources": { "requests": { "memory": "64Mi" }, "limits": { "memory": "128Mi" } },
        }],
    })
}

/// Waits until all pods of a DaemonSet are ready.
async fn ready(job: &Job<'_>, place: &str, set: &str) -> Result<(), Refusal> {
    loop {
        let path = format!("/apis/apps/v1/namespaces/{place}/daemonsets/{set}");
        let found = job.cluster().get(&path).await?.unwrap_or_default();
        let number = |field: &str| found["status"][field].as_i64().unwrap_or_default();
        if number("numberReady") >= number("desiredNumberScheduled") {
            return Ok(());
        }
        for pod in job.pods(place, &job.traces.selector()).await? {
            if let Some(why) = launch::stuck(&pod, false) {
                return Err(failed(format!("pod {} {why}", name(&pod))));
            }
            job.waits(format!("pod {} {}", name(&pod), launch::waiting(&pod)));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Asks from within the cluster.
async fn ask(job: &Job<'_>, url: &str) -> Result<Vec<u8>, Refusal> {
    let options = &job.asked.body["podLaunchOptions"];
    let option = |field: &str| options[field].as_str().filter(|text| !text.is_empty());
    let place = asking(&job.asked);
    let mut spec = json!({
        "restartPolicy": "Never",
        "containers": [{
            "name": "collector",
            "image": option("image").unwrap_or(ASKING),
            "imagePullPolicy": "IfNotPresent",
            "command": ["wget"],
            "args": ["-q", "-O-", url],
        }],
    });
    if let Some(account) = option("serviceAccountName") {
        spec["serviceAccountName"] = json!(account);
    }
    let pull = &options["imagePullSecret"];
    let launch = Launch { namespace: place, stem: "goldpinger-asking", spec, annotations: Value::Null, pull };
    let pod = launch::pod(job, launch).await?;
    let pod = launch::ended(job, place, &pod, false).await?;
    let log = Log { pod: &pod, shown: "goldpinger", container: "collector", link: None };
    let said = log.read(job, &How::usual(), false).await?.unwrap_or_default();
    if text(&pod, "/status/phase") == "Failed" {
        let said = String::from_utf8_lossy(&said.bytes).trim().to_owned();
        return Err(failed(format!("Goldpinger does not answer: {said}")));
    }
    Ok(said.bytes)
}
