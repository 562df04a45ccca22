//! A segment of a file: read, hashed, fed, compared.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::lane::Lanes;
use super::{SAID, Source, Task, script};
use crate::error::RemoteError;
use crate::host::{Captured, Command, Exit, Finished, Sink as _, Stream};
use crate::pipe::PIECE;
use crate::process::{Event, Feed, Process};

/// Bytes of a segment: what a lost link costs at most per channel.
pub(super) const SEGMENT: u64 = 16 * 1024 * 1024;
/// Bytes of a block of `dd`, which counts in these.
pub(super) const BLOCK: u64 = 64 * 1024;
/// A segment that differs on the host is sent again so often: memory or a disk there is broken.
const TRIES: usize = 3;

/// A segment.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub index: u64,
    pub length: u64,
    /// Whether the host has it, digest and all.
    pub verified: bool,
}

pub(super) fn segments(size: u64) -> Vec<Segment> {
    (0..size.div_ceil(SEGMENT))
        .map(|index| Segment { index, length: SEGMENT.min(size - index * SEGMENT), verified: false })
        .collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> RemoteError {
    RemoteError::LocalFile { path: path.to_owned(), done: "read", why: error.to_string() }
}

pub(super) async fn size(source: &Source) -> Result<u64, RemoteError> {
    match source {
        Source::Bytes(bytes) => Ok(bytes.len() as u64),
        Source::File(path) => {
            let metadata = tokio::fs::metadata(path).await.map_err(|error| unreadable(path, &error))?;
            Ok(metadata.len())
        }
    }
}

/// A whole piece of the source.
pub(super) async fn read(source: &Source, offset: u64, length: u64) -> Result<Bytes, RemoteError> {
    let mut pieces = pieces(source, offset, length);
    let mut all = Vec::new();
    while let Some(piece) = pieces.recv().await {
        all.extend_from_slice(&piece?);
    }
    Ok(all.into())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

fn to_hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads on a thread that may block, a few pieces ahead.
fn pieces(source: &Source, offset: u64, length: u64) -> mpsc::Receiver<Result<Bytes, RemoteError>> {
    let (sender, receiver) = mpsc::channel(4);
    let source = source.clone();
    tokio::task::spawn_blocking(move || match source {
        Source::Bytes(bytes) => {
            let part = bytes.slice(offset as usize..(offset + length) as usize);
            for start in (0..part.len()).step_by(PIECE) {
                let piece = part.slice(start..part.len().min(start + PIECE));
                if sender.blocking_send(Ok(piece)).is_err() {
                    return;
                }
            }
        }
        Source::File(path) => {
            if let Err(error) = read_file(&path, offset, length, &sender) {
                let _ = sender.blocking_send(Err(unreadable(&path, &error)));
            }
        }
    });
    receiver
}

fn read_file(
    path: &Path,
    offset: u64,
    length: u64,
    to: &mpsc::Sender<Result<Bytes, RemoteError>>,
) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut left = length;
    while left > 0 {
        let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
        file.read_exact(&mut piece)?;
        left -= piece.len() as u64;
        if to.blocking_send(Ok(piece.into())).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

impl Segment {
    /// Its digest here.
    pub(super) async fn digest(&self, source: &Source) -> Result<String, RemoteError> {
        let mut pieces = pieces(source, self.index * SEGMENT, self.length);
        let mut digest = Sha256::new();
        while let Some(piece) = pieces.recv().await {
            digest.update(&piece?);
        }
        Ok(to_hex(&digest.finalize()))
    }

    /// Sends it until the host has it.
    pub(super) async fn send(&mut self, task: &Task<'_>, lanes: &Lanes<'_>) -> Result<(), RemoteError> {
        for _ in 0..TRIES {
            let mut advanced = 0;
            let result = self.attempt(task, lanes, &mut advanced).await;
            if let Ok(true) = result {
                self.verified = true;
                return Ok(());
            }
            task.retreat(advanced);
            result?;
        }
        Err(task.failed("it arrives there with another digest again and again".to_owned()))
    }

    /// Whether the host has it now.
    async fn attempt(
        &self,
        task: &Task<'_>,
        lanes: &Lanes<'_>,
        advanced: &mut u64,
    ) -> Result<bool, RemoteError> {
        let script = script::segment(&task.upload.to, self.index, self.length);
        let command = Command::script(script).fed(self.length).root(task.upload.root);
        // Started before it may be fed: while others are sent, its channel comes about.
        let mut started = lanes.start(&command).await?;
        let feed = started.process.take_feed();
        let digest = {
            let _turn = started.turn().await;
            self.feed(task, feed, advanced).await?
        };
        let finished = finish(task, &mut started.process).await?;
        if !finished.exit.is_success() {
            return Err(task.failed(task.why(&finished)));
        }
        Ok(finished.stdout().trim() == digest)
    }

    /// Feeds it to the host. What the host says meanwhile is little and fits into its queue.
    async fn feed(
        &self,
        task: &Task<'_>,
        feed: Option<Feed>,
        advanced: &mut u64,
    ) -> Result<String, RemoteError> {
        let mut digest = Sha256::new();
        let mut pieces = pieces(&task.upload.source, self.index * SEGMENT, self.length);
        while let Some(piece) = pieces.recv().await {
            let piece = piece?;
            digest.update(&piece);
            let length = piece.len() as u64;
            let taken = match &feed {
                Some(feed) => feed.send(piece).await,
                None => false,
            };
            if !taken {
                // Why will be in how it ends.
                break;
            }
            *advanced += length;
            task.sent.fetch_add(length, Ordering::Relaxed);
            task.advance(length);
        }
        Ok(to_hex(&digest.finalize()))
    }
}

async fn finish(task: &Task<'_>, process: &mut Process) -> Result<Finished, RemoteError> {
    let mut output = Captured::new(SAID, task.host.redactor());
    let exit: Exit = loop {
        match process.next().await? {
            Event::Stdout(piece) => output.piece(Stream::Stdout, &piece),
            Event::Stderr(piece) => output.piece(Stream::Stderr, &piece),
            Event::Ended(exit) => break exit,
        }
    };
    Ok(Finished { exit, output })
}
