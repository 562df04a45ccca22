//! Our own push to a registry: what it lacks, each missing byte once, manifests last.
//!
//! Blobs of all images are one queue: a layer that ten images share is looked for and sent once, and mounted
//! into the other repositories.

mod session;
mod upload;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use longshore_contract::RegistrySettings;

pub use session::{Registry, RegistryError};

/// One blob.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blob {
    /// `sha256:…`.
    pub digest: String,
    /// Bytes.
    pub size: u64,
}

/// One manifest or index, and the blobs it names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushManifest {
    /// The document.
    pub blob: Blob,
    /// Its media type.
    pub media_type: String,
    /// Config and layers; none for an index.
    pub blobs: Vec<Blob>,
}

/// One image to push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushImage {
    /// Name for people.
    pub reference: String,
    /// Repository in the registry.
    pub repository: String,
    /// Tag; empty for none.
    pub tag: String,
    /// Manifests, what is named by others first; the last is what the tag names.
    pub manifests: Vec<PushManifest>,
}

/// Where blobs are read from.
pub trait Source: Send + Sync {
    /// Opens a blob.
    ///
    /// # Errors
    /// When it is gone or cannot be read.
    fn open(&self, digest: &str) -> io::Result<std::fs::File>;
}

/// Told about each image: bytes there of all its bytes.
pub type Watch<'a> = &'a (dyn Fn(&str, u64, u64) + Sync);

/// Uploads at a time. More does not help on one link, and fewer leaves it idle between two blobs.
const AT_ONCE: usize = 4;

impl PushImage {
    /// Config and layers of all its manifests, each once.
    pub fn blobs(&self) -> BTreeSet<&Blob> {
        self.manifests.iter().flat_map(|manifest| &manifest.blobs).collect()
    }

    /// Bytes of its blobs.
    pub fn size(&self) -> u64 {
        self.blobs().iter().map(|blob| blob.size).sum()
    }
}

/// Where images go at a site: `namespace/name`.
pub fn repository(settings: &RegistrySettings, name: &str) -> String {
    let namespace = settings.namespace.trim_matches('/');
    if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") }
}

/// Bytes that the registry lacks, for each image in order; a blob that several lack counts with the first.
///
/// # Errors
/// When the registry does not answer, or refuses.
pub async fn missing(registry: &Registry, images: &[PushImage]) -> Result<Vec<u64>, RegistryError> {
    let mut counted = BTreeSet::new();
    let mut bytes = Vec::new();
    for image in images {
        let repository = &image.repository;
        let mut questions: Vec<BoxFuture<'_, Result<(&Blob, bool), RegistryError>>> = Vec::new();
        for blob in image.blobs() {
            let question = async move { Ok((blob, registry.has_blob(repository, &blob.digest).await?)) };
            questions.push(question.boxed());
        }
        let lacking = stream::iter(questions).buffered(AT_ONCE).collect::<Vec<_>>().await;
        let mut sum = 0;
        for found in lacking {
            let (blob, there) = found?;
            if !there && counted.insert(&blob.digest) {
                sum += blob.size;
            }
        }
        bytes.push(sum);
    }
    Ok(bytes)
}

/// Whether all of an image is there, its tag pointing at it.
///
/// # Errors
/// When the registry does not answer, or refuses.
pub async fn is_there(registry: &Registry, image: &PushImage) -> Result<bool, RegistryError> {
    let Some(top) = image.manifests.last() else { return Ok(true) };
    let name = if image.tag.is_empty() { &top.blob.digest } else { &image.tag };
    Ok(registry.manifest_digest(&image.repository, name).await?.as_deref() == Some(top.blob.digest.as_str()))
}

/// Pushes images. What is there is left alone, so a push that was interrupted continues.
///
/// # Errors
/// The first refusal or break; what was sent until then stays.
pub async fn push(
    registry: &Registry,
    source: &dyn Source,
    images: &[PushImage],
    watch: Watch<'_>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<(), RegistryError> {
    let counts: Vec<AtomicU64> = images.iter().map(|_| AtomicU64::new(0)).collect();
    let tell = |blob: &Blob, bytes: u64| {
        for (image, count) in images.iter().zip(&counts) {
            if image.blobs().contains(blob) {
                let done = count.fetch_add(bytes, Ordering::Relaxed) + bytes;
                watch(&image.reference, done.min(image.size()), image.size());
            }
        }
    };
    let mut places: BTreeMap<&Blob, Vec<&str>> = BTreeMap::new();
    for image in images {
        for blob in image.blobs() {
            let repositories = places.entry(blob).or_default();
            if !repositories.contains(&image.repository.as_str()) {
                repositories.push(&image.repository);
            }
        }
    }
    let tell = &tell;
    let mut work: Vec<BoxFuture<'_, Result<(), RegistryError>>> = Vec::new();
    for (blob, repositories) in places {
        let sending = async move {
            if stop() {
                return Err(RegistryError::Stopped);
            }
            registry.bring(source, blob, &repositories, &|bytes| tell(blob, bytes)).await
        };
        work.push(sending.boxed());
    }
    let mut sending = stream::iter(work).buffer_unordered(AT_ONCE);
    while let Some(sent) = sending.next().await {
        sent?;
    }
    for image in images {
        if stop() {
            return Err(RegistryError::Stopped);
        }
        registry.put_manifests(source, image).await?;
        watch(&image.reference, image.size(), image.size());
    }
    Ok(())
}
