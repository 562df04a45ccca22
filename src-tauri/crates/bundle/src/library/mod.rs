//! The library: blobs by digest, and a record for each bundle.
//!
//! Whatever happens during an import, what lies under `blobs/` is whole and what lies under `bundles/` is
//! complete: both arrive by a rename.

mod collect;
mod flush;
mod imports;
mod lock;
mod relocate;
mod store;
mod verify;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tempfile::NamedTempFile;

use crate::BundleError;
use crate::digest::Digest;
use crate::record::BundleRecord;
pub use collect::{Collected, Held};
pub(crate) use flush::Flusher;
pub use imports::{Holder, ImportRecord, Importing, NewImport, Pace, Recorded};
pub(crate) use lock::Work;
pub use verify::{Fault, Finding, Verification};

/// Folder for what is remembered of uploads.
const UPLOADS: &str = "uploads";

/// A library in a folder of its own. Cheap to clone.
///
/// Any number of processes may read it; one writes, and a second one is told who does.
#[derive(Debug, Clone)]
pub struct Library {
    root: PathBuf,
    writers: Arc<lock::Writers>,
    /// Where an import notes what it stores.
    ledger: Option<Arc<imports::Ledger>>,
}

impl Library {
    /// Opens the library in `root`, making it when it is not there.
    ///
    /// # Errors
    /// When the folders cannot be made, or another program moves the library right now.
    pub fn open(root: &Path) -> Result<Self, BundleError> {
        relocate::settle(root)?;
        for part in ["blobs/sha256", "bundles", "incoming", imports::IMPORTS] {
            make_folder(&root.join(part))?;
        }
        Ok(Self { root: root.to_owned(), writers: Arc::default(), ledger: None })
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A folder in it for what is remembered of uploads of its blobs. Nothing is lost with it but bytes that are sent
    /// again.
    pub fn uploads(&self) -> PathBuf {
        self.root.join(UPLOADS)
    }

    /// The file that a blob is in, when it is there.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs/sha256").join(&digest.hex()[..2]).join(digest.hex())
    }

    fn record_path(&self, id: &str) -> PathBuf {
        self.root.join("bundles").join(format!("{id}.json"))
    }

    /// Whether the library holds a blob.
    pub fn has(&self, digest: &Digest) -> bool {
        self.blob_path(digest).exists()
    }

    /// Whether it holds a blob of that size; one that a power cut left short is not held.
    pub fn holds(&self, digest: &Digest, size: u64) -> bool {
        self.blob_size(digest) == Some(size)
    }

    /// Bytes of a blob that is there.
    pub(crate) fn blob_size(&self, digest: &Digest) -> Option<u64> {
        fs::metadata(self.blob_path(digest)).ok().map(|facts| facts.len())
    }

    /// Opens a blob.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open_blob(&self, digest: &Digest) -> Result<File, BundleError> {
        let path = self.blob_path(digest);
        File::open(&path).map_err(BundleError::library("open", &path))
    }

    /// Reads a small blob.
    ///
    /// # Errors
    /// When it is not there.
    pub fn read_blob(&self, digest: &Digest) -> Result<Vec<u8>, BundleError> {
        let path = self.blob_path(digest);
        fs::read(&path).map_err(BundleError::library("read", &path))
    }

    pub(crate) fn put_record(&self, record: &BundleRecord) -> Result<(), BundleError> {
        self.put(&self.record_path(&record.id), record, true)
    }

    /// Writes a record whole or not at all; `safely` also when somebody pulls the plug.
    fn put(&self, path: &Path, record: &impl Serialize, safely: bool) -> Result<(), BundleError> {
        let failed = |error: io::Error| BundleError::library("write", path)(error);
        let mut file = NamedTempFile::new_in(self.root.join("incoming")).map_err(failed)?;
        serde_json::to_writer(&mut file, record).map_err(|error| failed(error.into()))?;
        if safely {
            file.as_file().sync_all().map_err(failed)?;
        }
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// Records of all bundles, newest first.
    ///
    /// # Errors
    /// When the folder or a record cannot be read.
    pub fn bundles(&self) -> Result<Vec<BundleRecord>, BundleError> {
        let folder = self.root.join("bundles");
        let mut records = Vec::new();
        for entry in fs::read_dir(&folder).map_err(BundleError::library("list", &folder))? {
            let path = entry.map_err(BundleError::library("list", &folder))?.path();
            records.push(read_record(&path)?);
        }
        records.sort_by(|a: &BundleRecord, b| (b.imported_at, &b.id).cmp(&(a.imported_at, &a.id)));
        Ok(records)
    }

    /// The record of one bundle.
    ///
    /// # Errors
    /// When there is none.
    pub fn bundle(&self, id: &str) -> Result<BundleRecord, BundleError> {
        let known = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let path = self.record_path(id);
        if !known || !path.exists() {
            return Err(BundleError::NoBundle(id.to_owned()));
        }
        read_record(&path)
    }

    /// Bytes free on the library's disk.
    ///
    /// # Errors
    /// When the disk cannot be asked.
    pub fn free(&self) -> Result<u64, BundleError> {
        let facts = rustix::fs::statvfs(&self.root)
            .map_err(|error| BundleError::library("measure", &self.root)(error.into()))?;
        Ok(facts.f_bavail.saturating_mul(facts.f_frsize))
    }
}

/// Removes something by `remove`; it is no error when it is gone.
fn gone(path: &Path, remove: impl Fn(&Path) -> io::Result<()>) -> Result<(), BundleError> {
    match remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BundleError::library("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn make_folder(folder: &Path) -> Result<(), BundleError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(BundleError::library("make", folder))
}

fn read_record(path: &Path) -> Result<BundleRecord, BundleError> {
    let bytes = fs::read(path).map_err(BundleError::library("read", path))?;
    serde_json::from_slice(&bytes).map_err(|error| BundleError::library("read", path)(error.into()))
}
