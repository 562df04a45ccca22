//! A bundle that is about to be written: everything is known but the content of its blobs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use flate2::{Compression, GzBuilder};
use longshore_contract::Timestamp;
use longshore_release::Airgap;

use super::{Base, WriteError};
use crate::digest::{Digest, Hashing};
use crate::image::ImageRecord;
use crate::read::member;
use crate::record::{BlobRecord, BundleRecord, FileRecord};
use crate::signature::{Carried, Signature};

/// Opens a blob.
pub(super) type Open<'a> = &'a dyn Fn(&Digest) -> io::Result<Box<dyn Read + 'a>>;

pub(super) struct Plan {
    airgap: Vec<u8>,
    release: Vec<u8>,
    images: Vec<ImageRecord>,
    files: Vec<FileRecord>,
    /// What is left out.
    pub(super) base: Option<Base>,
    pub(super) signatures: Vec<Carried>,
}

/// Every manifest and blob of images, and its size.
pub(super) fn blobs(images: &[ImageRecord]) -> BTreeMap<Digest, u64> {
    let mut all = BTreeMap::new();
    for manifest in images.iter().flat_map(|image| &image.manifests) {
        all.insert(manifest.digest.clone(), manifest.size);
        all.extend(manifest.blobs.iter().map(|blob| (blob.digest.clone(), blob.size)));
    }
    all
}

impl Plan {
    pub(super) fn new(
        airgap: Vec<u8>,
        release: Vec<u8>,
        images: Vec<ImageRecord>,
        files: Vec<FileRecord>,
    ) -> Self {
        Self { airgap, release, images, files, base: None, signatures: Vec::new() }
    }

    /// The text to sign.
    pub(super) fn root(&self) -> String {
        let blob = |bytes: &[u8]| BlobRecord { digest: Digest::of(bytes), size: bytes.len() as u64 };
        let record = BundleRecord {
            id: String::new(),
            file: String::new(),
            size: 0,
            imported_at: Timestamp(0),
            meta: Airgap::default(),
            airgap: Some(blob(&self.airgap)),
            release: blob(&self.release),
            images: self.images.clone(),
            files: self.files.clone(),
            blobs: Vec::new(),
            base: None,
            signature: Signature::Unsigned,
            signatures: Vec::new(),
        };
        record.root().unwrap_or_default()
    }

    /// Links of the registry tree: path below `repositories/` to digest. Registries serve a blob of a repository
    /// only when that has a link to it.
    fn links(&self) -> Result<BTreeMap<String, Digest>, WriteError> {
        let mut links: BTreeMap<String, Digest> = BTreeMap::new();
        for image in &self.images {
            let name = &image.name;
            for manifest in &image.manifests {
                let hex = manifest.digest.hex();
                links.insert(
                    format!("{name}/_manifests/revisions/sha256/{hex}/link"),
                    manifest.digest.clone(),
                );
                for blob in &manifest.blobs {
                    let path = format!("{name}/_layers/sha256/{}/link", blob.digest.hex());
                    links.insert(path, blob.digest.clone());
                }
            }
            let Some(digest) = image.digest().filter(|_| !image.tag.is_empty()) else { continue };
            let tags = format!("{name}/_manifests/tags/{}", image.tag);
            links.insert(format!("{tags}/index/sha256/{}/link", digest.hex()), digest.clone());
            let before = links.insert(format!("{tags}/current/link"), digest.clone());
            if before.is_some_and(|before| before != *digest) {
                return Err(WriteError::Clash(image.reference.clone()));
            }
        }
        Ok(links)
    }

    pub(super) fn write(&self, out: &mut dyn Write, open: Open<'_>) -> Result<(), WriteError> {
        let links = self.links()?;
        let gzip = GzBuilder::new().mtime(0).write(out, Compression::fast());
        let mut tar = tar::Builder::new(gzip);
        self.head(&mut tar).map_err(WriteError::Out)?;
        let left_out: BTreeSet<&Digest> =
            self.base.iter().flat_map(|base| &base.blobs).map(|blob| &blob.digest).collect();
        for file in self.files.iter().filter(|file| !left_out.contains(&file.blob.digest)) {
            blob(&mut tar, &file.path, &file.blob, open)?;
        }
        for (digest, size) in blobs(&self.images) {
            if left_out.contains(&digest) {
                continue;
            }
            let hex = digest.hex();
            let name = format!("images/docker/registry/v2/blobs/sha256/{}/{hex}/data", &hex[..2]);
            blob(&mut tar, &name, &BlobRecord { digest, size }, open)?;
        }
        for (path, digest) in &links {
            let text = digest.to_string();
            let name = format!("images/docker/registry/v2/repositories/{path}");
            add(&mut tar, &name, text.len() as u64, text.as_bytes()).map_err(WriteError::Out)?;
        }
        let gzip = tar.into_inner().map_err(WriteError::Out)?;
        gzip.finish().and_then(Write::flush).map_err(WriteError::Out)
    }

    fn head(&self, tar: &mut tar::Builder<impl Write>) -> io::Result<()> {
        let mut put = |name: &str, content: &[u8]| add(tar, name, content.len() as u64, content);
        put("airgap.yaml", &self.airgap)?;
        put("app.tar.gz", &self.release)?;
        if let Some(base) = &self.base {
            put(member::BASE, base.text().as_bytes())?;
        }
        put(member::ROOT, self.root().as_bytes())?;
        for signature in &self.signatures {
            let name = format!("{}{}", member::ROOT, signature.kind.suffix());
            put(&name, signature.text.as_bytes())?;
        }
        match self.signatures.iter().find_map(|signature| signature.key.as_deref()) {
            Some(key) => put(member::KEY, key.as_bytes()),
            None => Ok(()),
        }
    }
}

/// Adds a blob to an archive, hashing it in passing.
fn blob(
    tar: &mut tar::Builder<impl Write>,
    name: &str,
    blob: &BlobRecord,
    open: Open<'_>,
) -> Result<(), WriteError> {
    let BlobRecord { digest, size } = blob;
    let unread = |source| WriteError::Blob { digest: digest.to_string(), source };
    // One byte more than it should have, so that a longer one is seen as such.
    let content = open(digest).map_err(unread)?.take(size.saturating_add(1));
    let mut content = Hashing::new(Failing { inner: content, failed: None });
    let added = add(tar, name, *size, (&mut content).take(*size));
    let rest = io::copy(&mut content, &mut io::sink()).unwrap_or(1);
    let (reader, is, read) = content.finish();
    if let Some(source) = reader.failed {
        return Err(unread(source));
    }
    added.map_err(WriteError::Out)?;
    if is != *digest || rest != 0 || read != *size {
        return Err(WriteError::WrongDigest { digest: digest.to_string(), found: is.to_string() });
    }
    Ok(())
}

/// Remembers that reading failed: the writer of the archive cannot tell that from its own failures.
struct Failing<R> {
    inner: R,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Failing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|error| {
            self.failed.get_or_insert_with(|| io::Error::new(error.kind(), error.to_string()));
        })
    }
}

/// Adds a file to an archive, with nothing of this machine in its header. Its content has to be as long as `size`.
pub(super) fn add(
    tar: &mut tar::Builder<impl Write>,
    name: &str,
    size: u64,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    tar.append_data(&mut header, name, content)
}
