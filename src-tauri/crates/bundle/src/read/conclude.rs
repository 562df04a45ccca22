//! From what was gathered to a record: images resolved, nothing missing, signatures judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;

use longshore_contract::Timestamp;

use super::{Found, ImportOptions, SIGNATURE, member};
use crate::BundleError;
use crate::cluster;
use crate::digest::Digest;
use crate::image::{ImageRecord, Tree, full_name};
use crate::library::Library;
use crate::limits::Limits;
use crate::record::{BlobRecord, BundleRecord, FileRecord};
use crate::signature::{self, Carried, Signature, SignatureKind};

impl Library {
    pub(super) fn conclude(
        &self,
        path: &Path,
        size: u64,
        now: Timestamp,
        mut found: Found,
        options: &ImportOptions,
    ) -> Result<BundleRecord, BundleError> {
        let missing = |what: &str| BundleError::Missing(what.to_owned());
        let (meta, airgap) = found.meta.take().ok_or_else(|| missing("airgap.yaml"))?;
        let release = found.release.take().ok_or_else(|| missing("app.tar.gz"))?;
        let images = self.images(&meta.saved_images, &mut found, &options.limits)?;
        let files = files(&mut found, &options.limits)?;
        if let Some(cluster) = &found.cluster {
            cluster::complete(cluster, &files, &images)?;
        }
        let mut blobs: BTreeSet<BlobRecord> = BTreeSet::from([airgap.clone(), release.clone()]);
        blobs.extend(files.iter().map(|file| file.blob.clone()));
        for manifest in images.iter().flat_map(|image| &image.manifests) {
            blobs.insert(BlobRecord { digest: manifest.digest.clone(), size: manifest.size });
            blobs.extend(manifest.blobs.iter().cloned());
        }
        if let Some(lost) = blobs.iter().find(|blob| !self.holds(&blob.digest, blob.size)) {
            return Err(BundleError::DamagedBlob(lost.digest.to_string()));
        }
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut record = BundleRecord {
            id: String::new(),
            file,
            size,
            imported_at: now,
            meta,
            airgap: Some(airgap),
            release,
            images,
            files,
            blobs: blobs.into_iter().collect(),
            base: found.base.take().map(|base| base.id),
            signature: Signature::Unsigned,
            signatures: carried(path, found.signatures, found.key)?,
        };
        let root = record.root().ok_or_else(|| missing("airgap.yaml"))?;
        check_root(&root, found.root.as_deref())?;
        Digest::of(root.as_bytes()).hex().clone_into(&mut record.id);
        self.keep_signatures(&mut record)?;
        record.signature = record.check(&options.keys);
        if let Signature::Refused { why } = record.signature {
            return Err(BundleError::Signature(why));
        }
        Ok(record)
    }

    /// What somebody vouched for in the library stays so when a copy comes that is not signed.
    fn keep_signatures(&self, record: &mut BundleRecord) -> Result<(), BundleError> {
        let known = match self.bundle(&record.id) {
            Err(BundleError::NoBundle(_)) => return Ok(()),
            known => known?.signatures,
        };
        for signature in known {
            if !record.signatures.contains(&signature) {
                record.signatures.push(signature);
            }
        }
        Ok(())
    }

    /// Images that `airgap.yaml` lists, then those that lie there without being listed.
    fn images(
        &self,
        listed: &[String],
        found: &mut Found,
        limits: &Limits,
    ) -> Result<Vec<ImageRecord>, BundleError> {
        if let Some(name) = listed.get(limits.images) {
            let name = crate::error::shown(name);
            return Err(BundleError::Many { what: "images", limit: limits.images, name });
        }
        let mut archives: BTreeMap<String, ImageRecord> = BTreeMap::new();
        for image in std::mem::take(&mut found.images) {
            if let Some(other) = archives.insert(full_name(&image.reference), image) {
                return Err(BundleError::Twice(format!("image {}", other.reference)));
            }
        }
        let read = |digest: &Digest| self.read_blob(digest);
        let tree = Tree::new(&found.sizes, &read, &found.tags, limits);
        let mut images = Vec::new();
        for reference in listed {
            images.push(match archives.remove(&full_name(reference)) {
                Some(image) => ImageRecord { reference: reference.clone(), ..image },
                None => tree.resolve(reference)?,
            });
        }
        images.extend(archives.into_values());
        Ok(images)
    }
}

/// Files for hosts: those that came, and those that the bundle which this one builds on has brought, under the names
/// that the list of digests gives them.
fn files(found: &mut Found, limits: &Limits) -> Result<Vec<FileRecord>, BundleError> {
    let mut files = std::mem::take(&mut found.files);
    let brought: BTreeSet<&BlobRecord> = found.base.iter().flat_map(|base| &base.blobs).collect();
    for (path, blob) in std::mem::take(&mut found.listed) {
        if files.contains_key(&path) || !brought.contains(&blob) {
            continue;
        }
        if member::clean(&path)? != path || path.chars().any(char::is_control) || path.len() > limits.name {
            return Err(BundleError::Name(crate::error::shown(&path)));
        }
        files.insert(path, blob);
    }
    if let Some((path, _)) = files.iter().nth(limits.files) {
        let name = crate::error::shown(path);
        return Err(BundleError::Many { what: "files for hosts", limit: limits.files, name });
    }
    Ok(files.into_iter().map(|(path, blob)| FileRecord { path, blob }).collect())
}

/// The bundle's own list of digests has to be the one that its content makes.
fn check_root(root: &str, carried: Option<&str>) -> Result<(), BundleError> {
    let Some(carried) = carried else { return Ok(()) };
    if carried == root {
        return Ok(());
    }
    let own: BTreeSet<&str> = root.lines().collect();
    let other = carried.lines().find(|line| !own.contains(line));
    let lacking = || root.lines().find(|line| !carried.lines().any(|other| other == *line));
    let differing = other.or_else(lacking).unwrap_or("its form");
    Err(BundleError::Root(crate::error::shown(differing)))
}

/// Signatures inside the bundle and beside it.
fn carried(
    path: &Path,
    inside: Vec<(SignatureKind, String)>,
    key: Option<String>,
) -> Result<Vec<Carried>, BundleError> {
    let mut all: Vec<Carried> =
        inside.into_iter().map(|(kind, text)| Carried { kind, text, key: key.clone() }).collect();
    let key = beside(path, signature::KEY_SUFFIX)?;
    for kind in SignatureKind::ALL {
        if let Some(text) = beside(path, kind.suffix())? {
            all.push(Carried { kind, text, key: key.clone() });
        }
    }
    Ok(all)
}

/// A small text file beside the bundle, if it is there.
fn beside(path: &Path, suffix: &str) -> Result<Option<String>, BundleError> {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    let path = Path::new(&name);
    let failed = |source| BundleError::File { path: path.to_owned(), source };
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed)?,
    };
    let mut text = String::new();
    file.take(SIGNATURE).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}
