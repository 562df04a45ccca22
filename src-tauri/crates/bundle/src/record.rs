//! What the library remembers of a bundle.

use longshore_contract::Timestamp;
use longshore_release::Airgap;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::image::ImageRecord;

/// A blob: its digest and size.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobRecord {
    /// Digest.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
}

/// An imported bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleRecord {
    /// SHA-256 of the file, hexadecimal.
    pub id: String,
    /// Name of the file it came from.
    pub file: String,
    /// Bytes of that file.
    pub size: u64,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Its metadata.
    pub meta: Airgap,
    /// The release archive among the blobs.
    pub release: BlobRecord,
    /// Its images.
    pub images: Vec<ImageRecord>,
    /// Every blob it needs, the release archive among them, sorted.
    pub blobs: Vec<BlobRecord>,
}
