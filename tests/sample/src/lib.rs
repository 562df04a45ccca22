//! Tidewater: the sample package that the demo installs and the tests run against.
//!
//! Written as a vendor would write one: an application of two small services, charts with weights, a plain
//! manifest, a Config, a Preflight, a License. 1.1.0 adds, removes and newly requires config items, adds a
//! chart and removes one; the pods of 1.2.0 never become ready.

mod package;
mod services;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use longshore_bundle::write_bundle;

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
    let fresh = path.with_extension("new");
    let mut file =
        fs::File::create(&fresh).with_context(|| format!("{} cannot be written", fresh.display()))?;
    write_bundle(&mut file, &package::meta(version), &package::files(version)?, &images)?;
    fs::rename(&fresh, &path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}
