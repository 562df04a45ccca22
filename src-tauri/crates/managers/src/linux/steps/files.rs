//! A version's files and images on a host.

use async_trait::async_trait;
use longshore_contract::{Failure, FailureClass, LogLevel, Unit};
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_release::ClusterVersion;
use longshore_runtime::{HostFile, Standing};
use serde_json::Value;

use super::{Ground, Told, done, foreign, partly};
use crate::failure::failure;
use crate::library::hosts::{Unpacked, give, lacking};
use crate::linux::fault::{from_runtime, from_wire};
use crate::params::{HostImagesParams, HostVersionParams};

/// Brings a version's files to a host, and starts its container runtime.
pub struct Files {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostVersionParams,
}

impl Files {
    fn doing(&self) -> String {
        format!("Bringing Kubernetes {} to {}", self.params.version, self.params.host)
    }

    /// Files as they lie in the library.
    fn files(&self, version: &ClusterVersion) -> Result<Vec<HostFile>, Failure> {
        let bundle = self.ground.bundle(&self.doing())?;
        let mut files = Vec::new();
        for wanted in &version.files {
            let file = bundle.files.iter().find(|file| file.path == wanted.path).ok_or_else(|| {
                failure(
                    FailureClass::NeedsPerson,
                    format!("{} failed", self.doing()),
                    format!("the bundle has no member {}", wanted.path),
                    "The package needs to be mended by its vendor.",
                )
            })?;
            files.push(HostFile {
                name: wanted.name.clone(),
                source: self.ground.library.blob_path(&file.blob.digest),
                digest: file.blob.digest.hex().to_owned(),
                size: file.blob.size,
            });
        }
        Ok(files)
    }
}

#[async_trait]
impl StepBody for Files {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        let (_, standing) = self.ground.found(cx, &self.params.host, &self.doing()).await?;
        let wanted = &self.params.version;
        Ok(match standing {
            Standing::Nothing => Probe::NotBegun,
            Standing::Foreign { what } => foreign(&self.params.host, &what),
            Standing::Placed { version } if version == *wanted => done(),
            Standing::Joined { placed, version, .. } if placed == *wanted || version == *wanted => done(),
            Standing::Placed { version } | Standing::Joined { placed: version, .. } => {
                partly(format!("the files of {version} are there"))
            }
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let member = self.ground.member(&self.params.host, &doing).await?;
        let spec = self.ground.spec(&self.params.version, &doing)?;
        let known = self.ground.content.versions.iter().find(|known| known.version == self.params.version);
        let files = known.map(|version| self.files(version)).transpose()?.unwrap_or_default();
        let told = Told { cx, child: "files" };
        let placed = self.ground.runtime().place(&member, &spec, &files, &told).await;
        placed.map_err(|error| from_runtime(&doing, &error))
    }
}

/// Brings images to a host's containerd: those that it lacks.
pub struct HostImages {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostImagesParams,
}

impl HostImages {
    fn doing(&self) -> String {
        format!("Bringing images to {}", self.params.host)
    }

    /// A node runs what it gets of a cluster; of an application's images, those of its own pods.
    fn unpacked(&self) -> Unpacked {
        let of_cluster =
            |name: &String| self.ground.content.versions.iter().any(|version| version.images.contains(name));
        if self.params.images.iter().all(of_cluster) { Unpacked::AtOnce } else { Unpacked::Later }
    }
}

#[async_trait]
impl StepBody for HostImages {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let doing = self.doing();
        let host =
            self.ground.hosts.host(&self.params.host).await.map_err(|error| from_wire(&doing, error))?;
        let images = self.ground.images(&self.params.images, &doing)?;
        let lacked = lacking(host.as_ref(), &self.ground.library, &images).await;
        let (bytes, lacked) = lacked.map_err(|error| from_wire(&doing, error))?;
        Ok(match lacked {
            0 => done(),
            _ if lacked == images.len() => Probe::NotBegun,
            _ => partly(format!("{lacked} of {} images are not there yet, {bytes} bytes", images.len())),
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let doing = self.doing();
        let host =
            self.ground.hosts.host(&self.params.host).await.map_err(|error| from_wire(&doing, error))?;
        let images = self.ground.images(&self.params.images, &doing)?;
        let counted = super::super::counted::Counted::new(&images);
        let progress = |blob: &longshore_bundle::BlobRecord, bytes: u64| {
            let (reached, total) = counted.set(blob, bytes);
            cx.progress("images", reached, Some(total), Unit::Bytes, "");
        };
        let sent = give(host.as_ref(), &self.ground.library, &images, self.unpacked(), &progress).await;
        let sent = sent.map_err(|error| from_wire(&doing, error))?;
        cx.log(LogLevel::Info, &format!("{sent} bytes of {} images were sent", images.len()));
        Ok(())
    }
}
