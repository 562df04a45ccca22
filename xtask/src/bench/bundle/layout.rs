//! Two releases with many images that share layers, as OCI image layouts and as bundles made of them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use longshore_bundle::{Digest, Hashing};
use serde_json::{Value, json};

use super::super::measure::{empty, seconds};

/// Images of a release.
const IMAGES: usize = 64;
/// Base layers, each shared by as many images, and bytes of each.
const BASES: usize = 4;
const BASE: usize = 96 << 20;
/// Bytes of each image's own layer.
const OWN: usize = 28 << 20;
/// Images whose own layer the second release changes: about a tenth of all bytes.
const CHANGED: usize = 7;

/// A release's images.
pub(super) struct Images {
    /// Names.
    pub(super) references: Vec<String>,
    /// Their OCI image layout.
    pub(super) layout: PathBuf,
    /// The bundle.
    pub(super) file: PathBuf,
}

/// Both releases.
pub(super) struct Large {
    pub(super) first: Images,
    pub(super) second: Images,
    /// The first one's images as skopeo's `dir` has them.
    pub(super) folders: PathBuf,
    /// Bytes that the second has and the first lacks.
    pub(super) unique: u64,
}

/// Makes them once; `run` runs Longshore.
pub(super) fn make(folder: &Path, run: &dyn Fn(&[&str]) -> Result<()>) -> Result<Large> {
    let place = folder.join(format!("made-{IMAGES}-{BASES}x{BASE}-{OWN}-{CHANGED}"));
    let layout = |version: usize| place.join(format!("layout-{version}"));
    let file = |version: usize| place.join(format!("large-{version}.airgap"));
    let images = |version: usize| Images {
        references: references(version),
        layout: layout(version),
        file: file(version),
    };
    let (folders, done) = (place.join("folders"), place.join("unique"));
    if !done.exists() {
        println!("   making two bundles of {IMAGES} images each");
        empty(&place)?;
        let sizes: Vec<BTreeMap<Digest, u64>> =
            [1, 2].into_iter().map(|version| write(&layout(version), version)).collect::<Result<_>>()?;
        for version in [1, 2] {
            bundle(&place, &images(version), version, run)?;
        }
        // Only the first one's images are copied by others.
        empty(&layout(2))?;
        for reference in references(1) {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let (from, to) = (format!("oci:{}:{reference}", layout(1).display()), folders.join(name));
            fs::create_dir_all(&folders)?;
            seconds(Command::new("skopeo").args([
                "copy",
                "--all",
                "--quiet",
                &from,
                &format!("dir:{}", to.display()),
            ]))?;
        }
        let unique: u64 =
            sizes[1].iter().filter(|(digest, _)| !sizes[0].contains_key(digest)).map(|(_, size)| size).sum();
        fs::write(&done, unique.to_string())?;
    }
    let unique = fs::read_to_string(&done)?.parse()?;
    Ok(Large { first: images(1), second: images(2), folders, unique })
}

fn references(version: usize) -> Vec<String> {
    (0..IMAGES).map(|number| format!("registry.tidewater.example/large/image-{number}:{version}")).collect()
}

fn bundle(place: &Path, images: &Images, version: usize, run: &dyn Fn(&[&str]) -> Result<()>) -> Result<()> {
    let release = place.join(format!("release-{version}"));
    longshore_sample::write_release("1.0.0", &release)?;
    let label = format!("{version}.0.0");
    let number = version.to_string();
    let (release, to) = (release.display().to_string(), images.file.display().to_string());
    let from = format!("oci:{}", images.layout.display());
    let mut words =
        vec!["bundle", "create", &release, "--to", &to, "--app", "tidewater", "--channel", "Stable"];
    words.extend(["--release-version", &label, "--cursor", &number]);
    let named: Vec<String> =
        images.references.iter().map(|reference| format!("{reference}={from}")).collect();
    for image in &named {
        words.extend(["--image", image]);
    }
    run(&words)
}

/// Writes a layout; gives its blobs.
fn write(layout: &Path, version: usize) -> Result<BTreeMap<Digest, u64>> {
    let blobs = layout.join("blobs/sha256");
    fs::create_dir_all(&blobs)?;
    fs::write(layout.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
    let mut sizes = BTreeMap::new();
    let bases: Vec<Layer> =
        (0..BASES).map(|number| layer(&blobs, number as u64 + 1, BASE)).collect::<Result<_>>()?;
    let mut manifests = Vec::new();
    for (number, reference) in references(version).into_iter().enumerate() {
        let fresh = if version > 1 && number < CHANGED { version } else { 1 };
        let own = layer(&blobs, (fresh * 1000 + number) as u64, OWN)?;
        let layers = [&bases[number % BASES], &own];
        let diffs: Vec<&str> = layers.iter().map(|layer| layer.diff.as_str()).collect();
        let config = json!({
            "architecture": "amd64", "os": "linux", "config": {}, "rootfs": { "type": "layers", "diff_ids": diffs },
        });
        let config = small(&blobs, &config)?;
        let descriptor = |kind: &str, blob: &(Digest, u64)| json!({ "mediaType": format!("application/vnd.oci.image.{kind}"), "digest": blob.0.to_string(), "size": blob.1 });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("config.v1+json", &config),
            "layers": layers.map(|layer| descriptor("layer.v1.tar+gzip", &layer.blob)),
        });
        let manifest = small(&blobs, &manifest)?;
        let mut entry = descriptor("manifest.v1+json", &manifest);
        entry["annotations"] = json!({ "org.opencontainers.image.ref.name": reference });
        manifests.push(entry);
        sizes.extend([config, manifest]);
        sizes.extend(layers.map(|layer| layer.blob.clone()));
    }
    fs::write(layout.join("index.json"), json!({ "schemaVersion": 2, "manifests": manifests }).to_string())?;
    Ok(sizes)
}

fn small(blobs: &Path, document: &Value) -> Result<(Digest, u64)> {
    let text = document.to_string();
    let digest = Digest::of(text.as_bytes());
    fs::write(blobs.join(digest.hex()), &text)?;
    Ok((digest, text.len() as u64))
}

struct Layer {
    blob: (Digest, u64),
    diff: String,
}

/// A layer of what cannot be compressed, as layers in bundles are: a tar in gzip's stored blocks.
fn layer(blobs: &Path, seed: u64, bytes: usize) -> Result<Layer> {
    let path = blobs.join(format!("making-{seed}"));
    let content = noise(seed, bytes);
    let file = Hashing::new(BufWriter::new(File::create(&path)?));
    let gzip = GzBuilder::new().mtime(0).write(file, Compression::none());
    let mut tar = tar::Builder::new(Hashing::new(gzip));
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, "data", content.as_slice())?;
    let (gzip, diff, _) = tar.into_inner()?.finish();
    let (mut file, digest, size) = gzip.finish()?.finish();
    file.flush()?;
    fs::rename(&path, blobs.join(digest.hex())).context("a layer cannot be put into place")?;
    Ok(Layer { blob: (digest, size), diff: diff.to_string() })
}

/// Bytes without a pattern, the same at each call.
fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = Vec::with_capacity(bytes + 8);
    while out.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend(state.to_le_bytes());
    }
    out.truncate(bytes);
    out
}
