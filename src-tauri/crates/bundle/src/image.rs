//! Images of a bundle: from a reference to the manifest and blobs behind it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::BundleError;
use crate::digest::Digest;
use crate::record::BlobRecord;

/// A manifest or index and what it lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Digest of its bytes, which are among the blobs.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// Media type to send it under.
    pub media_type: String,
    /// Config and layers.
    pub blobs: Vec<BlobRecord>,
}

/// One image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// As the vendor wrote it: `registry.example.com/group/web:1.0.0`.
    pub reference: String,
    /// Last segment of its repository, below which it goes to a registry.
    pub name: String,
    /// Tag, or empty when it is referred to by digest.
    pub tag: String,
    /// Its manifests, those of single platforms before the index that lists them; the last is the image.
    pub manifests: Vec<Manifest>,
}

impl ImageRecord {
    /// Digest of the image: of its manifest, or of its index.
    pub fn digest(&self) -> Option<&Digest> {
        self.manifests.last().map(|manifest| &manifest.digest)
    }

    /// Every blob it needs, manifests left out, each once.
    pub fn blobs(&self) -> BTreeSet<&BlobRecord> {
        self.manifests.iter().flat_map(|manifest| &manifest.blobs).collect()
    }

    /// Bytes of its blobs.
    pub fn size(&self) -> u64 {
        self.blobs().into_iter().map(|blob| blob.size).sum()
    }
}

/// A reference in its parts: last segment of the repository, tag or digest.
pub(crate) fn split(reference: &str) -> (String, Result<String, Digest>) {
    let (path, digest) = match reference.split_once('@') {
        Some((path, digest)) => (path, Digest::parse(digest)),
        None => (reference, None),
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let (name, tag) = last.split_once(':').unwrap_or((last, "latest"));
    (name.to_owned(), digest.map_or_else(|| Ok(tag.to_owned()), Err))
}

/// The parts of an image manifest or index that say what else is needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    media_type: String,
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    size: u64,
}

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// Deepest nesting of indexes that is followed.
const DEPTH: usize = 4;

/// Resolves an image against the blobs and links that a registry tree holds.
pub(crate) struct Tree<'a> {
    /// Blobs there are, by digest.
    pub(crate) sizes: &'a BTreeMap<Digest, u64>,
    /// Reads a blob that is a manifest.
    pub(crate) read: &'a dyn Fn(&Digest) -> Result<Vec<u8>, BundleError>,
    /// `repository/tag` to digest.
    pub(crate) tags: &'a BTreeMap<(String, String), Digest>,
}

impl Tree<'_> {
    pub(crate) fn resolve(&self, reference: &str) -> Result<ImageRecord, BundleError> {
        let (name, place) = split(reference);
        let (tag, digest) = match place {
            Err(digest) => (String::new(), digest),
            Ok(tag) => {
                let key = (name.clone(), tag.clone());
                let digest = self.tags.get(&key).cloned();
                let missing =
                    || BundleError::Missing(format!("image {reference}, though its airgap.yaml lists it"));
                (tag, digest.ok_or_else(missing)?)
            }
        };
        let mut manifests = Vec::new();
        self.collect(reference, &digest, &mut manifests, DEPTH)?;
        Ok(ImageRecord { reference: reference.to_owned(), name, tag, manifests })
    }

    fn collect(
        &self,
        image: &str,
        digest: &Digest,
        manifests: &mut Vec<Manifest>,
        depth: usize,
    ) -> Result<(), BundleError> {
        let incomplete =
            |digest: &str| BundleError::Incomplete { image: image.to_owned(), digest: digest.to_owned() };
        let size = *self.sizes.get(digest).ok_or_else(|| incomplete(&digest.to_string()))?;
        let bytes = (self.read)(digest)?;
        let content = |why: String| BundleError::Content { name: format!("blobs/{digest}"), why };
        let listed: Listed = serde_json::from_slice(&bytes).map_err(|error| content(error.to_string()))?;
        for child in &listed.manifests {
            let child = Digest::parse(&child.digest)
                .ok_or_else(|| content("it names no sha256 digest".to_owned()))?;
            // An index may list platforms that the vendor left out of the bundle.
            if self.sizes.contains_key(&child) && depth > 0 {
                self.collect(image, &child, manifests, depth - 1)?;
            }
        }
        let mut blobs = Vec::new();
        for blob in listed.config.iter().chain(&listed.layers) {
            let digest =
                Digest::parse(&blob.digest).ok_or_else(|| content("it names no sha256 digest".to_owned()))?;
            match self.sizes.get(&digest) {
                Some(size) if *size == blob.size => blobs.push(BlobRecord { digest, size: *size }),
                Some(size) => {
                    return Err(content(format!(
                        "it says {digest} has {} bytes, and it has {size}",
                        blob.size
                    )));
                }
                None => return Err(incomplete(&blob.digest)),
            }
        }
        let index = !listed.manifests.is_empty();
        let fallback = if index { OCI_INDEX } else { OCI_MANIFEST };
        let media_type = if listed.media_type.is_empty() { fallback.to_owned() } else { listed.media_type };
        manifests.push(Manifest { digest: digest.clone(), size, media_type, blobs });
        Ok(())
    }
}
