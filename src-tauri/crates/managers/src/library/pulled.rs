//! Images of a new bundle that are in registries: pulled into an OCI image layout that lives as long as the work.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use longshore_bundle::{Digest, Library, full_name};
use longshore_cluster::registry::{self, Keep, Registry};
use longshore_contract::{RegistrySettings, WireError};
use serde_json::json;
use tempfile::TempDir;

use super::tasks::{Ended, Stop};

/// Docker's registry answers under another name than images bear.
const DOCKER: (&str, &str) = ("docker.io", "registry-1.docker.io");

/// An image in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegistryImage {
    address: String,
    repository: String,
    /// Tag or digest.
    name: String,
}

impl RegistryImage {
    /// The parts of a reference; `None` when it is none.
    pub(super) fn parse(reference: &str) -> Option<Self> {
        let whole = full_name(reference);
        let (address, path) = whole.split_once('/')?;
        let (repository, name) = match path.split_once('@') {
            Some((repository, digest)) => (repository.split(':').next()?, digest),
            None => path.rsplit_once(':')?,
        };
        let good = |text: &str, more: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !text.is_empty() && text.chars().all(fits) && !text.contains("..")
        };
        let parts = repository.split('/').all(|part| good(part, "._-"));
        let whole = good(address, ".-:[]") && parts && good(name, "._-:");
        whole.then(|| Self {
            address: address.to_owned(),
            repository: repository.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// What was pulled; gone with the handle.
pub(super) struct Pulled {
    folder: TempDir,
    bytes: u64,
}

impl Pulled {
    /// The layout.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Bytes that came.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Puts blobs into the layout; those that the library holds are taken from there.
struct Layout<'a> {
    folder: PathBuf,
    library: &'a Library,
    came: AtomicU64,
    all: AtomicU64,
    told: &'a (dyn Fn(u64, u64) + Sync),
}

impl Keep for Layout<'_> {
    fn place(&self, digest: &str) -> PathBuf {
        let digest = Digest::parse(digest);
        let place = self.folder.join(digest.as_ref().map_or("none", Digest::hex));
        if let Some(digest) = digest.filter(|digest| !place.exists() && self.library.has(digest)) {
            // On another disk it is pulled.
            drop(std::fs::hard_link(self.library.blob_path(&digest), &place));
        }
        place
    }

    fn expects(&self, bytes: u64) {
        self.all.fetch_add(bytes, Ordering::Relaxed);
    }

    fn came(&self, bytes: u64) {
        let came = self.came.fetch_add(bytes, Ordering::Relaxed) + bytes;
        (self.told)(came, self.all.load(Ordering::Relaxed));
    }

    fn lost(&self, bytes: u64) {
        self.came.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Pulls images, each under the name it has in the release; `None` when there are none.
pub(super) fn pull(
    beside: &Path,
    library: &Library,
    registries: &[RegistrySettings],
    images: &[(&str, &RegistryImage)],
    told: &(dyn Fn(u64, u64) + Sync),
    stop: Stop<'_>,
) -> Result<Option<Pulled>, Ended> {
    if images.is_empty() {
        return Ok(None);
    }
    let unwritten = |error: std::io::Error| {
        let text = format!("Images cannot be kept in {} for the while: {error}", beside.display());
        Ended::Refused(WireError::bad_input(text).hint("Name a file in a folder with room for them."))
    };
    let folder =
        tempfile::Builder::new().prefix(".longshore-images.").tempdir_in(beside).map_err(unwritten)?;
    let blobs = folder.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).map_err(unwritten)?;
    let layout = Layout { folder: blobs, library, came: AtomicU64::new(0), all: AtomicU64::new(0), told };
    // The caller is a thread that may block.
    let runtime = tokio::runtime::Handle::current();
    let mut manifests = Vec::new();
    for (reference, from) in images {
        let one = async {
            let registry = Registry::open(&entered(from, registries)).await?;
            registry::pull(&registry, &from.repository, &from.name, &layout, stop).await
        };
        let got = runtime.block_on(one)?;
        manifests.push(json!({
            "mediaType": got.media_type, "digest": got.top.digest, "size": got.top.size,
            "annotations": { "io.containerd.image.name": reference },
        }));
    }
    let index = json!({ "schemaVersion": 2, "manifests": manifests });
    std::fs::write(folder.path().join("index.json"), index.to_string()).map_err(unwritten)?;
    let bytes = layout.came.into_inner();
    Ok(Some(Pulled { folder, bytes }))
}

/// How a registry is entered: as somebody said for its address, or without a name.
fn entered(from: &RegistryImage, registries: &[RegistrySettings]) -> RegistrySettings {
    let known = registries.iter().find(|settings| settings.address == from.address);
    let mut settings = known
        .cloned()
        .unwrap_or_else(|| RegistrySettings { address: from.address.clone(), ..RegistrySettings::default() });
    if settings.address == DOCKER.0 && settings.push_address.is_none() {
        settings.push_address = Some(DOCKER.1.to_owned());
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::RegistryImage;

    #[test]
    fn references_have_parts() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let table = [
            ("web", Some(("docker.io", "library/web", "latest"))),
            ("registry.example:5000/group/web:1.0", Some(("registry.example:5000", "group/web", "1.0"))),
            (&format!("registry.example/web:1@{digest}"), Some(("registry.example", "web", digest.as_str()))),
            ("registry.example/../web:1", None),
            ("registry.example/web:1?x=y", None),
            ("", None),
        ];
        for (text, expected) in table {
            let from = RegistryImage::parse(text);
            let parts = from
                .as_ref()
                .map(|from| (from.address.as_str(), from.repository.as_str(), from.name.as_str()));
            assert_eq!(parts, expected, "{text:?}");
        }
    }
}
