//! What a registry lacks of several images, and bringing it there.
//!
//! Blobs of all images are one queue: a layer that ten images share is looked for in each of their
//! repositories, sent once, and mounted into the others. Nothing is named before all it consists of is there:
//! blobs, then manifests below their digests, tags last of all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use tokio::sync::Semaphore;

use super::backoff::Stop;
use super::error::RegistryError;
use super::manifest::Mount;
use super::session::Registry;
use super::upload::{CHUNK, Ports, Sending, UNFINISHED_KIB};
use super::uploads::{UploadKey, Uploads};
use super::{Blob, PushImage, PushManifest, Source, Watch};

/// Questions at a time: they are short, and each waits for the link there and back.
const QUESTIONS: usize = 8;
/// Blobs longer than a chunk at a time: one is sent while the other waits for an answer to its chunk.
const LARGE: usize = 2;
/// Other blobs at a time. With the large ones they fill a link that is far away with 48 MiB at most on their
/// way, which is all that a cut can cost where a registry keeps the chunks before it.
const SMALL: usize = 6;
/// Bytes of those other blobs on their way, in KiB.
const SMALL_KIB: u64 = CHUNK >> 10;

/// What a push did, in bytes of blobs; a blob that several images share counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PushReport {
    /// Of all images.
    pub total: u64,
    /// Of those, that the registry lacked.
    pub lacked: u64,
    /// Handed to the link; more than were lacked when some were sent again.
    pub sent: u64,
}

/// What the registry has.
struct Survey<'a> {
    /// For each image whether its top manifest is there, and whether its tag is at it.
    images: Vec<Held>,
    /// Blobs of images that are not there.
    blobs: Vec<Wanted<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Tagged,
    Untagged,
    Not,
}

/// A blob, and the repositories that have and lack it.
struct Wanted<'a> {
    blob: &'a Blob,
    has: Vec<&'a str>,
    lacks: Vec<&'a str>,
}

async fn held(registry: &Registry, image: &PushImage, stop: Stop<'_>) -> Result<Held, RegistryError> {
    let Some(top) = image.manifests.last() else { return Ok(Held::Tagged) };
    let is_top = |found: Option<String>| found.as_deref() == Some(top.blob.digest.as_str());
    let repository = &image.repository;
    if !image.tag.is_empty() && is_top(registry.manifest_digest(repository, &image.tag, stop).await?) {
        return Ok(Held::Tagged);
    }
    let there = is_top(registry.manifest_digest(repository, &top.blob.digest, stop).await?);
    Ok(match there {
        true if image.tag.is_empty() => Held::Tagged,
        true => Held::Untagged,
        false => Held::Not,
    })
}

async fn survey<'a>(
    registry: &Registry,
    images: &'a [PushImage],
    stop: Stop<'_>,
) -> Result<Survey<'a>, RegistryError> {
    let asking: Vec<BoxFuture<'_, _>> =
        images.iter().map(|image| held(registry, image, stop).boxed()).collect();
    let held: Vec<Held> = stream::iter(asking).buffered(QUESTIONS).try_collect().await?;
    let mut places: BTreeMap<&Blob, BTreeSet<&str>> = BTreeMap::new();
    for (image, _) in images.iter().zip(&held).filter(|(_, held)| **held == Held::Not) {
        for blob in image.blobs() {
            places.entry(blob).or_default().insert(&image.repository);
        }
    }
    let mut has: BTreeMap<&Blob, Vec<&str>> = BTreeMap::new();
    for (image, _) in images.iter().zip(&held).filter(|(_, held)| **held != Held::Not) {
        for blob in image.blobs() {
            has.entry(blob).or_default().push(&image.repository);
        }
    }
    let mut asking: Vec<BoxFuture<'_, Result<_, RegistryError>>> = Vec::new();
    for (blob, repositories) in &places {
        for repository in repositories {
            let known = has.get(blob).is_some_and(|has| has.contains(repository));
            let question = async move { Ok(known || registry.has(repository, &blob.digest, stop).await?) };
            asking.push(question.boxed());
        }
    }
    let mut answers = stream::iter(asking).buffered(QUESTIONS);
    let mut blobs = Vec::new();
    for (blob, repositories) in &places {
        let mut wanted = Wanted { blob, has: has.get(blob).cloned().unwrap_or_default(), lacks: Vec::new() };
        for repository in repositories {
            match answers.next().await.transpose()? {
                Some(true) => wanted.has.push(repository),
                _ => wanted.lacks.push(repository),
            }
        }
        blobs.push(wanted);
    }
    drop(answers);
    Ok(Survey { images: held, blobs })
}

