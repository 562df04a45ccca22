//! Bundles: `.airgap` files, read once into a library of blobs, and written by the same rules.
//!
//! Peers unpack a bundle several times and need twice its size in temporary space. Here it is read once:
//! hashed while it is gunzipped, each blob stored under its digest as it passes, nothing unpacked twice and
//! nothing copied. A second bundle costs only the blobs the library lacks.

mod digest;
mod error;
mod image;
mod library;
mod read;
mod record;
mod write;

pub use digest::{Digest, Hashing};
pub use error::BundleError;
pub use image::{ImageRecord, Manifest};
pub use library::Library;
pub use read::{Stop, Watch};
pub use record::{BlobRecord, BundleRecord};
pub use write::{ImageSource, Layer, write_bundle};
