//! The folder that support bundles lie in, and what is left there by processes that were killed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use longshore_contract::WireError;

/// How files and folders begin that are not whole yet.
const UNFINISHED: &str = ".tmp";

/// Whoever writes in the folder holds this.
#[derive(Debug)]
pub(super) struct Writing(#[allow(dead_code, reason = "it is held")] File);

fn lock(folder: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(folder.join("lock"))
}

/// Makes the folder for the files, for its owner alone, and holds it to write there.
pub(super) fn begin(folder: &Path) -> Result<Writing, WireError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let held = made.and_then(|()| lock(folder)).and_then(|file| file.lock_shared().map(|()| file));
    held.map(Writing).map_err(|error| {
        WireError::bad_input(format!("{} cannot be written to: {error}", folder.display()))
            .hint("Check the data folder and its disk.")
    })
}

/// Takes away what was begun by processes that are gone: locks went with them, and nobody else writes now.
pub(super) fn sweep(folder: &Path) {
    let Ok(file) = lock(folder) else { return };
    if file.try_lock().is_err() {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if !entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            continue;
        }
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        if let Err(error) = gone {
            tracing::warn!(%error, path = %path.display(), "a broken support bundle could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_killed_is_swept_and_what_is_written_is_not() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("support");
        sweep(&folder);
        assert!(!folder.exists(), "nothing is made where nothing is");
        let writing = begin(&folder).expect("it is made");
        for (name, content) in [(".tmpAb12", "half"), ("whole.tar.gz", "whole")] {
            fs::write(folder.join(name), content).expect("writes");
        }
        fs::create_dir(folder.join(".tmpfolder")).expect("a folder");
        fs::write(folder.join(".tmpfolder/0"), "unpacked").expect("writes");
        let names = || {
            let entries = fs::read_dir(&folder).expect("it is read").flatten();
            let mut names: Vec<_> =
                entries.map(|entry| entry.file_name().into_string().expect("text")).collect();
            names.sort();
            names
        };
        sweep(&folder);
        assert_eq!(names().len(), 4, "somebody writes: {:?}", names());
        drop(writing);
        sweep(&folder);
        assert_eq!(names(), ["lock", "whole.tar.gz"], "what nobody will finish is gone");
    }
}
