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
    /// It is no archive that can be read.
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
    /// A member's name leads elsewhere, or cannot be told from another.
    #[error("Member {0} has a name that leads outside the bundle; the bundle is refused")]
    Name(String),
    /// A member's name is too long, or no text.
    #[error("Member {name} has a name {why}; the bundle is refused")]
    OddName {
        /// Its beginning.
        name: String,
        /// What is odd.
        why: &'static str,
    },
    /// A member is a link or device.
    #[error("Member {0} is neither a file nor a folder; the bundle is refused")]
    NotAFile(String),
    /// A link inside an image's archive that leads nowhere it may.
    #[error("Member {0} is a link that leads to no file of its archive; the bundle is refused")]
    Link(String),
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
    /// Too many of something.
    #[error("The bundle holds more than {limit} {what}, the last of them {name}; it is refused")]
    Many {
        /// Members, blobs or images.
        what: &'static str,
        /// How many it may hold.
        limit: usize,
        /// The one too many.
        name: String,
    },
    /// It unpacks to more than its size allows.
    #[error("The bundle unpacks to more than {limit} bytes {after}, far more than its size; it is refused")]
    Unpacks {
        /// What is allowed.
        limit: u64,
        /// Where, in words.
        after: String,
    },
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
    /// The cluster of the release is incomplete.
    #[error(
        "The cluster of the release names {what} for {version}, which the bundle does not carry; it is incomplete"
    )]
    Cluster {
        /// Version of Kubernetes, or the extension.
        version: String,
        /// What is missing.
        what: String,
    },
    /// Images are in an encoding that is not known.
    #[error(
        "Member airgap.yaml says that its images are in the format {0}; docker and docker-archive can be read"
    )]
    Encoding(String),
    /// The bundle carries less than its release needs, and the library lacks what it builds on.
    #[error(
        "The bundle carries only what bundle {base} lacks, and the library lacks {digest} of that; import {base} first"
    )]
    Base {
        /// Id of the bundle it builds on.
        base: String,
        /// A blob that is missing.
        digest: String,
    },
    /// The bundle's own list of digests names other content.
    #[error(
        "Member longshore/root.txt names other content than the bundle holds: {0}; the bundle is refused"
    )]
    Root(String),
    /// A signature that does not fit.
    #[error("The bundle's signature is refused: {0}")]
    Signature(String),
    /// The release in it.
    #[error("The bundle's release is refused")]
    Release(#[from] longshore_release::ReleaseError),
    /// The library's disk, asked beforehand.
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
    /// The library's disk, run full.
    #[error("The disk ran full while {path} was written; free some and try again, what is whole is kept")]
    NoSpace {
        /// File or folder that was written to.
        path: PathBuf,
    },
    /// Somebody else writes to the library.
    #[error("The library at {path} is being written to by {holder}; wait for it to end, or stop it")]
    Busy {
        /// Folder of the library.
        path: PathBuf,
        /// Who, and what they do.
        holder: String,
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
    /// The library cannot be moved there.
    #[error("The library cannot be moved to {path}: {why}")]
    Move {
        /// Where it was to go.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// A blob of the library is not what its name says.
    #[error("Blob {0} of the library is damaged; verify the library, and import again what it names")]
    DamagedBlob(String),
    /// No such import is recorded.
    #[error("There is no import {0} that could go on or be discarded")]
    NoImport(String),
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
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { path },
            _ => Self::Library { what, path, source },
        }
    }
}

/// A name from a bundle as it may be shown: short, and without characters that would break a sentence.
pub(crate) fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(200).flat_map(char::escape_debug).collect();
    if name.chars().nth(200).is_some() {
        text.push('…');
    }
    text
}
