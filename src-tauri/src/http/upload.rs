//! Upload of bundles and support bundles: the body goes to a file of its own, is taken from there by the command that
//! every shell has, and the file goes away.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use futures::StreamExt;
use longshore_contract::{Caller, WireError};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use super::Shell;
use super::answer::{self, Refusal};
use super::request::{Incoming, declared, slow, torn};
use super::server::ServeError;
use crate::app::App;

/// Uploads at once.
const AT_ONCE: usize = 4;
/// How long a client may send nothing.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes of disk that are left to others.
const SPARE: u64 = 256 << 20;
/// Bytes after which the disk is looked at again.
const LOOK: u64 = 64 << 20;
/// How often an import is looked at when no event tells of it.
const IMPORTING: Duration = Duration::from_secs(2);

/// Where uploads arrive. The folder is this process's own for as long as it holds the lock in it.
pub(super) struct Uploads {
    folder: TempDir,
    limit: u64,
    room: Arc<Semaphore>,
    _lock: File,
}

impl Uploads {
    /// Makes the folder, and takes away what processes left behind that are gone.
    pub(super) fn open(data: &Path, limit: u64) -> Result<Self, ServeError> {
        let incoming = data.join("incoming");
        let failed = ServeError::file(&incoming, "made");
        DirBuilder::new().recursive(true).mode(0o700).create(&incoming).map_err(failed)?;
        let failed = ServeError::file(&incoming, "written to");
        let folder = tempfile::Builder::new().prefix("serve-").tempdir_in(&incoming).map_err(failed)?;
        let lock = lock_file(folder.path()).and_then(|file| file.lock().map(|()| file));
        let lock = lock.map_err(ServeError::file(folder.path(), "locked"))?;
        sweep(&incoming, folder.path());
        Ok(Self { folder, limit, room: Arc::new(Semaphore::new(AT_ONCE)), _lock: lock })
    }
}

fn lock_file(folder: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(folder.join("lock"))
}

/// Removes the folders of processes that are gone; their locks went with them.
fn sweep(incoming: &Path, own: &Path) {
    let entries = fs::read_dir(incoming).into_iter().flatten().flatten();
    for folder in entries.map(|entry| entry.path()).filter(|path| path != own && path.is_dir()) {
        let gone = lock_file(&folder).is_ok_and(|file| file.try_lock().is_ok());
        if gone && let Err(error) = fs::remove_dir_all(&folder) {
            tracing::warn!(error = %error, folder = %folder.display(), "a broken upload could not be removed");
        }
    }
}

/// `POST /api/bundles/upload?name=FILE`
pub(super) async fn bundle(State(shell): State<Arc<Shell>>, request: Request) -> Result<Response, Refusal> {
    let Arrived { caller, folder, path } = arrive(&shell, request).await?;
    let request = json!({ "path": path, "once": true });
    let status = shell.app.call(&caller, "bundle_import", request).await?;
    tokio::spawn(remove_after(Arc::clone(&shell.app), caller, status["id"].clone(), folder));
    Ok(answer::json(&status))
}

/// `POST /api/support/upload?name=FILE`. It is taken to its end even when the client leaves meanwhile.
pub(super) async fn support(State(shell): State<Arc<Shell>>, request: Request) -> Result<Response, Refusal> {
    let Arrived { caller, folder, path } = arrive(&shell, request).await?;
    let task = tokio::spawn(async move {
        let view = shell.app.call(&caller, "support_open", json!({ "path": path, "specs": [] })).await;
        drop(folder);
        view
    });
    Ok(answer::json(&task.await.map_err(|error| WireError::internal(&error))??))
}

/// A body that has come, in a folder that goes with it.
struct Arrived {
    caller: Caller,
    folder: TempDir,
    path: String,
}

async fn arrive(shell: &Shell, request: Request) -> Result<Arrived, Refusal> {
    let incoming = Incoming::new(request).await;
    let caller = shell.known(&incoming.parts)?.caller;
    let name = name(&incoming.parts)?;
    let uploads = &shell.uploads;
    if declared(&incoming.parts).is_some_and(|length| length > uploads.limit) {
        return Err(Refusal::too_large("The bundle", uploads.limit));
    }
    let Ok(_place) = Arc::clone(&uploads.room).try_acquire_owned() else {
        return Err(Refusal::later("Other bundles are being uploaded", 10));
    };
    let failed = |error: std::io::Error| WireError::internal(&error);
    let folder = tempfile::tempdir_in(uploads.folder.path()).map_err(failed)?;
    let path = folder.path().join(&name);
    store(uploads, incoming, &path).await?;
    Ok(Arrived { caller, folder, path: path.display().to_string() })
}

/// The file name of the query; a name, no path.
fn name(parts: &Parts) -> Result<String, WireError> {
    let query = parts.uri.query().unwrap_or_default();
    let mut fields = url::form_urlencoded::parse(query.as_bytes());
    let name = fields.find(|(field, _)| field == "name").map(|(_, name)| name.into_owned());
    let refused = |message| WireError::bad_input("The upload needs a file name").field("name", message);
    let name = name.ok_or_else(|| refused("is missing; add ?name=FILE"))?;
    let plain = !name.contains(['/', '\\']) && !name.chars().any(char::is_control);
    if name.is_empty() || name.starts_with('.') || name.len() > 200 || !plain {
        return Err(refused("must be a plain file name of at most 200 bytes"));
    }
    Ok(name)
}

async fn store(uploads: &Uploads, incoming: Incoming, path: &Path) -> Result<(), Refusal> {
    let failed = |error: std::io::Error| Refusal::from(WireError::internal(&error));
    let mut expected = declared(&incoming.parts).unwrap_or_default();
    require_space(path, expected)?;
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).await.map_err(failed)?;
    let (mut chunks, mut written, mut looked) = (incoming.into_body().into_data_stream(), 0_u64, 0_u64);
    loop {
        let next = tokio::time::timeout(PATIENCE, chunks.next()).await.map_err(|_| slow())?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|_| torn())?;
        let length = chunk.len() as u64;
        written += length;
        if written > uploads.limit {
            return Err(Refusal::too_large("The bundle", uploads.limit));
        }
        if written - looked > LOOK {
            looked = written;
            require_space(path, expected)?;
        }
        expected = expected.saturating_sub(length);
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)
}

/// Refuses when the disk has no room for so many bytes more.
fn require_space(path: &Path, needed: u64) -> Result<(), Refusal> {
    let folder = path.parent().unwrap_or(path);
    let disk = rustix::fs::statvfs(folder).map_err(|error| WireError::internal(&error))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= needed.saturating_add(SPARE) {
        return Ok(());
    }
    let error = WireError::bad_input(format!(
        "The disk of {} has {free} bytes free, and the bundle needs {needed} more",
        folder.display()
    ));
    Err(error.hint("Free some disk, or let the data lie elsewhere with --data.").into())
}

/// Keeps the folder for as long as its bundle is being imported.
async fn remove_after(app: Arc<App>, caller: Caller, import: Value, folder: TempDir) {
    let mut events = app.events();
    loop {
        let status = app.call(&caller, "bundle_import_status", json!({ "import": import })).await;
        if status.is_ok_and(|status| status["state"] == "running") {
            drop(tokio::time::timeout(IMPORTING, events.recv()).await);
        } else {
            break;
        }
    }
    let path: PathBuf = folder.path().to_owned();
    if let Err(error) = folder.close() {
        tracing::warn!(error = %error, folder = %path.display(), "an upload could not be removed");
    }
}
