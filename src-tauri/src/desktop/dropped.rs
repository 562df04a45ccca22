//! Files that were dropped on the window: only these may the page read, each once, and none that is large.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_contract::WireError;
use serde::Serialize;
use tauri::{DragDropEvent, Manager, Runtime, Window, WindowEvent};

/// Bytes that a file for a field may have. Bundles are larger, and are read by the engine and not by the page.
const LARGEST: u64 = 8 << 20;

/// What was dropped last and is not read yet.
#[derive(Default)]
pub(super) struct Dropped(Mutex<HashSet<PathBuf>>);

/// A file for the page.
#[derive(Debug, Serialize)]
pub(super) struct DroppedFile {
    name: String,
    content: String,
}

impl Dropped {
    fn replace(&self, paths: &[PathBuf]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = paths.iter().cloned().collect();
    }

    /// Reads a file of the last drop.
    ///
    /// # Errors
    /// When it is none of them, no file, too large or cannot be read.
    pub(super) fn read(&self, path: &Path) -> Result<DroppedFile, WireError> {
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(path) {
            return Err(WireError::bad_input("This file was not dropped on the window just now")
                .hint("Drop it again, or choose it with the button."));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let unread = |error: std::io::Error| {
            WireError::bad_input(format!("{name} cannot be read: {error}")).hint("Check who may read it.")
        };
        let file = File::open(path).map_err(unread)?;
        if !file.metadata().map_err(unread)?.is_file() {
            return Err(WireError::bad_input(format!("{name} is no file")).hint("Drop a single file."));
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unread)?;
        if bytes.len() as u64 > LARGEST {
            return Err(WireError::bad_input(format!("{name} is larger than {} MiB", LARGEST >> 20))
                .hint("A value of a config is a small file: a certificate, a license, a script."));
        }
        Ok(DroppedFile { name, content: STANDARD.encode(bytes) })
    }
}

/// Remembers what is dropped.
pub(super) fn heard<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
        window.state::<Dropped>().replace(paths);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Dropped, LARGEST};

    #[test]
    fn only_what_was_dropped_is_read_and_only_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let (dropped, other) = (folder.path().join("ca.pem"), folder.path().join("id_rsa"));
        fs::write(&dropped, "PEM").expect("it is written");
        fs::write(&other, "secret").expect("it is written");
        let state = Dropped::default();
        assert!(state.read(&dropped).is_err(), "nothing was dropped yet");
        state.replace(std::slice::from_ref(&dropped));
        assert!(state.read(&other).is_err(), "that one was not");
        let file = state.read(&dropped).expect("it was");
        assert_eq!((file.name.as_str(), file.content.as_str()), ("ca.pem", "UEVN"));
        assert!(state.read(&dropped).is_err(), "and is not again");
        state.replace(std::slice::from_ref(&dropped));
        state.replace(&[folder.path().to_owned()]);
        assert!(state.read(&dropped).is_err(), "the next drop takes its place");
        assert!(state.read(folder.path()).is_err(), "a folder is no file");
    }

    #[test]
    fn a_large_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("disk.img");
        let file = fs::File::create(&path).expect("it is made");
        file.set_len(LARGEST + 1).expect("it is made large");
        let state = Dropped::default();
        state.replace(std::slice::from_ref(&path));
        let error = state.read(&path).expect_err("it is too large");
        assert!(error.message.contains("larger than 8 MiB"), "{}", error.message);
    }
}
