//! Importing a bundle in one pass.

mod archived;
mod bounded;
mod conclude;
pub(crate) mod decode;
mod layer;
pub(crate) mod member;
mod place;
mod pump;
pub(crate) mod tape;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use longshore_contract::Timestamp;
use longshore_release::{Airgap, ClusterConfig, Release};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::BundleError;
use crate::cluster;
use crate::digest::Digest;
use crate::error::shown;
use crate::image::ImageRecord;
use crate::library::{Flusher, Library, Work};
use crate::limits::Limits;
use crate::record::{BlobRecord, BundleRecord};
use crate::signature::{PublicKey, SignatureKind};
use crate::write::Base;
use decode::{Budget, Metered, decoder};
use member::Member;
use place::{Place, broken, no_member};
use tape::{Head, Kind, Tape};

/// Lists of digests may be as many times longer than other small members.
const LISTS: u64 = 8;
/// Bytes of a signature or key.
const SIGNATURE: u64 = 64 << 10;

/// Told how many bytes of the file have been read.
pub type Watch<'a> = &'a (dyn Fn(u64) + Sync);
/// Asked between blocks whether to stop.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Reads the metadata of a release from the text of its `airgap.yaml`.
///
/// # Errors
/// When it is none.
pub fn airgap_meta(text: &[u8]) -> Result<Airgap, BundleError> {
    let document: Result<AirgapDocument, _> = serde_norway::from_slice(text);
    document
        .map(|document| document.spec)
        .map_err(|error| BundleError::Content { name: "airgap.yaml".to_owned(), why: error.to_string() })
}

/// How a bundle is imported.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Keys that signatures are held against, besides one that comes with the bundle.
    pub keys: Vec<PublicKey>,
    /// Bounds.
    pub limits: Limits,
}

#[derive(Deserialize)]
struct AirgapDocument {
    spec: Airgap,
}

/// The beginning of a name's SHA-256: a million names take no more memory than this.
type NameHash = [u8; 16];

fn hash(name: &str) -> NameHash {
    let mut short = NameHash::default();
    short.copy_from_slice(&Sha256::digest(name)[..16]);
    short
}

/// A tag's key: repository and tag, neither of which holds a NUL.
pub(crate) fn tag_key(repository: &str, tag: &str) -> NameHash {
    hash(&format!("{repository}\0{tag}"))
}

/// What was gathered on the way through.
#[derive(Default)]
struct Found {
    meta: Option<(Airgap, BlobRecord)>,
    release: Option<BlobRecord>,
    sizes: BTreeMap<Digest, u64>,
    tags: HashMap<NameHash, Digest>,
    images: Vec<ImageRecord>,
    cluster: Option<ClusterConfig>,
    /// Files for hosts, by their names.
    files: BTreeMap<String, BlobRecord>,
    root: Option<String>,
    /// Those that the list of digests names.
    listed: BTreeMap<String, BlobRecord>,
    signatures: Vec<(SignatureKind, String)>,
    key: Option<String>,
    base: Option<Base>,
    bundle: bool,
}

/// One import.
struct Importer<'a> {
    library: &'a Library,
    path: &'a Path,
    limits: &'a Limits,
    stop: Stop<'a>,
    members: Cell<usize>,
    budget: Budget,
    size: u64,
    found: RefCell<Found>,
    flusher: Flusher,
}

impl<'a> Importer<'a> {
    /// For a file of `size` bytes, which bounds what it may unpack to.
    fn new(library: &'a Library, path: &'a Path, limits: &'a Limits, stop: Stop<'a>, size: u64) -> Self {
        let budget = Budget::new(limits.unpacked_of(size));
        let (members, found) = (Cell::new(0), RefCell::default());
        Self { library, path, limits, stop, members, budget, size, found, flusher: Flusher::begin() }
    }
}

