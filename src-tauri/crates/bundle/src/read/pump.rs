//! Reading and hashing the file on one thread, unpacking it on a second, taking the bundle apart on a third.
//!
//! Unpacking takes the longest and cannot be divided. So that an import takes hardly longer than that, nothing else is
//! done on its thread.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
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
    let (filling, mut raw) = pipe();
    let (unpacking, mut stream) = pipe();
    thread::scope(|scope| {
        let hashing = scope.spawn(move || hash(Watched { inner: file, read: 0, watch, stop }, &filling));
        let pumping = scope.spawn(move || unpack(&mut raw, most, &unpacking));
        let result = work(&mut stream).and_then(|found| {
            // To the end: the digest is of the whole file, and what follows the archive may be damaged too.
            io::copy(&mut stream, &mut io::sink())
                .map_err(|error| super::broken(path, "after its end", error))?;
            Ok(found)
        });
        drop(stream);
        let pumped = pumping.join().map_err(|_| BundleError::Stopped)?;
        let digest = hashing.join().map_err(|_| BundleError::Stopped)?;
        let found = result?;
        pumped.map_err(|error| super::broken(path, "after its end", error))?;
        Ok((found, digest))
    })
}

/// Hands the file on, and gives the digest of what was read of it.
fn hash(file: Watched<'_>, to: &Filling) -> Digest {
    let mut raw = Hashing::new(file);
    to.all_of(&mut raw);
    raw.finish().1
}

/// Hands on what is unpacked of `raw`, which breaks after `most` bytes, and then reads the rest of it.
fn unpack(raw: &mut Blocks, most: u64, to: &Filling) -> io::Result<()> {
    let budget = Budget::new(most);
    let heard = match decoder(&mut *raw) {
        Ok(inner) => to.all_of(&mut Metered { inner, budget: &budget }),
        Err(error) => to.blocks.send(Err(error)).is_ok(),
    };
    if heard {
        // The digest is of all of it; nobody asks for one of a bundle that was refused.
        io::copy(raw, &mut io::sink())?;
    }
    Ok(())
}

/// Where blocks are filled. Those that were read come back and are filled again: fresh memory costs as much time as
/// copying does.
struct Filling {
    blocks: SyncSender<Block>,
    empty: Receiver<Vec<u8>>,
}

fn pipe() -> (Filling, Blocks) {
    let ((blocks, full), (spent, empty)) = (sync_channel(WAITING), channel());
    (Filling { blocks, empty }, Blocks { full, spent, block: Vec::new(), at: 0 })
}

impl Filling {
    /// Sends blocks until the stream ends, breaks, or nobody listens any more; whether somebody does.
    fn all_of(&self, stream: &mut dyn Read) -> bool {
        loop {
            let mut block = self.empty.try_recv().unwrap_or_default();
            block.resize(BLOCK, 0);
            let (filled, broken) = fill(stream, &mut block);
            block.truncate(filled);
            // What was read before a break still counts: it says in which member the break is.
            if filled > 0 && self.blocks.send(Ok(block)).is_err() {
                return false;
            }
            match broken {
                Some(error) => {
                    // It may be that nobody listens any more.
                    let _ = self.blocks.send(Err(error));
                    return false;
                }
                None if filled < BLOCK => return true,
                None => {}
            }
        }
    }
}

/// Reads until the block is full, or the stream ends or breaks.
fn fill(stream: &mut dyn Read, block: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < block.len() {
        match stream.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
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
    full: Receiver<Block>,
    spent: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.block.len() {
            match self.full.recv() {
                Ok(Ok(block)) => {
                    // Nobody fills it when all is read.
                    let _ = self.spent.send(std::mem::replace(&mut self.block, block));
                    self.at = 0;
                }
                Ok(Err(error)) => return Err(error),
                Err(_) => return Ok(&[]),
            }
        }
        Ok(&self.block[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = self.block.len().min(self.at + count);
    }
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
