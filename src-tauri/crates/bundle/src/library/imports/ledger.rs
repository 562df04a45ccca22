//! Which blobs an import stored.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::BundleError;
use crate::digest::Digest;
use crate::record::BlobRecord;

/// What ends the name of its file.
pub(super) const KIND: &str = "blobs";

/// A line for each blob, written before the blob is in its place: what is there is noted, what is noted need not be
/// there.
#[derive(Debug)]
pub(in crate::library) struct Ledger {
    path: PathBuf,
    file: File,
}

impl Ledger {
    /// Goes on with what is there, behind the line that a crash may have cut.
    pub(super) fn open(path: PathBuf) -> Result<Self, BundleError> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        let mut file = file.map_err(BundleError::library("open", &path))?;
        file.write_all(b"\n").map_err(BundleError::library("write", &path))?;
        Ok(Self { path, file })
    }

    /// Notes a blob. A line is one write, so that several threads may note.
    pub(in crate::library) fn note(&self, digest: &Digest, size: u64) -> Result<(), BundleError> {
        let line = format!("{digest} {size}\n");
        (&self.file).write_all(line.as_bytes()).map_err(BundleError::library("write", &self.path))
    }
}

/// The blobs that a file names, each once, sorted; a line that a crash cut is none.
pub(super) fn read(path: &Path) -> Result<Vec<BlobRecord>, BundleError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(BundleError::library("read", path))?,
    };
    let blob = |line: &str| {
        let (digest, size) = line.split_once(' ')?;
        Some(BlobRecord { digest: Digest::parse(digest)?, size: size.parse().ok()? })
    };
    let blobs: BTreeSet<BlobRecord> = text.lines().filter_map(blob).collect();
    Ok(blobs.into_iter().collect())
}
