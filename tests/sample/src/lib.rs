//! Tidewater: the sample package that the demo installs and the tests run against.
//!
//! Written as a vendor would write one: an application of two small services, charts with weights, a plain
//! manifest, a Config, a Preflight, a License. 1.1.0 adds, removes and newly requires config items, adds a
//! chart and removes one; the pods of 1.2.0 never become ready. For Linux sites each release comes in a bundle that
//! carries Kubernetes too: 1.0.0 brings 1.34, the later ones 1.35 as well.

mod linux;
mod package;
mod services;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use longshore_bundle::{ImageSource, Layer, write_bundle};
use longshore_release::Airgap;

pub use linux::{REPOSITORY, build_linux, build_linux_with, linux_release};

/// The releases, oldest first.
pub const VERSIONS: &[&str] = &["1.0.0", "1.1.0", "1.2.0"];

/// Makes the `.airgap` file of one release in `out`. Compiled services are kept in `cache`.
///
/// # Errors
/// When the services cannot be compiled or a file cannot be written.
pub fn build(version: &str, out: &Path, cache: &Path) -> Result<PathBuf> {
    fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let path = out.join(format!("tidewater-{version}.airgap"));
    let images = services::images(version, cache)?;
    let fresh = path.with_extension(std::process::id().to_string());
    build_with(version, &fresh, &images)?;
    fs::rename(&fresh, &path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// Makes the `.airgap` file of one release at `path`, with images of the caller's.
///
/// # Errors
/// When the file cannot be written.
pub fn build_with(version: &str, path: &Path, images: &[ImageSource]) -> Result<()> {
    write(path, &package::meta(version), &package::files(version)?, images)
}

/// Builds version 1.0.0 with one image, a service that runs: it bears `reference`, and `mark` is in it, so that nobody has
/// seen it before.
///
/// # Errors
/// When the service does not compile or the file cannot be written.
pub fn build_marked(path: &Path, cache: &Path, reference: &str, mark: &str) -> Result<()> {
    let mut image = services::images("1.0.0", cache)?.swap_remove(0);
    reference.clone_into(&mut image.reference);
    let mark = ("etc/tidewater/mark".to_owned(), mark.as_bytes().to_vec(), false);
    image.layers.push(Layer { files: vec![mark] });
    build_with("1.0.0", path, &[image])
}

/// Makes an `.airgap` file at `path` of a release without images that `change` has had its way with.
///
/// # Errors
/// When the file cannot be written.
pub fn build_changed(version: &str, path: &Path, change: impl FnOnce(&mut Airgap, &mut Files)) -> Result<()> {
    let (mut meta, mut files) = (package::meta(version), package::files(version)?);
    change(&mut meta, &mut files);
    write(path, &meta, &files, &[])
}

/// Writes the files of one release into `folder`, as a vendor has them before a bundle is made.
///
/// # Errors
/// When one cannot be written.
pub fn write_release(version: &str, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (name, content) in package::files(version)? {
        let path = folder.join(&name);
        fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// Files of a release, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

fn write(path: &Path, meta: &Airgap, files: &Files, images: &[ImageSource]) -> Result<()> {
    let mut file = fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    write_bundle(&mut file, meta, files, images)?;
    Ok(())
}

/// One of Tidewater's charts, packaged at a version.
///
/// # Errors
/// When there is no such chart.
pub fn chart(name: &str, version: &str) -> Result<Vec<u8>> {
    package::chart(name, version)
}

/// The same chart with a template that does not render.
///
/// # Errors
/// When there is no such chart.
pub fn broken_chart(name: &str, version: &str) -> Result<Vec<u8>> {
    package::broken(name, version)
}
