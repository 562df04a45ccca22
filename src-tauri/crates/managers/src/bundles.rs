//! Bundles: imported in the background, listed, looked at, removed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use longshore_bundle::{BlobRecord, BundleError, BundleRecord, ImportOptions, Library, unique_sizes};
use longshore_contract::{
    AppEvent, BundleCluster, BundleDetail, BundleId, BundleImage, BundleList, BundleSummary, ImportId,
    ImportState, ImportStatus, LicenseView, Timestamp, VendorKeyList, VendorKeyPinRequest, WireError, chain,
};
use longshore_release::Release;
use longshore_store::Store;

use crate::{licenses, vendor_keys};

/// An import that is under way, or was.
struct Import {
    status: ImportStatus,
    stop: Arc<AtomicBool>,
}

/// Ended imports that are remembered.
const KEPT: usize = 50;

/// The service behind every command about bundles.
pub struct Bundles {
    store: Arc<Store>,
    library: Arc<Library>,
    /// The latest last.
    imports: Mutex<Vec<Import>>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
}

/// A refusal of a bundle, as every shell answers it.
pub fn refusal(error: &BundleError) -> WireError {
    let text = chain(error);
    match error {
        BundleError::Library { .. } => {
            WireError::internal(error).hint("Check the library's folder and its disk.")
        }
        BundleError::Full { .. } | BundleError::NoSpace { .. } => {
            WireError::bad_input(text).hint("Free some disk, or move the library.")
        }
        BundleError::Busy { .. } => WireError::bad_input(text).hint("Try again when it has ended."),
        BundleError::Base { .. } => {
            WireError::bad_input(text).hint("Import the bundle it builds on, then this one.")
        }
        BundleError::File { .. } => WireError::bad_input(text).hint("Check the path."),
        BundleError::Stopped => WireError::bad_input(text).hint("Import it again to go on."),
        _ => WireError::bad_input(text).hint("Get the bundle again from its vendor."),
    }
}

impl Bundles {
    /// A service over a library; `announce` is told whenever something changes. The settings are in the store.
    pub fn new(
        store: Arc<Store>,
        library: Arc<Library>,
        announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    ) -> Arc<Self> {
        Arc::new(Self { store, library, imports: Mutex::default(), announce })
    }

    fn imports(&self) -> std::sync::MutexGuard<'_, Vec<Import>> {
        self.imports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to import a file.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn import(self: &Arc<Self>, path: &str, once: bool) -> Result<ImportStatus, WireError> {
        let size = std::fs::metadata(path).map_err(|error| {
            WireError::bad_input(format!("{path} cannot be read: {error}"))
                .field("path", "must name a bundle file")
        })?;
        let id = ImportId(format!("{:016x}", rand::random::<u64>()));
        let status = ImportStatus {
            id: id.clone(),
            file: Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned(),
            path: (!once).then(|| path.to_owned()),
            state: ImportState::Running,
            done: 0,
            total: size.len(),
            bundle: None,
            error: None,
        };
        let stop = Arc::new(AtomicBool::new(false));
        self.remember(Import { status: status.clone(), stop: Arc::clone(&stop) });
        let (bundles, path) = (Arc::clone(self), path.to_owned());
        tokio::task::spawn_blocking(move || bundles.work(&id, Path::new(&path), &stop));
        Ok(status)
    }

    fn remember(&self, import: Import) {
        let mut imports = self.imports();
        let ended = |import: &Import| import.status.state != ImportState::Running;
        while imports.iter().filter(|import| ended(import)).count() >= KEPT {
            let Some(oldest) = imports.iter().position(ended) else { break };
            imports.remove(oldest);
        }
        imports.push(import);
    }

