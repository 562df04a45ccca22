//! How far blobs have come, each counted once however many images share it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use longshore_bundle::{BlobRecord, ImageRecord};

/// Bytes of each blob that have reached the host.
pub(super) struct Counted {
    total: u64,
    reached: Mutex<(HashMap<String, u64>, u64)>,
}

impl Counted {
    pub(super) fn new(images: &[&ImageRecord]) -> Self {
        let blobs: BTreeSet<&BlobRecord> = images.iter().flat_map(|image| image.blobs()).collect();
        Self { total: blobs.iter().map(|blob| blob.size).sum(), reached: Mutex::default() }
    }

    /// Notes a blob's bytes; gives those of all, of how many.
    pub(super) fn set(&self, blob: &BlobRecord, bytes: u64) -> (u64, u64) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let before = reached.0.insert(blob.digest.hex().to_owned(), bytes).unwrap_or_default();
        reached.1 = reached.1 + bytes - before;
        (reached.1.min(self.total), self.total)
    }
}
