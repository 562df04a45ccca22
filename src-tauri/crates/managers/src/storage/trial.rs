//! A small claim that is made, met and taken away.

use std::time::Duration;

use longshore_cluster::nodes::{self, Node};
use longshore_cluster::{ApiError, ApiFault, Cluster};
use serde_json::{Value, json};

use super::LOOK;
use super::judge::Class;
use crate::params::StorageClassParams;

/// Name of the claim.
pub(super) const NAME: &str = "longshore-trial";
/// Annotation by which the scheduler says where a volume is to be made.
const NODE: &str = "volume.kubernetes.io/selected-node";

/// Told what is waited for.
pub(super) type Lacking<'a> = &'a (dyn Fn(&str) + Sync);

/// A claim on a class.
pub(super) struct Trial<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) params: &'a StorageClassParams,
    pub(super) class: &'a Class,
}

fn claims(namespace: &str) -> String {
    format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims")
}

/// Takes the claim away.
pub(super) async fn forget(cluster: &Cluster, namespace: &str) -> Result<(), ApiError> {
    cluster.delete(&format!("{}/{NAME}", claims(namespace))).await
}

impl Trial<'_> {
    /// Makes the claim, waits until it is met, takes it away and waits until its volume is gone, too.
    pub(super) async fn run(&self, lacking: Lacking<'_>) -> Result<(), ApiError> {
        // One that was left by a run which was cut off may name a node that is no more.
        self.gone(&self.path(), "an earlier claim", lacking).await?;
        let claim = self.claim(lacking).await?;
        match self.cluster.create(&claims(&self.params.namespace), &claim).await {
            Err(error) if error.fault != ApiFault::Conflict => return Err(error),
            _ => {}
        }
        let volume = self.met(lacking).await?;
        self.gone(&self.path(), "the claim", lacking).await?;
        let volume = format!("/api/v1/persistentvolumes/{volume}");
        while self.cluster.get_opt(&volume).await?.is_some() {
            lacking("the volume that was tried is not deleted yet");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    fn path(&self) -> String {
        format!("{}/{NAME}", claims(&self.params.namespace))
    }

    async fn claim(&self, lacking: Lacking<'_>) -> Result<Value, ApiError> {
        let annotations =
            if self.class.waits { json!({ NODE: self.node(lacking).await? }) } else { json!({}) };
        Ok(json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "name": NAME,
                "labels": { "app.kubernetes.io/managed-by": "longshore" },
                "annotations": annotations,
            },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": self.params.class,
                "resources": { "requests": { "storage": "1Mi" } },
            },
        }))
    }

    /// A node that takes pods.
    async fn node(&self, lacking: Lacking<'_>) -> Result<String, ApiError> {
        loop {
            let open = |node: &Node| node.is_ready() && !node.cordoned;
            if let Some(node) = nodes::list(self.cluster).await?.into_iter().find(open) {
                return Ok(node.name);
            }
            lacking("no node takes pods");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the claim has its volume; gives the volume's name.
    async fn met(&self, lacking: Lacking<'_>) -> Result<String, ApiError> {
        loop {
            let claim = self.cluster.get(&self.path()).await?;
            if claim["status"]["phase"] == "Bound" {
                return Ok(claim["spec"]["volumeName"].as_str().unwrap_or_default().to_owned());
            }
            let said = self.said().await?;
            lacking(&format!("{} has made no volume yet: {said}", self.class.provisioner));
            tokio::time::sleep(LOOK * 2).await;
        }
    }

    /// What was said of the claim last.
    async fn said(&self) -> Result<String, ApiError> {
        let path = format!(
            "/api/v1/namespaces/{}/events?fieldSelector=involvedObject.kind%3DPersistentVolumeClaim%2CinvolvedObject.name%3D{NAME}",
            self.params.namespace
        );
        let events = self.cluster.list(&path).await?;
        let at = |event: &&Value| event["lastTimestamp"].as_str().unwrap_or_default().to_owned();
        let warned = events.iter().filter(|event| event["type"] == "Warning").max_by_key(at);
        let last = warned.or_else(|| events.iter().max_by_key(at));
        Ok(last.and_then(|event| event["message"].as_str()).unwrap_or("nothing was said of it").to_owned())
    }

    async fn gone(&self, path: &str, what: &str, lacking: Lacking<'_>) -> Result<(), ApiError> {
        self.cluster.delete(path).await?;
        while self.cluster.get_opt(path).await?.is_some() {
            lacking(&format!("{what} {NAME} is not deleted yet"));
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }
}
