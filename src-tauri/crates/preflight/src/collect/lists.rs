//! Reading what checks read without a collector: lists, versions, objects of definitions, and pull secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::job::{Job, namespace};
use super::kept::Kept;
use super::reads::{GROUPS, PULL_SECRETS, Read, VERSION};
use super::resources::Resource;
use super::world::{Cluster, Refusal};
use super::written::{ByNamespace, Written};

/// Reads one thing.
pub(super) async fn collect(job: &Job<'_>, read: &Read) -> Result<(), Refusal> {
    match read {
        Read::Version => version(job).await,
        Read::List(resource, namespace) => list(job, *resource, namespace).await,
        Read::Groups => {
            job.kept.json(GROUPS, &groups(job.cluster()).await?);
            Ok(())
        }
        Read::PullSecrets(namespace) => {
            job.kept.json(PULL_SECRETS, &registries(namespace, job.cluster()).await?);
            Ok(())
        }
        Read::Custom(name) => custom(job, name).await,
    }
}

/// The `clusterInfo` collector.
pub(super) async fn version(job: &Job<'_>) -> Result<(), Refusal> {
    let info = job.cluster().get("/version").await?.unwrap_or_default();
    job.kept.json(VERSION, &json!({ "info": info, "string": info["gitVersion"] }));
    Ok(())
}

async fn list(job: &Job<'_>, resource: Resource, place: &str) -> Result<(), Refusal> {
    if !resource.namespaced || !place.is_empty() {
        let mut list = resource.written();
        job.objects(&resource, place, &mut |object| list.add(&object)).await?;
        job.kept.put(&resource.file(place), list.end());
        return Ok(());
    }
    let mut lists = ByNamespace::new(resource.written());
    job.objects(&resource, place, &mut |object| lists.add(&object)).await?;
    for (place, list) in lists.all() {
        job.kept.put(&resource.file(&place), list.end());
    }
    Ok(())
}

/// Groups and versions that the API server has, as upstream keeps its discovery.
async fn groups(cluster: &dyn Cluster) -> Result<Value, Refusal> {
    let found = cluster.get("/apis").await?.unwrap_or_default();
    let groups = found["groups"].as_array().into_iter().flatten();
    let versions = groups.flat_map(|group| group["versions"].as_array().into_iter().flatten());
    Ok(versions.map(|version| json!({ "groupVersion": version["groupVersion"] })).collect())
}

/// Path of the pull secrets of a namespace, or of all when it is empty, and of no other secrets: those may be large.
pub(super) fn pull_secrets(namespace: &str) -> String {
    let place = if namespace.is_empty() { String::new() } else { format!("/namespaces/{namespace}") };
    format!("/api/v1{place}/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson")
}

/// Registries that the pull secrets of a namespace are for, with the user of each and no password.
async fn registries(namespace: &str, cluster: &dyn Cluster) -> Result<Value, Refusal> {
    let mut registries = Map::new();
    let mut note = |secret: Value| {
        registries.extend(users(&secret).into_iter().map(|(registry, user)| (registry, json!(user))));
    };
    cluster.each(&pull_secrets(namespace), &mut note).await?;
    Ok(Value::Object(registries))
}

/// Registries of a pull secret, with the user of each.
pub(super) fn users(secret: &Value) -> Vec<(String, String)> {
    let encoded = secret["data"][".dockerconfigjson"].as_str().unwrap_or_default();
    let config = STANDARD.decode(encoded).unwrap_or_default();
    let config: Value = serde_json::from_slice(&config).unwrap_or_default();
    let logins = config["auths"].as_object().into_iter().flatten();
    logins.map(|(registry, login)| (registry.clone(), credentials(login).0)).collect()
}

