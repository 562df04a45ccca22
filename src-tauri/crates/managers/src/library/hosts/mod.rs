//! A bundle's images straight into the containerd of hosts, over SSH, with no registry on the way.
//!
//! Each host is asked what it has, gets the blobs it lacks, image by image, and is asked again at the end. While its
//! containerd takes one image, the next is on its way, and the one before is unpacked if it is sure to run there. All
//! hosts are served side by side, and what fails on one does not stop another. An upload that was cut goes on where it
//! was.

mod containerd;
mod images;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{StreamExt as _, stream};
use longshore_bundle::{BlobRecord, BundleRecord, ImageRecord, Library};
use longshore_contract::{
    BundleId, ErrorCode, FieldError, LibraryTask, TaskId, TaskKind, TaskOutcome, WireError, chain,
};
use longshore_remote::Host;
use tokio::sync::mpsc;

use super::count;
use super::tasks::{Ended, Tasks};
use crate::reach::{AT_ONCE, Named, Reached, reach};
use containerd::{Has, HostFault};
use images::{Wanted, architecture, wanted};

/// Blobs on their way to a host at once: small ones wait for round trips, and large ones have channels of their own.
const BLOBS: usize = 3;
/// Images that are on a host and wait for its containerd.
const WAITING: usize = 1;
/// How often it is looked whether somebody has stopped the work.
const LOOK: Duration = Duration::from_millis(100);

/// What goes where.
pub(super) struct Delivery {
    pub(super) library: Arc<Library>,
    pub(super) record: BundleRecord,
    pub(super) hosts: Vec<(String, Named)>,
}

/// Bytes by host and blob, for the task's progress.
struct Counts {
    tasks: Arc<Tasks>,
    task: TaskId,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    each: HashMap<(String, String), u64>,
    together: u64,
}

impl Counts {
    fn set(&self, host: &str, blob: &BlobRecord, done: u64) {
        let mut counts = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        // Of many hosts and blobs, each tells with every piece: nothing is added up anew.
        let before = counts.each.insert((host.to_owned(), blob.digest.hex().to_owned()), done);
        counts.together = counts.together + done - before.unwrap_or_default();
        self.tasks.progress(&self.task, counts.together, None);
    }
}

/// Begins to bring a bundle's images to hosts.
pub(super) fn begin(tasks: &Arc<Tasks>, delivery: Delivery) -> LibraryTask {
    let hosts = delivery.hosts.len();
    let target = match delivery.hosts.as_slice() {
        [(name, _)] => name.clone(),
        several => format!("{} hosts", several.len()),
    };
    // As many as there are over all platforms: what a host needs of them is known once it is asked.
    let images = delivery.record.images.iter();
    let total = bytes(images.flat_map(longshore_bundle::ImageRecord::blobs)).saturating_mul(hosts as u64);
    let bundle = BundleId(delivery.record.id.clone());
    let (task, stop) = tasks.open(TaskKind::Push, Some(bundle), target, total);
    let counts = Counts { tasks: Arc::clone(tasks), task: task.id.clone(), done: Mutex::default() };
    tokio::spawn(async move {
        // To drop the work ends what runs on the hosts.
        let result = tokio::select! {
            result = delivery.carry_out(&counts) => result,
            () = stopped(&stop) => Err(Ended::Stopped),
        };
        counts.tasks.end(&counts.task, result);
    });
    task
}

async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(LOOK).await;
    }
}

/// What one host got.
struct Delivered {
    sent: u64,
    size: u64,
}

impl Delivery {
    async fn carry_out(&self, counts: &Counts) -> Result<TaskOutcome, Ended> {
        let mut serving = Vec::new();
        for (at, (name, named)) in self.hosts.iter().enumerate() {
            serving.push(async move { (at, name, self.serve(name, named, counts).await) });
        }
        let served: Vec<_> = stream::iter(serving).buffer_unordered(AT_ONCE).collect().await;
        let (mut sent, mut size, mut failed) = (0, 0, Vec::new());
        for (at, name, result) in served {
            match result {
                Ok(delivered) => {
                    sent += delivered.sent;
                    size += delivered.size;
                }
                Err(error) => failed.push((at, name, error)),
            }
        }
        if failed.is_empty() {
            return Ok(TaskOutcome::Pushed { images: count(self.record.images.len()), sent, size });
        }
        failed.sort_by_key(|(at, ..)| *at);
        Err(Ended::Refused(self.refusal(failed)))
    }

