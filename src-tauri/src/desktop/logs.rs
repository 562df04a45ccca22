//! What the process says about itself, where a window has no terminal to say it on.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Bytes after which a log is put aside at the next start; the one put aside before goes.
const LONG: u64 = 8 << 20;

/// Begins to log to `longshore.log` in the data folder, as JSON lines, for its owner alone.
pub(super) fn begin(data: &Path) {
    let filter =
        EnvFilter::try_from_env("LONGSHORE_LOG").unwrap_or_else(|_| EnvFilter::new("longshore=info,warn"));
    let log = tracing_subscriber::fmt().json().with_env_filter(filter);
    // Refused only where something logs already, which is as well. A folder that cannot be written is refused with
    // its name when the application is opened.
    let _ = match open(data) {
        Ok(file) => log.with_writer(Mutex::new(file)).try_init(),
        Err(_) => log.with_writer(io::stderr).try_init(),
    };
}

fn open(data: &Path) -> io::Result<File> {
    let path = data.join("longshore.log");
    DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    if fs::metadata(&path).is_ok_and(|log| log.len() > LONG) {
        fs::rename(&path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}
