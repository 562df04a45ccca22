//! Storing a blob as it passes.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::{Library, gone, make_folder};
use crate::BundleError;
use crate::digest::{Digest, Hashing};
use crate::record::BlobRecord;

/// Bytes handed on at a time.
const BUFFER: usize = 256 << 10;

/// A blob that is in the library now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The blob.
    pub(crate) blob: BlobRecord,
    /// Whether the library lacked it.
    pub(crate) fresh: bool,
}

impl Library {
    /// Stores what `content` gives, hashing it in passing. A blob that is there already, by the digest and
    /// size that are `expected`, is read and hashed but not written again.
    ///
    /// It is renamed into place only if `accept` says its digest is the right one.
    pub(crate) fn store(
        &self,
        content: &mut dyn Read,
        expected: Option<(&Digest, u64)>,
        accept: &dyn Fn(&Digest) -> Result<(), BundleError>,
        read_failed: &dyn Fn(io::Error) -> BundleError,
    ) -> Result<Stored, BundleError> {
        if expected.is_some_and(|(digest, size)| self.holds(digest, size)) {
            let (_, digest, size) = pass(content, io::sink(), read_failed, &self.root)?;
            accept(&digest)?;
            return Ok(Stored { blob: BlobRecord { digest, size }, fresh: false });
        }
        let incoming = self.root.join("incoming");
        let file = NamedTempFile::new_in(&incoming).map_err(BundleError::library("write to", &incoming))?;
        let (file, digest, size) = pass(content, file, read_failed, &incoming)?;
        accept(&digest)?;
        if self.holds(&digest, size) {
            return Ok(Stored { blob: BlobRecord { digest, size }, fresh: false });
        }
        let path = self.blob_path(&digest);
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        if let Some(ledger) = &self.ledger {
            ledger.note(&digest, size)?;
        }
        file.persist(&path).map_err(|error| BundleError::library("write", &path)(error.error))?;
        Ok(Stored { blob: BlobRecord { digest, size }, fresh: true })
    }

    /// Stores bytes that are in memory.
    pub(crate) fn store_bytes(&self, bytes: &[u8]) -> Result<Stored, BundleError> {
        let digest = Digest::of(bytes);
        if self.holds(&digest, bytes.len() as u64) {
            let blob = BlobRecord { digest, size: bytes.len() as u64 };
            return Ok(Stored { blob, fresh: false });
        }
        let failed = |source| BundleError::library("write to", &self.root)(source);
        self.store(&mut &bytes[..], None, &|_| Ok(()), &failed)
    }

    /// Removes a blob's file; it is no error when it is gone.
    pub(crate) fn discard(&self, digest: &Digest) -> Result<(), BundleError> {
        gone(&self.blob_path(digest), |path| fs::remove_file(path))
    }
}

/// Copies everything, hashing it.
fn pass<W: Write>(
    content: &mut dyn Read,
    to: W,
    read_failed: &dyn Fn(io::Error) -> BundleError,
    place: &Path,
) -> Result<(W, Digest, u64), BundleError> {
    let mut to = Hashing::new(to);
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(read_failed(error)),
        };
        to.write_all(&buffer[..read]).map_err(BundleError::library("write to", place))?;
    }
    Ok(to.finish())
}
