//! One writer at a time, seen by all processes.
//!
//! A lock of the operating system on a file beside the blobs: it goes with its process, however that ends, so
//! nothing has to be judged stale. Whoever holds it knows that what lies in `incoming/` is of the dead.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Holder, Library};
use crate::BundleError;

/// The writers of this process.
#[derive(Debug, Default)]
pub(super) struct Writers {
    state: Mutex<State>,
    /// Held while an import looks for one that broke off and takes it for its own.
    pub(super) beginning: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// Those that only add: they do not disturb each other.
    adding: usize,
    /// Whether somebody removes or moves.
    alone: bool,
    file: Option<File>,
}

/// What a writer does, which says whether others of the same process may write meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Adding blobs and records.
    Import,
    /// Removing some.
    Remove,
    /// Moving everything.
    Move,
}

impl Work {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Import => "which imports a bundle",
            Self::Remove => "which removes bundles or blobs",
            Self::Move => "which moves the library",
        }
    }
}

/// Held while somebody writes.
#[derive(Debug)]
pub(crate) struct Writing {
    writers: Arc<Writers>,
    alone: bool,
}

impl Drop for Writing {
    fn drop(&mut self) {
        let mut state = self.writers.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.alone {
            state.alone = false;
        } else {
            state.adding -= 1;
        }
        if state.adding == 0 && !state.alone {
            state.file = None;
        }
    }
}

impl Library {
    /// Waits for nobody: tells at once who writes.
    pub(crate) fn begin(&self, work: Work) -> Result<Writing, BundleError> {
        let alone = work != Work::Import;
        let mut state = self.writers.state.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = |holder: String| BundleError::Busy { path: self.root.clone(), holder };
        if state.alone || (alone && state.adding > 0) {
            let other = if state.alone { Work::Remove } else { Work::Import };
            return Err(busy(format!("this program, {}", other.words())));
        }
        if state.file.is_none() {
            let file = take(&self.root.join("lock"), work, &busy)?;
            self.sweep()?;
            self.sweep_imports()?;
            state.file = Some(file);
        }
        if alone {
            state.alone = true;
        } else {
            state.adding += 1;
        }
        Ok(Writing { writers: Arc::clone(&self.writers), alone })
    }

    /// Removes what writers left that are no more.
    fn sweep(&self) -> Result<(), BundleError> {
        let incoming = self.root.join("incoming");
        for entry in fs::read_dir(&incoming).map_err(BundleError::library("list", &incoming))? {
            let path = entry.map_err(BundleError::library("list", &incoming))?.path();
            fs::remove_file(&path).map_err(BundleError::library("remove", &path))?;
        }
        Ok(())
    }
}

fn take(path: &Path, work: Work, busy: &dyn Fn(String) -> BundleError) -> Result<File, BundleError> {
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let mut file = open.map_err(BundleError::library("open", path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let known = file.take(256).read_to_string(&mut holder).is_ok() && !holder.is_empty();
            return Err(busy(if known { holder } else { "another program".to_owned() }));
        }
        Err(TryLockError::Error(source)) => return Err(BundleError::library("lock", path)(source)),
    }
    let Holder { process, host } = Holder::own();
    let text = format!("process {process} on {host}, {}", work.words());
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(text.as_bytes()))
        .map_err(BundleError::library("write", path))?;
    Ok(file)
}
