//! Making a bundle from its parts, and writing one again from the library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use longshore_release::{Airgap, Release, ReleaseError};

use super::plan::Plan;
use super::{Base, ImageOrigin, airgap, pack};
use crate::BundleError;
use crate::cluster;
use crate::digest::{Digest, Hashing};
use crate::error::shown;
use crate::library::Library;
use crate::read::member;
use crate::record::{BlobRecord, BundleRecord, FileRecord};
use crate::signature::{self, Carried, SignError, SignatureKind};

/// Why a bundle was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file that it goes to.
    #[error("The bundle cannot be written")]
    Out(#[source] io::Error),
    /// A blob of an image.
    #[error("Blob {digest} cannot be read")]
    Blob {
        /// Which.
        digest: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A blob that is not what its name says.
    #[error("Blob {digest} is damaged: its content has digest {found}")]
    WrongDigest {
        /// Which.
        digest: String,
        /// Digest of its content.
        found: String,
    },
    /// Two images that registries in bundles cannot tell apart.
    #[error("Image {0} has the same last part of its name and the same tag as another; give one another tag")]
    Clash(String),
    /// Images, or the library.
    #[error(transparent)]
    Source(#[from] BundleError),
    /// The release.
    #[error("The release is refused")]
    Release(#[from] ReleaseError),
    /// The signature.
    #[error("The bundle cannot be signed")]
    Sign(#[from] SignError),
    /// A file of the release.
    #[error("{path} cannot be read")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A name that no file for hosts may have.
    #[error("{0} cannot be a file for hosts; those lie below cluster/ in the bundle")]
    Member(String),
    /// A record from before `airgap.yaml` was kept.
    #[error("Bundle {0} was imported by an older version; import it again, then export it")]
    Old(String),
}

/// How a new bundle is signed.
#[derive(Clone)]
pub struct Signing {
    /// Text of a minisign secret key.
    pub key: String,
    /// What it is encrypted with; `None` for one that is not.
    pub password: Option<String>,
    /// Signed with it and shown to whoever verifies: `tidewater 1.1.0`.
    pub comment: String,
}

impl Signing {
    fn over(&self, root: &str) -> Result<Carried, SignError> {
        let password = self.password.as_deref();
        Ok(Carried {
            kind: SignatureKind::Minisign,
            text: signature::sign(root, &self.key, password, &self.comment)?,
            key: Some(signature::public_key(&self.key, password)?),
        })
    }
}

/// The parts of a new bundle.
#[derive(Clone, Copy)]
pub struct Create<'a> {
    /// Metadata; images, format and size are filled in.
    pub meta: &'a Airgap,
    /// Files of the release, by name.
    pub release: &'a BTreeMap<String, Vec<u8>>,
    /// References, and where each comes from.
    pub images: &'a [(String, &'a dyn ImageOrigin)],
    /// Files for hosts: member below `cluster/`, and the file that it is.
    pub files: &'a BTreeMap<String, PathBuf>,
    /// How it is signed, if it is.
    pub signing: Option<&'a Signing>,
}

/// Writes a new bundle to `out`. The same parts give the same bytes, but for the signature, which has a random
/// part.
///
/// # Errors
/// When a part is missing or damaged, or `out` cannot be written.
pub fn create(out: &mut dyn Write, parts: &Create<'_>) -> Result<(), WriteError> {
    let cluster = Release::from_files(parts.release.clone())?.own_cluster()?;
    let mut images = Vec::new();
    let mut origins: BTreeMap<Digest, &dyn ImageOrigin> = BTreeMap::new();
    for (reference, origin) in parts.images {
        let image = origin.image(reference)?;
        for manifest in &image.manifests {
            origins.insert(manifest.digest.clone(), *origin);
            origins.extend(manifest.blobs.iter().map(|blob| (blob.digest.clone(), *origin)));
        }
        images.push(image);
    }
    let (files, paths) = host_files(parts.files)?;
    if let Some(cluster) = &cluster {
        cluster::complete(cluster, &files, &images)?;
    }
    let text = airgap(parts.meta, &images, &files).map_err(WriteError::Out)?;
    let release = pack(parts.release).map_err(WriteError::Out)?;
    let mut plan = Plan::new(text, release, images, files);
    if let Some(signing) = parts.signing {
        plan.signatures.push(signing.over(&plan.root())?);
    }
    let open = |digest: &Digest| match (origins.get(digest), paths.get(digest)) {
        (Some(origin), _) => origin.open(digest).map_err(io::Error::other),
        (None, Some(path)) => Ok(Box::new(fs::File::open(path)?) as Box<dyn Read>),
        (None, None) => Err(io::ErrorKind::NotFound.into()),
    };
    plan.write(out, &open)
}

/// Hashes files for hosts; gives them, and where the content of each lies.
fn host_files(
    files: &BTreeMap<String, PathBuf>,
) -> Result<(Vec<FileRecord>, BTreeMap<Digest, &PathBuf>), WriteError> {
    let (mut records, mut paths) = (Vec::new(), BTreeMap::new());
    for (member, path) in files {
        if !member.starts_with(cluster::FOLDER) || member::clean(member)? != *member {
            return Err(WriteError::Member(shown(member)));
        }
        let failed = |source| WriteError::File { path: path.clone(), source };
        let file = fs::File::open(path).map_err(failed)?;
        let mut hashing = Hashing::new(io::sink());
        io::copy(&mut io::BufReader::with_capacity(256 << 10, file), &mut hashing).map_err(failed)?;
        let (_, digest, size) = hashing.finish();
        paths.insert(digest.clone(), path);
        records.push(FileRecord { path: member.clone(), blob: BlobRecord { digest, size } });
    }
    Ok((records, paths))
}

/// Writes a bundle of the library to `out`; with a `base`, only the blobs which that one lacks, for a library
/// that holds it. Its `airgap.yaml` and its signatures are the vendor's, unchanged.
///
/// # Errors
/// When a blob is missing or damaged, or `out` cannot be written.
pub fn export(
    out: &mut dyn Write,
    library: &Library,
    record: &BundleRecord,
    base: Option<&BundleRecord>,
) -> Result<(), WriteError> {
    let airgap = record.airgap.as_ref().ok_or_else(|| WriteError::Old(record.id.clone()))?;
    let (text, release) = (library.read_blob(&airgap.digest)?, library.read_blob(&record.release.digest)?);
    let mut plan = Plan::new(text, release, record.images.clone(), record.files.clone());
    plan.signatures.clone_from(&record.signatures);
    plan.signatures.dedup_by_key(|signature| signature.kind);
    plan.base = base.map(|base| {
        let known: BTreeSet<&BlobRecord> = base.blobs.iter().collect();
        let carried = [&airgap.digest, &record.release.digest];
        let shared = record.blobs.iter().filter(|blob| known.contains(blob));
        let shared = shared.filter(|blob| !carried.contains(&&blob.digest));
        Base { id: base.id.clone(), blobs: shared.cloned().collect() }
    });
    let open = |digest: &Digest| {
        let file = library.open_blob(digest).map_err(io::Error::other)?;
        Ok(Box::new(file) as Box<dyn Read>)
    };
    plan.write(out, &open)
}

/// The files of a release directory, by name; folders in it and hidden files are left out.
///
/// # Errors
/// When one cannot be read.
pub fn release_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, WriteError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteError::File { path, source }
    };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if !name.starts_with('.') && fs::metadata(&path).map_err(failed(&path))?.is_file() {
            files.insert(name, fs::read(&path).map_err(failed(&path))?);
        }
    }
    Ok(files)
}
