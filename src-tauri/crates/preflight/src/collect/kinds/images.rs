//! `registryImages`: whether registries have images, asked from this machine.
//!
//! Certificates are verified, unlike upstream: whoever pulls the image later verifies them too, and a password is not
//! shown to a stranger.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use serde_json::{Map, Value, json};

use super::pull;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed, side_by_side};
use crate::collect::lists::credentials;
use crate::collect::world::{ImageRequest, Refusal};
use crate::values::image;

/// How long one image may take; as upstream.
const LIMIT: Duration = Duration::from_secs(10);
/// Images asked for at once.
const AT_ONCE: usize = 4;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("registry/{}.json", asked.text_or("collectorName", "images"))]
}

/// The secret to ask with, when it is one of the cluster's.
fn named<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    let secret = &asked.body["imagePullSecret"];
    secret["name"].as_str().filter(|name| !name.is_empty() && !pull::brought(secret))
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    match named(asked) {
        Some(_) => Needs::default().must(&["get"], "", "secrets", asked.place()),
        None => Needs::default(),
    }
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let logins = logins(job).await?;
    let images = job.asked.texts("images");
    let work = images.iter().map(|image| one(job, image, &logins).boxed()).collect();
    let found = side_by_side(AT_ONCE, work).await;
    let found: Map<String, Value> = images.iter().map(|image| (*image).to_owned()).zip(found).collect();
    job.kept.json(&files(&job.asked).remove(0), &json!({ "images": found }));
    Ok(())
}

/// Logins of the secret, by registry.
async fn logins(job: &Job<'_>) -> Result<Value, Refusal> {
    let asked = &job.asked.body["imagePullSecret"];
    let encoded = if pull::brought(asked) {
        pull::config(asked)?.to_owned()
    } else if let Some(name) = named(&job.asked) {
        let place = job.asked.place();
        let found = job.cluster().get(&format!("/api/v1/namespaces/{place}/secrets/{name}")).await?;
        let found = found.ok_or_else(|| failed(format!("namespace {place} has no secret {name}")))?;
        found["data"][".dockerconfigjson"].as_str().unwrap_or_default().to_owned()
    } else {
        return Ok(Value::Null);
    };
    let config: Option<Value> =
        STANDARD.decode(encoded).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let config = config.ok_or_else(|| failed("the pull secret holds no logins of registries"))?;
    Ok(config["auths"].clone())
}

async fn one(job: &Job<'_>, image: &str, logins: &Value) -> Value {
    let Some(image) = image::Image::of(image) else {
        return json!({ "exists": false, "error": format!("{image:?} is no reference of an image") });
    };
    // Configurations call Docker's registry by any of its names.
    let names = if image.registry == image::DOCKER {
        vec![image::DOCKER, "docker.io", "https://index.docker.io/v1/"]
    } else {
        vec![image.registry.as_str()]
    };
    let login = names.iter().find_map(|name| logins.get(*name));
    let (username, password) = login.map(credentials).unwrap_or_default();
    let request = ImageRequest {
        registry: image.host().to_owned(),
        repository: image.repository.clone(),
        name: image.name.clone(),
        username,
        password,
        timeout: LIMIT,
        insecure: image.is_near(),
    };
    match job.ground.machine.image(&request).await {
        Ok(exists) => json!({ "exists": exists }),
        Err(why) => json!({ "exists": false, "error": why }),
    }
}
