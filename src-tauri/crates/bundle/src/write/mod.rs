//! Writing a bundle: a registry tree in a gzip'd tar, the same bytes for the same input.

mod base;
mod create;
mod image;
mod origin;
mod plan;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use flate2::{Compression, GzBuilder};
use longshore_release::Airgap;
use serde::Serialize;

use crate::digest::Digest;
use crate::image::ImageRecord;
use crate::record::FileRecord;
pub use base::Base;
pub use create::{Create, Signing, WriteError, create, export, release_files};
pub use image::{ImageSource, Layer, MadeImages};
pub use origin::{Archives, ImageOrigin, OciLayout};
use plan::{Plan, add};

#[derive(Serialize)]
struct AirgapDocument<'a> {
    #[serde(rename = "apiVersion")]
    api_version: &'a str,
    kind: &'a str,
    metadata: BTreeMap<&'a str, &'a str>,
    spec: Airgap,
}

/// Writes a bundle of a release's files and its images to `out`.
///
/// `airgap.yaml` and `app.tar.gz` come first, as readers that stop at the first folder need it; the list of
/// digests and the blobs follow, then the links. Nothing in it depends on when or where it is made.
///
/// # Errors
/// When `out` cannot be written, or two images cannot be told apart.
pub fn write_bundle(
    out: &mut dyn Write,
    meta: &Airgap,
    release: &BTreeMap<String, Vec<u8>>,
    images: &[ImageSource],
) -> io::Result<()> {
    let mut blobs: BTreeMap<Digest, Vec<u8>> = BTreeMap::new();
    let records =
        images.iter().map(|image| image.add(&mut blobs)).collect::<io::Result<Vec<ImageRecord>>>()?;
    let plan = Plan::new(airgap(meta, &records, &[])?, pack(release)?, records, Vec::new());
    let open = |digest: &Digest| {
        let bytes = blobs.get(digest).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(bytes.as_slice()) as Box<dyn Read>)
    };
    plan.write(out, &open).map_err(io::Error::other)
}

/// `airgap.yaml` for a registry tree of `images`, and files for hosts.
fn airgap(meta: &Airgap, images: &[ImageRecord], files: &[FileRecord]) -> io::Result<Vec<u8>> {
    let unpacked: u64 = plan::blobs(images).values().chain(files.iter().map(|file| &file.blob.size)).sum();
    let spec = Airgap {
        saved_images: images.iter().map(|image| image.reference.clone()).collect(),
        format: "docker".to_owned(),
        uncompressed_size: i64::try_from(unpacked).unwrap_or(i64::MAX),
        ..meta.clone()
    };
    let document = AirgapDocument {
        api_version: "kots.io/v1beta1",
        kind: "Airgap",
        metadata: BTreeMap::from([("name", meta.app_slug.as_str())]),
        spec,
    };
    serde_norway::to_string(&document).map(String::into_bytes).map_err(io::Error::other)
}

/// Packs files into a gzip'd tar without anything of this machine in it.
pub(crate) fn pack(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut tar = tar::Builder::new(gzip);
    for (name, content) in files {
        add(&mut tar, name, content.len() as u64, content.as_slice())?;
    }
    tar.into_inner()?.finish()
}
