//! Limits of what is written, and what they left out.

use std::io::{self, Read, Seek as _, SeekFrom, Write};

use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

/// A file that is not whole in the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cut {
    /// Path in the bundle.
    pub path: String,
    /// Bytes of it that are there.
    pub kept: u64,
    /// Why the rest is not: one sentence.
    pub why: String,
}

/// Bytes that are read beyond a limit, so that what is kept is looked at together with what follows it.
pub(super) const BEYOND: u64 = 64 << 10;

/// Keeps what is written up to a limit, and counts the rest.
pub(super) struct Limited {
    content: SpooledTempFile,
    limit: u64,
    kept: u64,
    dropped: u64,
}

impl Limited {
    pub(super) fn new(content: SpooledTempFile, limit: u64) -> Self {
        Self { content, limit, kept: 0, dropped: 0 }
    }

    /// What was kept, and how much that is. `more` says that not all of the file was read: its last bytes may then be
    /// the beginning of a secret, and go. A packed file is of no use without its end, so none of it is kept.
    pub(super) fn finish(mut self, more: bool) -> io::Result<(SpooledTempFile, u64, bool)> {
        let cut = more || self.dropped > 0;
        if cut {
            let seen = self.kept + self.dropped;
            let sure = if more { seen.saturating_sub(BEYOND) } else { seen };
            self.kept = if self.packed()? { 0 } else { self.kept.min(sure) };
            self.content.set_len(self.kept)?;
        }
        self.content.seek(SeekFrom::End(0))?;
        Ok((self.content, self.kept, cut))
    }

    fn packed(&mut self) -> io::Result<bool> {
        let mut head = Vec::new();
        self.content.rewind()?;
        (&mut self.content).take(512).read_to_end(&mut head)?;
        Ok(head.starts_with(&[0x1f, 0x8b]) || head.get(257..262) == Some(b"ustar"))
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.limit - self.kept).unwrap_or(usize::MAX).min(bytes.len());
        self.content.write_all(&bytes[..room])?;
        self.kept += room as u64;
        self.dropped += (bytes.len() - room) as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}
