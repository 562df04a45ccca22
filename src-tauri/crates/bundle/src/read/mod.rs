//! Importing a bundle in one pass.

mod member;
mod pump;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use longshore_contract::Timestamp;
use longshore_release::{Airgap, Release};
use serde::Deserialize;

use crate::BundleError;
use crate::digest::Digest;
use crate::image::Tree;
use crate::library::Library;
use crate::record::{BlobRecord, BundleRecord};
use member::Member;

/// Members a bundle may have.
const MEMBERS: usize = 1_000_000;
/// Bytes `airgap.yaml` and the links of a registry tree may have.
const SMALL: u64 = 4 << 20;
/// Bytes the release archive may have.
const RELEASE: u64 = 256 << 20;

/// Told how many bytes of the file have been read.
pub type Watch<'a> = &'a (dyn Fn(u64) + Sync);
/// Asked between blocks whether to stop.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

#[derive(Deserialize)]
struct AirgapDocument {
    spec: Airgap,
}

/// What was gathered on the way through.
#[derive(Default)]
struct Found {
    meta: Option<Airgap>,
    release: Option<BlobRecord>,
    sizes: BTreeMap<Digest, u64>,
    tags: BTreeMap<(String, String), Digest>,
    seen: BTreeSet<String>,
}

impl Library {
    /// Imports the bundle at `path` in one pass. The same file again is found out at its end and costs no
    /// disk. After a refusal or a crash, whole blobs stay for the next try and nothing else.
    ///
    /// # Errors
    /// Each refusal is one sentence with the member's name.
    pub fn import(
        &self,
        path: &Path,
        now: Timestamp,
        watch: Watch<'_>,
        stop: Stop<'_>,
    ) -> Result<BundleRecord, BundleError> {
        let failed = |source| BundleError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let free = self.free()?;
        if free < size {
            return Err(BundleError::Full { path: self.root().to_owned(), free, needed: size });
        }
        let (found, digest) =
            pump::through(path, file, watch, stop, |stream| self.gather(path, stream, stop))?;
        let record = self.conclude(path, size, now, &found, &digest)?;
        self.put_record(&record)?;
        Ok(record)
    }

    fn gather(&self, path: &Path, stream: &mut dyn Read, stop: Stop<'_>) -> Result<Found, BundleError> {
        let mut found = Found::default();
        let mut archive = tar::Archive::new(stream);
        let mut last = "at its beginning".to_owned();
        let entries = archive.entries().map_err(|error| broken(path, &last, error))?;
        for entry in entries {
            if stop() {
                return Err(BundleError::Stopped);
            }
            let mut entry = entry.map_err(|error| broken(path, &last, error))?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let header = entry.header().entry_type();
            let member = member::classify(&name, header)?;
            last = format!("in member {name}");
            if header.is_dir() {
                continue;
            }
            if !found.seen.insert(name.clone()) {
                return Err(BundleError::Twice(name));
            }
            if found.seen.len() > MEMBERS {
                return Err(BundleError::Many(MEMBERS));
            }
            let declared = entry.size();
            let mut content = Counted { inner: &mut entry, left: declared };
            self.take(path, &name, member, declared, &mut content, &mut found)?;
        }
        Ok(found)
    }

    fn take(
        &self,
        path: &Path,
        name: &str,
        member: Member,
        size: u64,
        content: &mut dyn Read,
        found: &mut Found,
    ) -> Result<(), BundleError> {
        let place = format!("in member {name}");
        match member {
            Member::Airgap => {
                let text = small(path, name, size, SMALL, content)?;
                let document: AirgapDocument = serde_norway::from_slice(&text).map_err(|error| {
                    BundleError::Content { name: name.to_owned(), why: error.to_string() }
                })?;
                if !matches!(document.spec.format.as_str(), "docker")
                    && !document.spec.saved_images.is_empty()
                {
                    return Err(BundleError::Encoding("docker".to_owned()));
                }
                found.meta = Some(document.spec);
            }
            Member::Release => {
                let bytes = small(path, name, size, RELEASE, content)?;
                Release::from_archive(&bytes)?;
                let never = |error| broken(path, &place, error);
                found.release = Some(self.store(&mut bytes.as_slice(), &|_| Ok(()), &never)?);
            }
            Member::Blob(digest) => {
                let accept = |is: &Digest| {
                    let wrong = || BundleError::WrongDigest { name: name.to_owned(), found: is.to_string() };
                    if *is == digest { Ok(()) } else { Err(wrong()) }
                };
                let blob = self.store(content, &accept, &|error| broken(path, &place, error))?;
                found.sizes.insert(blob.digest, blob.size);
            }
            Member::Tag { repository, tag } => {
                let text = small(path, name, size, SMALL, content)?;
                let digest = std::str::from_utf8(&text).ok().and_then(|text| Digest::parse(text.trim()));
                let wrong = || BundleError::Content {
                    name: name.to_owned(),
                    why: "it is no sha256 digest".to_owned(),
                };
                found.tags.insert((repository, tag), digest.ok_or_else(wrong)?);
            }
            Member::Other => {
                io::copy(content, &mut io::sink()).map_err(|error| broken(path, &place, error))?;
            }
        }
        Ok(())
    }

    fn conclude(
        &self,
        path: &Path,
        size: u64,
        now: Timestamp,
        found: &Found,
        digest: &Digest,
    ) -> Result<BundleRecord, BundleError> {
        let meta = found.meta.clone().ok_or_else(|| BundleError::Missing("airgap.yaml".to_owned()))?;
        let release = found.release.clone().ok_or_else(|| BundleError::Missing("app.tar.gz".to_owned()))?;
        let read = |digest: &Digest| self.read_blob(digest);
        let tree = Tree { sizes: &found.sizes, read: &read, tags: &found.tags };
        let images =
            meta.saved_images.iter().map(|image| tree.resolve(image)).collect::<Result<Vec<_>, _>>()?;
        let mut blobs: BTreeSet<BlobRecord> = BTreeSet::from([release.clone()]);
        for manifest in images.iter().flat_map(|image| &image.manifests) {
            blobs.insert(BlobRecord { digest: manifest.digest.clone(), size: manifest.size });
            blobs.extend(manifest.blobs.iter().cloned());
        }
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(BundleRecord {
            id: digest.hex().to_owned(),
            file,
            size,
            imported_at: now,
            meta,
            release,
            images,
            blobs: blobs.into_iter().collect(),
        })
    }
}

/// A member's content, which must be as long as its header says: tar readers take an early end for the end.
struct Counted<'a> {
    inner: &'a mut dyn Read,
    left: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

fn small(
    path: &Path,
    name: &str,
    size: u64,
    limit: u64,
    content: &mut dyn Read,
) -> Result<Vec<u8>, BundleError> {
    if size > limit {
        return Err(BundleError::Large { name: name.to_owned(), limit });
    }
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).map_err(|error| broken(path, &format!("in member {name}"), error))?;
    Ok(bytes)
}

/// What the stream's error means for the bundle, and where.
fn broken(path: &Path, place: &str, source: io::Error) -> BundleError {
    if pump::is_stop(&source) {
        return BundleError::Stopped;
    }
    let (path, after) = (path.to_owned(), place.to_owned());
    if source.kind() == io::ErrorKind::UnexpectedEof {
        BundleError::CutOff { path, after }
    } else {
        BundleError::Damaged { path, after, source }
    }
}
