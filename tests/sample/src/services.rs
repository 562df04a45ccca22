//! The services, compiled once for each state of their source, and the images made of them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use longshore_bundle::{ImageSource, Layer};
use sha2::{Digest, Sha256};

/// Images of one release. The binary's layer is the same in every release; only the small one differs.
pub fn images(version: &str, cache: &Path) -> Result<Vec<ImageSource>> {
    let schema = if version == "1.2.0" { "12" } else { "11" };
    ["web", "migrate"]
        .into_iter()
        .map(|service| {
            let binary =
                fs::read(compile(service, cache)?).with_context(|| format!("service {service} is gone"))?;
            let facts = [("version", version), ("schema", schema)]
                .map(|(name, text)| (format!("etc/tidewater/{name}"), text.as_bytes().to_vec(), false));
            Ok(ImageSource {
                reference: format!("registry.tidewater.example/tidewater/{service}:{version}"),
                layers: vec![
                    Layer { files: vec![(format!("bin/{service}"), binary, true)] },
                    Layer { files: facts.to_vec() },
                ],
                entrypoint: vec![format!("/bin/{service}")],
                user: "65532".to_owned(),
            })
        })
        .collect()
}

/// A static binary, so that its image needs nothing else.
fn compile(service: &str, cache: &Path) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("services").join(format!("{service}.rs"));
    let text = fs::read(&source).with_context(|| format!("{} cannot be read", source.display()))?;
    let mut key = String::new();
    for byte in &Sha256::digest(&text)[..8] {
        write!(key, "{byte:02x}")?;
    }
    let binary = cache.join(format!("{service}-{key}"));
    if binary.exists() {
        return Ok(binary);
    }
    fs::create_dir_all(cache).with_context(|| format!("{} cannot be made", cache.display()))?;
    let fresh = binary.with_extension(std::process::id().to_string());
    let status = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=bin", "-Copt-level=s", "-Cstrip=symbols", "-Cpanic=abort"])
        .args(["-Ctarget-feature=+crt-static", "-o"])
        .arg(&fresh)
        .arg(&source)
        .status()
        .context("rustc cannot be started")?;
    if !status.success() {
        bail!("{} does not compile", source.display());
    }
    fs::rename(&fresh, &binary).with_context(|| format!("{} cannot be written", binary.display()))?;
    Ok(binary)
}
