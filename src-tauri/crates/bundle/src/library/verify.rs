//! Reading every blob again, to find what a disk lost.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use super::{Library, Work};
use crate::BundleError;
use crate::digest::{Digest, Hashing};
use crate::read::{Stop, Watch};

/// What is wrong with a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// A bundle needs it and it is not there.
    Missing,
    /// Its content is not what its name says, or cannot be read.
    Damaged,
}

/// A blob with a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which.
    pub digest: Digest,
    /// What is wrong.
    pub fault: Fault,
    /// Ids of the bundles that need it; none for a blob that an import left.
    pub bundles: Vec<String>,
}

/// What came of reading everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Blobs that were read.
    pub blobs: usize,
    /// Bytes that were read.
    pub bytes: u64,
    /// What is wrong, by digest.
    pub findings: Vec<Finding>,
}

impl Library {
    /// Reads and hashes every blob, or those of one bundle. `watch` is told how many bytes were read.
    ///
    /// # Errors
    /// When the library cannot be listed, or `stop` says so.
    pub fn verify(
        &self,
        bundle: Option<&str>,
        watch: Watch<'_>,
        stop: Stop<'_>,
    ) -> Result<Verification, BundleError> {
        let mut needed: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
        for record in self.bundles()? {
            for blob in &record.blobs {
                needed.entry(blob.digest.clone()).or_default().push(record.id.clone());
            }
        }
        let mut blobs = self.blobs()?;
        if let Some(bundle) = bundle {
            needed.retain(|_, bundles| bundles.iter().any(|id| id == bundle));
            blobs.retain(|blob| needed.contains_key(&blob.digest));
        }
        let mut outcome = Verification::default();
        for blob in blobs {
            let bundles = needed.remove(&blob.digest).unwrap_or_default();
            let sound = self.is_sound(&blob.digest, outcome.bytes, watch, stop)?;
            outcome.blobs += 1;
            outcome.bytes += blob.size;
            if !sound {
                outcome.findings.push(Finding { digest: blob.digest, fault: Fault::Damaged, bundles });
            }
        }
        let missing = |(digest, bundles)| Finding { digest, fault: Fault::Missing, bundles };
        outcome.findings.extend(needed.into_iter().map(missing));
        outcome.findings.sort_by(|a, b| a.digest.cmp(&b.digest));
        Ok(outcome)
    }

    /// Reads and hashes every blob.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_all(&self, watch: Watch<'_>, stop: Stop<'_>) -> Result<Verification, BundleError> {
        self.verify(None, watch, stop)
    }

    fn is_sound(
        &self,
        digest: &Digest,
        before: u64,
        watch: Watch<'_>,
        stop: Stop<'_>,
    ) -> Result<bool, BundleError> {
        let Ok(file) = self.open_blob(digest) else { return Ok(false) };
        let mut content = Hashing::new(file);
        match read_through(&mut content, before, watch, stop) {
            Ok(true) => Ok(content.finish().1 == *digest),
            Ok(false) => Err(BundleError::Stopped),
            Err(_) => Ok(false),
        }
    }

    /// Removes blobs that are damaged, so that importing their bundles again heals the library.
    ///
    /// # Errors
    /// When somebody else writes to the library, or a file cannot be removed.
    pub fn remove_damaged(&self, verification: &Verification) -> Result<usize, BundleError> {
        let _writing = self.begin(Work::Remove)?;
        let damaged = verification.findings.iter().filter(|finding| finding.fault == Fault::Damaged);
        let mut count = 0;
        for finding in damaged {
            // It may have been healed since it was found.
            if !self.is_sound(&finding.digest, 0, &|_| {}, &|| false)? {
                self.discard(&finding.digest)?;
                count += 1;
            }
        }
        Ok(count)
    }
}

/// Reads to the end; false when it was stopped before.
fn read_through(
    content: &mut Hashing<File>,
    before: u64,
    watch: Watch<'_>,
    stop: Stop<'_>,
) -> io::Result<bool> {
    let mut buffer = vec![0; 1 << 20];
    let mut done = before;
    loop {
        if stop() {
            return Ok(false);
        }
        let read = content.read(&mut buffer)?;
        if read == 0 {
            return Ok(true);
        }
        done += read as u64;
        watch(done);
    }
}
