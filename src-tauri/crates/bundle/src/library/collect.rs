//! Removing bundles, and blobs that no bundle needs.

use std::collections::HashSet;
use std::fs;

use serde::{Deserialize, Serialize};

use super::{Library, Work};
use crate::BundleError;
use crate::digest::Digest;
use crate::record::{BlobRecord, BundleRecord};

/// Blobs that no bundle needs: left by imports that were stopped or refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// Which, sorted.
    pub blobs: Vec<BlobRecord>,
    /// Their bytes together.
    pub bytes: u64,
    /// Whether they were removed, or only counted.
    pub removed: bool,
}

/// What a library holds, as its disk has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Bundles.
    pub bundles: usize,
    /// Blobs.
    pub blobs: usize,
    /// Their bytes together.
    pub bytes: u64,
    /// Bytes of those that no bundle needs.
    pub unneeded: u64,
}

/// Those of `blobs` that none of `records` needs.
fn unneeded<'a>(records: &[BundleRecord], blobs: &'a [BlobRecord]) -> impl Iterator<Item = &'a BlobRecord> {
    let used: HashSet<Digest> =
        records.iter().flat_map(|record| &record.blobs).map(|blob| blob.digest.clone()).collect();
    blobs.iter().filter(move |blob| !used.contains(&blob.digest))
}

impl Library {
    /// What it holds.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub fn held(&self) -> Result<Held, BundleError> {
        let (records, blobs) = (self.bundles()?, self.blobs()?);
        let bytes = blobs.iter().map(|blob| blob.size).sum();
        let unneeded = unneeded(&records, &blobs).map(|blob| blob.size).sum();
        Ok(Held { bundles: records.len(), blobs: blobs.len(), bytes, unneeded })
    }

    /// Every blob there is, with its size as the disk has it.
    pub(crate) fn blobs(&self) -> Result<Vec<BlobRecord>, BundleError> {
        let top = self.root.join("blobs/sha256");
        let mut blobs = Vec::new();
        for folder in fs::read_dir(&top).map_err(BundleError::library("list", &top))? {
            let folder = folder.map_err(BundleError::library("list", &top))?.path();
            if !folder.is_dir() {
                continue;
            }
            for entry in fs::read_dir(&folder).map_err(BundleError::library("list", &folder))? {
                let entry = entry.map_err(BundleError::library("list", &folder))?;
                let digest = Digest::parse(&format!("sha256:{}", entry.file_name().to_string_lossy()));
                let facts = entry.metadata().map_err(BundleError::library("measure", &folder))?;
                blobs.extend(digest.map(|digest| BlobRecord { digest, size: facts.len() }));
            }
        }
        blobs.sort();
        Ok(blobs)
    }

    /// Blobs that no record refers to.
    pub(crate) fn unreferenced(&self) -> Result<Vec<BlobRecord>, BundleError> {
        let (records, blobs) = (self.bundles()?, self.blobs()?);
        Ok(unneeded(&records, &blobs).cloned().collect())
    }

    /// Removes every blob that no bundle needs; `dry` only tells which those are.
    ///
    /// # Errors
    /// When somebody else writes to the library, or a file cannot be removed.
    pub fn collect(&self, dry: bool) -> Result<Collected, BundleError> {
        let writing = if dry { None } else { Some(self.begin(Work::Remove)?) };
        let blobs = self.unreferenced()?;
        if writing.is_some() {
            for blob in &blobs {
                self.discard(&blob.digest)?;
            }
        }
        Ok(Collected { bytes: blobs.iter().map(|blob| blob.size).sum(), blobs, removed: !dry })
    }

    /// Removes a bundle and the blobs that no other bundle needs.
    ///
    /// # Errors
    /// When there is no such bundle, somebody else writes to the library, or a file cannot be removed.
    pub fn remove(&self, id: &str) -> Result<(), BundleError> {
        let _writing = self.begin(Work::Remove)?;
        let record = self.bundle(id)?;
        let path = self.record_path(id);
        fs::remove_file(&path).map_err(BundleError::library("remove", &path))?;
        let others = self.bundles()?;
        let used: HashSet<&Digest> =
            others.iter().flat_map(|other| &other.blobs).map(|blob| &blob.digest).collect();
        for blob in record.blobs.iter().filter(|blob| !used.contains(&blob.digest)) {
            self.discard(&blob.digest)?;
        }
        Ok(())
    }
}
