//! Where the images of a new bundle come from.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::BundleError;
use crate::digest::Digest;
use crate::error::shown;
use crate::image::{ImageRecord, Tree, full_name, split};
use crate::library::Library;
use crate::limits::Limits;
use crate::read::Stop;

/// A place that images are taken from.
pub trait ImageOrigin {
    /// The image of that reference, every manifest and blob of it named.
    ///
    /// # Errors
    /// When it has none, or not all of it.
    fn image(&self, reference: &str) -> Result<ImageRecord, BundleError>;

    /// A blob of an image it gave. What is read is hashed by the caller.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&self, digest: &Digest) -> Result<Box<dyn Read + '_>, BundleError>;
}

/// An OCI image layout: a folder with `index.json` and `blobs/`.
#[derive(Debug)]
pub struct OciLayout {
    folder: PathBuf,
    /// Name of each image, as `index.json` gives it, and its digest.
    images: Vec<(String, Digest)>,
    sizes: BTreeMap<Digest, u64>,
    limits: Limits,
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    digest: String,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// Annotations that name an image, the one with the whole name first.
const NAMES: &[&str] = &["io.containerd.image.name", "org.opencontainers.image.ref.name"];

impl OciLayout {
    /// Opens the layout in `folder`.
    ///
    /// # Errors
    /// When there is none, or its index cannot be read.
    pub fn open(folder: &Path) -> Result<Self, BundleError> {
        let path = folder.join("index.json");
        let failed = |source| BundleError::File { path: path.clone(), source };
        let index: Index = serde_json::from_slice(&fs::read(&path).map_err(failed)?)
            .map_err(|error| failed(error.into()))?;
        let content = || BundleError::Content {
            name: path.display().to_string(),
            why: "it names no sha256 digest".to_owned(),
        };
        let mut images = Vec::new();
        for entry in &index.manifests {
            let name = NAMES.iter().find_map(|name| entry.annotations.get(*name)).cloned();
            let digest = Digest::parse(&entry.digest).ok_or_else(content)?;
            images.push((name.unwrap_or_default(), digest));
        }
        let sizes = sizes(&folder.join("blobs/sha256"))?;
        Ok(Self { folder: folder.to_owned(), images, sizes, limits: Limits::default() })
    }

    /// Names that its index gives.
    pub fn names(&self) -> Vec<&str> {
        self.images.iter().map(|(name, _)| name.as_str()).filter(|name| !name.is_empty()).collect()
    }

    fn find(&self, reference: &str) -> Option<&Digest> {
        let (_, place) = split(reference);
        let named =
            |(name, _): &&(String, Digest)| !name.is_empty() && full_name(name) == full_name(reference);
        // Some writers name an image by its tag alone.
        let tagged = |(name, _): &&(String, Digest)| place.as_ref().is_ok_and(|tag| tag == name);
        let pinned = |(_, digest): &&(String, Digest)| place.as_ref().is_err_and(|place| place == digest);
        let images = || self.images.iter();
        let only = self.images.first().filter(|(name, _)| self.images.len() == 1 && name.is_empty());
        let found = images().find(named).or_else(|| images().find(pinned)).or_else(|| images().find(tagged));
        found.or(only).map(|(_, digest)| digest)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join("blobs/sha256").join(digest.hex())
    }
}

fn sizes(folder: &Path) -> Result<BTreeMap<Digest, u64>, BundleError> {
    let failed = |source| BundleError::File { path: folder.to_owned(), source };
    let mut sizes = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let digest = Digest::parse(&format!("sha256:{}", entry.file_name().to_string_lossy()));
        let size = entry.metadata().map_err(failed)?.len();
        sizes.extend(digest.map(|digest| (digest, size)));
    }
    Ok(sizes)
}

impl ImageOrigin for OciLayout {
    fn image(&self, reference: &str) -> Result<ImageRecord, BundleError> {
        let missing = || {
            let (image, folder) = (shown(reference), self.folder.display());
            BundleError::Missing(format!("image {image}, looked for in {folder}"))
        };
        let digest = self.find(reference).ok_or_else(missing)?;
        let (name, place) = split(reference);
        let read = |digest: &Digest| {
            let path = self.path(digest);
            let bytes = fs::read(&path).map_err(|source| BundleError::File { path, source })?;
            let is = Digest::of(&bytes);
            let (name, found) = (format!("blobs/{digest}"), is.to_string());
            if is == *digest { Ok(bytes) } else { Err(BundleError::WrongDigest { name, found }) }
        };
        let tags = std::collections::HashMap::new();
        let tree = Tree::new(&self.sizes, &read, &tags, &self.limits);
        tree.image(reference, name, place.unwrap_or_default(), digest)
    }

    fn open(&self, digest: &Digest) -> Result<Box<dyn Read + '_>, BundleError> {
        let path = self.path(digest);
        let file = File::open(&path).map_err(|source| BundleError::File { path, source })?;
        Ok(Box::new(file))
    }
}

/// Images from archives of one image each (`docker save`), taken apart into a library once.
#[derive(Debug)]
pub struct Archives {
    library: Library,
    images: BTreeMap<String, ImageRecord>,
}

impl Archives {
    /// None yet; their blobs go to `library`.
    pub fn new(library: Library) -> Self {
        Self { library, images: BTreeMap::new() }
    }

    /// Takes in the archive at `path` as the image `reference`.
    ///
    /// # Errors
    /// When it is no archive of one image, or is damaged.
    pub fn add(&mut self, path: &Path, reference: &str, stop: Stop<'_>) -> Result<(), BundleError> {
        let image = self.library.take_archive(path, reference, &Limits::default(), stop)?;
        self.images.insert(full_name(reference), image);
        Ok(())
    }
}

impl ImageOrigin for Archives {
    fn image(&self, reference: &str) -> Result<ImageRecord, BundleError> {
        let missing =
            || BundleError::Missing(format!("image {}, looked for in its archives", shown(reference)));
        let image = self.images.get(&full_name(reference)).ok_or_else(missing)?;
        Ok(ImageRecord { reference: reference.to_owned(), ..image.clone() })
    }

    fn open(&self, digest: &Digest) -> Result<Box<dyn Read + '_>, BundleError> {
        Ok(Box::new(self.library.open_blob(digest)?))
    }
}
