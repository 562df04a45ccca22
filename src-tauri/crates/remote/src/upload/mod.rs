//! Files to a host: written through plain channels, checked there, and renamed only when they are whole.
//!
//! Not by SFTP, whose small writes wait for each other. A file goes in segments into `NAME.part` beside its
//! place; the host says each segment's digest, so that a transfer that was cut goes on after what is verified
//! to be there, and nothing is read twice at the end. sshd lets 2 MiB per round trip into a channel, and a
//! connection carries no more than its socket's buffer in one, hence several channels where the round trip is
//! long, and several links where it is longer.

mod lane;
mod script;
mod segment;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use crate::error::RemoteError;
use crate::host::{Command, Finished, Host};
use lane::Lanes;
pub(crate) use script::DIGEST;
use segment::{Segment, segments};

/// Up to this size a file goes in one command that does everything.
const SMALL: u64 = 1024 * 1024;
/// Extra segments that are being started or checked while others are sent.
const AHEAD: usize = 2;
/// New links after lost ones, each of which must have brought something.
const LINKS: usize = 5;
const SAID: usize = 16 * 1024;

/// Where a file's bytes come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file of this machine.
    File(PathBuf),
    /// These.
    Bytes(Bytes),
}

/// A file that is to be on a host.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its bytes.
    pub source: Source,
    /// Its path on the host; the directory must be there.
    pub to: String,
    /// Its mode: 0o600.
    pub mode: u32,
    /// Whether root writes it.
    pub root: bool,
}

/// A file that is on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uploaded {
    /// Its size in bytes.
    pub bytes: u64,
    /// Bytes that went over the link, repeated ones counted again.
    pub sent: u64,
    /// Bytes that were there already from an earlier try.
    pub resumed: u64,
    /// Channels that were used at once, over all links.
    pub channels: usize,
}

pub(super) struct Task<'a> {
    host: &'a dyn Host,
    upload: &'a Upload,
    progress: &'a (dyn Fn(u64) + Send + Sync),
    /// Bytes that are on their way or there.
    reached: AtomicU64,
    sent: AtomicU64,
}

impl Task<'_> {
    fn failed(&self, why: String) -> RemoteError {
        let has = |text: &str| why.contains(text);
        let hint = if has("No space left") || has("quota") {
            "free some space there and try again"
        } else if has("Permission denied") || has("Operation not permitted") {
            "choose a directory the user may write to, or upload as root"
        } else if has("Read-only") {
            "choose a directory on a file system that can be written"
        } else if has("No such file") || has("nonexistent") {
            "make the directory first"
        } else {
            "look at the host's disk and try again"
        };
        RemoteError::Transfer {
            host: self.host.name().to_owned(),
            path: self.upload.to.clone(),
            done: "uploaded",
            why,
            hint,
        }
    }

    fn advance(&self, bytes: u64) {
        (self.progress)(self.reached.fetch_add(bytes, Ordering::Relaxed) + bytes);
    }

    fn retreat(&self, bytes: u64) {
        self.reached.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Runs a short command and wants it to succeed.
    async fn run(&self, command: Command) -> Result<Finished, RemoteError> {
        let finished = self.host.run(&command.root(self.upload.root), SAID).await?;
        if finished.exit.is_success() {
            return Ok(finished);
        }
        Err(self.failed(self.why(&finished)))
    }

    fn why(&self, finished: &Finished) -> String {
        let said = self.host.redactor().said(&finished.output.stderr);
        if said.is_empty() { format!("the host's command ended with {}", finished.exit) } else { said }
    }

    /// What of an earlier try is there, and whether the rest fits.
    async fn probe(&self, segments: &mut [Segment]) -> Result<u64, RemoteError> {
        let finished = self.run(Command::script(script::probe(&self.upload.to)).idempotent()).await?;
        let answer = finished.stdout();
        let field = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name));
        let digests: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("segment ")).collect();
        let mut there = 0;
        for (segment, digest) in segments.iter_mut().zip(digests) {
            if !segment.verified && segment.digest(&self.upload.source).await? == digest {
                segment.verified = true;
                there += segment.length;
            }
        }
        let wanted: u64 =
            segments.iter().filter(|segment| !segment.verified).map(|segment| segment.length).sum();
        let part = field("size ").and_then(|size| size.parse().ok()).unwrap_or(0_u64);
        let free = field("free ").and_then(|free| free.split_whitespace().nth(3)?.parse::<u64>().ok());
        // What is in the way will be written over: it counts as free.
        if let Some(free) = free.filter(|free| free.saturating_mul(1024).saturating_add(part) < wanted) {
            let why = format!(
                "No space left on device: {wanted} bytes are to be written, {} are free",
                free * 1024
            );
            return Err(self.failed(why));
        }
        Ok(there)
    }

    /// Sends what is not verified yet.
    async fn send(&self, segments: &mut [Segment], lanes: &Lanes<'_>) -> Result<(), RemoteError> {
        // Not lazily: a stream that holds closures over borrowed segments could not move between threads.
        let mut missing = Vec::new();
        for segment in segments.iter_mut().filter(|segment| !segment.verified) {
            missing.push(segment.send(self, lanes));
        }
        let mut sending = stream::iter(missing).buffer_unordered(lanes.channels() + AHEAD);
        while let Some(result) = sending.next().await {
            result?;
        }
        Ok(())
    }
}

/// Brings a file to a host. `progress` is told how many bytes are on their way or there.
///
/// Goes on where an earlier try was cut, and over a new link if the link is lost. The file appears under its
/// name whole and verified, or not at all.
pub async fn upload(
    host: &dyn Host,
    upload: &Upload,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Uploaded, RemoteError> {
    let size = segment::size(&upload.source).await?;
    let task = Task { host, upload, progress, reached: AtomicU64::new(0), sent: AtomicU64::new(0) };
    if size <= SMALL {
        let bytes = segment::read(&upload.source, 0, size).await?;
        let command = Command::script(script::whole(upload, &segment::hex(&bytes))).stdin(bytes).idempotent();
        task.run(command).await?;
        task.advance(size);
        return Ok(Uploaded { bytes: size, sent: size, resumed: 0, channels: 1 });
    }
    let mut segments = segments(size);
    let mut resumed = None;
    let mut links = 0;
    loop {
        let before = segments.iter().filter(|segment| segment.verified).count();
        let there = task.probe(&mut segments).await?;
        if resumed.is_none() && host.round_trip().is_some_and(|time| time > lane::NEAR) {
            // A server that has just let somebody in is slow with its first answer: far is what is far twice.
            drop(host.run(&Command::script("true").idempotent(), SAID).await);
        }
        task.advance(there);
        resumed.get_or_insert(there);
        let missing = segments.iter().filter(|segment| !segment.verified).count();
        let lanes = Lanes::new(host, missing);
        let channels = lanes.channels();
        match task.send(&mut segments, &lanes).await {
            Ok(()) => {
                task.run(Command::script(script::finish(upload, size)).idempotent()).await?;
                let (sent, resumed) = (task.sent.into_inner(), resumed.unwrap_or(0));
                return Ok(Uploaded { bytes: size, sent, resumed, channels });
            }
            Err(error) if error.is_link_lost() && links < LINKS => {
                links += 1;
                let after = segments.iter().filter(|segment| segment.verified).count();
                tracing::info!(host = host.name(), before, after, %error, "an upload goes on over a new link");
            }
            Err(error) => return Err(error),
        }
    }
}