impl Library {
    /// Imports the bundle at `path` in one pass, as [`Self::import_with`] does by default.
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
        self.import_with(path, &ImportOptions::default(), now, watch, stop)
    }

    /// Imports the bundle at `path` in one pass: gzip, zstd or plain, images as a registry tree or an archive
    /// each, or the download of embedded-cluster v3 that holds such a bundle.
    ///
    /// Blobs that the library has are read and hashed but not written, so the same file again costs no disk.
    /// After a refusal or a crash whole blobs stay for the next try ([`Self::collect`] removes them) and nothing
    /// else.
    ///
    /// # Errors
    /// Each refusal is one sentence with the member's name. A signature that does not fit the bundle is one too;
    /// that of a key nobody knows is not, and the record says so.
    pub fn import_with(
        &self,
        path: &Path,
        options: &ImportOptions,
        now: Timestamp,
        watch: Watch<'_>,
        stop: Stop<'_>,
    ) -> Result<BundleRecord, BundleError> {
        let failed = |source| BundleError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let _writing = self.begin(Work::Import)?;
        let limits = &options.limits;
        let most = limits.unpacked_of(size);
        let (found, flusher) = pump::through(path, file, most, watch, stop, |stream| {
            let importer = Importer::new(self, path, limits, stop, size);
            importer.archive(stream, false)?;
            Ok((importer.found.into_inner(), importer.flusher))
        })?;
        let record = self.conclude(path, size, now, found, options)?;
        flusher.finish()?;
        self.put_record(&record)?;
        Ok(record)
    }
}

