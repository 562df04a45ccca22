//! An image in an archive of its own, as `docker save` and its kin write it, taken apart as it passes.
//!
//! The list of what is in it comes last, so everything is taken for a layer until then: small files wait in
//! memory, larger ones go to the library at once. What the list does not name is dropped again.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;

use super::Importer;
use super::decode::Packing;
use super::layer::Layer;
use super::member;
use super::place::{Place, no_member};
use super::tape::{Head, Kind, Tape};
use crate::BundleError;
use crate::digest::Digest;
use crate::error::shown;
use crate::image::{ImageRecord, Manifest, split};
use crate::record::BlobRecord;
use crate::saved::{self, Part, SavedImage};

/// Files up to this many bytes wait in memory, as long as all of them together stay below the other bound.
const SMALL: u64 = 1 << 20;
const SMALL_ALL: u64 = 16 << 20;
/// Files and links an archive may have; the largest images have some hundred.
const FILES: usize = 10_000;
/// Links that are followed one after another.
const HOPS: usize = 8;

/// What became of a file.
enum Kept {
    Memory(Vec<u8>),
    Stored(StoredLayer),
    /// Another name of that file.
    Link(String),
}

#[derive(Clone)]
struct StoredLayer {
    blob: BlobRecord,
    fresh: bool,
    packing: Packing,
    /// Digest of what is inside.
    diff: Digest,
}

/// An archive that is being read.
struct Archive<'i, 'a> {
    importer: &'i Importer<'a>,
    /// Member of the bundle that it is.
    within: &'i str,
    files: BTreeMap<String, Kept>,
    in_memory: u64,
}

/// Reads the archive that is member `within`, and gives the image.
pub(super) fn read(
    importer: &Importer<'_>,
    within: &str,
    reference: &str,
    stream: &mut dyn Read,
) -> Result<ImageRecord, BundleError> {
    let mut archive = Archive { importer, within, files: BTreeMap::new(), in_memory: 0 };
    archive.take_all(stream)?;
    let image = archive.image(reference);
    archive.drop_unused(image.as_ref().ok())?;
    image
}

/// The digest that a file's name says it has: `<hex>.tar`, `<hex>.json`, `blobs/sha256/<hex>`.
fn promised(name: &str) -> Option<Digest> {
    let stem = name.strip_suffix(".tar").or_else(|| name.strip_suffix(".json")).unwrap_or(name);
    let hex = if stem == name { name.strip_prefix("blobs/sha256/")? } else { stem };
    Digest::parse(&format!("sha256:{hex}"))
}

impl Archive<'_, '_> {
    fn called(&self, name: &str) -> String {
        format!("{}: {}", self.within, shown(name))
    }

    fn take_all(&mut self, stream: &mut dyn Read) -> Result<(), BundleError> {
        let (limits, members): (_, &Cell<usize>) = (self.importer.limits, &self.importer.members);
        let mut tape = Tape::new(stream, limits, members);
        let mut last = format!("in member {}", self.within);
        loop {
            if (self.importer.stop)() {
                return Err(BundleError::Stopped);
            }
            let head = tape.next().map_err(|error| no_member(self.importer.path, &last, error))?;
            let Some(head) = head else { return Ok(()) };
            let shown_name = self.called(&head.name);
            last = format!("in member {shown_name}");
            let clean = member::clean(&head.name).map_err(|_| BundleError::Name(shown_name.clone()))?;
            if head.kind == Kind::Folder {
                continue;
            }
            if self.files.contains_key(&clean) {
                return Err(BundleError::Twice(shown_name));
            }
            if self.files.len() == FILES {
                return Err(BundleError::Many { what: "files in an image", limit: FILES, name: shown_name });
            }
            let kept = self.take(&clean, &shown_name, &head, &mut tape)?;
            self.files.insert(clean, kept);
        }
    }

