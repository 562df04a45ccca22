//! Plain manifests: server-side apply, with an inventory of what was applied so that it can be pruned.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::{ApiError, Cluster};
use crate::vendor::{self, AnnotationError};

/// Our name among the owners of fields.
const MANAGER: &str = "longshore";

/// Names one object in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectId {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Namespace; empty for objects of the whole cluster.
    pub namespace: String,
    /// Name.
    pub name: String,
}

/// An object to apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its name.
    pub id: ObjectId,
    /// All of it.
    pub value: Value,
}

/// What applying did.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// As it was; `None` when it is new.
    pub before: Option<Value>,
    /// As it is, or would be.
    pub after: Value,
}

/// A manifest that is not one.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// No YAML.
    #[error("Manifest {file} is no YAML")]
    Yaml {
        /// File in the release.
        file: String,
        /// Why.
        #[source]
        source: serde_norway::Error,
    },
    /// An annotation that means nothing.
    #[error("Manifest {file}, {kind} {name}")]
    Annotation {
        /// File in the release.
        file: String,
        /// Kind of the object.
        kind: String,
        /// Name of the object.
        name: String,
        /// Which annotation, and why.
        #[source]
        source: AnnotationError,
    },
    /// No object.
    #[error("Manifest {file}, document {document}: {field} is missing")]
    Field {
        /// File in the release.
        file: String,
        /// Which document, from 1.
        document: usize,
        /// Which field.
        field: &'static str,
    },
}

/// Takes a rendered manifest apart, in the order its objects are applied. Empty documents and objects that the vendor
/// excludes are left out, lists are opened.
///
/// # Errors
/// When a document is no YAML or no object, or an annotation for us means nothing.
pub fn objects(file: &str, text: &str, namespace: &str) -> Result<Vec<Object>, ManifestError> {
    let mut found = Vec::new();
    for (at, document) in serde_norway::Deserializer::from_str(text).enumerate() {
        let value = Value::deserialize(document)
            .map_err(|source| ManifestError::Yaml { file: file.to_owned(), source })?;
        if value.is_null() {
            continue;
        }
        let members = match (value["kind"].as_str(), value["items"].as_array()) {
            (Some(kind), Some(items)) if kind.ends_with("List") => items.clone(),
            _ => vec![value],
        };
        for value in members {
            let id = identify(&value, namespace).map_err(|field| ManifestError::Field {
                file: file.to_owned(),
                document: at + 1,
                field,
            })?;
            let wrong = |source| ManifestError::Annotation {
                file: file.to_owned(),
                kind: id.kind.clone(),
                name: id.name.clone(),
                source,
            };
            if vendor::included(&value).map_err(wrong)? {
                vendor::waits(&value).map_err(wrong)?;
                let phase = vendor::creation_phase(&value).map_err(wrong)?;
                found.push((phase, Object { id, value }));
            }
        }
    }
    found.sort_by_key(|(phase, object)| (*phase, rank(&object.id.kind)));
    Ok(found.into_iter().map(|(_, object)| object).collect())
}

fn identify(value: &Value, namespace: &str) -> Result<ObjectId, &'static str> {
    let text =
        |value: &Value, name| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned).ok_or(name);
    let metadata = &value["metadata"];
    Ok(ObjectId {
        api_version: text(&value["apiVersion"], "apiVersion")?,
        kind: text(&value["kind"], "kind")?,
        name: text(&metadata["name"], "metadata.name")?,
        namespace: metadata["namespace"].as_str().unwrap_or(namespace).to_owned(),
    })
}

/// What others need first comes first: Helm's order of kinds, as far as it matters.
fn rank(kind: &str) -> usize {
    const ORDER: &[&str] = &[
        "Namespace",
        "CustomResourceDefinition",
        "NetworkPolicy",
        "ResourceQuota",
        "LimitRange",
        "ServiceAccount",
        "Secret",
        "ConfigMap",
        "StorageClass",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "ClusterRole",
        "ClusterRoleBinding",
        "Role",
        "RoleBinding",
        "Service",
    ];
    ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len())
}

impl Cluster {
    /// Applies an object as ours; with `dry_run` the API server only says what would become of it.
    ///
    /// # Errors
    /// When the cluster does not know the kind, or refuses the object.
    pub async fn apply(&self, object: &Object, dry_run: bool) -> Result<Applied, ApiError> {
        let id = &object.id;
        let path = self.object_path(&id.api_version, &id.kind, &id.namespace, &id.name).await?;
        let before = self.get_opt(&path).await?;
        let mut body = object.value.clone();
        if self.resource(&id.api_version, &id.kind).await?.namespaced {
            body["metadata"]["namespace"] = json!(id.namespace);
        }
        let dry = if dry_run { "&dryRun=All" } else { "" };
        // Forced: what a vendor's manifest says is the vendor's, whoever changed it by hand meanwhile.
        let patch = format!("{path}?fieldManager={MANAGER}&force=true{dry}");
        let content = "application/apply-patch+yaml";
        let after = self.request(Method::PATCH, &patch, content, body.to_string().into_bytes()).await?;
        Ok(Applied { before, after })
    }