impl Importer<'_> {
    /// Walks over an archive; `inner` for one that lies in another.
    fn archive(&self, stream: &mut dyn Read, inner: bool) -> Result<(), BundleError> {
        let mut seen: HashSet<NameHash> = HashSet::new();
        let mut last = "at its beginning".to_owned();
        let mut tape = Tape::new(stream, self.limits, &self.members);
        loop {
            if (self.stop)() {
                return Err(BundleError::Stopped);
            }
            let Some(head) = tape.next().map_err(|error| no_member(self.path, &last, error))? else {
                return Ok(());
            };
            let name = shown(&head.name);
            last = format!("in member {name}");
            let clean = member::clean(&head.name)?;
            match head.kind {
                Kind::Folder => continue,
                Kind::File => {}
                _ => return Err(BundleError::NotAFile(name)),
            }
            if !seen.insert(hash(&clean)) {
                return Err(BundleError::Twice(name));
            }
            self.member(&name, &clean, &head, inner, &mut tape)?;
        }
    }

    fn member(
        &self,
        name: &str,
        clean: &str,
        head: &Head,
        inner: bool,
        content: &mut dyn Read,
    ) -> Result<(), BundleError> {
        let place = Place { path: self.path, member: name };
        let small = |limit, content| small(place, head.size, limit, content);
        match member::classify(clean) {
            Member::Airgap => self.airgap(place, &small(self.limits.small, content)?),
            Member::Release => self.release(place, &small(self.limits.release, content)?),
            Member::Blob(digest) => self.blob(place, &digest, head.size, content),
            Member::Tag { repository, tag } => {
                self.tag(place, &repository, &tag, &small(self.limits.small, content)?)
            }
            Member::Image { reference } => {
                let image = archived::read(self, name, &reference, content)?;
                self.images(name, image)
            }
            Member::HostFile => self.host_file(place, clean, content),
            Member::Root => {
                let root = text(place, small(self.limits.small * LISTS, content)?)?;
                let mut found = self.found.borrow_mut();
                found.listed = cluster::listed(&root);
                found.root = Some(root);
                Ok(())
            }
            Member::Signature(kind) => {
                let signature = text(place, small(SIGNATURE, content)?)?;
                self.found.borrow_mut().signatures.push((kind, signature));
                Ok(())
            }
            Member::Key => {
                let key = text(place, small(SIGNATURE, content)?)?;
                self.found.borrow_mut().key = Some(key);
                Ok(())
            }
            Member::Base => self.base(place, &text(place, small(self.limits.small * LISTS, content)?)?),
            Member::Bundle if !inner => self.inner_bundle(place, content),
            Member::Bundle | Member::Other => Ok(()),
        }
    }

    /// The application's bundle in the download of embedded-cluster v3.
    fn inner_bundle(&self, place: Place<'_>, content: &mut dyn Read) -> Result<(), BundleError> {
        if std::mem::replace(&mut self.found.borrow_mut().bundle, true) {
            return Err(BundleError::Many {
                what: "bundle of an application",
                limit: 1,
                name: place.member.to_owned(),
            });
        }
        let raw = BufReader::with_capacity(256 << 10, content);
        let inner = decoder(raw).map_err(|error| place.broken(error))?;
        let mut stream = Metered { inner, budget: &self.budget };
        self.archive(&mut stream, true)?;
        io::copy(&mut stream, &mut io::sink()).map_err(|error| place.broken(error))?;
        Ok(())
    }

    fn airgap(&self, place: Place<'_>, text: &[u8]) -> Result<(), BundleError> {
        let meta = airgap_meta(text)?;
        if !matches!(meta.format.as_str(), "" | "docker" | "docker-archive") {
            return Err(BundleError::Encoding(shown(&meta.format)));
        }
        self.room(&meta)?;
        let blob = self.flusher.keep(self.library, self.library.store_bytes(text)?);
        if self.found.borrow_mut().meta.replace((meta, blob)).is_some() {
            return Err(BundleError::Twice(place.member.to_owned()));
        }
        Ok(())
    }

    /// Refuses a bundle that the disk has no room for. What an import of it, or of another release of the same
    /// application, brought already is taken off: which of that it shares is only seen as it passes.
    fn room(&self, meta: &Airgap) -> Result<(), BundleError> {
        let unpacked = u64::try_from(meta.uncompressed_size).unwrap_or_default();
        // Archives repeat layers that images share, which are stored once: their size says little.
        let whole = if meta.format == "docker" { unpacked.max(self.size) } else { self.size };
        let free = self.library.free()?;
        if free >= whole {
            return Ok(());
        }
        let mut there: BTreeMap<Digest, u64> = BTreeMap::new();
        let of_app = self.library.bundles()?.into_iter().filter(|other| other.meta.app_slug == meta.app_slug);
        let blobs = of_app.flat_map(|other| other.blobs).chain(self.library.unreferenced()?);
        there.extend(blobs.map(|blob| (blob.digest, blob.size)));
        let needed = whole.saturating_sub(there.values().sum());
        if free < needed {
            return Err(BundleError::Full { path: self.library.root().to_owned(), free, needed });
        }
        Ok(())
    }

    fn release(&self, place: Place<'_>, bytes: &[u8]) -> Result<(), BundleError> {
        bounded::check(place, bytes, self.limits)?;
        let cluster = Release::from_archive(bytes)?.own_cluster()?;
        let blob = self.flusher.keep(self.library, self.library.store_bytes(bytes)?);
        let mut found = self.found.borrow_mut();
        found.cluster = cluster;
        if found.release.replace(blob).is_some() {
            return Err(BundleError::Twice(place.member.to_owned()));
        }
        Ok(())
    }

    /// The list of digests, which comes before, says what it is to be; without one, any content will do.
    fn host_file(&self, place: Place<'_>, path: &str, content: &mut dyn Read) -> Result<(), BundleError> {
        let expected = self.found.borrow().listed.get(path).cloned();
        let accept = |is: &Digest| match &expected {
            Some(blob) if blob.digest != *is => Err(place.wrong(is)),
            _ => Ok(()),
        };
        let known = expected.as_ref().map(|blob| (&blob.digest, blob.size));
        let stored = self.library.store(content, known, &accept, &|error| place.broken(error))?;
        let blob = self.flusher.keep(self.library, stored);
        let mut found = self.found.borrow_mut();
        if found.files.insert(path.to_owned(), blob).is_some() {
            return Err(BundleError::Twice(place.member.to_owned()));
        }
        at_most("files for hosts", found.files.len(), self.limits.files, place)
    }

    fn blob(
        &self,
        place: Place<'_>,
        digest: &Digest,
        size: u64,
        content: &mut dyn Read,
    ) -> Result<(), BundleError> {
        let accept = |is: &Digest| if is == digest { Ok(()) } else { Err(place.wrong(is)) };
        let broken = |error| place.broken(error);
        let stored = self.library.store(content, Some((digest, size)), &accept, &broken)?;
        let blob = self.flusher.keep(self.library, stored);
        let mut found = self.found.borrow_mut();
        found.sizes.insert(blob.digest, blob.size);
        at_most("blobs", found.sizes.len(), self.limits.blobs, place)
    }

    fn tag(&self, place: Place<'_>, repository: &str, tag: &str, content: &[u8]) -> Result<(), BundleError> {
        let digest = std::str::from_utf8(content).ok().and_then(|text| Digest::parse(text.trim()));
        let digest = digest.ok_or_else(|| place.content("it is no sha256 digest"))?;
        let mut found = self.found.borrow_mut();
        let before = found.tags.insert(tag_key(repository, tag), digest.clone());
        if before.is_some_and(|before| before != digest) {
            let why = "another image of that name and tag is there; only the last part of a name tells images apart";
            return Err(place.content(why));
        }
        at_most("tags", found.tags.len(), self.limits.blobs, place)
    }

    fn images(&self, name: &str, image: ImageRecord) -> Result<(), BundleError> {
        let mut found = self.found.borrow_mut();
        for manifest in &image.manifests {
            found.sizes.insert(manifest.digest.clone(), manifest.size);
            found.sizes.extend(manifest.blobs.iter().map(|blob| (blob.digest.clone(), blob.size)));
        }
        found.images.push(image);
        let place = Place { path: self.path, member: name };
        at_most("blobs", found.sizes.len(), self.limits.blobs, place)?;
        at_most("images", found.images.len(), self.limits.images, place)
    }

    fn base(&self, place: Place<'_>, text: &str) -> Result<(), BundleError> {
        let base = Base::parse(text).map_err(|why| place.content(why))?;
        let mut found = self.found.borrow_mut();
        for blob in &base.blobs {
            if !self.library.holds(&blob.digest, blob.size) {
                return Err(BundleError::Base { base: base.id, digest: blob.digest.to_string() });
            }
            found.sizes.insert(blob.digest.clone(), blob.size);
        }
        found.base = Some(base);
        at_most("blobs", found.sizes.len(), self.limits.blobs, place)
    }
}

