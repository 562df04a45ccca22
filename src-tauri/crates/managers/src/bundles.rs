//! Bundles: imported in the background, listed, looked at, removed.

mod imports;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use longshore_bundle::{BlobRecord, BundleError, BundleRecord, Collected, Library, unique_sizes};
use longshore_contract::{
    AppEvent, BlobView, BundleCluster, BundleDetail, BundleId, BundleImage, BundleList, BundleSummary,
    LibraryCollected, LicenseView, SignatureState, Timestamp, VendorKeyList, VendorKeyPinRequest, WireError,
    chain,
};
use longshore_release::Release;
use longshore_store::{Store, StoreError};

use crate::{licenses, vendor_keys};
use imports::Import;

/// The service behind every command about bundles.
pub struct Bundles {
    store: Arc<Store>,
    library: Arc<Library>,
    /// The latest last.
    imports: Mutex<Vec<Import>>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
}

fn broken_store(error: StoreError) -> WireError {
    WireError::internal(&error)
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
        BundleError::NoImport(_) => {
            WireError::not_found(text).hint("`longshore bundle list` shows those there are.")
        }
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
            let signature = vendor_keys::listed(&self.store, record).map_err(broken_store)?;
            bundles.push(self.summary(record, own, signature)?);
        }
        let mut blobs = std::collections::BTreeMap::new();
        for record in &records {
            blobs.extend(record.blobs.iter().map(|blob| (blob.digest.clone(), blob.size)));
        }
        Ok(BundleList { bundles, imports: self.all_imports()?, library_size: blobs.values().sum() })
    }

    fn release(&self, record: &BundleRecord) -> Result<Release, WireError> {
        let bytes = self.library.read_blob(&record.release.digest).map_err(|error| refusal(&error))?;
        Release::from_archive(&bytes).map_err(|error| WireError::bad_input(chain(&error)))
    }

    fn summary(
        &self,
        record: &BundleRecord,
        unique_size: u64,
        signature: SignatureState,
    ) -> Result<BundleSummary, WireError> {
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
            signature,
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
        let own = unique.get(record.id.as_str()).copied().unwrap_or_default();
        let signature = vendor_keys::state(&self.store, record).map_err(broken_store)?;
        let required = record.meta.required_releases.iter().map(|release| release.version_label.clone());
        Ok(BundleDetail {
            summary: self.summary(record, own, signature)?,
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
        self.store.remove_verdicts().map_err(broken_store)?;
        (self.announce)(AppEvent::BundlesChanged { bundle: None });
        Ok(())
    }
}

/// Blobs that were removed, or would be, as every shell answers them.
pub(crate) fn collected(collected: Collected) -> LibraryCollected {
    let view = |blob: BlobRecord| BlobView { digest: blob.digest.to_string(), size: blob.size };
    LibraryCollected {
        blobs: collected.blobs.into_iter().map(view).collect(),
        bytes: collected.bytes,
        removed: collected.removed,
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
