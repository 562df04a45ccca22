//! `nodeMetrics`, which the kubelets count, and `customMetrics`, which an adapter of the cluster's serves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::collect::asked::{Asked, Needs, escaped};
use crate::collect::job::{Job, failed, name, text};
use crate::collect::world::Refusal;

/// Bytes of one node's numbers.
const LARGEST: usize = 8 << 20;
const CUSTOM: &str = "custom.metrics.k8s.io";
const ERRORS: &str = "metrics/errors.json";

pub(super) fn node_files(_: &Asked<'_>) -> Vec<String> {
    vec!["node-metrics/*.json".to_owned()]
}

/// Whether the spec names all its nodes itself.
fn by_name(asked: &Asked<'_>) -> bool {
    !asked.texts("nodeNames").is_empty() && asked.texts("selector").is_empty()
}

pub(super) fn node_needs(asked: &Asked<'_>) -> Needs {
    let needs = Needs::default().must(&["get"], "", "nodes/proxy", "");
    if by_name(asked) { needs } else { needs.must(&["list"], "", "nodes", "") }
}

pub(super) async fn nodes(job: &Job<'_>) -> Result<(), Refusal> {
    let mut nodes: BTreeSet<String> = job.asked.texts("nodeNames").into_iter().map(str::to_owned).collect();
    if !by_name(&job.asked) {
        let found = job.cluster().list(&format!("/api/v1/nodes{}", job.asked.selecting())).await?;
        nodes.extend(found.iter().map(|node| name(node).to_owned()));
    }
    for node in nodes {
        let file = format!("node-metrics/{node}.json");
        match job.cluster().text(&format!("/api/v1/nodes/{node}/proxy/stats/summary"), LARGEST).await {
            Ok(Some(found)) if found.cut => {
                let words = format!("node {node} counts more than {} MiB", LARGEST >> 20);
                job.kept.refuse(&file, failed(words));
            }
            Ok(Some(found)) => job.kept.text(&file, found),
            Ok(None) => job.kept.refuse(&file, failed(format!("the cluster has no node {node}"))),
            Err(refusal) => job.kept.refuse(&file, refusal),
        }
    }
    Ok(())
}

/// One request of a spec: kind of object, metric, path in the API.
struct Request {
    kind: String,
    metric: String,
    namespace: String,
    path: String,
}

fn requests(asked: &Asked<'_>) -> (Vec<Request>, Vec<String>) {
    let (mut requests, mut errors) = (Vec::new(), Vec::new());
    for item in asked.body["metricRequests"].as_array().into_iter().flatten() {
        let field = |field: &str| item[field].as_str().unwrap_or_default();
        let Some((kind, metric)) =
            field("resourceMetricName").split_once('/').filter(|(_, rest)| !rest.contains('/'))
        else {
            errors.push(format!("resourceMetricName: {:?} is no kind/metric", field("resourceMetricName")));
            continue;
        };
        // Metrics of namespaces are asked for in the singular, unlike all others.
        let kind = if kind == "namespaces" { "namespace" } else { kind };
        let object =
            Some(field("objectName")).filter(|name| !name.is_empty()).map_or_else(|| "*".to_owned(), escaped);
        let place = match field("namespace") {
            "" => String::new(),
            namespace => format!("/namespaces/{namespace}"),
        };
        requests.push(Request {
            kind: kind.to_owned(),
            metric: metric.to_owned(),
            namespace: field("namespace").to_owned(),
            path: format!("/apis/{CUSTOM}/v1beta1{place}/{kind}/{object}/{}", escaped(metric)),
        });
    }
    (requests, errors)
}

pub(super) fn custom_files(_: &Asked<'_>) -> Vec<String> {
    vec!["metrics/".to_owned()]
}

pub(super) fn custom_needs(asked: &Asked<'_>) -> Needs {
    requests(asked).0.iter().fold(Needs::default(), |needs, request| {
        needs.may(&["get"], CUSTOM, &format!("{}/{}", request.kind, request.metric), &request.namespace)
    })
}

pub(super) async fn custom(job: &Job<'_>) -> Result<(), Refusal> {
    let (requests, mut errors) = requests(&job.asked);
    let mut lists: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for request in &requests {
        let found = match job.cluster().get(&request.path).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                errors.push(format!("{} is not there: the cluster has no such metric", request.path));
                continue;
            }
            Err(refusal) => {
                job.kept.refuse(&format!("metrics/*/{}/*.json", request.metric), refusal.clone());
                errors.push(refusal.words().to_owned());
                continue;
            }
        };
        for item in found["items"].as_array().into_iter().flatten() {
            let about = |field: &str| text(item, &format!("/describedObject/{field}"));
            let last = if about("namespace").is_empty() { about("name") } else { about("namespace") };
            let file = format!("metrics/{}/{}/{last}.json", about("kind"), request.metric);
            lists.entry(file).or_default().push(item.clone());
        }
    }
    for (file, items) in lists {
        job.kept.json(&file, &Value::Array(items));
    }
    if !errors.is_empty() {
        job.kept.json(ERRORS, &json!(errors));
    }
    Ok(())
}
