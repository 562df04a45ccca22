//! Reading the file and unpacking it on one thread, taking the bundle apart and hashing what is in it on another.
//!
//! Each of the two takes about as long, and nothing else of an import does: with both side by side it takes hardly longer
//! than the slower one alone. The file itself is not hashed, for that would be as much work again; all that a bundle
//! means is in its blobs.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::decode::{Budget, Metered, decoder};
use super::{Stop, Watch};
use crate::BundleError;

/// Bytes read at a time: they are unpacked while the processor still has them at hand.
const READ: usize = 256 << 10;
/// Bytes handed over at a time, and how many such blocks may wait.
const BLOCK: usize = 1 << 20;
const WAITING: usize = 8;

type Block = io::Result<Vec<u8>>;

/// Runs `work` over the unpacked stream of `file`, and reads that to its end. The stream breaks after `most` bytes.
pub(super) fn through<T: Send>(
    path: &Path,
    file: File,
    most: u64,
    watch: Watch<'_>,
    stop: Stop<'_>,
    work: impl FnOnce(&mut dyn Read) -> Result<T, BundleError>,
) -> Result<T, BundleError> {
    let (unpacking, mut stream) = pipe();
    thread::scope(|scope| {
        let watched = Watched { inner: file, read: 0, told: 0, watch, stop };
        let pumping = scope.spawn(move || unpack(watched, most, &unpacking));
        let result = work(&mut stream).and_then(|found| {
            // To the end: what follows the archive may be damaged too.
            io::copy(&mut stream, &mut io::sink())
                .map_err(|error| super::broken(path, "after its end", error))?;
            Ok(found)
        });
        drop(stream);
        pumping.join().map_err(|_| BundleError::Stopped)?;
        result
    })
}

/// Hands on what is unpacked of `file`, which breaks after `most` bytes.
fn unpack(file: Watched<'_>, most: u64, to: &Filling) {
    let budget = Budget::new(most);
    match decoder(BufReader::with_capacity(READ, file)) {
        Ok(inner) => to.all_of(&mut Metered { inner, budget: &budget }),
        // It may be that nobody listens any more.
        Err(error) => drop(to.blocks.send(Err(error))),
    }
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
    /// Sends blocks until the stream ends, breaks, or nobody listens any more.
    fn all_of(&self, stream: &mut dyn Read) {
        loop {
            let mut block = self.empty.try_recv().unwrap_or_default();
            block.resize(BLOCK, 0);
            let (filled, broken) = fill(stream, &mut block);
            block.truncate(filled);
            // What was read before a break still counts: it says in which member the break is.
            if filled > 0 && self.blocks.send(Ok(block)).is_err() {
                return;
            }
            if let Some(error) = broken {
                // It may be that nobody listens any more.
                let _ = self.blocks.send(Err(error));
                return;
            }
            if filled < BLOCK {
                return;
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

/// Tells with every block how far the file was read, and breaks off when asked to.
struct Watched<'a> {
    inner: File,
    read: u64,
    told: u64,
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
        if self.read - self.told >= BLOCK as u64 || (read == 0 && self.read > self.told) {
            self.told = self.read;
            (self.watch)(self.read);
        }
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
