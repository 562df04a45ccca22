//! `manifest.json` of an image that was saved to an archive of its own, and the manifest made from it.
//!
//! Such an archive has no manifest as registries know it, so one is made: always the same bytes for the same
//! config and layers, because signatures list its digest. That form never changes.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::record::BlobRecord;

/// The one item of `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SavedImage {
    /// Name of the config in the archive.
    pub config: String,
    /// Names of the layers in the archive, lowest first.
    #[serde(default, deserialize_with = "null_as_default")]
    pub layers: Vec<String>,
    /// References it was saved under; none when it was saved by digest.
    #[serde(default, deserialize_with = "null_as_default")]
    pub repo_tags: Vec<String>,
}

fn null_as_default<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl SavedImage {
    /// Parses `manifest.json`.
    ///
    /// # Errors
    /// In words, when it is no JSON of that form or lists another number of images than one.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut items: Vec<Self> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match (items.pop(), items.len()) {
            (Some(item), 0) => Ok(item),
            (None, _) => Err("it lists no image".to_owned()),
            (Some(_), more) => Err(format!("it lists {} images, and an archive holds one", more + 1)),
        }
    }
}

/// The digests of unpacked layers, as an image's config lists them.
///
/// # Errors
/// In words, when it is no config or lists something else.
pub(crate) fn diff_ids(config: &[u8]) -> Result<Vec<Digest>, String> {
    #[derive(Deserialize)]
    struct Config {
        rootfs: RootFs,
    }
    #[derive(Deserialize)]
    struct RootFs {
        #[serde(default, deserialize_with = "null_as_default")]
        diff_ids: Vec<String>,
    }
    let config: Config = serde_json::from_slice(config).map_err(|error| error.to_string())?;
    let parse = |id: &String| Digest::parse(id).ok_or_else(|| format!("{id} is no sha256 digest"));
    config.rootfs.diff_ids.iter().map(parse).collect()
}

/// A layer or config in a manifest.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    media_type: &'static str,
    digest: Digest,
    size: u64,
}

impl Part {
    pub(crate) fn new(media_type: &'static str, blob: &BlobRecord) -> Self {
        Self { media_type, digest: blob.digest.clone(), size: blob.size }
    }
}

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
pub(crate) const LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
pub(crate) const LAYER_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";

/// The bytes of the manifest that lists `config` and `layers`.
pub(crate) fn manifest(config: &BlobRecord, layers: &[Part]) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Written<'a> {
        schema_version: u8,
        media_type: &'a str,
        config: Part,
        layers: &'a [Part],
    }
    let written =
        Written { schema_version: 2, media_type: MANIFEST, config: Part::new(CONFIG, config), layers };
    // Text, numbers and lists of them: there is nothing in it that JSON lacks.
    serde_json::to_vec(&written).unwrap_or_default()
}
