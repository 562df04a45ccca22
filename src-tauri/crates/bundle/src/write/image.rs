//! An image made of files: one gzip'd layer for each set, a config, a manifest.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use serde_json::json;

use crate::digest::Digest;
use crate::image::split;

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

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

impl ImageSource {
    /// Adds its blobs (by hexadecimal digest) and links (path below `repositories/` to digest).
    pub(super) fn add(
        &self,
        blobs: &mut BTreeMap<String, Vec<u8>>,
        links: &mut BTreeMap<String, String>,
    ) -> io::Result<()> {
        let mut keep = |content: Vec<u8>| {
            let digest = Digest::of(&content);
            let size = content.len();
            blobs.insert(digest.hex().to_owned(), content);
            (digest, size)
        };
        let (mut layers, mut diffs) = (Vec::new(), Vec::new());
        for layer in &self.layers {
            let plain = layer.tar()?;
            diffs.push(Digest::of(&plain).to_string());
            let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
            gzip.write_all(&plain)?;
            let (digest, size) = keep(gzip.finish()?);
            layers.push(json!({ "mediaType": LAYER, "digest": digest, "size": size }));
        }
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": { "Entrypoint": self.entrypoint, "User": self.user },
            "rootfs": { "type": "layers", "diff_ids": diffs },
        });
        let (config, config_size) = keep(config.to_string().into_bytes());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": { "mediaType": CONFIG, "digest": config, "size": config_size },
            "layers": layers,
        });
        let (digest, _) = keep(manifest.to_string().into_bytes());
        let (name, place) = split(&self.reference);
        let revision = format!("{name}/_manifests/revisions/sha256/{}/link", digest.hex());
        links.insert(revision, digest.to_string());
        if let Ok(tag) = place {
            links.insert(format!("{name}/_manifests/tags/{tag}/current/link"), digest.to_string());
        }
        Ok(())
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
