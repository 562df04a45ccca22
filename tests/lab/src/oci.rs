//! Images of Kubernetes' components, made by code: one layer with the one binary under all its names.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What a layer holds.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A file of this machine.
    File { from: PathBuf, to: String },
    /// A link.
    Link { to: String, target: String },
}

/// An image: its name, and which layers it has.
#[derive(Debug, Clone)]
pub struct Image {
    /// Full reference.
    pub reference: String,
    /// Indices of layers.
    pub layers: Vec<usize>,
    /// What runs when nothing is asked for.
    pub entrypoint: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes an OCI layout with `images` to `out`, as `ctr images import` takes it.
pub fn write(out: &Path, layers: &[Vec<Entry>], images: &[Image]) -> Result<()> {
    let file = File::create(out).with_context(|| format!("{} cannot be written", out.display()))?;
    let mut archive = tar::Builder::new(BufWriter::new(file));
    let mut written = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        let path = out.with_extension(format!("layer{at}"));
        written.push(add_layer(&mut archive, &path, layer)?);
        std::fs::remove_file(&path)?;
    }
    let mut listed = Vec::new();
    for image in images {
        let layers: Vec<&(String, u64)> = image.layers.iter().filter_map(|at| written.get(*at)).collect();
        let config = json!({
            "architecture": "amd64", "os": "linux",
            "config": { "Entrypoint": [image.entrypoint], "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
            "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|(digest, _)| digest).collect::<Vec<_>>() },
        });
        let config = add_json(&mut archive, &config)?;
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": config.0, "size": config.1 },
            "layers": layers.iter().map(|(digest, size)| json!({
                "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest, "size": size,
            })).collect::<Vec<_>>(),
        });
        let manifest = add_json(&mut archive, &manifest)?;
        listed.push(json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": manifest.0, "size": manifest.1,
            "annotations": { "io.containerd.image.name": image.reference, "org.opencontainers.image.ref.name": image.reference },
        }));
    }
    add(&mut archive, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    add(
        &mut archive,
        "index.json",
        json!({ "schemaVersion": 2, "manifests": listed }).to_string().as_bytes(),
    )?;
    archive.into_inner()?.flush()?;
    Ok(())
}

fn add<W: Write>(archive: &mut tar::Builder<W>, name: &str, content: &[u8]) -> Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    Ok(archive.append_data(&mut header, name, content)?)
}

fn add_json<W: Write>(archive: &mut tar::Builder<W>, value: &Value) -> Result<(String, u64)> {
    let text = value.to_string();
    let digest = hex(&Sha256::digest(text.as_bytes()));
    add(archive, &format!("blobs/sha256/{digest}"), text.as_bytes())?;
    Ok((format!("sha256:{digest}"), text.len() as u64))
}

fn add_layer<W: Write>(
    archive: &mut tar::Builder<W>,
    path: &Path,
    entries: &[Entry],
) -> Result<(String, u64)> {
    let mut layer =
        tar::Builder::new(File::options().read(true).write(true).create(true).truncate(true).open(path)?);
    layer.follow_symlinks(true);
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        match entry {
            Entry::File { from, to } => {
                let mut file =
                    File::open(from).with_context(|| format!("{} cannot be read", from.display()))?;
                header.set_size(file.metadata()?.len());
                layer.append_data(&mut header, to, &mut file)?;
            }
            Entry::Link { to, target } => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_size(0);
                layer.append_link(&mut header, to, target)?;
            }
        }
    }
    let mut file = layer.into_inner()?;
    file.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    let size = copy(&mut file, &mut digest)?;
    let name = hex(&digest.finalize());
    file.seek(SeekFrom::Start(0))?;
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    archive.append_data(&mut header, format!("blobs/sha256/{name}"), &mut file)?;
    Ok((format!("sha256:{name}"), size))
}

fn copy(from: &mut File, into: &mut Sha256) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(size);
        }
        into.update(&buffer[..read]);
        size += read as u64;
    }
}
