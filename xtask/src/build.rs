//! Our own binaries, as the chores use them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use longshore_lab::install;

use crate::test::root;
use crate::ui;

/// The command line, without Tauri and what it needs.
pub fn headless() -> Result<PathBuf> {
    install::ensure(&[&install::BUILD])?;
    ui::build()?;
    cargo(&["--no-default-features", "--bin", "longshore"])?;
    binary("debug")
}

/// The command line, and the desktop window beside it.
pub fn desktop() -> Result<PathBuf> {
    install::ensure(&[&install::BUILD, &install::DESKTOP])?;
    ui::build()?;
    cargo(&["--bin", "longshore", "--bin", "longshore-desktop"])?;
    binary("debug")
}

/// The command line, optimised, as users have it.
pub fn optimised() -> Result<PathBuf> {
    install::ensure(&[&install::BUILD])?;
    cargo(&["--no-default-features", "--bin", "longshore", "--release"])?;
    binary("release")
}

/// An example of a package, optimised.
pub fn example(package: &str, name: &str) -> Result<PathBuf> {
    cargo(&["--package", package, "--example", name, "--release"])?;
    Ok(binary("release")?.with_file_name("examples").join(name))
}

/// The window, optimised, and the empty one that it is measured against.
pub fn windows() -> Result<(PathBuf, PathBuf)> {
    install::ensure(&[&install::BUILD, &install::DESKTOP])?;
    ui::build()?;
    cargo(&["--bin", "longshore-desktop", "--release"])?;
    cargo(&["--package", "longshore-empty-window", "--release"])?;
    let window = binary("release")?.with_file_name("longshore-desktop");
    let empty = window.with_file_name("longshore-empty-window");
    Ok((window, empty))
}

/// A command without what cargo tells a program that it runs of itself. Some build scripts look at that, and half of
/// all crates would be built anew whenever a chore and a plain cargo take turns.
pub fn untouched(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn cargo(arguments: &[&str]) -> Result<()> {
    println!("   cargo build {}", arguments.join(" "));
    let mut command = untouched(Command::new("cargo"));
    let status = command.arg("build").args(arguments).current_dir(root()?).status();
    let status = status.context("cargo cannot be started")?;
    if status.success() { Ok(()) } else { bail!("cargo build {} failed", arguments.join(" ")) }
}

/// Where cargo puts the command line.
fn binary(profile: &str) -> Result<PathBuf> {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = match named {
        Some(folder) => folder,
        None => root()?.join("target"),
    };
    Ok(target.join(profile).join("longshore"))
}
