//! The front end: its packages, and its build that our binaries carry in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::root;

fn folder() -> Result<PathBuf> {
    Ok(root()?.join("ui"))
}

/// Installs the packages that the lock file names, unless those are installed.
pub fn packages() -> Result<()> {
    let ui = folder()?;
    let lock = fs::read(ui.join("package-lock.json")).context("ui/package-lock.json cannot be read")?;
    // npm keeps its own picture of the lock file there; the same text beside it says that it was for this one.
    let stamp = ui.join("node_modules/.longshore-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("   npm ci (packages of the front end)");
    npm(&ui, &["ci", "--no-audit", "--no-fund", "--loglevel=error"])?;
    fs::write(&stamp, lock).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// Builds the front end unless the last build is of the same sources.
pub fn build() -> Result<()> {
    packages()?;
    let ui = folder()?;
    let sources = longshore_lab::digest_of(&[
        &ui.join("src"),
        &ui.join("public"),
        &ui.join("index.html"),
        &ui.join("vite.config.ts"),
        &ui.join("package-lock.json"),
    ])?;
    let stamp = root()?.join("target/ui-built");
    let built = ui.join("dist/index.html").exists();
    if built && fs::read_to_string(&stamp).is_ok_and(|known| known == sources) {
        return Ok(());
    }
    println!("   npm run build (the front end)");
    npm(&ui, &["run", "build", "--silent"])?;
    fs::create_dir_all(root()?.join("target"))?;
    fs::write(&stamp, sources).with_context(|| format!("{} cannot be written", stamp.display()))
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("npm").args(arguments).current_dir(folder).status();
    let status = status.context("npm cannot be started; Node.js 20 or later brings it")?;
    if status.success() { Ok(()) } else { bail!("npm {} failed", arguments.join(" ")) }
}