/// Bytes that have to be sent, for each image in order: what no repository of these images has. A blob that
/// several lack counts with the first.
///
/// # Errors
/// When the registry does not answer, or refuses.
pub async fn missing(registry: &Registry, images: &[PushImage]) -> Result<Vec<u64>, RegistryError> {
    let survey = survey(registry, images, &|| false).await?;
    let mut lacking: BTreeSet<&Blob> =
        survey.blobs.iter().filter(|wanted| wanted.has.is_empty()).map(|wanted| wanted.blob).collect();
    let bytes = images.iter().map(|image| {
        image.blobs().into_iter().filter(|blob| lacking.remove(blob)).map(|blob| blob.size).sum()
    });
    Ok(bytes.collect())
}

/// Whether all of an image is there, its tag pointing at it.
///
/// # Errors
/// When the registry does not answer, or refuses.
pub async fn is_there(registry: &Registry, image: &PushImage) -> Result<bool, RegistryError> {
    Ok(held(registry, image, &|| false).await? == Held::Tagged)
}

/// Counts what is there of each image. A blob counts by the furthest it ever was: bytes that are sent again
/// were told already.
struct Progress<'a> {
    images: &'a [PushImage],
    watch: Watch<'a>,
    counts: Vec<AtomicU64>,
    blobs: BTreeMap<&'a Blob, (AtomicU64, Vec<usize>)>,
}

impl<'a> Progress<'a> {
    fn new(images: &'a [PushImage], watch: Watch<'a>) -> Self {
        let mut blobs: BTreeMap<&Blob, (AtomicU64, Vec<usize>)> = BTreeMap::new();
        for (at, image) in images.iter().enumerate() {
            for blob in image.blobs() {
                blobs.entry(blob).or_default().1.push(at);
            }
        }
        Self { images, watch, counts: images.iter().map(|_| AtomicU64::new(0)).collect(), blobs }
    }

    fn at(&self, blob: &Blob, bytes: u64) {
        let Some((furthest, images)) = self.blobs.get(blob) else { return };
        let before = furthest.fetch_max(bytes, Ordering::Relaxed);
        let more = bytes.saturating_sub(before);
        for at in images.iter().filter(|_| more > 0) {
            let done = self.counts[*at].fetch_add(more, Ordering::Relaxed) + more;
            (self.watch)(&self.images[*at].reference, done, self.images[*at].size());
        }
    }
}

/// Pushes images. What is there is left alone, and uploads that `uploads` remembers go on, so a push that was
/// interrupted continues.
///
/// # Errors
/// The first refusal or break; what was sent until then stays.
pub async fn push(
    registry: &Registry,
    source: &dyn Source,
    uploads: &dyn Uploads,
    images: &[PushImage],
    watch: Watch<'_>,
    stop: Stop<'_>,
) -> Result<PushReport, RegistryError> {
    let before = registry.bytes_sent();
    let survey = survey(registry, images, stop).await?;
    let progress = Progress::new(images, watch);
    let wanted: BTreeSet<&Blob> = survey.blobs.iter().map(|wanted| wanted.blob).collect();
    for blob in progress.blobs.keys().filter(|blob| !wanted.contains(*blob)) {
        progress.at(blob, blob.size);
    }
    let unfinished = &Semaphore::new(UNFINISHED_KIB as usize);
    let ports = Ports { registry, source, uploads, stop, unfinished };
    bring(ports, &survey.blobs, &progress).await?;
    let lacking = images.iter().zip(&survey.images);
    let untagged: Vec<&PushImage> =
        lacking.clone().filter(|(_, held)| **held != Held::Tagged).map(|(image, _)| image).collect();
    let absent = lacking.filter(|(_, held)| **held == Held::Not);
    each(absent.map(|(image, _)| put_named(ports, image).boxed())).await?;
    each(untagged.into_iter().map(|image| put_top(ports, image).boxed())).await?;
    for image in images {
        watch(&image.reference, image.size(), image.size());
    }
    Ok(PushReport {
        total: progress.blobs.keys().map(|blob| blob.size).sum(),
        lacked: survey
            .blobs
            .iter()
            .filter(|wanted| wanted.has.is_empty())
            .map(|wanted| wanted.blob.size)
            .sum(),
        sent: registry.bytes_sent() - before,
    })
}