    /// One error for all hosts that did not get the images: the others have them.
    fn refusal(&self, mut failed: Vec<(usize, &String, WireError)>) -> WireError {
        if self.hosts.len() == 1
            && let Some((_, _, error)) = failed.pop()
        {
            return error;
        }
        let text = format!("{} of {} hosts did not get the images", failed.len(), self.hosts.len());
        let code = failed.first().map_or(ErrorCode::Unreachable, |(_, _, error)| error.code);
        let fields = failed.iter().map(|(at, name, error)| FieldError {
            field: format!("hosts.{at}"),
            message: if error.message.contains(name.as_str()) {
                error.message.clone()
            } else {
                format!("{name}: {}", error.message)
            },
        });
        WireError { fields: fields.collect(), ..WireError::new(code, text) }
            .hint("Push again to go on: what is on a host is not sent again.")
    }

    async fn serve(&self, name: &str, named: &Named, counts: &Counts) -> Result<Delivered, WireError> {
        let asked = match reach(named).await {
            Reached::Host(asked) => asked,
            Reached::Not { why, unknown_key } => {
                let error = WireError::new(ErrorCode::Unreachable, why);
                return Err(if unknown_key.is_empty() {
                    error
                } else {
                    error.hint(format!("Compare the key's fingerprint {unknown_key}, then accept it."))
                });
            }
        };
        if !asked.is_root() {
            let why = if asked.note.is_empty() { "it is entered without root" } else { &asked.note };
            let text = format!("{name} takes images from root alone: {why}");
            return Err(WireError::new(ErrorCode::MissingRights, text)
                .hint("Enter it as root, or as one who may become root."));
        }
        let host = asked.host();
        let progress = |blob: &BlobRecord, done: u64| counts.set(host.name(), blob, done);
        let images: Vec<&ImageRecord> = self.record.images.iter().collect();
        bring(host, &self.library, &images, Unpacked::Later, &progress)
            .await
            .map_err(|fault| told(host, &fault))
    }
}

/// Told which blob of a host has come how far, in bytes.
type Progress<'a> = &'a (dyn Fn(&BlobRecord, u64) + Send + Sync);

/// When images are unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unpacked {
    /// At once: they are sure to run on the host.
    AtOnce,
    /// By the runtime, when a pod first wants one.
    Later,
}

/// Gives images to a host that is connected, as root; gives the bytes that went over the link.
///
/// # Errors
/// When its containerd does not take them, or the link is lost; what is there then is not sent again.
pub(crate) async fn give(
    host: &dyn Host,
    library: &Library,
    images: &[&ImageRecord],
    unpacked: Unpacked,
    progress: Progress<'_>,
) -> Result<u64, WireError> {
    let brought = bring(host, library, images, unpacked, progress).await;
    brought.map(|delivered| delivered.sent).map_err(|fault| told(host, &fault))
}

/// Bytes of images that a host lacks, and how many of them it does not hold whole.
///
/// # Errors
/// When its containerd cannot be asked.
pub(crate) async fn lacking(
    host: &dyn Host,
    library: &Library,
    images: &[&ImageRecord],
) -> Result<(u64, usize), WireError> {
    let has = containerd::has(host).await.map_err(|fault| told(host, &fault))?;
    let images = fitting(library, images, &has);
    let lacked = bytes(images.iter().flat_map(|image| has.lacks(image)));
    Ok((lacked, images.iter().filter(|image| !has.holds(image)).count()))
}

/// Images as a host's machine takes them.
fn fitting(library: &Library, images: &[&ImageRecord], has: &Has) -> Vec<Wanted> {
    let architecture = architecture(&has.machine);
    images.iter().filter_map(|image| wanted(image, library, architecture)).collect()
}

