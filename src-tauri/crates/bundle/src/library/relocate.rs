//! Moving the library to another folder.
//!
//! On one file system a rename does it. Across file systems blobs are copied and hashed as they go, records
//! last; only when all of it is there is the old folder emptied, records first. Stopped anywhere, one of the
//! two folders is the whole library, and moving again goes on where it stopped.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::imports::IMPORTS;
use super::{Library, UPLOADS, Work, gone};
use crate::BundleError;
use crate::read::{Stop, Watch};

/// Says in a folder that a library is on its way into it, and from where.
const MARK: &str = "moving-from";

/// Where its records are put before they are removed: as long as `bundles` is there, the old folder is whole.
const GONE: &str = "bundles.gone";

/// Beside the library's folder while it moves: says where to, and is locked by whoever moves it.
fn note(root: &Path) -> PathBuf {
    let mut name = root.as_os_str().to_owned();
    name.push(".moving");
    PathBuf::from(name)
}

/// Removes what is left of a library whose records are away.
fn clear(root: &Path) -> Result<(), BundleError> {
    for part in [GONE, "blobs", "incoming", IMPORTS, UPLOADS] {
        gone(&root.join(part), |path| fs::remove_dir_all(path))?;
    }
    gone(&root.join("lock"), |path| fs::remove_file(path))
}

/// Takes the lock of a note; whoever else has it is moving the library.
fn lock(note: &Path, file: &File, root: &Path) -> Result<(), BundleError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            let holder = format!("another program, {}", Work::Move.words());
            BundleError::Busy { path: root.to_owned(), holder }
        }
        TryLockError::Error(source) => BundleError::library("lock", note)(source),
    })
}

/// Ends a move whose copying is done: nothing is left in the old folder, and a link leads from there.
fn finish(root: &Path, to: &Path) -> Result<(), BundleError> {
    match fs::symlink_metadata(root) {
        Ok(facts) if facts.is_symlink() => gone(root, |path| fs::remove_file(path))?,
        Ok(_) => {
            clear(root)?;
            gone(root, |path| fs::remove_dir(path))?;
        }
        Err(_) => {}
    }
    gone(&to.join(MARK), |path| fs::remove_file(path))?;
    symlink(to, root).map_err(BundleError::library("link", root))
}

/// Ends a move that a crash broke off after its copying; one that was broken off before leaves the library
/// where it is.
pub(super) fn settle(root: &Path) -> Result<(), BundleError> {
    let note = note(root);
    let mut file = match File::open(&note) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BundleError::library("open", &note)(error)),
    };
    lock(&note, &file, root)?;
    let mut to = String::new();
    file.read_to_string(&mut to).map_err(BundleError::library("read", &note))?;
    let to = PathBuf::from(to);
    if !root.join("bundles").exists() && to.join("bundles").is_dir() {
        finish(root, &to)?;
    }
    gone(&note, |path| fs::remove_file(path))
}

impl Library {
    /// Moves the library to `to`, as [`Self::relocate`] does, and leaves a link where it was: whoever has it
    /// open goes on with it there. Gives the folder it is in now.
    ///
    /// # Errors
    /// As [`Self::relocate`].
    pub fn move_to(&self, to: &Path, watch: Watch<'_>, stop: Stop<'_>) -> Result<PathBuf, BundleError> {
        let to = std::path::absolute(to).map_err(BundleError::library("find", to))?;
        let real = fs::canonicalize(&self.root).map_err(BundleError::library("find", &self.root))?;
        self.check_alone(&to)?;
        let note = note(&self.root);
        let open = OpenOptions::new().write(true).create(true).truncate(false).open(&note);
        let mut file = open.map_err(BundleError::library("write", &note))?;
        lock(&note, &file, &self.root)?;
        file.set_len(0)
            .and_then(|()| file.write_all(to.as_os_str().as_encoded_bytes()))
            .map_err(BundleError::library("write", &note))?;
        let moved = Self { root: real.clone(), ..self.clone() }
            .relocate(&to, watch, stop)
            .and_then(|_| finish(&self.root, &to));
        // Broken off behind its copying it is ended by whoever opens the library next, whom the note tells.
        if moved.is_ok() || real.join("bundles").exists() {
            gone(&note, |path| fs::remove_file(path))?;
        }
        moved.map(|()| to)
    }

    /// Refuses when its folder holds something else, which could neither come along nor make room for a link.
    fn check_alone(&self, to: &Path) -> Result<(), BundleError> {
        let own = ["blobs", "bundles", "incoming", IMPORTS, UPLOADS, "lock", GONE];
        for entry in fs::read_dir(&self.root).map_err(BundleError::library("list", &self.root))? {
            let name = entry.map_err(BundleError::library("list", &self.root))?.file_name();
            if !own.iter().any(|part| name == *part) {
                let why = "the folder that it is in holds other files as well; take them away first";
                return Err(BundleError::Move { path: to.to_owned(), why });
            }
        }
        Ok(())
    }

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
        self.copy_imports(&target)?;
        let folder = File::open(to).map_err(BundleError::library("open", to))?;
        rustix::fs::syncfs(&folder).map_err(|error| BundleError::library("write", to)(error.into()))?;
        drop(writing);
        Ok(target)
    }

    /// Removes the library that was copied, records first.
    fn empty(&self) -> Result<(), BundleError> {
        let (records, away) = (self.root.join("bundles"), self.root.join(GONE));
        fs::rename(&records, &away).map_err(BundleError::library("remove", &records))?;
        clear(&self.root)?;
        // A folder that holds something of somebody else's stays.
        let _ = fs::remove_dir(&self.root);
        Ok(())
    }
}
