//! Programs that the tests need and no package brings.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

fn target() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"))
}

/// The WebDriver server for Tauri windows, built once.
///
/// # Errors
/// When it cannot be built.
pub fn driver() -> Result<PathBuf> {
    let folder = target().join("tools");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let lock = File::create(folder.join("lock")).context("the tools' lock cannot be made")?;
    lock.lock().context("the tools' lock cannot be taken")?;
    let path = folder.join("bin/tauri-driver");
    if path.exists() {
        return Ok(path);
    }
    println!("   building tauri-driver");
    let status = Command::new("cargo")
        .args(["install", "tauri-driver", "--version", "^2", "--locked", "--quiet", "--root"])
        .arg(&folder)
        .status()
        .context("cargo cannot be started")?;
    if status.success() { Ok(path) } else { bail!("tauri-driver could not be built") }
}

/// A binary of ours in a profile's folder, which must have been built before.
///
/// # Errors
/// When it is not there.
pub fn application(name: &str, profile: &str) -> Result<PathBuf> {
    let path = target().join(profile).join(name);
    let path = fs::canonicalize(&path).with_context(|| format!("{} has not been built", path.display()))?;
    Ok(path)
}
