//! Writing a bundle: a registry tree in a gzip'd tar, the same bytes for the same input.

mod image;

use std::collections::BTreeMap;
use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
use longshore_release::Airgap;
use serde::Serialize;

pub use image::{ImageSource, Layer};

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
/// `airgap.yaml` and `app.tar.gz` come first, as readers that stop at the first folder need it; blobs follow
/// by digest, then the links. Nothing in it depends on when or where it is made.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_bundle(
    out: &mut dyn Write,
    meta: &Airgap,
    release: &BTreeMap<String, Vec<u8>>,
    images: &[ImageSource],
) -> io::Result<()> {
    let gzip = GzBuilder::new().mtime(0).write(out, Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut blobs: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut links: BTreeMap<String, String> = BTreeMap::new();
    for image in images {
        image.add(&mut blobs, &mut links)?;
    }
    let spec = Airgap {
        saved_images: images.iter().map(|image| image.reference.clone()).collect(),
        format: "docker".to_owned(),
        uncompressed_size: i64::try_from(blobs.values().map(Vec::len).sum::<usize>()).unwrap_or(i64::MAX),
        ..meta.clone()
    };
    let document = AirgapDocument {
        api_version: "kots.io/v1beta1",
        kind: "Airgap",
        metadata: BTreeMap::from([("name", meta.app_slug.as_str())]),
        spec,
    };
    let text = serde_norway::to_string(&document).map_err(io::Error::other)?;
    add(&mut tar, "airgap.yaml", text.as_bytes())?;
    add(&mut tar, "app.tar.gz", &pack(release)?)?;
    for (hex, content) in &blobs {
        add(&mut tar, &format!("images/docker/registry/v2/blobs/sha256/{}/{hex}/data", &hex[..2]), content)?;
    }
    for (path, digest) in &links {
        add(&mut tar, &format!("images/docker/registry/v2/repositories/{path}"), digest.as_bytes())?;
    }
    tar.into_inner()?.finish()?.flush()
}

/// Packs files into a gzip'd tar without anything of this machine in it.
pub(crate) fn pack(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut tar = tar::Builder::new(gzip);
    for (name, content) in files {
        add(&mut tar, name, content)?;
    }
    tar.into_inner()?.finish()
}

fn add(tar: &mut tar::Builder<impl Write>, name: &str, content: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    tar.append_data(&mut header, name, content)
}
