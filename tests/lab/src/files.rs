//! Files: written with their mode, digests of what something is made of.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// Writes a file and the folders above it.
pub fn write(path: &Path, mode: u32, content: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    fs::set_permissions(path, Permissions::from_mode(mode))
        .with_context(|| format!("{} has no mode", path.display()))
}

/// Refuses to begin what would fill a disk: a kubelet that sees less than one GiB left takes no pods, which looks like
/// anything but a full disk.
///
/// # Errors
/// When less is left where `path` lies.
pub fn room(path: &Path, bytes: u64) -> Result<()> {
    const MIB: u64 = 1 << 20;
    let facts = rustix::fs::statvfs(path).with_context(|| format!("{} cannot be asked", path.display()))?;
    let left = facts.f_bavail * facts.f_frsize;
    if left < bytes {
        bail!(
            "the disk of {} has {} MiB left, and {} MiB are needed; free some space, `cargo clean` for instance",
            path.display(),
            left / MIB,
            bytes / MIB,
        );
    }
    Ok(())
}

/// One digest over the files at and below paths, names and contents.
///
/// # Errors
/// When one cannot be read.
pub fn digest_of(paths: &[&Path]) -> Result<String> {
    let mut waiting: Vec<PathBuf> = paths.iter().map(|path| (*path).to_owned()).collect();
    let mut files = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in
                fs::read_dir(&path).with_context(|| format!("{} cannot be listed", path.display()))?
            {
                waiting.push(entry?.path());
            }
        } else if path.exists() {
            files.push(path);
        }
    }
    files.sort();
    let mut parts = Vec::new();
    for path in files {
        let content = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        parts.push(path.to_string_lossy().into_owned().into_bytes());
        parts.push(content);
    }
    Ok(key(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// A short name for what the parts say together.
pub fn key(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let mut text = String::new();
    for byte in &digest.finalize()[..8] {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