/// User name and password of a login in a Docker configuration.
pub(super) fn credentials(login: &Value) -> (String, String) {
    let text = |field: &str| login[field].as_str().unwrap_or_default();
    if !text("username").is_empty() {
        return (text("username").to_owned(), text("password").to_owned());
    }
    let decoded = STANDARD.decode(text("auth")).unwrap_or_default();
    let decoded = String::from_utf8_lossy(&decoded).into_owned();
    let (user, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
    (user.to_owned(), password.trim_end_matches('\0').to_owned())
}

/// Objects of a definition; a cluster without it has none.
async fn custom(job: &Job<'_>, name: &str) -> Result<(), Refusal> {
    let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
    let Some(definition) = job.cluster().get(&path).await? else {
        let why = format!("the cluster has no definition {name}");
        Read::Custom(name.to_owned())
            .files()
            .iter()
            .for_each(|file| job.kept.refuse(file, Refusal::Absent(why.clone())));
        return Ok(());
    };
    objects(job.cluster(), &definition, None, job.kept).await
}

/// Keeps the objects of a definition: an array for each namespace, of those wanted. The YAML beside it is JSON, as
/// upstream links it.
pub(super) async fn objects(
    cluster: &dyn Cluster,
    definition: &Value,
    wanted: Option<&[String]>,
    kept: &Kept<'_>,
) -> Result<(), Refusal> {
    let text = |pointer: &str| definition.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let version = served(definition);
    let path = format!("/apis/{}/{version}/{}", text("/spec/group"), text("/spec/names/plural"));
    let folder = format!("cluster-resources/custom-resources/{}", text("/metadata/name"));
    let keep = |place: String, list: Written| {
        let content = list.end();
        kept.put(&format!("{place}.json"), content.clone());
        kept.put(&format!("{place}.yaml"), content);
    };
    if text("/spec/scope") != "Namespaced" {
        let mut list = Written::array();
        cluster.each(&path, &mut |object| list.add(&object)).await?;
        if !list.is_empty() {
            keep(folder, list);
        }
        return Ok(());
    }
    let mut lists = ByNamespace::new(Written::array());
    let mut add = |object: Value| {
        if wanted.is_none_or(|wanted| wanted.iter().any(|place| place == namespace(&object))) {
            lists.add(&object);
        }
    };
    cluster.each(&path, &mut add).await?;
    for (namespace, list) in lists.all() {
        keep(format!("{folder}/{namespace}"), list);
    }
    Ok(())
}

/// The version of a definition to read: the newest stable one that is served, as Kubernetes orders them.
fn served(definition: &Value) -> &str {
    let versions = definition["spec"]["versions"].as_array().into_iter().flatten();
    let served = versions.filter(|version| version["served"] != false);
    served.filter_map(|version| version["name"].as_str()).max_by_key(|name| rank(name)).unwrap_or_default()
}

/// Place of a version among others: stable ones above beta above alpha, then by their numbers.
fn rank(version: &str) -> (u8, u32, u32) {
    let number = |text: &str| text.parse().unwrap_or(0);
    let rest = version.strip_prefix('v').unwrap_or(version);
    for (word, stage) in [("beta", 2), ("alpha", 1)] {
        if let Some((major, minor)) = rest.split_once(word) {
            return (stage, number(major), number(minor));
        }
    }
    match rest.parse() {
        Ok(major) if version.starts_with('v') => (3, major, 0),
        _ => (0, 0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stable_version_is_read() {
        for (versions, wanted) in [
            (&["v1alpha1", "v1beta2", "v1beta10"][..], "v1beta10"),
            (&["v1", "v2", "v10", "v11beta2"][..], "v10"),
            (&["foo", "v1alpha1"][..], "v1alpha1"),
        ] {
            let versions: Vec<Value> = versions.iter().map(|name| json!({ "name": name })).collect();
            assert_eq!(served(&json!({ "spec": { "versions": versions } })), wanted);
        }
    }

    #[test]
    fn a_login_is_read_in_both_its_forms() {
        let auth = STANDARD.encode("ada:pass:word");
        for login in [json!({ "auth": auth }), json!({ "username": "ada", "password": "pass:word" })] {
            assert_eq!(credentials(&login), ("ada".to_owned(), "pass:word".to_owned()), "{login}");
        }
    }
}
