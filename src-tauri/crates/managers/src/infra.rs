//! What an application stands on in a cluster: its namespace, access to the registry, its record.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use longshore_cluster::record::{self, Installation};
use longshore_cluster::{ApiFault, Object, ObjectId};
use longshore_contract::{Failure, RegistrySettings};
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::{Value, json};

use crate::failure::{from_api, from_record};
use crate::materials::Materials;
use crate::params::NamespaceParams;

/// Makes the application's namespace.
pub struct Namespace {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: NamespaceParams,
}

#[async_trait]
impl StepBody for Namespace {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let name = &self.params.namespace;
        let found = self.materials.cluster.get_opt(&format!("/api/v1/namespaces/{name}")).await;
        let found = found.map_err(|error| from_api(&format!("Reading namespace {name}"), &error))?;
        Ok(match found {
            Some(found) if found["status"]["phase"] == "Terminating" => {
                Probe::Foreign { what: format!("Namespace {name} is being deleted") }
            }
            Some(_) => Probe::Done { outputs: Value::Null, checks: None },
            None => Probe::NotBegun,
        })
    }

    async fn act(&self, _: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let name = &self.params.namespace;
        let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        match self.materials.cluster.create("/api/v1/namespaces", &object).await {
            Err(error) if error.fault != ApiFault::Conflict => {
                Err(from_api(&format!("Making namespace {name}"), &error))
            }
            _ => Ok(()),
        }
    }
}

/// Puts the registry's credentials where pods find them.
pub struct RegistryAccess {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: NamespaceParams,
}

/// Name of the pull secret of an application.
pub fn pull_secret_name(slug: &str) -> String {
    format!("{slug}-registry")
}

/// Content of a pull secret, base64, as templates and the Secret have it.
pub fn pull_secret_content(settings: &RegistrySettings) -> String {
    let password = settings.password.clone().unwrap_or_default();
    let auth = BASE64.encode(format!("{}:{password}", settings.username));
    let server = json!({ "username": settings.username, "password": password, "auth": auth });
    BASE64.encode(json!({ "auths": { &settings.address: server } }).to_string())
}

impl RegistryAccess {
    fn wanted(&self) -> Option<Object> {
        let settings = self.materials.registry.as_ref()?;
        let (name, namespace) = (pull_secret_name(&self.params.slug), self.params.namespace.clone());
        let value = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/dockerconfigjson",
            "metadata": { "name": name, "namespace": namespace, "labels": { "app.kubernetes.io/managed-by": "longshore" } },
            "data": { ".dockerconfigjson": pull_secret_content(settings) },
        });
        let id = ObjectId { api_version: "v1".into(), kind: "Secret".into(), namespace, name };
        Some(Object { id, value })
    }
}

#[async_trait]
impl StepBody for RegistryAccess {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let Some(wanted) = self.wanted() else {
            return Ok(Probe::Done { outputs: Value::Null, checks: None });
        };
        let found = self.materials.cluster.find(&wanted.id).await;
        let found = found.map_err(|error| from_api("Reading the pull secret", &error))?;
        let same = found.is_some_and(|found| found["data"] == wanted.value["data"]);
        Ok(if same { Probe::Done { outputs: Value::Null, checks: None } } else { Probe::NotBegun })
    }

    async fn act(&self, _: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let Some(wanted) = self.wanted() else { return Ok(()) };
        let applied = self.materials.cluster.apply(&wanted, false).await;
        applied.map(drop).map_err(|error| from_api("Writing the pull secret", &error))
    }
}

/// Begins the installation record, so that a second operator sees an installation that is under way.
pub struct RecordBegin {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: NamespaceParams,
}

#[async_trait]
impl StepBody for RecordBegin {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = record::read(&self.materials.cluster, &self.params.namespace, &self.params.slug).await;
        let found = found.map_err(|error| from_record("Reading the installation record", &error))?;
        Ok(if found.is_some() { Probe::Done { outputs: Value::Null, checks: None } } else { Probe::NotBegun })
    }

    async fn act(&self, _: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let identity = self.materials.content.identity.clone();
        let mut record = Installation {
            slug: identity.slug,
            title: identity.title,
            icon: identity.icon,
            channel_id: identity.channel_id,
            channel: identity.channel,
            run: self.materials.run.0.clone(),
            plan_digest: self.materials.plan_digest.clone(),
            run_state: "InfrastructureInstalling".to_owned(),
            ..Installation::default()
        };
        let written = record::write(&self.materials.cluster, &self.params.namespace, &mut record).await;
        written.map_err(|error| from_record("Beginning the installation record", &error))
    }
}