async fn bring(
    host: &dyn Host,
    library: &Library,
    images: &[&ImageRecord],
    unpacked: Unpacked,
    progress: Progress<'_>,
) -> Result<Delivered, HostFault> {
    let mut has = containerd::has(host).await?;
    let images = fitting(library, images, &has);
    fits(host, &has, &images)?;
    let (staged, mut whole) = mpsc::channel(WAITING);
    let sending = async move {
        let mut sent = 0;
        for image in &images {
            if let Some(more) = stage(host, library, image, &has, progress).await? {
                sent += more;
                // They are given in this order: what the next one shares with it is there by then.
                has.learn(image);
                if staged.send(image.clone()).await.is_err() {
                    break;
                }
            }
        }
        Ok::<_, HostFault>((sent, images))
    };
    let (given, mut packed) = mpsc::unbounded_channel();
    let giving = async move {
        while let Some(image) = whole.recv().await {
            containerd::give(host, &image).await?;
            if unpacked == Unpacked::AtOnce && given.send(image).is_err() {
                break;
            }
        }
        Ok::<_, HostFault>(())
    };
    let unpacking = async move {
        while let Some(image) = packed.recv().await {
            containerd::unpack(host, &image).await?;
        }
        Ok::<_, HostFault>(())
    };
    let ((sent, images), (), ()) = futures::try_join!(sending, giving, unpacking)?;
    let has = containerd::has(host).await?;
    containerd::end(host).await?;
    if let Some(image) = images.iter().find(|image| !has.holds(image)) {
        return Err(HostFault::Containerd {
            host: host.name().to_owned(),
            why: format!("{} is not whole there after it was given to containerd", image.name),
            hint: "Push again; when that does not help, look at the log of its containerd.",
        });
    }
    let size = bytes(images.iter().flat_map(|image| &image.blobs));
    Ok(Delivered { sent, size })
}

/// Brings what a host lacks of an image to where its containerd is given it from; gives the bytes that went over the
/// link. `None` when the host holds it.
async fn stage(
    host: &dyn Host,
    library: &Library,
    image: &Wanted,
    has: &Has,
    progress: Progress<'_>,
) -> Result<Option<u64>, HostFault> {
    let lacked = has.lacks(image);
    for blob in image.blobs.iter().filter(|blob| !lacked.contains(blob)) {
        progress(blob, blob.size);
    }
    if has.holds(image) {
        return Ok(None);
    }
    containerd::begin(host, image).await?;
    let mut sending = Vec::new();
    for blob in lacked {
        sending.push(async move {
            let from = library.blob_path(&blob.digest);
            let progress = |done: u64| progress(blob, done);
            containerd::bring(host, image, &blob.digest, from, &progress).await
        });
    }
    let mut sending = stream::iter(sending).buffer_unordered(BLOBS);
    let mut sent = 0;
    while let Some(more) = sending.next().await {
        sent += more?;
    }
    Ok(Some(sent))
}

/// Bytes of blobs, each counted once.
fn bytes<'a>(blobs: impl IntoIterator<Item = &'a BlobRecord>) -> u64 {
    blobs.into_iter().collect::<BTreeSet<_>>().into_iter().map(|blob| blob.size).sum()
}

/// Staged are the blobs of a few images at a time, beside all that containerd keeps of them and the others.
fn fits(host: &dyn Host, has: &Has, images: &[Wanted]) -> Result<(), HostFault> {
    let kept = bytes(images.iter().flat_map(|image| has.lacks(image)));
    let mut staged: Vec<u64> = images.iter().map(|image| bytes(has.lacks(image))).collect();
    staged.sort_unstable_by(|a, b| b.cmp(a));
    // One on its way, those that wait, and one that is given.
    let wanted = kept + staged.iter().take(WAITING + 2).sum::<u64>();
    if wanted <= has.free {
        return Ok(());
    }
    Err(HostFault::Containerd {
        host: host.name().to_owned(),
        why: format!(
            "the images need {wanted} bytes on the disk of {}, and {} are free",
            containerd::STAGING,
            has.free
        ),
        hint: "Free some space there, then push again.",
    })
}

fn told(host: &dyn Host, fault: &HostFault) -> WireError {
    let text = host.redactor().scrub(&chain(fault));
    match fault {
        HostFault::Remote(error) if error.is_link_lost() => {
            WireError::new(ErrorCode::Unreachable, text).hint("Push again: what is there is not sent again.")
        }
        HostFault::Remote(_) => WireError::new(ErrorCode::Unreachable, text),
        HostFault::Containerd { hint, .. } => WireError::bad_input(text).hint(*hint),
    }
}
