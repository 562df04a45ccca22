//! `helm`: releases and their history, from the secrets in which Helm keeps them.

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::collect::asked::{Asked, Needs, selecting};
use crate::collect::job::{Job, failed, name};
use crate::collect::world::Refusal;

/// The largest release: Kubernetes takes a megabyte of it packed.
const LARGEST: u64 = 64 << 20;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    match (asked.text_or("namespace", "*"), asked.text("releaseName")) {
        (namespace, "") => vec![format!("helm/{namespace}.json")],
        (_, release) => vec![format!("helm/{}/{release}.json", asked.place())],
    }
}

/// Without a namespace, one release is looked for in the application's own, and all of them everywhere.
fn place<'a>(asked: &Asked<'a>) -> &'a str {
    if asked.text("releaseName").is_empty() { asked.text("namespace") } else { asked.place() }
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    Needs::default().must(&["list"], "", "secrets", place(asked))
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let (wanted, place) = (job.asked.text("releaseName"), place(&job.asked));
    let selector =
        if wanted.is_empty() { "owner=helm".to_owned() } else { format!("owner=helm,name={wanted}") };
    let path = if place.is_empty() {
        "/api/v1/secrets".to_owned()
    } else {
        format!("/api/v1/namespaces/{place}/secrets")
    };
    let mut releases: BTreeMap<(String, String), BTreeMap<i64, Release>> = BTreeMap::new();
    let mut broken = None;
    let mut read = |secret: Value| {
        if secret["type"] != "helm.sh/release.v1" {
            return;
        }
        match release(&secret) {
            Some(release) => {
                let key = (release.namespace.clone(), release.name.clone());
                releases.entry(key).or_default().insert(release.version, release);
            }
            None => broken = Some(name(&secret).to_owned()),
        }
    };
    job.cluster().each(&format!("{path}{}", selecting(&selector)), &mut read).await?;
    if let Some(name) = broken {
        return Err(failed(format!("secret {name} holds no release of Helm")));
    }
    if !wanted.is_empty() && releases.is_empty() {
        return Err(failed(format!("namespace {place} has no release {wanted} of Helm")));
    }
    let mut by_namespace: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for ((namespace, _), history) in &releases {
        let shown = shown(history, job.asked.flag("collectValues"));
        by_namespace.entry(namespace.clone()).or_default().extend(shown);
    }
    for (namespace, shown) in by_namespace {
        let file = if wanted.is_empty() {
            format!("helm/{namespace}.json")
        } else {
            format!("helm/{namespace}/{wanted}.json")
        };
        job.kept.json(&file, &Value::Array(shown));
    }
    Ok(())
}

/// What is shown of a release. Its chart's files and its manifests, most of it by far, are read over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Release {
    name: String,
    namespace: String,
    version: i64,
    info: Value,
    config: Value,
    chart: Chart,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chart {
    metadata: Value,
    values: Value,
}

/// What a secret holds: JSON, packed, in base64, and once more in base64 as all secrets.
fn release(secret: &Value) -> Option<Release> {
    let inner = STANDARD.decode(secret["data"]["release"].as_str()?).ok()?;
    let packed = STANDARD.decode(inner.trim_ascii()).ok()?;
    let mut plain = Vec::new();
    if packed.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(packed.as_slice()).take(LARGEST).read_to_end(&mut plain).ok()?;
    } else {
        plain = packed;
    }
    serde_json::from_slice(&plain).ok()
}

/// A release and its revisions, as upstream shows them.
fn shown(history: &BTreeMap<i64, Release>, values: bool) -> Option<Value> {
    let (_, newest) = history.last_key_value()?;
    let chart = &newest.chart.metadata;
    let revisions: Vec<Value> =
        history.iter().map(|(number, release)| revision(*number, release, values)).collect();
    Some(json!({
        "releaseName": newest.name,
        "chart": chart["name"],
        "chartVersion": chart["version"],
        "appVersion": chart["appVersion"],
        "namespace": newest.namespace,
        "releaseHistory": revisions,
    }))
}

fn revision(number: i64, release: &Release, values: bool) -> Value {
    let status = release.info["status"].as_str().unwrap_or_default();
    let mut shown = json!({
        "revision": number.to_string(),
        "date": release.info["last_deployed"],
        "status": status,
    });
    if status.starts_with("pending") {
        shown["isPending"] = json!(true);
    }
    if values {
        shown["values"] = merged(&release.chart.values, &release.config);
    }
    shown
}

/// A chart's values with those of a release over them; null takes one away.
fn merged(base: &Value, over: &Value) -> Value {
    let (Some(base), Some(over)) = (base.as_object(), over.as_object()) else {
        return if over.is_null() { base.clone() } else { over.clone() };
    };
    let mut all: Map<String, Value> = base.clone();
    for (key, value) in over {
        if value.is_null() {
            all.remove(key);
        } else {
            let under = all.get(key).cloned().unwrap_or_default();
            all.insert(key.clone(), merged(&under, value));
        }
    }
    Value::Object(all)
}
