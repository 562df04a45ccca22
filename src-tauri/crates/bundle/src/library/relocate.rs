//! Moving the library to another folder.
//!
//! On one file system a rename does it. Across file systems blobs are copied and hashed as they go, records
//! last; only when all of it is there is the old folder emptied, records first. Stopped anywhere, one of the
//! two folders is the whole library, and moving again goes on where it stopped.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::{Library, Work};
use crate::BundleError;
use crate::read::{Stop, Watch};

/// Says in a folder that a library is on its way into it, and from where.
const MARK: &str = "moving-from";

impl Library {
    /// Moves the library to `to`, which must not be there, or be empty, or be where an earlier move to it
    /// stopped, and gives the library as it is there. `watch` is told how many bytes were copied.
    ///
    /// # Errors
    /// When somebody writes to the library, `to` holds something else, a blob is damaged, the disk is full, or
    /// `stop` says so; the library is where it was then.
    pub fn relocate(&self, to: &Path, watch: Watch<'_>, stop: Stop<'_>) -> Result<Self, BundleError> {
        let writing = self.begin(Work::Move)?;
        let resumed = self.check_target(to)?;
        if !resumed && self.rename_to(to)? {
            drop(writing);
            return Self::open(to);
        }
        let moved = self.copy_to(to, watch, stop)?;
        self.empty()?;
        // Last of all: as long as it is there, moving again finishes what a crash broke off.
        let mark = to.join(MARK);
        fs::remove_file(&mark).map_err(BundleError::library("remove", &mark))?;
        Ok(moved)
    }

    /// Whether an earlier move to `to` stopped there.
    fn check_target(&self, to: &Path) -> Result<bool, BundleError> {
        let refused = |why| BundleError::Move { path: to.to_owned(), why };
        let own = self.root.to_string_lossy();
        if to.starts_with(&self.root) || self.root.starts_with(to) {
            return Err(refused("one folder holds the other"));
        }
        match fs::read_dir(to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(BundleError::library("list", to)(error)),
            Ok(mut entries) => match fs::read_to_string(to.join(MARK)) {
                Ok(from) if from == own => Ok(true),
                _ if entries.next().is_none() => Ok(false),
                _ => Err(refused("the folder holds something else; name an empty one")),
            },
        }
    }

    /// Whether a rename did it; it cannot across file systems.
    fn rename_to(&self, to: &Path) -> Result<bool, BundleError> {
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(BundleError::library("make", parent))?;
        }
        match fs::rename(&self.root, to) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => Ok(false),
            Err(error) => Err(BundleError::library("move", &self.root)(error)),
        }
    }

    pub(super) fn copy_to(&self, to: &Path, watch: Watch<'_>, stop: Stop<'_>) -> Result<Self, BundleError> {
        let target = Self::open(to)?;
        let mark = to.join(MARK);
        fs::write(&mark, self.root.to_string_lossy().as_bytes())
            .map_err(BundleError::library("write", &mark))?;
        let writing = target.begin(Work::Import)?;
        let blobs = self.blobs()?;
        let lacking: u64 =
            blobs.iter().filter(|blob| !target.holds(&blob.digest, blob.size)).map(|blob| blob.size).sum();
        let free = target.free()?;
        if free < lacking {
            return Err(BundleError::Full { path: to.to_owned(), free, needed: lacking });
        }
        let mut done = 0;
        for blob in &blobs {
            if stop() {
                return Err(BundleError::Stopped);
            }
            let path = self.blob_path(&blob.digest);
            let mut file: File = self.open_blob(&blob.digest)?;
            let accept = |is: &crate::Digest| {
                if *is == blob.digest {
                    Ok(())
                } else {
                    Err(BundleError::DamagedBlob(blob.digest.to_string()))
                }
            };
            let failed = |error| BundleError::library("read", &path)(error);
            target.store(&mut file, Some((&blob.digest, blob.size)), &accept, &failed)?;
            done += blob.size;
            watch(done);
        }
        for record in self.bundles()? {
            target.put_record(&record)?;
        }
        let folder = File::open(to).map_err(BundleError::library("open", to))?;
        rustix::fs::syncfs(&folder).map_err(|error| BundleError::library("write", to)(error.into()))?;
        drop(writing);
        Ok(target)
    }

    /// Removes the library that was copied, records first.
    fn empty(&self) -> Result<(), BundleError> {
        for part in ["bundles", "blobs", "incoming"] {
            let path = self.root.join(part);
            fs::remove_dir_all(&path).map_err(BundleError::library("remove", &path))?;
        }
        let lock = self.root.join("lock");
        fs::remove_file(&lock).map_err(BundleError::library("remove", &lock))?;
        // A folder that holds something of somebody else's stays.
        let _ = fs::remove_dir(&self.root);
        Ok(())
    }
}
