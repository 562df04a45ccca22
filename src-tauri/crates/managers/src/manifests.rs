//! Plain manifests: applied, and pruned of what the release no longer has.

use std::collections::BTreeSet;

use async_trait::async_trait;
use longshore_cluster::record::read_content;
use longshore_cluster::{Object, ObjectId, objects, vendor};
use longshore_contract::{Failure, FailureClass, LogLevel, Unit};
use longshore_engine::plan_digest::sha256;
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::Value;

use crate::failure::{failure, from_api, from_record};
use crate::materials::Materials;
use crate::params::ManifestsParams;
use crate::waiting::{until_ready, until_says};

/// Applies the manifests of the release, or of a recorded revision.
pub struct Manifests {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: ManifestsParams,
}

/// Annotation with the digest of the manifest that was applied: what the API server adds does not count.
const DIGEST: &str = "longshore.dev/manifest";

const DOING: &str = "Applying plain manifests";

impl Manifests {
    /// The objects, in the order they are applied, each marked with its digest.
    async fn wanted(&self) -> Result<Vec<Object>, Failure> {
        let text = match self.params.revision {
            None => self.materials.content.manifests.clone(),
            Some(revision) => {
                let (namespace, slug) = (&self.params.namespace, &self.params.slug);
                let content = read_content(&self.materials.cluster, namespace, slug, revision).await;
                content.map_err(|error| from_record("Reading the recorded revision", &error))?.manifests
            }
        };
        let mut wanted = objects("of the release", &text, &self.params.namespace).map_err(|error| {
            let said = longshore_contract::chain(&error);
            failure(
                FailureClass::NeedsPerson,
                format!("{DOING} failed"),
                said,
                "The package needs to be mended.",
            )
        })?;
        for object in &mut wanted {
            let digest = sha256(object.value.to_string().as_bytes());
            object.value["metadata"]["annotations"][DIGEST] = Value::from(digest);
        }
        Ok(wanted)
    }

    async fn inventory(&self) -> Result<Vec<ObjectId>, Failure> {
        let found = self.materials.cluster.inventory(&self.params.namespace, &self.params.slug).await;
        found.map_err(|error| from_api("Reading the inventory", &error))
    }

    /// Waits where the vendor wants an object to be ready, or to say something, before the next one is applied.
    async fn wait_for(&self, cx: &StepContext<'_>, object: &Object) -> Result<(), Failure> {
        // Read once already when the manifest was taken apart.
        let waits = vendor::waits(&object.value).unwrap_or_default();
        let doing = format!("Waiting for {} {}", object.id.kind, object.id.name);
        if waits.ready {
            until_ready(&self.materials.cluster, cx, &doing, std::slice::from_ref(&object.id)).await?;
        }
        until_says(&self.materials.cluster, cx, &doing, &object.id, &waits.properties).await
    }

    /// Objects by the phase that their vendor gave them when they were applied.
    async fn in_order_of_removal(
        &self,
        ids: impl Iterator<Item = &ObjectId>,
    ) -> Result<Vec<ObjectId>, Failure> {
        let mut found = Vec::new();
        for id in ids {
            let live = self.materials.cluster.find(id).await.map_err(|error| from_api(DOING, &error))?;
            found.push((live.as_ref().map(vendor::deletion_phase).unwrap_or_default(), id.clone()));
        }
        found.sort_by_key(|(phase, _)| *phase);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    async fn put_inventory(&self, ids: &BTreeSet<ObjectId>) -> Result<(), Failure> {
        let ids: Vec<ObjectId> = ids.iter().cloned().collect();
        let written =
            self.materials.cluster.put_inventory(&self.params.namespace, &self.params.slug, &ids).await;
        written.map_err(|error| from_api("Writing the inventory", &error))
    }
}

#[async_trait]
impl StepBody for Manifests {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let wanted = self.wanted().await?;
        let ids: BTreeSet<ObjectId> = wanted.iter().map(|object| object.id.clone()).collect();
        let held: BTreeSet<ObjectId> = self.inventory().await?.into_iter().collect();
        let mut there = 0;
        for object in &wanted {
            let found =
                self.materials.cluster.find(&object.id).await.map_err(|error| from_api(DOING, &error))?;
            let mark = |value: &Value| value["metadata"]["annotations"][DIGEST].clone();
            there += usize::from(found.is_some_and(|found| mark(&found) == mark(&object.value)));
        }
        Ok(if there == wanted.len() && held == ids {
            Probe::Done { outputs: Value::Null, checks: None }
        } else {
            let what = format!("{there} of {} objects are as wanted", wanted.len());
            Probe::Partly { what, detail: Value::Null }
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let wanted = self.wanted().await?;
        let ids: BTreeSet<ObjectId> = wanted.iter().map(|object| object.id.clone()).collect();
        let held: BTreeSet<ObjectId> = self.inventory().await?.into_iter().collect();
        self.put_inventory(&held.union(&ids).cloned().collect()).await?;
        for (at, object) in wanted.iter().enumerate() {
            let id = &object.id;
            cx.progress(
                "",
                at as u64,
                Some(wanted.len() as u64),
                Unit::Items,
                &format!("{} {}", id.kind, id.name),
            );
            let doing = format!("Applying {} {}", id.kind, id.name);
            self.materials.cluster.apply(object, false).await.map_err(|error| from_api(&doing, &error))?;
            self.wait_for(cx, object).await?;
        }
        for id in self.in_order_of_removal(held.difference(&ids)).await? {
            cx.log(LogLevel::Info, &format!("pruning {} {}", id.kind, id.name));
            let doing = format!("Removing {} {}", id.kind, id.name);
            self.materials.cluster.remove(&id).await.map_err(|error| from_api(&doing, &error))?;
        }
        self.put_inventory(&ids).await
    }
}