    /// Reads an object. A kind that the cluster no longer knows has no objects either.
    ///
    /// # Errors
    /// When the API server does not answer, or refuses.
    pub async fn find(&self, id: &ObjectId) -> Result<Option<Value>, ApiError> {
        match self.object_path(&id.api_version, &id.kind, &id.namespace, &id.name).await {
            Ok(path) => self.get_opt(&path).await,
            Err(error) if error.fault == crate::ApiFault::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes an object; one that is not there is as wanted.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn remove(&self, id: &ObjectId) -> Result<(), ApiError> {
        match self.object_path(&id.api_version, &id.kind, &id.namespace, &id.name).await {
            Ok(path) => self.delete(&path).await,
            Err(error) if error.fault == crate::ApiFault::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Objects of plain manifests that we applied for an application and have not pruned.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn inventory(&self, namespace: &str, slug: &str) -> Result<Vec<ObjectId>, ApiError> {
        let found = self
            .get_opt(&format!("/api/v1/namespaces/{namespace}/configmaps/{}", inventory_name(slug)))
            .await?;
        let text = found.as_ref().and_then(|map| map["data"]["objects"].as_str()).unwrap_or("[]");
        Ok(serde_json::from_str(text).unwrap_or_default())
    }

    /// Writes the inventory. It is written before objects are applied, naming old and new ones, and again
    /// after pruning: whatever a crash leaves behind is named in it.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn put_inventory(
        &self,
        namespace: &str,
        slug: &str,
        objects: &[ObjectId],
    ) -> Result<(), ApiError> {
        let name = inventory_name(slug);
        let text = serde_json::to_string(objects).unwrap_or_default();
        let value = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": { "name": name, "namespace": namespace, "labels": { "app.kubernetes.io/managed-by": MANAGER } },
            "data": { "objects": text },
        });
        let id = ObjectId {
            api_version: "v1".into(),
            kind: "ConfigMap".into(),
            namespace: namespace.into(),
            name: inventory_name(slug),
        };
        self.apply(&Object { id, value }, false).await.map(drop)
    }
}

fn inventory_name(slug: &str) -> String {
    format!("longshore-{slug}-inventory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_taken_apart() {
        let text = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: b, namespace: other}}\n";
        let found = objects("x.yaml", text, "app").expect("parses");
        let names: Vec<_> =
            found.iter().map(|object| (object.id.kind.as_str(), object.id.namespace.as_str())).collect();
        assert_eq!(names, [("Secret", "other"), ("ConfigMap", "app")], "secrets come first");
        let refusal = objects("x.yaml", "kind: ConfigMap\n", "app").expect_err("refused");
        assert_eq!(refusal.to_string(), "Manifest x.yaml, document 1: apiVersion is missing");
        assert!(objects("x.yaml", "a: [", "app").is_err(), "no YAML");
    }

    #[test]
    fn what_the_vendor_excludes_is_not_there_and_phases_come_first() {
        let object = |name: &str, annotation: &str| {
            format!(
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, annotations: {{{annotation}}}}}\n"
            )
        };
        let text = [
            object("late", "kots.io/creation-phase: '1'"),
            object("gone", "kots.io/when: 'false'"),
            object("plain", ""),
            object("early", "kots.io/creation-phase: '-5'"),
        ];
        let found = objects("x.yaml", &text.concat(), "app").expect("parses");
        let names: Vec<_> = found.iter().map(|object| object.id.name.as_str()).collect();
        assert_eq!(names, ["early", "plain", "late"]);
        let refusal = objects("x.yaml", &object("odd", "kots.io/when: 'maybe'"), "app").expect_err("refused");
        assert_eq!(
            longshore_contract::chain(&refusal),
            "Manifest x.yaml, ConfigMap odd: annotation kots.io/when is \"maybe\", and must be true or false"
        );
    }

    #[test]
    fn definitions_come_before_what_they_define() {
        assert!(rank("Namespace") < rank("CustomResourceDefinition"));
        assert!(rank("CustomResourceDefinition") < rank("Secret"));
        assert!(rank("Role") < rank("RoleBinding"));
        assert!(rank("Service") < rank("Deployment"));
    }
}
