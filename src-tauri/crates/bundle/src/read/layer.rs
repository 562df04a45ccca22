//! A layer as it passes: what it is packed with, and the digest of what is inside.

use std::io::{self, Read, Write};

use flate2::write::MultiGzDecoder;

use super::decode::{Budget, Packing, WINDOW};
use crate::digest::{Digest, Hashing};

/// Reads a layer and unpacks it on the side.
pub(super) struct Layer<'a, R> {
    inner: R,
    start: Vec<u8>,
    inside: Inside<'a>,
    packing: Packing,
}

enum Inside<'a> {
    /// Its own digest is that of its content.
    Plain,
    Gzip(Box<MultiGzDecoder<Hashing<Spent<'a>>>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Hashing<Spent<'a>>>>),
}

/// Takes everything and keeps nothing, within a budget.
struct Spent<'a>(&'a Budget);

impl Write for Spent<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.spend(buffer.len())?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a, R: Read> Layer<'a, R> {
    pub(super) fn new(mut inner: R, budget: &'a Budget) -> io::Result<Self> {
        let mut start = Vec::new();
        (&mut inner).take(Packing::MAGIC as u64).read_to_end(&mut start)?;
        let packing = Packing::of(&start);
        let sink = Hashing::new(Spent(budget));
        let inside = match packing {
            Packing::Plain => Inside::Plain,
            Packing::Gzip => Inside::Gzip(Box::new(MultiGzDecoder::new(sink))),
            Packing::Zstd => {
                let mut decoder = zstd::stream::write::Decoder::new(sink)?;
                decoder.window_log_max(WINDOW)?;
                Inside::Zstd(Box::new(decoder))
            }
        };
        start.reverse();
        Ok(Self { inner, start, inside, packing })
    }

    /// How it is packed, and the digest of what is inside when that is not its own.
    pub(super) fn finish(self) -> io::Result<(Packing, Option<Digest>)> {
        let inside = match self.inside {
            Inside::Plain => None,
            Inside::Gzip(decoder) => Some(decoder.finish()?.finish().1),
            Inside::Zstd(mut decoder) => {
                decoder.flush()?;
                Some(decoder.into_inner().finish().1)
            }
        };
        Ok((self.packing, inside))
    }
}

impl<R: Read> Read for Layer<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.start.is_empty() {
            self.inner.read(buffer)?
        } else {
            // The first bytes, last one first.
            let count = buffer.len().min(self.start.len());
            for byte in &mut buffer[..count] {
                *byte = self.start.pop().unwrap_or_default();
            }
            count
        };
        match &mut self.inside {
            Inside::Plain => {}
            Inside::Gzip(decoder) => decoder.write_all(&buffer[..read])?,
            Inside::Zstd(decoder) => decoder.write_all(&buffer[..read])?,
        }
        Ok(read)
    }
}
