//! `imagePullSecret`: one that is there, by its name, or one that the spec brings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed};
use crate::collect::world::Refusal;

const TYPE: &str = "kubernetes.io/dockerconfigjson";
const KEY: &str = ".dockerconfigjson";

/// Whether a spec brings the secret itself, and not just its name.
pub(super) fn brought(asked: &Value) -> bool {
    asked["data"].as_object().is_some_and(|data| !data.is_empty())
}

/// Rights for the secret that a collector brings.
pub(super) fn needs(asked: &Asked<'_>, namespace: &str) -> Needs {
    if brought(&asked.body["imagePullSecret"]) {
        return Needs::default().must(&["create", "delete"], "", "secrets", namespace);
    }
    Needs::default()
}

/// The secret to pull with, made if the spec brings it; `None` when it asks for none.
pub(super) async fn secret(job: &Job<'_>, namespace: &str, asked: &Value) -> Result<Option<String>, Refusal> {
    if !brought(asked) {
        return Ok(asked["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned));
    }
    let encoded = config(asked)?;
    let name = job.traces.unique("pull");
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": TYPE,
        "metadata": { "name": name, "namespace": namespace },
        "data": { KEY: encoded },
    });
    job.traces.create(&format!("/api/v1/namespaces/{namespace}/secrets"), secret).await?;
    Ok(Some(name))
}

/// The Docker configuration of a secret that a spec brings, in base64. Errors say nothing of what it holds.
pub(super) fn config(asked: &Value) -> Result<&str, Refusal> {
    if asked["type"] != TYPE {
        return Err(failed(format!("imagePullSecret.type: {TYPE} is needed")));
    }
    let data = asked["data"].as_object().filter(|data| data.len() == 1);
    let encoded = data.and_then(|data| data.get(KEY)).and_then(Value::as_str);
    let encoded =
        encoded.ok_or_else(|| failed(format!("imagePullSecret.data: {KEY}, and it alone, is needed")))?;
    let decoded = STANDARD.decode(encoded).ok();
    if decoded.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).is_none() {
        return Err(failed(format!("imagePullSecret.data: {KEY} is no JSON in base64")));
    }
    Ok(encoded)
}

/// Adds a secret to those that a pod pulls with.
pub(super) fn add(spec: &mut Value, secret: Option<String>) {
    let Some(secret) = secret else { return };
    let mut all = spec["imagePullSecrets"].as_array().cloned().unwrap_or_default();
    all.push(json!({ "name": secret }));
    spec["imagePullSecrets"] = Value::Array(all);
}
