//! Imports as every process sees them: under way in one of them, or broken off with what they stored.
//!
//! A record beside the blobs says what is imported, by whom, and how far it is. A lock of the operating system beside the
//! record goes with its process, however that ends: a record that nobody holds is an import that broke off. Each blob is
//! noted before it is put in its place, so what a broken import stored is known and can be taken away without touching
//! what others need.

mod ledger;
mod work;

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use longshore_contract::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Collected, Library, Work, gone};
use crate::BundleError;
use crate::digest::Digest;
use crate::record::BlobRecord;
pub(super) use ledger::Ledger;
pub use work::{Importing, NewImport, Pace};

/// Folder for them.
pub(super) const IMPORTS: &str = "imports";

/// What an import is recorded by: the process that carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its number on its machine.
    pub process: u32,
    /// Name of the machine.
    pub host: String,
}

impl Holder {
    /// This process.
    pub fn own() -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { process: std::process::id(), host }
    }
}

/// An import as its process records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRecord {
    /// Id.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// Where the file is; `None` when it is there for this one time.
    pub path: Option<PathBuf>,
    /// When it began, or began again.
    pub began_at: Timestamp,
    /// Who carries it out, or did last.
    pub holder: Holder,
    /// Bytes of the file that were read.
    pub done: u64,
    /// Bytes of the file.
    pub total: u64,
    /// Bytes read in a second, of late.
    pub rate: u64,
    /// Whether a person stopped it.
    #[serde(default)]
    pub stopped: bool,
}

/// An import that is recorded, and whether somebody carries it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The record.
    pub record: ImportRecord,
    /// Bytes that it stored and that no bundle needs yet, when it broke off; `None` while it goes on.
    pub kept: Option<u64>,
}

impl Library {
    fn imports_folder(&self) -> PathBuf {
        self.root.join(IMPORTS)
    }

    fn import_file(&self, id: &str, kind: &str) -> PathBuf {
        self.imports_folder().join(format!("{id}.{kind}"))
    }

    /// All imports that are recorded, those that began last first.
    ///
    /// # Errors
    /// When the library cannot be listed.
    pub fn imports(&self) -> Result<Vec<Recorded>, BundleError> {
        let mut found = Vec::new();
        let mut needed: Option<HashSet<Digest>> = None;
        for record in self.import_records()? {
            let mut kept = None;
            if !self.is_held(&record.id) {
                // It may have ended between the two looks.
                let Some(now) = self.import_record(&record.id) else { continue };
                let needed = match &mut needed {
                    Some(needed) => needed,
                    none => none.insert(self.needed()?),
                };
                let stored = self.stored_by(&now.id)?;
                kept =
                    Some(stored.iter().filter(|blob| !needed.contains(&blob.digest)).map(|b| b.size).sum());
            }
            found.push(Recorded { record, kept });
        }
        found.sort_by(|a, b| {
            let key = |one: &Recorded| (one.record.began_at, one.record.id.clone());
            key(b).cmp(&key(a))
        });
        Ok(found)
    }

    /// Removes what a broken import stored and nobody else needs, and forgets it.
    ///
    /// # Errors
    /// When there is none of that id, it goes on, somebody else writes to the library, or a file cannot be removed.
    pub fn discard_import(&self, id: &str) -> Result<Collected, BundleError> {
        let missing = || BundleError::NoImport(id.to_owned());
        let record = self.import_record(id).ok_or_else(missing)?;
        let _writing = self.begin(Work::Remove)?;
        let mut needed = self.needed()?;
        for other in self.import_records()?.iter().filter(|other| other.id != record.id) {
            needed.extend(self.stored_by(&other.id)?.into_iter().map(|blob| blob.digest));
        }
        let mut blobs = self.stored_by(id)?;
        blobs.retain(|blob| !needed.contains(&blob.digest));
        for blob in &blobs {
            self.discard(&blob.digest)?;
        }
        self.forget_import(id)?;
        Ok(Collected { bytes: blobs.iter().map(|blob| blob.size).sum(), blobs, removed: true })
    }

    /// Digests that bundles need.
    fn needed(&self) -> Result<HashSet<Digest>, BundleError> {
        Ok(self.bundles()?.into_iter().flat_map(|record| record.blobs).map(|blob| blob.digest).collect())
    }

    /// Blobs that an import stored and that are there still, sorted.
    fn stored_by(&self, id: &str) -> Result<Vec<BlobRecord>, BundleError> {
        let mut blobs = ledger::read(&self.import_file(id, ledger::KIND))?;
        blobs.retain(|blob| self.holds(&blob.digest, blob.size));
        Ok(blobs)
    }

    fn import_records(&self) -> Result<Vec<ImportRecord>, BundleError> {
        let folder = self.imports_folder();
        let mut records = Vec::new();
        for entry in fs::read_dir(&folder).map_err(BundleError::library("list", &folder))? {
            let path = entry.map_err(BundleError::library("list", &folder))?.path();
            if path.extension().is_some_and(|kind| kind == "json") {
                records.extend(read(&path));
            }
        }
        Ok(records)
    }

    fn import_record(&self, id: &str) -> Option<ImportRecord> {
        let plain = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plain { read(&self.import_file(id, "json")) } else { None }
    }

    /// Whether a process carries an import out.
    fn is_held(&self, id: &str) -> bool {
        let Ok(file) = File::open(self.import_file(id, "lock")) else { return false };
        // Shared, so that others who look do not take each other for it.
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    fn put_import(&self, record: &ImportRecord, safely: bool) -> Result<(), BundleError> {
        self.put(&self.import_file(&record.id, "json"), record, safely)
    }

    /// Removes all that is recorded of an import, its lock last: who finds it held and looks again finds nothing.
    fn forget_import(&self, id: &str) -> Result<(), BundleError> {
        for kind in ["json", ledger::KIND, "lock"] {
            gone(&self.import_file(id, kind), |path| fs::remove_file(path))?;
        }
        Ok(())
    }

    /// Removes what belongs to no record that can be read. Only for whoever has just become the one writer.
    pub(super) fn sweep_imports(&self) -> Result<(), BundleError> {
        let known: HashSet<String> = self.import_records()?.into_iter().map(|record| record.id).collect();
        let folder = self.imports_folder();
        for entry in fs::read_dir(&folder).map_err(BundleError::library("list", &folder))? {
            let path = entry.map_err(BundleError::library("list", &folder))?.path();
            let of_known = path.file_stem().is_some_and(|stem| known.contains(&*stem.to_string_lossy()));
            if !of_known {
                gone(&path, |path| fs::remove_file(path))?;
            }
        }
        Ok(())
    }

    /// Copies what is recorded of broken imports into another library.
    pub(super) fn copy_imports(&self, to: &Self) -> Result<(), BundleError> {
        for record in self.import_records()? {
            let notes = self.import_file(&record.id, ledger::KIND);
            let copy = to.import_file(&record.id, ledger::KIND);
            match fs::copy(&notes, &copy) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(BundleError::library("write", &copy)(error));
                }
                _ => to.put_import(&record, true)?,
            }
        }
        Ok(())
    }
}

/// A record; `None` when it is gone, or a power cut left it unreadable.
fn read(path: &Path) -> Option<ImportRecord> {
    let record: ImportRecord = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    path.file_stem().is_some_and(|stem| *stem == *record.id).then_some(record)
}