type Work<'a> = BoxFuture<'a, Result<(), RegistryError>>;

async fn each<'a>(work: impl Iterator<Item = Work<'a>>) -> Result<(), RegistryError> {
    stream::iter(work.collect::<Vec<_>>()).buffer_unordered(QUESTIONS).try_collect().await
}

/// Brings blobs to all repositories that lack them: large ones beside small ones, the largest first of each, so
/// that the link has something to do until the last.
async fn bring(ports: Ports<'_>, blobs: &[Wanted<'_>], progress: &Progress<'_>) -> Result<(), RegistryError> {
    let mut order: Vec<&Wanted<'_>> = blobs.iter().collect();
    order.sort_by_key(|wanted| std::cmp::Reverse(wanted.blob.size));
    let room = &Semaphore::new(SMALL_KIB as usize);
    let (mut large, mut small): (Vec<Work<'_>>, Vec<Work<'_>>) = (Vec::new(), Vec::new());
    for wanted in order {
        if wanted.blob.size > CHUNK {
            large.push(bring_one(ports, wanted, progress).boxed());
            continue;
        }
        let sending = async move {
            let kib = wanted.blob.size.div_ceil(1 << 10).max(1) as u32;
            // Never closed, hence there is always a permit in the end.
            let _room = room.acquire_many(kib).await;
            bring_one(ports, wanted, progress).await
        };
        small.push(sending.boxed());
    }
    let large = stream::iter(large).buffer_unordered(LARGE).try_collect::<()>();
    let small = stream::iter(small).buffer_unordered(SMALL).try_collect::<()>();
    futures::try_join!(large, small).map(drop)
}

async fn bring_one(
    ports: Ports<'_>,
    wanted: &Wanted<'_>,
    progress: &Progress<'_>,
) -> Result<(), RegistryError> {
    let blob = wanted.blob;
    let mut home = wanted.has.first().copied();
    for repository in begun_first(ports, wanted) {
        if (ports.stop)() {
            return Err(RegistryError::Stopped);
        }
        let mut given = None;
        if let Some(home) = home {
            match ports.registry.mount(home, repository, blob, ports.stop).await? {
                Mount::Done => continue,
                Mount::Begun(session) => given = Some(session),
                Mount::Refused => {}
            }
        }
        Sending::new(ports, blob, repository, &|bytes| progress.at(blob, bytes)).run(given).await?;
        home = Some(repository);
    }
    progress.at(blob, blob.size);
    Ok(())
}

/// Repositories that lack a blob; one that an upload was begun in comes first, for it goes on there.
fn begun_first<'a>(ports: Ports<'_>, wanted: &Wanted<'a>) -> Vec<&'a str> {
    let mut repositories = wanted.lacks.clone();
    repositories.sort_by_key(|repository| {
        let key = UploadKey {
            registry: ports.registry.name(),
            repository: (*repository).to_owned(),
            digest: wanted.blob.digest.clone(),
        };
        ports.uploads.recall(&key).is_none()
    });
    repositories
}

/// Puts what the top manifest of an image names, below digests and in the image's order.
async fn put_named(ports: Ports<'_>, image: &PushImage) -> Result<(), RegistryError> {
    let Some((_, named)) = image.manifests.split_last() else { return Ok(()) };
    for manifest in named {
        put_by_digest(ports, image, manifest).await?;
    }
    Ok(())
}

async fn put_by_digest(
    ports: Ports<'_>,
    image: &PushImage,
    manifest: &PushManifest,
) -> Result<(), RegistryError> {
    let (repository, digest) = (image.repository.as_str(), manifest.blob.digest.as_str());
    if ports.registry.manifest_digest(repository, digest, ports.stop).await?.is_some() {
        return Ok(());
    }
    ports.registry.put_manifest(ports.source, manifest, (repository, digest), ports.stop).await
}

async fn put_top(ports: Ports<'_>, image: &PushImage) -> Result<(), RegistryError> {
    let Some(top) = image.manifests.last() else { return Ok(()) };
    if image.tag.is_empty() {
        return put_by_digest(ports, image, top).await;
    }
    ports.registry.put_tag(ports.source, top, (&image.repository, &image.tag), ports.stop).await
}
