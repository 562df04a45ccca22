//! Which process executes a run, and how another asks it to stop.
//!
//! A lock of the kernel's, not a file with a process number: it ends with its process, however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use longshore_contract::RunId;
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError};

/// Held by the process that executes a run.
pub struct ExecutorLock {
    // Held for as long as this lives.
    _file: File,
}

/// A person's wish to stop a run that another process executes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopRequest {
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
}

impl Store {
    /// Takes the executor's lock of a run; `None` when another process, or another part of this one, has it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn try_execute(&self, run: &RunId) -> Result<Option<ExecutorLock>, StoreError> {
        let path = self.run_folder(run)?.join("executor.lock");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(ExecutorLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StoreError::file(&path, "locked")(error)),
        }
    }

    /// Whether some process executes the run.
    ///
    /// # Errors
    /// When the lock file cannot be looked at.
    pub fn is_executed(&self, run: &RunId) -> Result<bool, StoreError> {
        let path = self.folder().join("runs").join(&run.0).join("executor.lock");
        if !path.exists() {
            return Ok(false);
        }
        match open(&path)?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(StoreError::file(&path, "locked")(error)),
        }
    }

    /// Asks the process that executes the run to stop at its next boundary.
    ///
    /// # Errors
    /// When the request cannot be written.
    pub fn request_stop(&self, run: &RunId, request: &StopRequest) -> Result<(), StoreError> {
        let path = self.stop_file(run)?;
        let text = serde_json::to_vec(request).map_err(StoreError::content("a request to stop"))?;
        let fresh = path.with_extension("new");
        fs::write(&fresh, text)
            .and_then(|()| fs::rename(&fresh, &path))
            .map_err(StoreError::file(&path, "written"))
    }

    /// Takes such a request, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn take_stop_request(&self, run: &RunId) -> Result<Option<StopRequest>, StoreError> {
        let path = self.stop_file(run)?;
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::file(&path, "read")(error)),
        };
        fs::remove_file(&path).map_err(StoreError::file(&path, "removed"))?;
        serde_json::from_slice(&text).map(Some).map_err(StoreError::content("a request to stop"))
    }

    fn stop_file(&self, run: &RunId) -> Result<PathBuf, StoreError> {
        Ok(self.run_folder(run)?.join("stop.json"))
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(StoreError::file(path, "opened"))
}
