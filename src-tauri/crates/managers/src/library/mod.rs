//! The library as a whole, and long work with what it holds: verified, moved, pushed, written.

mod create;
pub(crate) mod hosts;
mod pulled;
mod push;
mod tasks;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use longshore_bundle::{BundleRecord, Fault, Library, Signing, public_key};
use longshore_contract::{
    AppEvent, BlobFault, BlobFinding, BundleCreateRequest, BundleExportRequest, BundleId, BundlePushRequest,
    BundleSignRequest, BundleSigned, LibraryCollectRequest, LibraryCollected, LibraryMoveRequest,
    LibraryTask, LibraryVerifyRequest, LibraryView, RegistrySettings, ReleaseDiff, ReleaseDiffRequest,
    SigningKey, SigningKeyMade, SigningKeyMakeRequest, SiteHost, TaskId, TaskKind, TaskOutcome, WireError,
    chain,
};
use longshore_store::Store;

use crate::bundles::{self, find, refusal};
use crate::reach::{self, Named, Way};
use crate::{access, airgap};
use tasks::{Ended, Tasks};

/// Where images go.
enum Destination {
    Registry(Box<RegistrySettings>),
    Hosts(Vec<(String, Named)>),
}

/// The service behind every command about the library and long work with it.
pub struct LibraryWork {
    store: Arc<Store>,
    library: Arc<Library>,
    tasks: Arc<Tasks>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The hosts of a site that are named; all of them when none is.
fn chosen(site: &str, hosts: &[SiteHost], named: &[String]) -> Result<Vec<SiteHost>, WireError> {
    if named.is_empty() {
        return Ok(hosts.to_vec());
    }
    let one = |(at, name): (usize, &String)| {
        hosts.iter().find(|host| host.address == *name).cloned().ok_or_else(|| {
            WireError::bad_input(format!("{site} has no host {name}"))
                .field(format!("hosts.{at}"), "is no host of the site")
        })
    };
    named.iter().enumerate().map(one).collect()
}

/// A path of this machine, whole.
fn path(field: &str, text: &str) -> Result<PathBuf, WireError> {
    let path = Path::new(text);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    Err(WireError::bad_input(format!("{text:?} is no whole path")).field(field, "must be a whole path"))
}

impl LibraryWork {
    /// A service over a library; `announce` is told whenever work moves.
    pub fn new(
        store: Arc<Store>,
        library: Arc<Library>,
        announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    ) -> Self {
        Self { store, library, tasks: Arc::new(Tasks::new(Arc::clone(&announce))), announce }
    }

    /// What the library holds, and the work on it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn view(&self) -> Result<LibraryView, WireError> {
        let broken = |error| refusal(&error);
        let held = self.library.held().map_err(broken)?;
        let folder = std::fs::canonicalize(self.library.root());
        let folder = folder.unwrap_or_else(|_| self.library.root().to_owned());
        Ok(LibraryView {
            folder: folder.display().to_string(),
            bundles: count(held.bundles),
            blobs: count(held.blobs),
            size: held.bytes,
            unneeded: held.unneeded,
            free: self.library.free().map_err(broken)?,
            tasks: self.tasks.list(),
        })
    }

    /// Removes blobs that no bundle needs.
    ///
    /// # Errors
    /// When somebody else writes to the library.
    pub fn collect(&self, request: &LibraryCollectRequest) -> Result<LibraryCollected, WireError> {
        let collected = self.library.collect(request.dry_run).map_err(|error| refusal(&error))?;
        if collected.removed && !collected.blobs.is_empty() {
            (self.announce)(AppEvent::BundlesChanged { bundle: None });
        }
        Ok(bundles::collected(collected))
    }

    fn find(&self, id: &BundleId) -> Result<BundleRecord, WireError> {
        find(&self.library, id)
    }

    /// Begins to read and hash every blob, or those of one bundle.
    ///
    /// # Errors
    /// When the library cannot be listed.
    pub fn verify(&self, request: &LibraryVerifyRequest) -> Result<LibraryTask, WireError> {
        let record = request.bundle.as_ref().map(|bundle| self.find(bundle)).transpose()?;
        let total = match &record {
            Some(record) => record.blobs.iter().map(|blob| blob.size).sum(),
            None => self.library.held().map_err(|error| refusal(&error))?.bytes,
        };
        let (library, repair) = (Arc::clone(&self.library), request.repair);
        let id = record.map(|record| record.id);
        let bundle = id.clone().map(BundleId);
        Ok(self.tasks.begin(TaskKind::Verify, bundle, String::new(), total, move |watch, stop| {
            let found = library.verify(id.as_deref(), watch, stop)?;
            let damaged = found.findings.iter().any(|finding| finding.fault == Fault::Damaged);
            let removed = if repair && damaged { library.remove_damaged(&found)? } else { 0 };
            let findings = found.findings.into_iter().map(|finding| BlobFinding {
                digest: finding.digest.to_string(),
                fault: match finding.fault {
                    Fault::Missing => BlobFault::Missing,
                    Fault::Damaged => BlobFault::Damaged,
                },
                bundles: finding.bundles.into_iter().map(BundleId).collect(),
            });
            Ok(TaskOutcome::Verified {
                blobs: count(found.blobs),
                bytes: found.bytes,
                findings: findings.collect(),
                removed: count(removed),
            })
        }))
    }

