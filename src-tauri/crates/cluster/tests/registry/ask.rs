//! Pushing as the tests do it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use longshore_cluster::registry::{
    self, PushImage, PushReport, Registry, RegistryError, Source, UploadFolder,
};
use longshore_contract::{RegistrySettings, chain};

/// Opens and pushes; what is told on the way must never go back or past its end.
pub async fn push(
    settings: &RegistrySettings,
    source: &dyn Source,
    uploads: &Path,
    images: &[PushImage],
) -> Result<PushReport, RegistryError> {
    let registry = Registry::open(settings).await?;
    let last: Vec<AtomicU64> = images.iter().map(|_| AtomicU64::new(0)).collect();
    let watch = |reference: &str, done: u64, total: u64| {
        assert!(done <= total, "{reference} is at {done} of {total}");
        let at = images.iter().position(|image| image.reference == reference).expect("one of the images");
        last[at].fetch_max(done, Ordering::Relaxed);
    };
    let uploads = UploadFolder::open(uploads);
    let report = travels(registry::push(&registry, source, &uploads, images, &watch, &|| false)).await?;
    for (image, last) in images.iter().zip(last) {
        assert_eq!(last.into_inner(), image.size(), "all of {} is told", image.reference);
    }
    Ok(report)
}

/// Runs of the application move from thread to thread.
fn travels<T: Send>(future: T) -> T {
    future
}

/// An error as people see it.
pub fn told(error: &RegistryError) -> String {
    chain(error)
}
