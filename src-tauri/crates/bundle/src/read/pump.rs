//! Reading, hashing the file and unpacking it on one thread; taking the bundle apart on another.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::decode::{Budget, Metered, decoder};
use super::{Stop, Watch};
use crate::BundleError;
use crate::digest::{Digest, Hashing};

/// Bytes handed over at a time, and how many such blocks may wait.
const BLOCK: usize = 1 << 20;
const WAITING: usize = 8;

type Block = io::Result<Vec<u8>>;

/// Runs `work` over the unpacked stream of `file` and gives its result with the digest of the whole file. The
/// stream breaks after `most` bytes.
pub(super) fn through<T: Send>(
    path: &Path,
    file: File,
    most: u64,
    watch: Watch<'_>,
    stop: Stop<'_>,
    work: impl FnOnce(&mut dyn Read) -> Result<T, BundleError>,
) -> Result<(T, Digest), BundleError> {
    let (sender, receiver) = sync_channel(WAITING);
    thread::scope(|scope| {
        let pump = scope.spawn(move || pump(file, most, watch, stop, &sender));
        let mut stream = Blocks { receiver, block: Vec::new(), at: 0 };
        let result = work(&mut stream).and_then(|found| {
            // To the end: the digest is of the whole file, and what follows the archive may be damaged too.
            io::copy(&mut stream, &mut io::sink())
                .map_err(|error| super::broken(path, "after its end", error))?;
            Ok(found)
        });
        drop(stream);
        let digest = pump.join().map_err(|_| BundleError::Stopped)?;
        match (result, digest) {
            (Ok(found), Ok(digest)) => Ok((found, digest)),
            (Err(refusal), _) => Err(refusal),
            (Ok(_), Err(error)) => Err(super::broken(path, "after its end", error)),
        }
    })
}

fn pump(
    file: File,
    most: u64,
    watch: Watch<'_>,
    stop: Stop<'_>,
    sender: &SyncSender<Block>,
) -> io::Result<Digest> {
    let watched = Watched { inner: file, read: 0, watch, stop };
    let mut raw = BufReader::with_capacity(BLOCK, Hashing::new(watched));
    let budget = Budget::new(most);
    let heard = match decoder(&mut raw) {
        Ok(inner) => send(&mut Metered { inner, budget: &budget }, sender),
        Err(error) => sender.send(Err(error)).is_ok(),
    };
    if heard {
        // The digest is of all of it; nobody asks for one of a bundle that was refused.
        io::copy(&mut raw, &mut io::sink())?;
    }
    let (_, digest, _) = raw.into_inner().finish();
    Ok(digest)
}

/// Sends blocks until the stream ends, breaks, or nobody listens any more; whether somebody does.
fn send(stream: &mut dyn Read, sender: &SyncSender<Block>) -> bool {
    loop {
        let mut block = Vec::with_capacity(BLOCK);
        match stream.take(BLOCK as u64).read_to_end(&mut block) {
            Ok(0) => return true,
            Ok(_) => {
                if sender.send(Ok(block)).is_err() {
                    return false;
                }
            }
            Err(error) => {
                // What was read before the break still counts: it says in which member the break is.
                let _ = sender.send(Ok(block));
                let _ = sender.send(Err(error));
                return false;
            }
        }
    }
}

/// Tells how far the file was read, and breaks off when asked to.
struct Watched<'a> {
    inner: File,
    read: u64,
    watch: Watch<'a>,
    stop: Stop<'a>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.stop)() {
            return Err(io::Error::other(StopAsked));
        }
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        (self.watch)(self.read);
        Ok(read)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a person stopped it")]
struct StopAsked;

/// Whether an error of the stream is a person's wish to stop.
pub(super) fn is_stop(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<StopAsked>)
}

/// The stream again, on the other side.
struct Blocks {
    receiver: Receiver<Block>,
    block: Vec<u8>,
    at: usize,
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.block.len() {
            match self.receiver.recv() {
                Ok(Ok(block)) => (self.block, self.at) = (block, 0),
                Ok(Err(error)) => return Err(error),
                Err(_) => return Ok(0),
            }
        }
        let count = buffer.len().min(self.block.len() - self.at);
        buffer[..count].copy_from_slice(&self.block[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