    fn work(&self, id: &ImportId, path: &Path, stop: &AtomicBool) {
        let now = Timestamp(jiff::Timestamp::now().as_millisecond());
        let watch = |done| self.change(id, |status| status.done = done);
        // Without the keys a signature is held against the one that came with it alone, and judged again when shown.
        let keys = vendor_keys::known(&self.store).unwrap_or_default();
        let options = ImportOptions { keys, ..ImportOptions::default() };
        let result = self.library.import_with(path, &options, now, &watch, &|| stop.load(Ordering::Relaxed));
        if let Ok(record) = &result
            && let Err(error) = vendor_keys::pin_first(&self.store, record, now)
        {
            tracing::error!(error = %chain(&error), "the key of a vendor could not be pinned");
        }
        self.change(id, |status| match &result {
            Ok(record) => {
                status.state = ImportState::Done;
                status.done = status.total;
                status.bundle = Some(BundleId(record.id.clone()));
            }
            Err(BundleError::Stopped) => status.state = ImportState::Cancelled,
            Err(error) => {
                status.state = ImportState::Failed;
                let mut refused = refusal(error);
                // Those that are about a member or an image do not know in which file it is.
                if !refused.message.contains(&status.file) {
                    refused.message = format!("{}: {}", status.file, refused.message);
                }
                status.error = Some(refused);
            }
        });
        if let Ok(record) = result {
            (self.announce)(AppEvent::BundlesChanged { bundle: Some(BundleId(record.id)) });
        }
    }

    fn change(&self, id: &ImportId, change: impl FnOnce(&mut ImportStatus)) {
        let mut imports = self.imports();
        let Some(import) = imports.iter_mut().find(|import| import.status.id == *id) else { return };
        change(&mut import.status);
        let import = import.status.clone();
        drop(imports);
        (self.announce)(AppEvent::ImportChanged { import });
    }

    /// How an import stands.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn import_status(&self, id: &ImportId) -> Result<ImportStatus, WireError> {
        let found =
            self.imports().iter().find(|import| import.status.id == *id).map(|import| import.status.clone());
        found.ok_or_else(|| WireError::not_found(format!("There is no import {id}")))
    }

    /// Stops an import; what it stored stays for the next try.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn cancel(&self, id: &ImportId) -> Result<ImportStatus, WireError> {
        if let Some(import) = self.imports().iter().find(|import| import.status.id == *id) {
            import.stop.store(true, Ordering::Relaxed);
        }
        self.import_status(id)
    }

    /// All bundles and imports.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub fn list(&self) -> Result<BundleList, WireError> {
        let broken = |error: BundleError| refusal(&error);
        let records = self.library.bundles().map_err(broken)?;
        let unique = unique_sizes(&records);
        let mut bundles = Vec::new();
        for record in &records {
            let own = unique.get(record.id.as_str()).copied().unwrap_or_default();
            bundles.push(self.summary(record, own)?);
        }
        let mut blobs = std::collections::BTreeMap::new();
        for record in &records {
            blobs.extend(record.blobs.iter().map(|blob| (blob.digest.clone(), blob.size)));
        }
        let imports = self.imports().iter().rev().map(|import| import.status.clone()).collect();
        Ok(BundleList { bundles, imports, library_size: blobs.values().sum() })
    }

    fn release(&self, record: &BundleRecord) -> Result<Release, WireError> {
        let bytes = self.library.read_blob(&record.release.digest).map_err(|error| refusal(&error))?;
        Release::from_archive(&bytes).map_err(|error| WireError::bad_input(chain(&error)))
    }

    fn summary(&self, record: &BundleRecord, unique_size: u64) -> Result<BundleSummary, WireError> {
        let release = self.release(record)?;
        let meta = &record.meta;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let title = &release.application.title;
        Ok(BundleSummary {
            id: BundleId(record.id.clone()),
            file: record.file.clone(),
            slug: meta.app_slug.clone(),
            title: if title.is_empty() { meta.app_slug.clone() } else { title.clone() },
            icon: release.application.icon.clone(),
            version: meta.version_label.clone(),
            channel: meta.channel_name.clone(),
            size: record.size,
            unique_size,
            images: count(record.images.len()),
            charts: count(release.charts.len()),
            signature: vendor_keys::state(&self.store, record)
                .map_err(|error| WireError::internal(&error))?,
            required: meta.is_required,
            imported_at: record.imported_at,
        })
    }

    /// One bundle.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn get(&self, id: &BundleId) -> Result<BundleDetail, WireError> {
        let records = self.library.bundles().map_err(|error| refusal(&error))?;
        let record = one(&records, id)?;
        let unique = unique_sizes(&records);
        let release = self.release(record)?;
        let images = record.images.iter().map(|image| BundleImage {
            reference: image.reference.clone(),
            digest: image.digest().map(ToString::to_string).unwrap_or_default(),
            size: image.size(),
        });
        let required = record.meta.required_releases.iter().map(|release| release.version_label.clone());
        Ok(BundleDetail {
            summary: self.summary(record, unique.get(record.id.as_str()).copied().unwrap_or_default())?,
            release_notes: record.meta.release_notes.clone(),
            images: images.collect(),
            charts: release
                .archives
                .iter()
                .map(|chart| format!("{} {}", chart.name, chart.version))
                .collect(),
            cluster: cluster(record, &release),
            required_releases: required.collect(),
            license: self.license(record, &release)?,
        })
    }

    fn license(&self, record: &BundleRecord, release: &Release) -> Result<Option<LicenseView>, WireError> {
        let Some(license) = &release.license else { return Ok(None) };
        let settings = self.store.settings().map_err(|error| WireError::internal(&error))?;
        let now = Timestamp(jiff::Timestamp::now().as_millisecond());
        Ok(Some(licenses::view(license, &record.meta, &settings, now)))
    }

    fn find(&self, id: &BundleId) -> Result<BundleRecord, WireError> {
        find(&self.library, id)
    }

    /// Pins a key for an application.
    ///
    /// # Errors
    /// When it is no key, or not the one the vendor tells.
    pub fn pin_key(&self, request: &VendorKeyPinRequest, who: &str) -> Result<VendorKeyList, WireError> {
        let now = Timestamp(jiff::Timestamp::now().as_millisecond());
        let record = request.bundle.as_ref().map(|bundle| self.find(bundle)).transpose()?;
        let keys = vendor_keys::pin(&self.store, request, record.as_ref(), who, now)?;
        (self.announce)(AppEvent::BundlesChanged { bundle: None });
        Ok(keys)
    }

    /// Forgets the key of an application.
    ///
    /// # Errors
    /// When none is pinned for it.
    pub fn remove_key(&self, slug: &str) -> Result<VendorKeyList, WireError> {
        let keys = vendor_keys::remove(&self.store, slug)?;
        (self.announce)(AppEvent::BundlesChanged { bundle: None });
        Ok(keys)
    }

    /// Removes a bundle and the blobs that only it needs.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn remove(&self, id: &BundleId) -> Result<(), WireError> {
        let record = self.find(id)?;
        self.library.remove(&record.id).map_err(|error| refusal(&error))?;
        (self.announce)(AppEvent::BundlesChanged { bundle: None });
        Ok(())
    }
}

