//! Making a bundle from a release's files and its images.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use longshore_bundle::{
    Archives, Create, ImageOrigin, Library, OciLayout, Signing, airgap_meta, release_files,
};
use longshore_contract::{
    BundleCreateRequest, ImageFrom, LibraryTask, NewFile, RegistrySettings, TaskKind, TaskOutcome, WireError,
    chain,
};
use longshore_release::Airgap;

use super::pulled::{self, Pulled, RegistryImage};
use super::tasks::{Ended, Stop, Tasks, Told};
use super::{path, signing, write};
use crate::bundles::refusal;

/// A bundle that is to be made: what can be checked beforehand is.
pub(super) struct Work {
    meta: Airgap,
    release: BTreeMap<String, Vec<u8>>,
    images: Vec<(String, Place)>,
    files: BTreeMap<String, PathBuf>,
    registries: Vec<RegistrySettings>,
    signing: Option<Signing>,
    library: Library,
}

/// Where an image is.
enum Place {
    Layout(PathBuf),
    Archive(PathBuf),
    Registry(RegistryImage),
}

/// Metadata in a release's folder.
const META: &str = "airgap.yaml";

impl Work {
    pub(super) fn prepare(request: BundleCreateRequest, library: &Library) -> Result<Self, WireError> {
        let folder = path("release", &request.release)?;
        let mut release = release_files(&folder).map_err(|error| {
            WireError::bad_input(chain(&error)).field("release", "must be a folder with a release's files")
        })?;
        let mut meta = match release.remove(META) {
            Some(text) => airgap_meta(&text).map_err(|error| refusal(&error))?,
            None => Airgap::default(),
        };
        for (given, field) in [
            (request.slug, &mut meta.app_slug),
            (request.version, &mut meta.version_label),
            (request.channel, &mut meta.channel_name),
            (request.cursor, &mut meta.update_cursor),
        ] {
            if let Some(given) = given {
                *field = given;
            }
        }
        meta.is_required |= request.required;
        for (field, value) in [("slug", &meta.app_slug), ("version", &meta.version_label)] {
            if value.is_empty() {
                let text = format!("The new bundle has no {field}");
                return Err(WireError::bad_input(text)
                    .field(field, "is missing")
                    .hint("Name it, or put an airgap.yaml into the release's folder."));
            }
        }
        let mut images = Vec::new();
        for image in request.images {
            let from = place(image.from, &image.reference)?;
            images.push((image.reference, from));
        }
        let mut files = BTreeMap::new();
        for NewFile { member, file } in request.files {
            let from = path("files.file", &file)?;
            if files.insert(member.clone(), from).is_some() {
                let text = format!("{member} is named twice among the files for hosts");
                return Err(WireError::bad_input(text).field("files.member", "must be named once"));
            }
        }
        let key = request.signing.as_ref();
        let signing = key.map(|key| signing(key, &meta.app_slug, &meta.version_label)).transpose()?;
        let (registries, library) = (request.registries, library.clone());
        Ok(Self { meta, release, images, files, registries, signing, library })
    }

    /// Bytes of its parts, as far as files tell.
    pub(super) fn total(&self) -> u64 {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |facts| facts.len());
        let layout = |folder: &Path| {
            let blobs = std::fs::read_dir(folder.join("blobs/sha256")).into_iter().flatten().flatten();
            blobs.map(|blob| size(&blob.path())).sum::<u64>()
        };
        let mut layouts: Vec<&Path> = Vec::new();
        let mut total = self.files.values().map(|file| size(file)).sum::<u64>();
        for (_, place) in &self.images {
            match place {
                Place::Archive(file) => total += size(file),
                Place::Layout(folder) if !layouts.contains(&folder.as_path()) => {
                    layouts.push(folder);
                    total += layout(folder);
                }
                // What is in a registry is known once it is asked.
                Place::Layout(_) | Place::Registry(_) => {}
            }
        }
        total
    }

    /// Begins to make it.
    pub(super) fn begin(self, tasks: &Arc<Tasks>, file: PathBuf) -> LibraryTask {
        let (target, total) = (file.display().to_string(), self.total());
        tasks.begin_open(TaskKind::Create, None, target, total, move |told, stop| {
            self.carry_out(&file, told, stop)
        })
    }

    /// Pulls what is in registries, then writes the file: `told` hears of the bytes done and of all that are known of.
    fn carry_out(self, file: &Path, told: Told<'_>, stop: Stop<'_>) -> Result<TaskOutcome, Ended> {
        let known = self.total();
        let pulls = self.images.iter().filter_map(|(reference, place)| match place {
            Place::Registry(from) => Some((reference.as_str(), from)),
            _ => None,
        });
        // Beside the file, whose disk must have room for as much anyway.
        let beside = file.parent().unwrap_or_else(|| Path::new("/"));
        let pulled = pulled::pull(
            beside,
            &self.library,
            &self.registries,
            &pulls.collect::<Vec<_>>(),
            &|done, all| {
                told(done, Some(known + 2 * all));
            },
            stop,
        )?;
        let mut archives = Archives::new(self.library);
        let mut layouts: BTreeMap<&Path, OciLayout> = BTreeMap::new();
        for (reference, place) in &self.images {
            match place {
                Place::Archive(file) => archives.add(file, reference, stop)?,
                Place::Layout(folder) => {
                    if !layouts.contains_key(folder.as_path()) {
                        layouts.insert(folder, OciLayout::open(folder)?);
                    }
                }
                Place::Registry(_) => {}
            }
        }
        let fetched = pulled.as_ref().map(|pulled| OciLayout::open(pulled.folder())).transpose()?;
        let mut images: Vec<(String, &dyn ImageOrigin)> = Vec::new();
        for (reference, place) in &self.images {
            let layout = match place {
                Place::Archive(_) => {
                    images.push((reference.clone(), &archives));
                    continue;
                }
                Place::Layout(folder) => layouts.get(folder.as_path()),
                Place::Registry(_) => fetched.as_ref(),
            };
            if let Some(layout) = layout {
                images.push((reference.clone(), layout));
            }
        }
        let parts = Create {
            meta: &self.meta,
            release: &self.release,
            images: &images,
            files: &self.files,
            signing: self.signing.as_ref(),
        };
        let came = pulled.as_ref().map_or(0, Pulled::bytes);
        let watch = |done: u64| told(came + done, Some(known + 2 * came));
        write::to_file(file, &watch, stop, |out| longshore_bundle::create(out, &parts))
    }
}

fn place(image: ImageFrom, own: &str) -> Result<Place, WireError> {
    match image {
        ImageFrom::OciLayout { folder } => Ok(Place::Layout(path("images.from.folder", &folder)?)),
        ImageFrom::DockerArchive { file } => Ok(Place::Archive(path("images.from.file", &file)?)),
        ImageFrom::Registry { reference } => {
            let reference = if reference.is_empty() { own } else { &reference };
            let from = RegistryImage::parse(reference).ok_or_else(|| {
                WireError::bad_input(format!("{reference:?} is no reference of an image"))
                    .field("images.from.reference", "must be host/repository:tag, or …@sha256:digest")
            })?;
            Ok(Place::Registry(from))
        }
    }
}
