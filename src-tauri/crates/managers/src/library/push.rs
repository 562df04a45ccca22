//! Pushing a bundle's images to a registry, outside any run.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use longshore_bundle::Library;
use longshore_cluster::registry::{self, PushImage, Registry, RegistryError};
use longshore_contract::{
    BundleId, ErrorCode, LibraryTask, RegistrySettings, TaskKind, TaskOutcome, WireError, chain,
};

use super::count;
use super::tasks::{Ended, Tasks};
use crate::airgap::{Blobs, uploads};

impl From<RegistryError> for Ended {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Stopped => Self::Stopped,
            other => {
                let code = if other.is_transient() { ErrorCode::Unreachable } else { ErrorCode::BadInput };
                let hint = "Look at the registry and the way to it, then begin again.";
                Self::Refused(WireError::new(code, chain(&other)).hint(hint))
            }
        }
    }
}

/// Begins a push.
pub(super) fn begin(
    tasks: &Arc<Tasks>,
    bundle: BundleId,
    target: String,
    library: Arc<Library>,
    settings: RegistrySettings,
    images: Vec<PushImage>,
) -> LibraryTask {
    let size: u64 = images.iter().map(PushImage::size).sum();
    let (task, stop) = tasks.open(TaskKind::Push, Some(bundle), target, size);
    let (tasks, id) = (Arc::clone(tasks), task.id.clone());
    tokio::spawn(async move {
        let counts: Mutex<HashMap<String, u64>> = Mutex::default();
        let watch = |reference: &str, done: u64, _: u64| {
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.insert(reference.to_owned(), done);
            tasks.progress(&id, counts.values().sum(), None);
        };
        let pushing = async {
            let registry = Registry::open(&settings).await?;
            let stop = || stop.load(Ordering::Relaxed);
            let uploads = uploads(&library);
            let report = registry::push(&registry, &Blobs(library), &uploads, &images, &watch, &stop).await?;
            Ok(TaskOutcome::Pushed { images: count(images.len()), sent: report.sent, size: report.total })
        };
        let result = pushing.await;
        tasks.end(&id, result);
    });
    task
}
