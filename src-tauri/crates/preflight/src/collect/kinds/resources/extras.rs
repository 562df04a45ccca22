//! Custom resources, registries of pull secrets, and the vendor's license.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use serde_json::{Map, Value, json};

use super::AT_ONCE;
use crate::collect::job::{Job, name, namespace, side_by_side, text};
use crate::collect::lists::{self, objects, users};

const FOLDER: &str = "cluster-resources";

/// Keeps the objects of all definitions.
pub(super) async fn custom<'d>(
    job: &Job<'_>,
    definitions: impl Iterator<Item = &'d Value>,
    namespaces: &[String],
) {
    let work = definitions.map(|definition| one(job, definition, namespaces).boxed()).collect();
    let failed: Vec<Option<(String, String)>> = side_by_side(AT_ONCE, work).await;
    let errors: Map<String, Value> =
        failed.into_iter().flatten().map(|(name, words)| (name, json!(words))).collect();
    if !errors.is_empty() {
        job.kept
            .json(&format!("{FOLDER}/custom-resources/custom-resources-errors.json"), &Value::Object(errors));
    }
}

/// Keeps the objects of one definition; its name and why, when that fails.
async fn one(job: &Job<'_>, definition: &Value, namespaces: &[String]) -> Option<(String, String)> {
    let refusal = objects(job.cluster(), definition, Some(namespaces), job.kept).await.err()?;
    let place = format!("{FOLDER}/custom-resources/{}", name(definition));
    for file in [format!("{place}.json"), format!("{place}.yaml"), format!("{place}/")] {
        job.kept.refuse(&file, refusal.clone());
    }
    Some((name(definition).to_owned(), refusal.words().to_owned()))
}

/// Keeps which registries pull secrets are for, with the user of each and no password.
pub(super) async fn pull_secrets(job: &Job<'_>, namespaces: &[String], all: bool) {
    let mut errors = Map::new();
    if all && job.may(&["list"], "", "secrets", "").is_ok() {
        let mut keep = |secret: Value| {
            if namespaces.iter().any(|wanted| wanted == namespace(&secret)) {
                registries(job, &secret);
            }
        };
        if job.cluster().each(&lists::pull_secrets(""), &mut keep).await.is_ok() {
            return;
        }
    }
    for namespace in namespaces {
        let path = lists::pull_secrets(namespace);
        let kept = match job.may(&["list"], "", "secrets", namespace) {
            Ok(()) => job.cluster().each(&path, &mut |secret| registries(job, &secret)).await,
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = kept {
            errors.insert(namespace.clone(), json!(refusal.words()));
        }
    }
    if !errors.is_empty() {
        job.kept.json(&format!("{FOLDER}/image-pull-secrets-errors.json"), &Value::Object(errors));
    }
}

fn registries(job: &Job<'_>, secret: &Value) {
    if secret["type"] != "kubernetes.io/dockerconfigjson" {
        return;
    }
    let users: BTreeMap<String, String> = users(secret).into_iter().collect();
    let (place, name) = (namespace(secret), name(secret));
    job.kept.json(&format!("{FOLDER}/image-pull-secrets/{place}/{name}.json"), &json!(users));
}

/// Keeps the id of the vendor's license, where its own secret holds one.
pub(super) async fn license(job: &Job<'_>, namespaces: &[String]) {
    for namespace in namespaces {
        let path = format!("/api/v1/namespaces/{namespace}/secrets/replicated");
        let Ok(Some(secret)) = job.cluster().get(&path).await else { continue };
        let config = STANDARD.decode(text(&secret, "/data/config.yaml")).unwrap_or_default();
        let read = |text: &str| serde_norway::from_str::<Value>(text).ok();
        let config = read(&String::from_utf8_lossy(&config));
        let license = config.and_then(|config| read(config["license"].as_str()?));
        if let Some(license) = license {
            let shown = json!({
                "licenseID": text(&license, "/spec/licenseID"),
                "appSlug": text(&license, "/spec/appSlug"),
            });
            return job.kept.json(&format!("{FOLDER}/license.json"), &shown);
        }
    }
}
