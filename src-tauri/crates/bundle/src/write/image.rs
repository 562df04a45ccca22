//! An image made of files: one gzip'd layer for each set, a config, a manifest.

use std::collections::BTreeMap;
use std::io::{self, Read, Write as _};

use flate2::{Compression, GzBuilder};
use serde_json::json;

use super::ImageOrigin;
use crate::BundleError;
use crate::digest::Digest;
use crate::error::shown;
use crate::image::{ImageRecord, Manifest, full_name, split};
use crate::record::BlobRecord;
use crate::saved::{self, Part};

/// Files of one layer: path in the image, content, and whether it may be executed.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// The files.
    pub files: Vec<(String, Vec<u8>, bool)>,
}

/// An image to write.
#[derive(Debug, Clone)]
pub struct ImageSource {
    /// Full reference.
    pub reference: String,
    /// Layers, lowest first.
    pub layers: Vec<Layer>,
    /// Command.
    pub entrypoint: Vec<String>,
    /// Numeric user it runs as, or empty.
    pub user: String,
}

impl ImageSource {
    /// Adds its blobs, and gives the image.
    pub(super) fn add(&self, blobs: &mut BTreeMap<Digest, Vec<u8>>) -> io::Result<ImageRecord> {
        let mut keep = |content: Vec<u8>| {
            let blob = BlobRecord { digest: Digest::of(&content), size: content.len() as u64 };
            blobs.insert(blob.digest.clone(), content);
            blob
        };
        let (mut layers, mut diffs, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for layer in &self.layers {
            let plain = layer.tar()?;
            diffs.push(Digest::of(&plain).to_string());
            let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
            gzip.write_all(&plain)?;
            let blob = keep(gzip.finish()?);
            parts.push(Part::new(saved::LAYER_GZIP, &blob));
            layers.push(blob);
        }
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": { "Entrypoint": self.entrypoint, "User": self.user },
            "rootfs": { "type": "layers", "diff_ids": diffs },
        });
        let config = keep(config.to_string().into_bytes());
        let own = keep(saved::manifest(&config, &parts));
        layers.insert(0, config);
        let media_type = saved::MANIFEST.to_owned();
        let manifest = Manifest { digest: own.digest, size: own.size, media_type, blobs: layers };
        let (name, place) = split(&self.reference);
        Ok(ImageRecord {
            reference: self.reference.clone(),
            name,
            tag: place.unwrap_or_default(),
            manifests: vec![manifest],
        })
    }
}

/// Images made of files, as an origin beside others.
#[derive(Debug, Default)]
pub struct MadeImages {
    images: BTreeMap<String, ImageRecord>,
    blobs: BTreeMap<Digest, Vec<u8>>,
}

impl MadeImages {
    /// Makes them, in memory.
    ///
    /// # Errors
    /// When a path is too long for an archive.
    pub fn new(sources: &[ImageSource]) -> io::Result<Self> {
        let mut made = Self::default();
        for source in sources {
            let image = source.add(&mut made.blobs)?;
            made.images.insert(full_name(&image.reference), image);
        }
        Ok(made)
    }
}

impl ImageOrigin for MadeImages {
    fn image(&self, reference: &str) -> Result<ImageRecord, BundleError> {
        let missing =
            || BundleError::Missing(format!("image {}, looked for among those made", shown(reference)));
        self.images.get(&full_name(reference)).cloned().ok_or_else(missing)
    }

    fn open(&self, digest: &Digest) -> Result<Box<dyn Read + '_>, BundleError> {
        let blob = self.blobs.get(digest).ok_or_else(|| BundleError::Missing(format!("blob {digest}")))?;
        Ok(Box::new(blob.as_slice()))
    }
}

impl Layer {
    fn tar(&self) -> io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, content, executable) in &self.files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(if *executable { 0o755 } else { 0o644 });
            header.set_mtime(0);
            tar.append_data(&mut header, path.trim_start_matches('/'), content.as_slice())?;
        }
        tar.into_inner()
    }
}
