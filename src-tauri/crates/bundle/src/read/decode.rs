//! What a stream is packed with, told by its first bytes, and its content, counted.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// How a stream is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// Bytes that tell it.
    pub(crate) const MAGIC: usize = 4;

    /// Tells it by the first bytes.
    pub(crate) fn of(start: &[u8]) -> Self {
        if start.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstd
        } else {
            Self::Plain
        }
    }
}

/// The largest window a zstd stream may ask for, as a power of two: 128 MiB.
pub(crate) const WINDOW: u32 = 27;

/// `raw` unpacked.
pub(crate) fn decoder<'a>(mut raw: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match Packing::of(raw.fill_buf()?) {
        Packing::Plain => Box::new(raw),
        Packing::Gzip => Box::new(Members { decoder: Some(GzDecoder::new(raw)) }),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(raw)?;
            decoder.window_log_max(WINDOW)?;
            Box::new(decoder)
        }
    })
}

/// All members of a gzip stream, one after another, as `gzip -d` reads them: zeros after the last one are
/// padding, anything else is damage.
struct Members<R> {
    decoder: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(mut raw) = self.decoder.take().map(GzDecoder::into_inner) else { break };
            if another(&mut raw)? {
                self.decoder = Some(GzDecoder::new(raw));
            }
        }
        Ok(0)
    }
}

/// Whether another member follows.
fn another(raw: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let next = raw.fill_buf()?;
        if next.is_empty() {
            return Ok(false);
        }
        if next[0] == 0x1f {
            return Ok(true);
        }
        let zeros = next.iter().take_while(|byte| **byte == 0).count();
        if zeros == 0 {
            let why = "something that is no gzip follows its end";
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        raw.consume(zeros);
    }
}

/// More was unpacked than may be.
#[derive(Debug, thiserror::Error)]
#[error("it unpacks to more than {0} bytes")]
pub(crate) struct TooMuch(pub(crate) u64);

/// Bytes that may still be unpacked, shared by all stages of a bundle that run on one thread.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: u64,
    left: Cell<u64>,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: Cell::new(limit) }
    }

    pub(crate) fn spend(&self, bytes: usize) -> io::Result<()> {
        match self.left.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(io::Error::other(TooMuch(self.limit))),
        }
    }
}

/// Spends a budget on what is read through it.
pub(crate) struct Metered<'a, R> {
    pub(crate) inner: R,
    pub(crate) budget: &'a Budget,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.budget.spend(read)?;
        Ok(read)
    }
}