    /// Begins to move the library to another folder.
    ///
    /// # Errors
    /// When the folder is no whole path.
    pub fn relocate(&self, request: &LibraryMoveRequest) -> Result<LibraryTask, WireError> {
        let to = path("folder", &request.folder)?;
        let total = self.library.held().map_err(|error| refusal(&error))?.bytes;
        let library = Arc::clone(&self.library);
        let target = to.display().to_string();
        Ok(self.tasks.begin(TaskKind::Move, None, target, total, move |watch, stop| {
            let folder = library.move_to(&to, watch, stop)?.display().to_string();
            Ok(TaskOutcome::Moved { folder })
        }))
    }

    /// Begins to write a bundle to a file.
    ///
    /// # Errors
    /// When there is no such bundle, or the file is there already.
    pub fn export(&self, request: &BundleExportRequest) -> Result<LibraryTask, WireError> {
        let record = self.find(&request.bundle)?;
        let base = request.base.as_ref().map(|base| self.find(base)).transpose()?;
        let file = write::fresh(&request.file)?;
        let library = Arc::clone(&self.library);
        let (bundle, target) = (BundleId(record.id.clone()), file.display().to_string());
        let total = write::carried(&record, base.as_ref());
        Ok(self.tasks.begin(TaskKind::Export, Some(bundle), target, total, move |watch, stop| {
            write::to_file(&file, watch, stop, |out| {
                longshore_bundle::export(out, &library, &record, base.as_ref())
            })
        }))
    }

    /// Begins to make a bundle.
    ///
    /// # Errors
    /// When the release, an image or the key cannot be read, or the file is there already.
    pub fn create(&self, request: BundleCreateRequest) -> Result<LibraryTask, WireError> {
        let file = write::fresh(&request.file)?;
        let work = create::Work::prepare(request, &self.library)?;
        Ok(work.begin(&self.tasks, file))
    }

    /// Begins to push a bundle's images, to a registry or to hosts.
    ///
    /// # Errors
    /// When there is no such bundle, or the request names no place or more than one.
    pub fn push(&self, request: BundlePushRequest) -> Result<LibraryTask, WireError> {
        let record = self.find(&request.bundle)?;
        if record.images.is_empty() {
            let text = format!("The bundle of {} carries no images", record.meta.version_label);
            return Err(WireError::bad_input(text).field("bundle", "carries no images"));
        }
        let library = Arc::clone(&self.library);
        match self.destination(&record.meta.app_slug, request)? {
            Destination::Registry(settings) => {
                let images = airgap::push_images(&record, &settings);
                let target = settings.push_address.clone().unwrap_or_else(|| settings.address.clone());
                Ok(push::begin(&self.tasks, BundleId(record.id), target, library, *settings, images))
            }
            Destination::Hosts(hosts) => {
                Ok(hosts::begin(&self.tasks, hosts::Delivery { library, record, hosts }))
            }
        }
    }

    /// Where a push goes.
    fn destination(&self, slug: &str, request: BundlePushRequest) -> Result<Destination, WireError> {
        let site = request.site.as_ref().map(|site| access::site(&self.store, site)).transpose()?;
        match (site, request.registry) {
            (None, Some(settings)) if request.hosts.is_empty() => {
                Ok(Destination::Registry(Box::new(settings)))
            }
            (None, None) if !request.hosts.is_empty() => {
                let ways: Vec<Way> = request.hosts.iter().map(Way::from).collect();
                Ok(Destination::Hosts(reach::named(&ways, false, &Arc::new(request.ssh))?))
            }
            (Some(site), None) => {
                let registry = access::registry(&self.store, &site, slug);
                let registry = registry.map_err(|error| WireError::internal(&error))?;
                match (&site.linux, registry) {
                    (_, Some(settings)) if request.hosts.is_empty() => {
                        Ok(Destination::Registry(Box::new(settings)))
                    }
                    (Some(linux), _) => {
                        let hosts = chosen(&site.name, &linux.hosts, &request.hosts)?;
                        let accepted = &request.ssh.accepted_keys;
                        Ok(Destination::Hosts(reach::of_site(&self.store, &site, &hosts, accepted)?))
                    }
                    (None, Some(_)) => {
                        Err(WireError::bad_input(format!("{} is no site of hosts", site.name))
                            .field("hosts", "are for sites of Linux hosts, or for no site"))
                    }
                    (None, None) => Err(WireError::bad_input(format!("{} names no registry", site.name))
                        .field("site", "names no registry")
                        .hint("Name one for the site, or name the registry itself.")),
                }
            }
            _ => {
                let text =
                    "A push goes to a site, to a registry that is named, or to hosts: one of the three";
                Err(WireError::bad_input(text).field("registry", "must be named, or a site, or hosts"))
            }
        }
    }

