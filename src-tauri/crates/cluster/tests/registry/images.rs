//! Images made of noise, kept as files by digest.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use longshore_cluster::registry::{Blob, PushImage, PushManifest, Source};
use serde_json::json;
use sha2::{Digest, Sha256};

pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const MIB: usize = 1 << 20;

/// A folder of blobs.
pub struct Library(pub tempfile::TempDir);

impl Source for Library {
    fn open(&self, digest: &str) -> io::Result<File> {
        File::open(self.0.path().join(digest))
    }
}

/// A folder of blobs that somebody else made.
pub struct Folder<'a>(pub &'a Path);

impl Source for Folder<'_> {
    fn open(&self, digest: &str) -> io::Result<File> {
        File::open(self.0.join(digest))
    }
}

pub fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Numbers that look random and are the same each time (SplitMix64).
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).collect();
        bytes.truncate(length);
        bytes
    }
}

impl Library {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn add(&self, bytes: &[u8]) -> Blob {
        let digest = digest(bytes);
        fs::write(self.0.path().join(&digest), bytes).expect("a blob is written");
        Blob { digest, size: bytes.len() as u64 }
    }

    pub fn noise(&self, seed: u64, length: usize) -> Blob {
        self.add(&Noise(seed).bytes(length))
    }

    pub fn read(&self, digest: &str) -> Vec<u8> {
        fs::read(self.0.path().join(digest)).expect("a blob")
    }

    /// A manifest of these layers and a config of its own.
    pub fn manifest(&self, seed: u64, layers: &[Blob]) -> PushManifest {
        let config =
            self.add(format!("{{\"architecture\":\"amd64\",\"os\":\"linux\",\"seed\":{seed}}}").as_bytes());
        let layer = |blob: &Blob| json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": blob.digest, "size": blob.size});
        let text = json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config.digest, "size": config.size},
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        });
        let blobs = std::iter::once(config).chain(layers.iter().cloned()).collect();
        let blob = self.add(text.to_string().as_bytes());
        PushManifest { blob, media_type: OCI_MANIFEST.to_owned(), blobs }
    }

    pub fn image(&self, repository: &str, tag: &str, layers: &[Blob]) -> PushImage {
        PushImage {
            reference: format!("{repository}:{tag}"),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
            manifests: vec![self.manifest(0, layers)],
        }
    }

    /// An index of manifests, in a layout of its own: two spaces, and a line at the end.
    pub fn index(&self, repository: &str, tag: &str, manifests: Vec<PushManifest>) -> PushImage {
        let named: Vec<_> = manifests
            .iter()
            .zip(["amd64", "arm64", "riscv64"])
            .map(|(manifest, architecture)| {
                json!({
                    "digest": manifest.blob.digest, "mediaType": manifest.media_type, "size": manifest.blob.size,
                    "platform": {"os": "linux", "architecture": architecture},
                    "annotations": {"vendor.example/kept": "as it is"},
                })
            })
            .collect();
        let text = json!({"manifests": named, "mediaType": OCI_INDEX, "schemaVersion": 2});
        let text = serde_json::to_string_pretty(&text).expect("JSON") + "\n";
        let blob = self.add(text.as_bytes());
        let top = PushManifest { blob, media_type: OCI_INDEX.to_owned(), blobs: Vec::new() };
        let manifests = manifests.into_iter().chain([top]).collect();
        let reference = format!("{repository}:{tag}");
        PushImage { reference, repository: repository.to_owned(), tag: tag.to_owned(), manifests }
    }
}

/// Bytes of all blobs of images, each once.
pub fn size(images: &[PushImage]) -> u64 {
    images.iter().flat_map(PushImage::blobs).collect::<BTreeSet<_>>().iter().map(|blob| blob.size).sum()
}
