//! Our own push to a registry: what it lacks, each missing byte once, manifests last. And a pull, for those who make
//! bundles.
//!
//! After the OCI distribution specification 1.1, and what registries make of it.

mod auth;
mod backoff;
mod body;
mod error;
mod exists;
mod manifest;
mod pull;
mod push;
mod session;
mod upload;
mod uploads;

use std::collections::BTreeSet;
use std::io;

use longshore_contract::RegistrySettings;

pub use error::RegistryError;
pub use pull::{Keep, Pulled, pull};
pub use push::{PushReport, is_there, missing, push};
pub use session::Registry;
pub use uploads::{Upload, UploadFolder, UploadKey, Uploads};

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
