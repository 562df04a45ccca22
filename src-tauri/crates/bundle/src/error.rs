//! Why a bundle is refused: one sentence, with the member's name.

use std::io;
use std::path::PathBuf;

/// A refusal. Whatever it is, the library holds no more than whole blobs afterwards.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The bundle file.
    #[error("{path} cannot be read")]
    File {
        /// Path of the bundle.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It ends too early.
    #[error("{path} is cut off: it ends {after}; copy it again")]
    CutOff {
        /// Path of the bundle.
        path: PathBuf,
        /// Where it ends, in words.
        after: String,
    },
    /// It is no gzip'd tar.
    #[error("{path} is damaged {after}; copy it again")]
    Damaged {
        /// Path of the bundle.
        path: PathBuf,
        /// Where, in words.
        after: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A member's name leads elsewhere.
    #[error("Member {0} has a name that leads outside the bundle; the bundle is refused")]
    Name(String),
    /// A member is a link or device.
    #[error("Member {0} is neither a file nor a folder; the bundle is refused")]
    NotAFile(String),
    /// A member is there twice.
    #[error("Member {0} is there twice; the bundle is refused")]
    Twice(String),
    /// A member is too large.
    #[error("Member {name} is larger than {limit} bytes; the bundle is refused")]
    Large {
        /// Member.
        name: String,
        /// What is allowed.
        limit: u64,
    },
    /// Too many members.
    #[error("The bundle holds more than {0} members; it is refused")]
    Many(usize),
    /// A blob is not what its name says.
    #[error("Member {name} is damaged: its content has digest {found}; the bundle is refused")]
    WrongDigest {
        /// Member.
        name: String,
        /// Digest of its content.
        found: String,
    },
    /// Something is missing.
    #[error("The bundle holds no {0}; it is not an .airgap file, or it is incomplete")]
    Missing(String),
    /// A small file of it cannot be read.
    #[error("Member {name} cannot be read: {why}")]
    Content {
        /// Member.
        name: String,
        /// Why.
        why: String,
    },
    /// An image is incomplete.
    #[error("Image {image} lacks blob {digest}; the bundle is incomplete")]
    Incomplete {
        /// Image.
        image: String,
        /// What is missing.
        digest: String,
    },
    /// Images are in the other encoding.
    #[error("The bundle's images are {0} archives; only registry trees can be imported so far")]
    Encoding(String),
    /// The release in it.
    #[error("The bundle's release is refused")]
    Release(#[from] longshore_release::ReleaseError),
    /// The library's disk.
    #[error(
        "The library at {path} has {free} bytes free, and the bundle needs about {needed}; free some, or move the library"
    )]
    Full {
        /// Folder of the library.
        path: PathBuf,
        /// Bytes free.
        free: u64,
        /// Bytes needed.
        needed: u64,
    },
    /// The library itself.
    #[error("The library cannot {what} {path}")]
    Library {
        /// What was tried.
        what: &'static str,
        /// File.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No such bundle.
    #[error("The library holds no bundle {0}")]
    NoBundle(String),
    /// A person stopped it.
    #[error("The import was stopped")]
    Stopped,
}

impl BundleError {
    pub(crate) fn library(what: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Library { what, path, source }
    }
}