    fn take(
        &mut self,
        clean: &str,
        shown_name: &str,
        head: &Head,
        content: &mut dyn Read,
    ) -> Result<Kept, BundleError> {
        let place = Place { path: self.importer.path, member: shown_name };
        match &head.kind {
            Kind::File if head.size <= SMALL && self.in_memory + head.size <= SMALL_ALL => {
                self.in_memory += head.size;
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes).map_err(|error| place.broken(error))?;
                Ok(Kept::Memory(bytes))
            }
            Kind::File => self.store(content, Some((clean, head.size)), place).map(Kept::Stored),
            Kind::Link(target) => {
                let folder = clean.rsplit_once('/').map_or("", |(folder, _)| folder);
                let target =
                    resolve(folder, target).ok_or_else(|| BundleError::Link(shown_name.to_owned()))?;
                Ok(Kept::Link(target))
            }
            Kind::Same(target) => {
                let target = member::clean(target).map_err(|_| BundleError::Link(shown_name.to_owned()))?;
                Ok(Kept::Link(target))
            }
            Kind::Folder | Kind::Odd => Err(BundleError::NotAFile(shown_name.to_owned())),
        }
    }

    /// Stores a layer, unpacking it on the side to know what is inside.
    fn store(
        &self,
        content: &mut dyn Read,
        named: Option<(&str, u64)>,
        place: Place<'_>,
    ) -> Result<StoredLayer, BundleError> {
        let mut layer = Layer::new(content, &self.importer.budget).map_err(|error| place.broken(error))?;
        let promised = named.and_then(|(name, size)| promised(name).map(|digest| (digest, size)));
        let expected = promised.as_ref().map(|(digest, size)| (digest, *size));
        let here = expected.filter(|(digest, size)| self.importer.library.holds(digest, *size));
        let accept = |is: &Digest| match here {
            // It was not written again because of its name, so it has to be what that says.
            Some((digest, _)) if digest != is => Err(place.wrong(is)),
            _ => Ok(()),
        };
        let broken = |error| place.broken(error);
        let stored = self.importer.library.store(&mut layer, here, &accept, &broken)?;
        let (packing, inside) = layer.finish().map_err(broken)?;
        let diff = inside.unwrap_or_else(|| stored.blob.digest.clone());
        let fresh = stored.fresh;
        let blob = self.importer.flusher.keep(self.importer.library, stored);
        Ok(StoredLayer { blob, fresh, packing, diff })
    }

    /// What is behind a name, links followed.
    fn find(&self, name: &str) -> Result<(String, &Kept), BundleError> {
        let missing = || BundleError::Missing(self.called(name));
        let mut at = member::clean(name).map_err(|_| BundleError::Name(self.called(name)))?;
        for _ in 0..HOPS {
            match self.files.get(&at).ok_or_else(missing)? {
                Kept::Link(target) => at.clone_from(target),
                kept => return Ok((at, kept)),
            }
        }
        Err(BundleError::Link(self.called(name)))
    }

    fn image(&mut self, reference: &str) -> Result<ImageRecord, BundleError> {
        let list = self.bytes("manifest.json")?;
        let content = |name: &str, why: String| BundleError::Content { name: self.called(name), why };
        let item = SavedImage::parse(&list).map_err(|why| content("manifest.json", why))?;
        let config = self.bytes(&item.config)?;
        if let Some(promised) = promised(&item.config).filter(|promised| *promised != Digest::of(&config)) {
            let found = Digest::of(&config).to_string();
            return Err(content(&item.config, format!("it has digest {found}, not {promised}")));
        }
        let diffs = saved::diff_ids(&config).map_err(|why| content(&item.config, why))?;
        if diffs.len() != item.layers.len() {
            let why = format!("it lists {} layers, and its config {}", item.layers.len(), diffs.len());
            return Err(content("manifest.json", why));
        }
        let (mut blobs, mut parts) = (Vec::new(), Vec::new());
        for (name, diff) in item.layers.iter().zip(&diffs) {
            let layer = self.layer(name)?;
            if layer.diff != *diff {
                let (name, found) = (self.called(name), layer.diff.to_string());
                return Err(BundleError::WrongDigest { name, found });
            }
            let media_type = match layer.packing {
                Packing::Plain => saved::LAYER,
                Packing::Gzip => saved::LAYER_GZIP,
                Packing::Zstd => saved::LAYER_ZSTD,
            };
            parts.push(Part::new(media_type, &layer.blob));
            blobs.push(layer.blob);
        }
        let keep = |bytes: &[u8]| -> Result<BlobRecord, BundleError> {
            let library = self.importer.library;
            Ok(self.importer.flusher.keep(library, library.store_bytes(bytes)?))
        };
        let config = keep(&config)?;
        let bytes = saved::manifest(&config, &parts);
        let stored = keep(&bytes)?;
        blobs.insert(0, config);
        let (name, place) = split(reference);
        let media_type = saved::MANIFEST.to_owned();
        let manifest = Manifest { digest: stored.digest, size: stored.size, media_type, blobs };
        Ok(ImageRecord {
            reference: reference.to_owned(),
            name,
            tag: place.unwrap_or_default(),
            manifests: vec![manifest],
        })
    }

    /// A layer that the list names, in the library now.
    fn layer(&mut self, name: &str) -> Result<StoredLayer, BundleError> {
        let (at, kept) = self.find(name)?;
        let layer = match kept {
            Kept::Stored(layer) => return Ok(layer.clone()),
            Kept::Memory(bytes) => {
                let shown_name = self.called(name);
                let place = Place { path: self.importer.path, member: &shown_name };
                self.store(&mut bytes.as_slice(), None, place)?
            }
            Kept::Link(_) => return Err(BundleError::Link(self.called(name))),
        };
        self.files.insert(at, Kept::Stored(layer.clone()));
        Ok(layer)
    }

    /// A small file that the list needs.
    fn bytes(&self, name: &str) -> Result<Vec<u8>, BundleError> {
        match self.find(name)?.1 {
            Kept::Memory(bytes) => Ok(bytes.clone()),
            Kept::Stored(stored) if stored.blob.size <= self.importer.limits.small => {
                self.importer.library.read_blob(&stored.blob.digest)
            }
            _ => Err(BundleError::Large { name: self.called(name), limit: self.importer.limits.small }),
        }
    }

    /// Removes what went to the library and is no part of the image after all.
    fn drop_unused(&self, image: Option<&ImageRecord>) -> Result<(), BundleError> {
        let used = |digest: &Digest| {
            image.is_some_and(|image| image.blobs().into_iter().any(|blob| blob.digest == *digest))
        };
        for kept in self.files.values() {
            if let Kept::Stored(stored) = kept
                && stored.fresh
                && !used(&stored.blob.digest)
                && !self.importer.found.borrow().sizes.contains_key(&stored.blob.digest)
            {
                self.importer.library.discard(&stored.blob.digest)?;
            }
        }
        Ok(())
    }
}

/// Where a link in `folder` leads inside its archive; `None` when it leads out.
fn resolve(folder: &str, target: &str) -> Option<String> {
    if target.starts_with('/') || target.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
