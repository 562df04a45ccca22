//! Images of a bundle to the site's registry.

use std::fs::File;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use longshore_bundle::{BlobRecord, BundleRecord, Digest, ImageRecord, Library};
use longshore_cluster::registry::{self, Blob, PushImage, PushManifest, Registry, Source, UploadFolder};
use longshore_contract::{Failure, FailureClass, LogLevel, RegistrySettings, Unit};
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::Value;

use crate::failure::{failure, from_registry};
use crate::materials::Materials;
use crate::params::ImagesParams;

/// Pushes images.
pub struct Images {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: ImagesParams,
}

/// The library as a source of blobs.
pub struct Blobs(pub Arc<Library>);

impl Source for Blobs {
    fn open(&self, digest: &str) -> io::Result<File> {
        let digest =
            Digest::parse(digest).ok_or_else(|| io::Error::other(format!("{digest} is no digest")))?;
        self.0.open_blob(&digest).map_err(io::Error::other)
    }
}

/// What is remembered of uploads, beside the blobs they are of: an upload outlives the process that began it.
pub fn uploads(library: &Library) -> UploadFolder {
    UploadFolder::open(&library.uploads())
}

fn blob(record: &BlobRecord) -> Blob {
    Blob { digest: record.digest.to_string(), size: record.size }
}

/// An image of a bundle as it goes to a site's registry.
pub fn push_image(image: &ImageRecord, settings: &RegistrySettings) -> PushImage {
    let manifests = image
        .manifests
        .iter()
        .map(|manifest| PushManifest {
            blob: Blob { digest: manifest.digest.to_string(), size: manifest.size },
            media_type: manifest.media_type.clone(),
            blobs: manifest.blobs.iter().map(blob).collect(),
        })
        .collect();
    PushImage {
        reference: image.reference.clone(),
        repository: registry::repository(settings, &image.name),
        tag: image.tag.clone(),
        manifests,
    }
}

/// All images of a bundle as they go to a site's registry.
pub fn push_images(bundle: &BundleRecord, settings: &RegistrySettings) -> Vec<PushImage> {
    bundle.images.iter().map(|image| push_image(image, settings)).collect()
}

impl Images {
    fn settings(&self) -> Result<&RegistrySettings, Failure> {
        self.materials.registry.as_ref().ok_or_else(|| {
            failure(
                FailureClass::NeedsPerson,
                "Pushing images failed: the site names no registry any more".to_owned(),
                String::new(),
                "Name a registry for the site, then retry.",
            )
        })
    }

    fn images(&self, settings: &RegistrySettings) -> Result<Vec<PushImage>, Failure> {
        let bundle = self.materials.bundle.as_ref().ok_or_else(|| {
            failure(
                FailureClass::NeedsPerson,
                "Pushing images failed: the bundle is not in the library any more".to_owned(),
                String::new(),
                "Import the bundle again, then retry.",
            )
        })?;
        let wanted = |image: &&PushImage| self.params.images.contains(&image.reference);
        Ok(push_images(bundle, settings).iter().filter(wanted).cloned().collect())
    }
}

const DOING: &str = "Pushing images";

#[async_trait]
impl StepBody for Images {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let settings = self.settings()?;
        let registry = Registry::open(settings).await.map_err(|error| from_registry(DOING, &error))?;
        let images = self.images(settings)?;
        let mut there = 0;
        for image in &images {
            there += usize::from(
                registry::is_there(&registry, image).await.map_err(|error| from_registry(DOING, &error))?,
            );
        }
        Ok(if there == images.len() {
            Probe::Done { outputs: Value::Null, checks: None }
        } else {
            Probe::Partly {
                what: format!("{there} of {} images are in the registry", images.len()),
                detail: Value::Null,
            }
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let settings = self.settings()?;
        let registry = Registry::open(settings).await.map_err(|error| from_registry(DOING, &error))?;
        let images = self.images(settings)?;
        cx.log(LogLevel::Info, &format!("pushing {} images to {}", images.len(), settings.address));
        let watch = |reference: &str, done: u64, total: u64| {
            cx.progress(reference, done, Some(total), Unit::Bytes, "");
        };
        let source = Blobs(Arc::clone(&self.materials.library));
        let stop = || cx.cancelled();
        let uploads = uploads(&self.materials.library);
        let report = registry::push(&registry, &source, &uploads, &images, &watch, &stop)
            .await
            .map_err(|error| from_registry(DOING, &error))?;
        let said = format!(
            "the registry lacked {} of {} bytes; {} were sent",
            report.lacked, report.total, report.sent
        );
        cx.log(LogLevel::Info, &said);
        Ok(())
    }
}