    /// Signs a bundle and puts signature and public key beside its file.
    ///
    /// # Errors
    /// When there is no such bundle, the key cannot be used, or a file cannot be written.
    pub fn sign(&self, request: &BundleSignRequest) -> Result<BundleSigned, WireError> {
        let record = self.find(&request.bundle)?;
        let signing = signing(&request.signing, &record.meta.app_slug, &record.meta.version_label)?;
        let root = record.root().ok_or_else(|| {
            WireError::bad_input(format!("{} was imported by an older version", record.file))
                .hint("Import it again, then sign it.")
        })?;
        let refused = |error: &dyn std::error::Error| {
            WireError::bad_input(format!("{} cannot be signed: {}", record.file, chain(error)))
                .hint("Check the key and its password.")
        };
        let password = signing.password.as_deref();
        let text = longshore_bundle::sign(&root, &signing.key, password, &signing.comment);
        let text = text.map_err(|error| refused(&error))?;
        let key = public_key(&signing.key, password).map_err(|error| refused(&error))?;
        let fingerprint =
            longshore_bundle::PublicKey::parse(&key).map_err(|error| refused(&error))?.fingerprint();
        let file = path("file", &request.file)?;
        let (signature, public) = (write::beside(&file, ".minisig"), write::beside(&file, ".pub"));
        write::text(&signature, &text)?;
        write::text(&public, &key)?;
        let (signature, key) = (signature.display().to_string(), public.display().to_string());
        Ok(BundleSigned { signature, key, fingerprint })
    }

    /// Makes a key to sign with.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn make_key(&self, request: &SigningKeyMakeRequest) -> Result<SigningKeyMade, WireError> {
        let file = write::fresh(&request.file)?;
        let password = request.password.as_deref();
        let refused = |error: &dyn std::error::Error| {
            WireError::bad_input(format!("The key cannot be made: {}", chain(error)))
        };
        let secret = longshore_bundle::secret_key(password).map_err(|error| refused(&error))?;
        let public = public_key(&secret, password).map_err(|error| refused(&error))?;
        let key = longshore_bundle::PublicKey::parse(&public).map_err(|error| refused(&error))?;
        let beside = write::beside(&file, ".pub");
        write::secret(&file, &secret)?;
        write::text(&beside, &public)?;
        let (secret, beside) = (file.display().to_string(), beside.display().to_string());
        Ok(SigningKeyMade { secret, key: beside, fingerprint: key.fingerprint() })
    }

    /// What a bundle's release changes.
    ///
    /// # Errors
    /// When one of the two is not in the library.
    pub fn diff(&self, request: &ReleaseDiffRequest) -> Result<ReleaseDiff, WireError> {
        let to = self.find(&request.bundle)?;
        let from = match (&request.from, &request.site) {
            (Some(from), None) => self.find(from)?,
            (None, Some(site)) => {
                let site = access::site(&self.store, site)?;
                let installed = site.installed.as_ref().ok_or_else(|| {
                    WireError::not_found(format!("Nothing is known to be installed on {}", site.name))
                        .hint("Look at the site first, or name the older bundle.")
                })?;
                let all = self.library.bundles().map_err(|error| refusal(&error))?;
                let runs = |record: &BundleRecord| {
                    record.meta.app_slug == installed.slug && record.meta.version_label == installed.version
                };
                all.into_iter().find(runs).ok_or_else(|| {
                    let (app, version) = (&installed.slug, &installed.version);
                    let text =
                        format!("{} runs {app} {version}, and the library holds no bundle of it", site.name);
                    WireError::not_found(text).hint("Import that bundle, or name the older one.")
                })?
            }
            _ => {
                let text =
                    "A release is compared with another bundle or with what a site runs: one of the two";
                return Err(WireError::bad_input(text).field("from", "must be named, or a site"));
            }
        };
        self.library.diff(&from.id, &to.id).map_err(|error| refusal(&error))
    }

    /// How a task stands.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn task(&self, id: &TaskId) -> Result<LibraryTask, WireError> {
        self.tasks.get(id)
    }

    /// Stops a task.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn cancel(&self, id: &TaskId) -> Result<LibraryTask, WireError> {
        self.tasks.cancel(id)
    }
}

/// A key to sign with, read from its file.
fn signing(key: &SigningKey, slug: &str, version: &str) -> Result<Signing, WireError> {
    let file = path("signing.file", &key.file)?;
    let text = std::fs::read_to_string(&file).map_err(|error| {
        WireError::bad_input(format!("The key {} cannot be read: {error}", file.display()))
            .field("signing.file", "cannot be read")
    })?;
    let comment = if key.comment.is_empty() { format!("{slug} {version}") } else { key.comment.clone() };
    Ok(Signing { key: text, password: key.password.clone(), comment })
}

impl From<longshore_bundle::BundleError> for Ended {
    fn from(error: longshore_bundle::BundleError) -> Self {
        match error {
            longshore_bundle::BundleError::Stopped => Self::Stopped,
            other => Self::Refused(refusal(&other)),
        }
    }
}
