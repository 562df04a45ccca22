//! Images of a bundle: from a reference to the manifest and blobs behind it.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::BundleError;
use crate::digest::Digest;
use crate::error::shown;
use crate::limits::Limits;
use crate::read::tag_key;
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
/// Manifests an image may have: one a platform, and attestations beside each.
const MANIFESTS: usize = 1000;

/// A reference in its one long form, for comparing: registry and `library/` as they are when left out.
pub fn full_name(reference: &str) -> String {
    let (host, path) = match reference.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => ("docker.io", reference),
    };
    let host = if host == "index.docker.io" { "docker.io" } else { host };
    let library = if host == "docker.io" && !path.contains('/') { "library/" } else { "" };
    let last = path.rsplit('/').next().unwrap_or(path);
    let tag = if last.contains([':', '@']) { "" } else { ":latest" };
    format!("{host}/{library}{path}{tag}")
}

/// Resolves an image against the blobs and links that a registry tree holds.
pub(crate) struct Tree<'a> {
    /// Blobs there are, by digest.
    sizes: &'a BTreeMap<Digest, u64>,
    /// Reads a blob that is a manifest.
    read: &'a dyn Fn(&Digest) -> Result<Vec<u8>, BundleError>,
    /// Key of repository and tag to digest.
    tags: &'a HashMap<[u8; 16], Digest>,
    limits: &'a Limits,
    /// Manifests that were read, over all images.
    read_so_far: Cell<usize>,
}

impl<'a> Tree<'a> {
    pub(crate) fn new(
        sizes: &'a BTreeMap<Digest, u64>,
        read: &'a dyn Fn(&Digest) -> Result<Vec<u8>, BundleError>,
        tags: &'a HashMap<[u8; 16], Digest>,
        limits: &'a Limits,
    ) -> Self {
        Self { sizes, read, tags, limits, read_so_far: Cell::new(0) }
    }

    pub(crate) fn resolve(&self, reference: &str) -> Result<ImageRecord, BundleError> {
        let (name, place) = split(reference);
        let (tag, digest) = match place {
            Err(digest) => (String::new(), digest),
            Ok(tag) => {
                let digest = self.tags.get(&tag_key(&name, &tag)).cloned();
                let missing = || {
                    let shown = shown(reference);
                    BundleError::Missing(format!("image {shown}, though its airgap.yaml lists it"))
                };
                (tag, digest.ok_or_else(missing)?)
            }
        };
        self.image(reference, name, tag, &digest)
    }

    /// The image behind a digest.
    pub(crate) fn image(
        &self,
        reference: &str,
        name: String,
        tag: String,
        digest: &Digest,
    ) -> Result<ImageRecord, BundleError> {
        let mut manifests = Vec::new();
        let mut walk = Walk { tree: self, image: &shown(reference), seen: HashSet::new() };
        walk.collect(digest, &mut manifests, DEPTH)?;
        Ok(ImageRecord { reference: reference.to_owned(), name, tag, manifests })
    }
}

/// On the way through one image.
struct Walk<'a> {
    tree: &'a Tree<'a>,
    image: &'a str,
    seen: HashSet<Digest>,
}

fn content(digest: &Digest, why: impl ToString) -> BundleError {
    BundleError::Content { name: format!("blobs/{digest}"), why: why.to_string() }
}

impl Walk<'_> {
    fn read(&mut self, digest: &Digest) -> Result<(Listed, u64), BundleError> {
        let missing = || BundleError::Incomplete { image: self.image.to_owned(), digest: digest.to_string() };
        let size = *self.tree.sizes.get(digest).ok_or_else(missing)?;
        if size > self.tree.limits.small {
            let name = format!("blobs/{digest}");
            return Err(BundleError::Large { name, limit: self.tree.limits.small });
        }
        let total = self.tree.read_so_far.get() + 1;
        self.tree.read_so_far.set(total);
        if self.seen.len() > MANIFESTS || total > self.tree.limits.blobs {
            let name = format!("blobs/{digest}");
            return Err(BundleError::Many { what: "manifests", limit: MANIFESTS, name });
        }
        let bytes = (self.tree.read)(digest)?;
        let listed = serde_json::from_slice(&bytes).map_err(|error| content(digest, error))?;
        Ok((listed, size))
    }

    fn collect(
        &mut self,
        digest: &Digest,
        manifests: &mut Vec<Manifest>,
        depth: usize,
    ) -> Result<(), BundleError> {
        self.seen.insert(digest.clone());
        let (listed, size) = self.read(digest)?;
        let no_digest = || content(digest, "it names no sha256 digest");
        for child in &listed.manifests {
            let child = Digest::parse(&child.digest).ok_or_else(no_digest)?;
            // An index may list platforms that the vendor left out of the bundle.
            if self.tree.sizes.contains_key(&child) && depth > 0 && !self.seen.contains(&child) {
                self.collect(&child, manifests, depth - 1)?;
            }
        }
        let mut blobs = Vec::new();
        for blob in listed.config.iter().chain(&listed.layers) {
            let part = Digest::parse(&blob.digest).ok_or_else(no_digest)?;
            match self.tree.sizes.get(&part) {
                Some(size) if *size == blob.size => blobs.push(BlobRecord { digest: part, size: *size }),
                Some(size) => {
                    let why = format!("it says {part} has {} bytes, and it has {size}", blob.size);
                    return Err(content(digest, why));
                }
                None => {
                    let (image, digest) = (self.image.to_owned(), part.to_string());
                    return Err(BundleError::Incomplete { image, digest });
                }
            }
        }
        let fallback = if listed.manifests.is_empty() { OCI_MANIFEST } else { OCI_INDEX };
        let media_type = if listed.media_type.is_empty() { fallback.to_owned() } else { listed.media_type };
        manifests.push(Manifest { digest: digest.clone(), size, media_type, blobs });
        Ok(())
    }
}
