//! One process has the window of a data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Set where a process came in the place of one that was just leaving.
const AGAIN: &str = "LONGSHORE_STARTED_AGAIN";

/// Whether this process has the window.
#[derive(Debug)]
pub(super) enum Place {
    /// It has, for as long as this is held.
    First(#[expect(dead_code, reason = "it is the lock")] Option<File>),
    /// Another one has.
    Second,
}

impl Place {
    /// Takes the place for a data folder. A folder that cannot be written is refused with its name when the application is
    /// opened.
    pub(super) fn take(data: &Path) -> Self {
        let path = data.join("window.lock");
        let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        let Ok(file) = opened else { return Self::First(None) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Self::Second,
            Ok(()) | Err(TryLockError::Error(_)) => Self::First(Some(file)),
        }
    }

    /// Whether another process has it.
    pub(super) fn is_second(&self) -> bool {
        matches!(self, Self::Second)
    }
}

/// Starts this program anew in this process: the one that was to show its window was just leaving. Once only; returns why
/// not.
pub(super) fn in_its_place() -> io::Error {
    if std::env::var_os(AGAIN).is_some() {
        return io::Error::other("another Longshore has this data folder and does not answer");
    }
    match std::env::current_exe() {
        Ok(program) => Command::new(program).args(std::env::args_os().skip(1)).env(AGAIN, "1").exec(),
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Place::take(folder.path());
        assert!(!first.is_second(), "nobody was before it");
        assert!(Place::take(folder.path()).is_second(), "it is taken");
        drop(first);
        assert!(!Place::take(folder.path()).is_second(), "it was given up");
        let nowhere = folder.path().join("gone");
        assert!(!Place::take(&nowhere).is_second(), "what cannot be taken is told by the application");
    }
}
