//! Bundles: files that carry a release and all it needs offline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BundleId, ImportId, Timestamp, WireError};

/// Imports a bundle from a file of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BundleImportRequest {
    /// Path of the `.airgap` file.
    pub path: String,
    /// Whether the file goes away once it was read, so that the import cannot be begun again.
    #[serde(default)]
    pub once: bool,
}

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ImportState {
    /// Reading.
    Running,
    /// In the library.
    Done,
    /// Refused or broken off; nothing was kept but whole blobs.
    Failed,
    /// Stopped by a person.
    Cancelled,
    /// Its process ended before it did.
    Interrupted,
}

/// The process that carries an import out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportHolder {
    /// Its number on its machine.
    pub process: u32,
    /// Name of the machine.
    pub host: String,
    /// Whether it is the one that answers: only there an import can be cancelled.
    pub here: bool,
}

/// An import: under way in some process, broken off, or ended in this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportStatus {
    /// Id.
    pub id: ImportId,
    /// File name.
    pub file: String,
    /// Path to import it from again, which goes on where it stopped; `None` when the file goes away.
    pub path: Option<String>,
    /// How it stands.
    pub state: ImportState,
    /// When it began, or began again.
    pub began_at: Timestamp,
    /// Who carries it out; `None` when nobody does any more.
    pub holder: Option<ImportHolder>,
    /// Bytes of the file read.
    pub done: u64,
    /// Size of the file.
    pub total: u64,
    /// Bytes read in a second, of late; 0 while that is not known, and when it has ended.
    pub rate: u64,
    /// Bytes in the library that wait for it to go on; `None` when there is nothing to go on with or to discard.
    pub kept: Option<u64>,
    /// The bundle, when done.
    pub bundle: Option<BundleId>,
    /// Why it failed.
    pub error: Option<WireError>,
}

/// Names an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ImportIdRequest {
    /// Which.
    pub import: ImportId,
}

/// Names a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BundleIdRequest {
    /// Which.
    pub bundle: BundleId,
}

/// Whether somebody vouches for a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SignatureState {
    /// Nobody does.
    Unsigned,
    /// The holder of a key does.
    Signed {
        /// SHA-256 of the key: `sha256:` and hexadecimal digits.
        fingerprint: String,
        /// What the signer wrote into the signature, which vouches for it too; empty when there is nothing.
        comment: String,
        /// Whether that key is the one pinned for this application.
        pinned: bool,
    },
    /// The holder of another key than the one pinned for this application does.
    OtherKey {
        /// Fingerprint of that key.
        fingerprint: String,
        /// Fingerprint of the key that is pinned.
        pinned: String,
    },
    /// Somebody does, by a key that did not come with it and that nobody has named.
    Unknown {
        /// What the signature says of its key.
        key: String,
    },
    /// Somebody vouches for something else.
    Refused {
        /// What does not fit.
        why: String,
    },
}

/// Whether a license is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum LicenseSignature {
    /// Signed by a vendor whom a known key vouches for, and unchanged.
    Signed,
    /// Not signed.
    Unsigned,
    /// Its signature is wrong, or it was changed.
    Refused,
}

/// The license that comes with a release, without its id, which is a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LicenseView {
    /// Customer.
    pub customer: String,
    /// `dev`, `trial`, `paid` or `community`.
    pub kind: String,
    /// Whether it is signed.
    pub signature: LicenseSignature,
    /// When it expires, RFC 3339; empty when it does not.
    pub expires_at: String,
    /// Why nothing can be installed under it now; empty when it can.
    pub problem: String,
    /// What there is to know though something can.
    pub warnings: Vec<String>,
}

/// A bundle in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleSummary {
    /// Id.
    pub id: BundleId,
    /// File name it was imported from.
    pub file: String,
    /// Application slug.
    pub slug: String,
    /// Application title.
    pub title: String,
    /// Icon as a data URI, or empty.
    pub icon: String,
    /// Version label.
    pub version: String,
    /// Channel name.
    pub channel: String,
    /// Bytes of the file.
    pub size: u64,
    /// Bytes that no other bundle in the library shares.
    pub unique_size: u64,
    /// Images.
    pub images: u32,
    /// Charts.
    pub charts: u32,
    /// Whether it is signed.
    pub signature: SignatureState,
    /// True when later releases must not skip it.
    pub required: bool,
    /// When it was imported.
    pub imported_at: Timestamp,
}

/// Bundles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleList {
    /// Newest first.
    pub bundles: Vec<BundleSummary>,
    /// Imports under way in any process, broken off, or ended since this process began; the latest first.
    pub imports: Vec<ImportStatus>,
    /// Bytes of all blobs in the library.
    pub library_size: u64,
}

/// One image of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleImage {
    /// Name.
    pub reference: String,
    /// Digest of its manifest or index.
    pub digest: String,
    /// Bytes of its blobs.
    pub size: u64,
}

/// The cluster that a bundle brings to Linux sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleCluster {
    /// Which program runs it: `kubeadm`, `k0s`.
    pub runtime: String,
    /// Versions of Kubernetes, the one that is wanted last.
    pub versions: Vec<String>,
    /// Files for hosts.
    pub files: u32,
    /// Bytes of these files, each once.
    pub bytes: u64,
}

/// A bundle with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleDetail {
    /// As in the list.
    pub summary: BundleSummary,
    /// Release notes, Markdown.
    pub release_notes: String,
    /// Images.
    pub images: Vec<BundleImage>,
    /// Charts as `name-version`.
    pub charts: Vec<String>,
    /// The cluster that it brings to Linux sites; without one it can only be installed on a cluster that is there.
    #[serde(default)]
    pub cluster: Option<BundleCluster>,
    /// Versions that must be installed before.
    pub required_releases: Vec<String>,
    /// The license that comes with it.
    pub license: Option<LicenseView>,
}
