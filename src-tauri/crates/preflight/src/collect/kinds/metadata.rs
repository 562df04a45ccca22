//! `supportBundleMetadata`: what the vendor's own tools have written down about an installation, in a secret that is
//! meant for this.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed};
use crate::collect::world::Refusal;

const FILE: &str = "metadata/cluster.json";
const SECRET: &str = "replicated-support-metadata";

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![FILE.to_owned()]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    Needs::default().must(&["get"], "", "secrets", asked.place())
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let place = job.asked.place();
    let found = job.cluster().get(&format!("/api/v1/namespaces/{place}/secrets/{SECRET}")).await?;
    let found = found.ok_or_else(|| failed(format!("namespace {place} has no secret {SECRET}")))?;
    let data = found["data"].as_object().into_iter().flatten();
    let shown: Map<String, Value> = data
        .map(|(key, value)| {
            let bytes = STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default();
            (key.clone(), json!(String::from_utf8_lossy(&bytes)))
        })
        .collect();
    job.kept.json(FILE, &Value::Object(shown));
    Ok(())
}
