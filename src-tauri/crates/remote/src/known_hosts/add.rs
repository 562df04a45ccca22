//! Noting a key down.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::KnownHostsError;
use super::line::{hashed, parse};
use crate::key::PublicKey;

/// Two sessions that meet new hosts at once would each write the other's away.
static WRITING: Mutex<()> = Mutex::new(());

/// Appends a line. The rest of the file stays byte for byte, and a reader sees the old file or the new one.
pub(super) fn add(file: &Path, host: &str, key: &PublicKey, hash: bool) -> Result<(), KnownHostsError> {
    let _guard = WRITING.lock();
    let failed = |error: std::io::Error| KnownHostsError {
        file: file.to_owned(),
        done: "written",
        why: error.to_string(),
    };
    let place = place(file).map_err(failed)?;
    let mut bytes = match std::fs::read(&place) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(failed(error)),
    };
    let name = if hashes(&bytes).unwrap_or(hash) { hashed(host, rand::random()) } else { host.to_owned() };
    if bytes.last().is_some_and(|&last| last != b'\n') {
        bytes.push(b'\n');
    }
    bytes.extend(format!("{name} {} {}\n", key.kind(), key.base64()).bytes());
    replace(&place, &bytes).map_err(failed)
}

/// The file itself where the path is a link: a link to a file in version control stays one.
fn place(file: &Path) -> std::io::Result<PathBuf> {
    if let Ok(real) = file.canonicalize() {
        return Ok(real);
    }
    if let Some(directory) = file.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    Ok(file.to_owned())
}

/// Whether the file's last host is hashed; `None` if the file has no host.
fn hashes(bytes: &[u8]) -> Option<bool> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().rev().find_map(|line| parse(line).map(|line| line.hosts.starts_with("|1|")))
}

fn replace(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let directory = place.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".known_hosts.").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.as_file().sync_all()?;
    file.persist(place).map_err(|error| error.error)?;
    Ok(())
}
