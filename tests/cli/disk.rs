//! A file system in memory that is soon full.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Unmounted with its handle.
pub(super) struct Disk(PathBuf);

impl Disk {
    /// One of so many bytes, at a folder that is made.
    pub(super) fn mount(at: &Path, bytes: usize) -> Self {
        fs::create_dir_all(at).expect("made");
        let size = format!("size={bytes}");
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).status();
        assert!(status.expect("mount starts").success(), "a small file system");
        Self(at.to_owned())
    }

    /// Writes until there is no room; gives the file, which makes room again.
    pub(super) fn fill(&self) -> PathBuf {
        let path = self.0.join("others");
        let mut file = File::create(&path).expect("made");
        // Large pieces first: who fills it is in a race with who writes to it.
        let piece = vec![0; 1 << 20];
        for size in [1 << 20, 4 << 10] {
            while file.write(&piece[..size]).is_ok_and(|written| written > 0) {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}
