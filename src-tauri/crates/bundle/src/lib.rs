//! Bundles: `.airgap` files, read once into a library of blobs, and written by the same rules.
//!
//! Peers unpack a bundle several times and need twice its size in temporary space. Here it is read once:
//! hashed while it is unpacked, each blob stored under its digest as it passes, nothing unpacked twice and
//! nothing copied. A second bundle costs only the blobs the library lacks.

mod cluster;
mod diff;
mod digest;
mod error;
mod image;
mod library;
mod limits;
mod read;
mod record;
mod saved;
mod signature;
mod write;

pub use diff::diff;
pub use digest::{Digest, Hashing};
pub use error::BundleError;
pub use image::{ImageRecord, Manifest, full_name};
pub use library::{
    Collected, Fault, Finding, Held, Holder, ImportRecord, Importing, Library, NewImport, Pace, Recorded,
    Verification,
};
pub use limits::Limits;
pub use read::{ImportOptions, Stop, Watch, airgap_meta};
pub use record::{BlobRecord, BundleRecord, FileRecord, unique_sizes};
pub use saved::SavedImage;
pub use signature::{
    Carried, NoKey, PublicKey, SignError, Signature, SignatureKind, check, public_key, secret_key, sign,
};
pub use write::{
    Archives, Base, Create, ImageOrigin, ImageSource, Layer, MadeImages, OciLayout, Signing, WriteError,
    create, export, release_files, write_bundle,
};
