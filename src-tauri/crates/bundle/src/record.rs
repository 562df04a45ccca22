//! What the library remembers of a bundle.

use std::collections::BTreeMap;

use longshore_contract::Timestamp;
use longshore_release::Airgap;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::image::ImageRecord;
use crate::signature::{Carried, Signature};

/// A blob: its digest and size.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobRecord {
    /// Digest.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
}

/// A file for hosts: a member below `cluster/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The member's name.
    pub path: String,
    /// Its content among the blobs.
    pub blob: BlobRecord,
}

/// An imported bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleRecord {
    /// SHA-256 of its list of digests ([`Self::root`]), hexadecimal: what it is, however it is packed. In records from
    /// before that, of the file.
    pub id: String,
    /// Name of the file it came from.
    pub file: String,
    /// Bytes of that file.
    pub size: u64,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Its metadata.
    pub meta: Airgap,
    /// `airgap.yaml` as it was, among the blobs; `None` in records from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub airgap: Option<BlobRecord>,
    /// The release archive among the blobs.
    pub release: BlobRecord,
    /// Its images.
    pub images: Vec<ImageRecord>,
    /// Its files for hosts, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRecord>,
    /// Every blob it needs, `airgap.yaml` and the release archive among them, sorted.
    pub blobs: Vec<BlobRecord>,
    /// Id of the bundle that it builds on, when it carried only what that one lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether somebody vouches for it, as it was found at the import.
    #[serde(default)]
    pub signature: Signature,
    /// The signatures themselves, so that they can be judged anew when more keys are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Carried>,
}

/// Bytes of each bundle, by its id, that no other of these shares.
pub fn unique_sizes(records: &[BundleRecord]) -> BTreeMap<&str, u64> {
    let mut users: BTreeMap<&Digest, usize> = BTreeMap::new();
    for blob in records.iter().flat_map(|record| &record.blobs) {
        *users.entry(&blob.digest).or_default() += 1;
    }
    let unique = |record: &BundleRecord| {
        record.blobs.iter().filter(|blob| users.get(&blob.digest) == Some(&1)).map(|blob| blob.size).sum()
    };
    records.iter().map(|record| (record.id.as_str(), unique(record))).collect()
}