/// A bundle of a library by its id or the beginning of it.
pub(crate) fn find(library: &Library, id: &BundleId) -> Result<BundleRecord, WireError> {
    one(&library.bundles().map_err(|error| refusal(&error))?, id).cloned()
}

fn one<'a>(records: &'a [BundleRecord], id: &BundleId) -> Result<&'a BundleRecord, WireError> {
    let mut matching = records.iter().filter(|record| id.0.len() >= 6 && record.id.starts_with(&id.0));
    match (matching.next(), matching.next()) {
        (Some(record), None) => Ok(record),
        (Some(_), Some(_)) => Err(WireError::bad_input(format!("More than one bundle begins with {id}"))),
        _ => Err(WireError::not_found(format!("There is no bundle {id}"))
            .hint("`longshore bundle list` shows those there are.")),
    }
}
/// The cluster of a bundle, with the bytes that come with it. One that cannot be read keeps nobody from looking at the
/// bundle, nor from installing it where there is a cluster already.
fn cluster(record: &BundleRecord, release: &Release) -> Option<BundleCluster> {
    let Ok(cluster) = release.cluster() else { return None };
    let blobs: BTreeSet<&BlobRecord> = record.files.iter().map(|file| &file.blob).collect();
    cluster.map(|cluster| BundleCluster {
        runtime: cluster.runtime.to_string(),
        versions: cluster.versions.into_iter().map(|version| version.version).collect(),
        files: u32::try_from(record.files.len()).unwrap_or(u32::MAX),
        bytes: blobs.iter().map(|blob| blob.size).sum(),
    })
}
