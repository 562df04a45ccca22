//! The package's files: a common base, what each release changes, charts packaged at the release's version.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use longshore_release::{Airgap, RequiredRelease};

/// Charts of each release.
const CHARTS: &[(&str, &[&str])] = &[
    ("1.0.0", &["tidewater-data", "tidewater-web", "tidewater-legacy"]),
    ("1.1.0", &["tidewater-data", "tidewater-web", "tidewater-cache"]),
    ("1.2.0", &["tidewater-data", "tidewater-web", "tidewater-cache"]),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("package")
}

/// Metadata of one release: its place in the channel is its place in the list of versions.
pub fn meta(version: &str) -> Airgap {
    let place = |version: &str| {
        super::VERSIONS.iter().position(|known| *known == version).map_or(1, |at| at + 1).to_string()
    };
    let required = RequiredRelease { version_label: "1.1.0".to_owned(), update_cursor: place("1.1.0") };
    Airgap {
        version_label: version.to_owned(),
        update_cursor: place(version),
        release_notes: format!("Tidewater {version}."),
        channel_id: "tidewater-stable".to_owned(),
        channel_name: "Stable".to_owned(),
        app_slug: "tidewater".to_owned(),
        is_required: version == "1.1.0",
        required_releases: if version == "1.2.0" { vec![required] } else { Vec::new() },
        ..Airgap::default()
    }
}

/// The release's files, by name.
pub fn files(version: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = tree(&source().join("base"), version)?;
    files.extend(tree(&source().join(version), version)?);
    let charts =
        CHARTS.iter().find(|(known, _)| *known == version).context("no such release of Tidewater")?.1;
    for chart in charts {
        files.insert(format!("{chart}-{version}.tgz"), self::chart(chart, version)?);
    }
    Ok(files)
}

/// One chart, packaged at a version.
pub fn chart(chart: &str, version: &str) -> Result<Vec<u8>> {
    let content = tree(&source().join("charts").join(chart), version)?;
    pack(&content.into_iter().map(|(name, text)| (format!("{chart}/{name}"), text)).collect())
}

/// Every file below a folder, `%VERSION%` replaced.
fn tree(root: &Path, version: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("{} cannot be listed", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text =
                fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.insert(name, text.replace("%VERSION%", version).into_bytes());
        }
    }
    Ok(files)
}

/// A chart whose template does not render.
pub fn broken(chart: &str, version: &str) -> Result<Vec<u8>> {
    let mut content = tree(&source().join("charts").join(chart), version)?;
    content.insert("templates/broken.yaml".to_owned(), b"{{ fail \"this chart never renders\" }}".to_vec());
    pack(&content.into_iter().map(|(name, text)| (format!("{chart}/{name}"), text)).collect())
}

fn pack(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut tar = tar::Builder::new(gzip);
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        tar.append_data(&mut header, name, content.as_slice())?;
    }
    Ok(tar.into_inner()?.finish()?)
}
