//! The release archive (`app.tar.gz`, `release.tgz`): a flat set of named files, bounded.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;

/// Bytes one file of a release may have; charts with their dependencies stay far below.
const FILE_LIMIT: u64 = 64 << 20;
/// Files a release may have.
const COUNT_LIMIT: usize = 10_000;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not a gzip'd tar, or cut off.
    #[error("The release archive cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// A member whose name leads elsewhere.
    #[error("The release archive holds {0}, whose name leads outside it")]
    Name(String),
    /// A member that is no file.
    #[error("The release archive holds {0}, which is neither a file nor a folder")]
    NotAFile(String),
    /// A member twice.
    #[error("The release archive holds {0} twice")]
    Twice(String),
    /// A member that is too large.
    #[error("The release archive holds {0}, which is larger than {limit} MB", limit = FILE_LIMIT >> 20)]
    Large(String),
    /// Too many members.
    #[error("The release archive holds more than {COUNT_LIMIT} files")]
    Many,
}

/// Reads a gzip'd tar into its files, by name.
pub(crate) fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    let mut archive = tar::Archive::new(GzDecoder::new(bytes));
    let mut files = BTreeMap::new();
    for entry in archive.entries().map_err(ArchiveError::Unreadable)? {
        let mut entry = entry.map_err(ArchiveError::Unreadable)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            return Err(ArchiveError::Name(name));
        }
        if entry.header().entry_type().is_dir() || name.is_empty() {
            continue;
        }
        if !entry.header().entry_type().is_file() {
            return Err(ArchiveError::NotAFile(name));
        }
        if entry.size() > FILE_LIMIT {
            return Err(ArchiveError::Large(name));
        }
        let mut content = Vec::new();
        entry.by_ref().take(FILE_LIMIT).read_to_end(&mut content).map_err(ArchiveError::Unreadable)?;
        if files.insert(name.clone(), content).is_some() {
            return Err(ArchiveError::Twice(name));
        }
        if files.len() > COUNT_LIMIT {
            return Err(ArchiveError::Many);
        }
    }
    Ok(files)
}
