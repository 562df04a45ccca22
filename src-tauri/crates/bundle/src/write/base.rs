//! What a differential bundle builds on.

use std::fmt::Write as _;

use crate::digest::Digest;
use crate::record::BlobRecord;

/// The bundle that another one builds on, and the blobs that are left out because of it: `longshore/base.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Id of that bundle.
    pub id: String,
    /// Blobs that are needed and not carried, sorted.
    pub blobs: Vec<BlobRecord>,
}

impl Base {
    /// Parses a line `bundle <id>` and lines `sha256:<hex> <bytes>`.
    ///
    /// # Errors
    /// In words, when it has another form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let id = lines.next().and_then(|line| line.strip_prefix("bundle ")).unwrap_or_default();
        if Digest::parse(&format!("sha256:{id}")).is_none() {
            return Err("its first line names no bundle".to_owned());
        }
        let blob = |line: &str| {
            let (digest, size) = line.split_once(' ')?;
            Some(BlobRecord { digest: Digest::parse(digest)?, size: size.parse().ok()? })
        };
        let blobs: Option<Vec<BlobRecord>> = lines.map(blob).collect();
        let blobs = blobs.ok_or_else(|| "it has a line that is no digest and size".to_owned())?;
        Ok(Self { id: id.to_owned(), blobs })
    }

    /// Its text.
    pub fn text(&self) -> String {
        let mut text = format!("bundle {}\n", self.id);
        for blob in &self.blobs {
            let _ = writeln!(text, "{} {}", blob.digest, blob.size);
        }
        text
    }
}
