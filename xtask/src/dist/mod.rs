//! `cargo xtask dist`: the package that operators install, with all it needs in it.

mod deb;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use longshore_lab::{Place, install};

use crate::test::root;
use crate::ui;

/// Tauri's command line; its minor version is that of the `tauri` crate.
const TAURI: &str = "@tauri-apps/cli@2.12.5";

/// What is put into the package.
struct Parts {
    /// The command line.
    cli: PathBuf,
    /// The window.
    window: PathBuf,
    /// Helm, which both look for beside themselves.
    helm: PathBuf,
}

/// Builds everything optimised, packs it, and tries the package.
pub fn run() -> Result<()> {
    install::ensure(&[&install::BUILD, &install::DESKTOP, &install::PACKAGE])?;
    ui::packages()?;
    let root = root()?;
    let helm = helm(&root)?;
    println!("   the front end, the window and the command line (optimised; some minutes)");
    // Tauri's own command line leaves out of the window what its rights do not grant.
    succeed(
        Command::new("npm")
            .args(["exec", "--yes", "--package", TAURI, "--", "tauri", "build", "--ci", "--no-bundle"])
            .args(["--config", "tauri.bundle.conf.json", "--", "--bin", "longshore"])
            .current_dir(&root),
    )?;
    let release = target(&root).join("release");
    let parts = Parts { cli: release.join("longshore"), window: release.join("longshore-desktop"), helm };
    let package = deb::pack(&root, &parts, &target(&root).join("dist"))?;
    deb::try_out(&package)?;
    let size = fs::metadata(&package)?.len() as f64 / 1e6;
    println!("{} ({size:.1} MB)", package.display());
    Ok(())
}

/// Helm, where tauri.bundle.conf.json says it is.
fn helm(root: &Path) -> Result<PathBuf> {
    let built = longshore_lab::helm(&Place::here())?;
    let path = root.join("target/binaries").join(format!("helm-{}", triple()?));
    fs::create_dir_all(root.join("target/binaries"))?;
    fs::copy(&built, &path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// The machine that is built for, as the compiler names it.
fn triple() -> Result<String> {
    let said = Command::new("rustc").arg("-vV").output().context("rustc cannot be started")?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{program} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{program} ended with {status}") }
}
