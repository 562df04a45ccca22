//! A Debian package, laid out by us.
//!
//! Tauri's own would put helm into `/usr/bin`, where a distribution's helm has its place. Ours keeps the three
//! binaries together in a folder of their own, where each finds helm beside itself, and links two of them.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Parts, succeed};

const VERSION: &str = env!("CARGO_PKG_VERSION");

const ENTRY: &str = "[Desktop Entry]
Type=Application
Name=Longshore
Comment=Install and upgrade vendor-packaged Kubernetes applications on remote sites
Exec=longshore-desktop
Icon=longshore
Categories=Development;System;
Keywords=kubernetes;helm;airgap;upgrade;
StartupWMClass=longshore-desktop
Terminal=false
";

const COPYRIGHT: &str = "Longshore is under the Apache License, version 2.0.
/usr/lib/longshore/helm is Helm, the package manager for Kubernetes, under the same license.
On Debian systems its text is in /usr/share/common-licenses/Apache-2.0.
";

/// Makes the package in `folder` and gives its path.
pub(super) fn pack(root: &Path, parts: &Parts, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).context("the last package's tree cannot be removed")?;
    }
    let home = tree.join("usr/lib/longshore");
    copy(&parts.cli, &home.join("longshore"), 0o755)?;
    copy(&parts.window, &home.join("longshore-desktop"), 0o755)?;
    copy(&parts.helm, &home.join("helm"), 0o755)?;
    fs::create_dir_all(tree.join("usr/bin"))?;
    for name in ["longshore", "longshore-desktop"] {
        symlink(format!("../lib/longshore/{name}"), tree.join("usr/bin").join(name))?;
    }
    put(&tree.join("usr/share/applications/longshore.desktop"), ENTRY)?;
    put(&tree.join("usr/share/doc/longshore/copyright"), COPYRIGHT)?;
    icons(root, &tree.join("usr/share/icons/hicolor"))?;
    completions(&parts.cli, &tree.join("usr/share"))?;
    let machine = said(Command::new("dpkg").arg("--print-architecture"))?;
    put(&tree.join("DEBIAN/control"), &control(&tree, folder, &machine)?)?;
    let package = folder.join(format!("longshore_{VERSION}_{machine}.deb"));
    let made = said(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root))?;
    succeed(
        Command::new("dpkg-deb")
            .args(["--build", "--root-owner-group"])
            .args([&tree, &package])
            // The same sources make the same package.
            .env("SOURCE_DATE_EPOCH", made)
            .stdout(std::process::Stdio::null()),
    )?;
    Ok(package)
}

/// Unpacks the package and uses what is in it.
pub(super) fn try_out(package: &Path) -> Result<()> {
    let folder = package.with_extension("tried");
    drop(fs::remove_dir_all(&folder));
    succeed(Command::new("dpkg-deb").arg("-x").args([package, &folder]))?;
    let bin = folder.join("usr/bin");
    for name in ["longshore", "longshore-desktop"] {
        let version = said(Command::new(bin.join(name)).arg("--version"))?;
        if version != format!("{name} {VERSION}") {
            bail!("{name} of the package says it is {version}");
        }
    }
    // Opening the data folder looks for helm, which must be the package's own.
    let data = folder.join("data");
    said(
        Command::new(bin.join("longshore"))
            .arg("site")
            .arg("list")
            .arg("--data")
            .arg(&data)
            .env("PATH", "/none"),
    )?;
    fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))
}

fn control(tree: &Path, folder: &Path, machine: &str) -> Result<String> {
    let depends = libraries(tree, folder)?;
    let size = said(Command::new("du").args(["-sk", "--apparent-size"]).arg(tree))?;
    let size = size.split_whitespace().next().unwrap_or_default();
    Ok(format!(
        "Package: longshore
Version: {VERSION}
Architecture: {machine}
Maintainer: Longshore contributors
Installed-Size: {size}
Depends: {depends}
Recommends: libayatana-appindicator3-1
Section: admin
Priority: optional
Description: Installs and upgrades vendor-packaged Kubernetes applications on remote sites
 A desktop window, an HTTPS server and a command line over one engine: preflights
 first, every step visible, back on its feet after a crash, and back to the version
 before when an upgrade fails. Online or airgapped.
"
    ))
}

/// The packages whose libraries our binaries are linked with.
fn libraries(tree: &Path, folder: &Path) -> Result<String> {
    let work = folder.join("shlibs");
    put(&work.join("debian/control"), "Source: longshore\n\nPackage: longshore\nArchitecture: any\n")?;
    let home = fs::canonicalize(tree.join("usr/lib/longshore"))?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.arg("-O").current_dir(&work);
    for name in ["longshore", "longshore-desktop"] {
        command.arg("-e").arg(home.join(name));
    }
    let line = said(&mut command)?;
    Ok(line.strip_prefix("shlibs:Depends=").context("dpkg-shlibdeps names no packages")?.to_owned())
}

fn icons(root: &Path, folder: &Path) -> Result<()> {
    let icons = root.join("icons");
    for (file, size) in [("32x32.png", "32x32"), ("128x128.png", "128x128"), ("128x128@2x.png", "256x256")] {
        copy(&icons.join(file), &folder.join(size).join("apps/longshore.png"), 0o644)?;
    }
    copy(&icons.join("longshore.svg"), &folder.join("scalable/apps/longshore.svg"), 0o644)
}

fn completions(cli: &Path, share: &Path) -> Result<()> {
    for (shell, path) in [
        ("bash", "bash-completion/completions/longshore"),
        ("zsh", "zsh/vendor-completions/_longshore"),
        ("fish", "fish/vendor_completions.d/longshore.fish"),
    ] {
        put(&share.join(path), &said(Command::new(cli).args(["completion", shell]))?)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    fs::set_permissions(to, Permissions::from_mode(mode))
        .with_context(|| format!("{} has no mode", to.display()))
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    fs::write(path, format!("{}\n", text.trim_end()))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    fs::set_permissions(path, Permissions::from_mode(0o644))
        .with_context(|| format!("{} has no mode", path.display()))
}

/// What a program prints; it has to succeed.
fn said(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{program} cannot be started"))?;
    if !output.status.success() {
        bail!("{program} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
