//! Writing a bundle to a file that is there whole or not at all.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use longshore_bundle::{BlobRecord, BundleRecord, Hashing, WriteError};
use longshore_contract::{TaskOutcome, WireError, chain};

use super::path;
use super::tasks::{Ended, Stop, Watch};

/// The path of a file that is still to be made.
pub(super) fn fresh(text: &str) -> Result<PathBuf, WireError> {
    let file = path("file", text)?;
    if file.exists() {
        return Err(WireError::bad_input(format!("{text} is there already"))
            .field("file", "is there already")
            .hint("Name another file, or remove this one."));
    }
    let folder = file.parent().filter(|folder| folder.is_dir());
    if folder.is_none() {
        return Err(WireError::bad_input(format!("The folder of {text} is not there"))
            .field("file", "must lie in a folder that is there"));
    }
    Ok(file)
}

/// A file beside another, by what is put after its name.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn unwritten(path: &Path, error: &io::Error) -> WireError {
    WireError::bad_input(format!("{} cannot be written: {error}", path.display()))
}

/// Writes a small file.
pub(super) fn text(path: &Path, text: &str) -> Result<(), WireError> {
    std::fs::write(path, text).map_err(|error| unwritten(path, &error))
}

/// Writes a small file that only its owner may read, and that was not there.
pub(super) fn secret(path: &Path, text: &str) -> Result<(), WireError> {
    let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    open.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| unwritten(path, &error))
}

/// Bytes of blobs that a bundle carries beyond those of its base.
pub(super) fn carried(record: &BundleRecord, base: Option<&BundleRecord>) -> u64 {
    let known: BTreeSet<&BlobRecord> = base.iter().flat_map(|base| &base.blobs).collect();
    record.blobs.iter().filter(|blob| !known.contains(blob)).map(|blob| blob.size).sum()
}

/// Counts what is written, and breaks off when it is told to.
struct Counted<'a> {
    to: Hashing<BufWriter<File>>,
    done: u64,
    watch: Watch<'a>,
    stop: Stop<'a>,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.stop)() {
            return Err(io::Error::other("stopped"));
        }
        let written = self.to.write(bytes)?;
        self.done += written as u64;
        (self.watch)(self.done);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes beside the file and renames at the end, so that nothing half-done bears its name.
pub(super) fn to_file(
    file: &Path,
    watch: Watch<'_>,
    stop: Stop<'_>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), WriteError>,
) -> Result<TaskOutcome, Ended> {
    let failed = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "Free some disk, or name another file."
            }
            io::ErrorKind::AlreadyExists => "Name another file, or remove this one.",
            _ => "Check the folder and its rights.",
        };
        Ended::Refused(
            WireError::bad_input(format!("{} cannot be written: {error}", file.display())).hint(hint),
        )
    };
    let folder = file.parent().unwrap_or_else(|| Path::new("/"));
    let part = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let to = Hashing::new(BufWriter::with_capacity(1 << 20, part.as_file().try_clone().map_err(failed)?));
    let mut out = Counted { to, done: 0, watch, stop };
    match write(&mut out) {
        Ok(()) => {}
        Err(_) if stop() => return Err(Ended::Stopped),
        Err(WriteError::Out(error)) => return Err(failed(error)),
        Err(error) => {
            let text = format!("{} cannot be written: {}", file.display(), chain(&error));
            return Err(Ended::Refused(WireError::bad_input(text)));
        }
    }
    let (mut to, digest, size) = out.to.finish();
    to.flush().and_then(|()| part.as_file().sync_all()).map_err(failed)?;
    part.persist_noclobber(file).map_err(|error| failed(error.error))?;
    Ok(TaskOutcome::Written { file: file.display().to_string(), size, sha256: digest.hex().to_owned() })
}
