//! What one release changes against another, before anything is rendered.

mod charts;
mod config;
mod documents;

use std::collections::{BTreeMap, BTreeSet};

use longshore_contract::{BundleId, ReleaseChange, ReleaseDiff, ReleaseImage, ReleaseSide};
use longshore_release::Release;

use crate::BundleError;
use crate::image::ImageRecord;
use crate::library::Library;
use crate::record::{BlobRecord, BundleRecord};

impl Library {
    /// What the bundle `to` changes against the bundle `from`.
    ///
    /// # Errors
    /// When one of them is not there, or its release cannot be read.
    pub fn diff(&self, from: &str, to: &str) -> Result<ReleaseDiff, BundleError> {
        let read = |id: &str| -> Result<(BundleRecord, Release), BundleError> {
            let record = self.bundle(id)?;
            let release = Release::from_archive(&self.read_blob(&record.release.digest)?)?;
            Ok((record, release))
        };
        let ((from, old), (to, new)) = (read(from)?, read(to)?);
        Ok(diff((&from, &old), (&to, &new)))
    }
}

/// What the release `to` changes against `from`.
pub fn diff(from: (&BundleRecord, &Release), to: (&BundleRecord, &Release)) -> ReleaseDiff {
    let (old, new) = (from.1, to.1);
    let known = parts(&from.0.images);
    let files =
        |record: &BundleRecord| record.files.iter().map(|file| file.blob.clone()).collect::<BTreeSet<_>>();
    let moved = |all: BTreeSet<BlobRecord>, known: &BTreeSet<BlobRecord>| {
        all.difference(known).map(|blob| blob.size).sum::<u64>()
    };
    let texts = documents::texts;
    let (mut manifests, mut rbac) = documents::manifests(&old.manifests, &new.manifests);
    rbac.extend(compare(&charts::rights(&old.archives), &charts::rights(&new.archives)));
    rbac.sort_by(|a, b| a.name.cmp(&b.name));
    manifests.sort_by(|a, b| a.name.cmp(&b.name));
    let checks = |release: &Release| {
        let mut all = texts("Preflight", &release.preflights);
        all.extend(texts("HostPreflight", &release.host_preflights));
        all
    };
    let cluster = |release: &Release| texts("Cluster config", release.infrastructure.as_slice());
    ReleaseDiff {
        from: side(from),
        to: side(to),
        images: images(&from.0.images, &to.0.images, &known),
        bytes_to_move: moved(parts(&to.0.images), &known) + moved(files(to.0), &files(from.0)),
        charts: charts::changes(&old.archives, &new.archives),
        chart_files: compare_shared(&charts::files(&old.archives), &charts::files(&new.archives)),
        chart_specs: compare(&texts("HelmChart", &old.charts), &texts("HelmChart", &new.charts)),
        manifests,
        config: config::diff(old.config.as_ref(), new.config.as_ref()),
        preflights: compare(&checks(old), &checks(new)),
        rbac,
        infrastructure: compare(&cluster(old), &cluster(new)).into_iter().next(),
        rendered: Vec::new(),
        rendered_problem: "Rendering charts takes helm, which this comparison does without".to_owned(),
    }
}

fn side((record, release): (&BundleRecord, &Release)) -> ReleaseSide {
    let notes = &record.meta.release_notes;
    ReleaseSide {
        bundle: BundleId(record.id.clone()),
        version: record.meta.version_label.clone(),
        channel: record.meta.channel_name.clone(),
        release_notes: if notes.is_empty() { &release.application.release_notes } else { notes }.clone(),
    }
}

/// Manifests and blobs of images, each once.
fn parts(images: &[ImageRecord]) -> BTreeSet<BlobRecord> {
    let manifests = images.iter().flat_map(|image| &image.manifests);
    manifests
        .flat_map(|manifest| {
            let own = BlobRecord { digest: manifest.digest.clone(), size: manifest.size };
            manifest.blobs.iter().cloned().chain([own])
        })
        .collect()
}

fn repository(reference: &str) -> &str {
    let path = reference.split('@').next().unwrap_or(reference);
    match path.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => path,
    }
}

/// Images by repository; several tags of one are held against each other in order.
fn images(from: &[ImageRecord], to: &[ImageRecord], known: &BTreeSet<BlobRecord>) -> Vec<ReleaseImage> {
    type Pair<'a> = (Vec<&'a ImageRecord>, Vec<&'a ImageRecord>);
    let mut by_repository: BTreeMap<&str, Pair<'_>> = BTreeMap::new();
    for image in from {
        by_repository.entry(repository(&image.reference)).or_default().0.push(image);
    }
    for image in to {
        by_repository.entry(repository(&image.reference)).or_default().1.push(image);
    }
    let mut changes = Vec::new();
    for (repository, (mut old, mut new)) in by_repository {
        let same = |a: &ImageRecord, b: &ImageRecord| a.reference == b.reference && a.digest() == b.digest();
        let kept: Vec<&ImageRecord> =
            old.iter().copied().filter(|a| new.iter().any(|b| same(a, b))).collect();
        old.retain(|a| !kept.iter().any(|b| same(a, b)));
        new.retain(|a| !kept.iter().any(|b| same(a, b)));
        for at in 0..old.len().max(new.len()) {
            let fresh = new.get(at).map(|image| parts(std::slice::from_ref(*image)));
            let reference = |image: Option<&&ImageRecord>| image.map(|image| image.reference.clone());
            changes.push(ReleaseImage {
                repository: repository.to_owned(),
                before: reference(old.get(at)),
                after: reference(new.get(at)),
                bytes: fresh.map_or(0, |fresh| fresh.difference(known).map(|blob| blob.size).sum()),
            });
        }
    }
    changes
}

/// What differs between the files of what is in both releases; what is in one only is told as a whole.
fn compare_shared(
    from: &BTreeMap<String, BTreeMap<String, String>>,
    to: &BTreeMap<String, BTreeMap<String, String>>,
) -> Vec<ReleaseChange> {
    let shared = from.iter().filter_map(|(name, old)| Some((old, to.get(name)?)));
    shared.flat_map(|(old, new)| compare(old, new)).collect()
}

/// What differs between two sets of named texts.
fn compare(from: &BTreeMap<String, String>, to: &BTreeMap<String, String>) -> Vec<ReleaseChange> {
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    names
        .into_iter()
        .filter(|name| from.get(*name) != to.get(*name))
        .map(|name| ReleaseChange {
            name: name.clone(),
            before: from.get(name).cloned(),
            after: to.get(name).cloned(),
        })
        .collect()
}