fn at_most(what: &'static str, count: usize, limit: usize, place: Place<'_>) -> Result<(), BundleError> {
    if count > limit {
        return Err(BundleError::Many { what, limit, name: place.member.to_owned() });
    }
    Ok(())
}

fn small(place: Place<'_>, size: u64, limit: u64, content: &mut dyn Read) -> Result<Vec<u8>, BundleError> {
    if size > limit {
        return Err(BundleError::Large { name: place.member.to_owned(), limit });
    }
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).map_err(|error| place.broken(error))?;
    Ok(bytes)
}

fn text(place: Place<'_>, bytes: Vec<u8>) -> Result<String, BundleError> {
    String::from_utf8(bytes).map_err(|_| place.content("it is no text"))
}

impl Library {
    /// Takes an image's archive apart into the library; no record is made of it.
    pub(crate) fn take_archive(
        &self,
        path: &Path,
        reference: &str,
        limits: &Limits,
        stop: Stop<'_>,
    ) -> Result<ImageRecord, BundleError> {
        let failed = |source| BundleError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let _writing = self.begin(Work::Import)?;
        let importer = Importer::new(self, path, limits, stop, size);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let raw = BufReader::with_capacity(256 << 10, file);
        let inner = decoder(raw).map_err(|error| broken(path, "at its beginning", error))?;
        let mut stream = Metered { inner, budget: &importer.budget };
        archived::read(&importer, &shown(&name), reference, &mut stream)
    }
}
