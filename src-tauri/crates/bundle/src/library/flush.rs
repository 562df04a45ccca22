//! What was stored reaches the disk before a record names it.
//!
//! A power cut may otherwise leave a blob that has its size and not its content. Waiting at the end for all of a large
//! bundle would double an import, so blobs are written out while the next ones are read.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use super::Library;
use super::store::Stored;
use crate::BundleError;
use crate::record::BlobRecord;

/// Writes blobs out, one after another, beside the import. Dropped, it ends what it has begun.
pub(crate) struct Flusher {
    blobs: Sender<PathBuf>,
    thread: JoinHandle<Result<(), (PathBuf, io::Error)>>,
}

impl Flusher {
    pub(crate) fn begin() -> Self {
        let (blobs, arriving) = mpsc::channel::<PathBuf>();
        let thread = std::thread::spawn(move || {
            for path in arriving {
                let written = File::open(&path).and_then(|file| file.sync_data());
                written.map_err(|error| (path, error))?;
            }
            Ok(())
        });
        Self { blobs, thread }
    }

    /// Has a blob written out if it is a fresh one.
    pub(crate) fn keep(&self, library: &Library, stored: Stored) -> BlobRecord {
        if stored.fresh {
            // Its thread ends early with an error only, which is told at the end.
            let _ = self.blobs.send(library.blob_path(&stored.blob.digest));
        }
        stored.blob
    }

    /// Waits until all of them are on the disk.
    pub(crate) fn finish(self) -> Result<(), BundleError> {
        drop(self.blobs);
        match self.thread.join() {
            Ok(Ok(())) => Ok(()),
            Ok(Err((path, error))) => Err(BundleError::library("write", &path)(error)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}
