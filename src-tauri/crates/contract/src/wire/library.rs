//! The library of bundles as a whole, and long work on it or with what it holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BundleId, ImportState, RegistrySettings, SiteId, SshSettings, TaskId, Timestamp, WireError};

/// The library as it is on its disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LibraryView {
    /// Its folder.
    pub folder: String,
    /// Bundles.
    pub bundles: u32,
    /// Blobs.
    pub blobs: u32,
    /// Bytes of all blobs.
    pub size: u64,
    /// Bytes of blobs that no bundle needs: left by imports that were stopped or refused.
    pub unneeded: u64,
    /// Bytes free on its disk.
    pub free: u64,
    /// Work under way or ended since the process began, the latest first.
    pub tasks: Vec<LibraryTask>,
}

/// Asks to remove blobs that no bundle needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LibraryCollectRequest {
    /// Only tells what would be removed.
    #[serde(default)]
    pub dry_run: bool,
}

/// A blob of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BlobView {
    /// `sha256:` and hexadecimal digits.
    pub digest: String,
    /// Bytes.
    pub size: u64,
}

/// Blobs that no bundle needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LibraryCollected {
    /// Which.
    pub blobs: Vec<BlobView>,
    /// Their bytes together.
    pub bytes: u64,
    /// Whether they were removed, or only counted.
    pub removed: bool,
}

/// Asks to read and hash every blob.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LibraryVerifyRequest {
    /// Only those of this bundle.
    #[serde(default)]
    pub bundle: Option<BundleId>,
    /// Removes blobs that are damaged, so that importing their bundles again brings them back.
    #[serde(default)]
    pub repair: bool,
}

/// Asks to move the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LibraryMoveRequest {
    /// Folder it goes to, whole path: one that is not there, or is empty.
    pub folder: String,
}

/// Asks to push a bundle's images: to a registry, or straight into the containerd of hosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BundlePushRequest {
    /// Which.
    pub bundle: BundleId,
    /// The site to whose registry they go; one of Linux hosts that names none takes them on its hosts.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// The registry they go to, when no site is named.
    #[serde(default)]
    pub registry: Option<RegistrySettings>,
    /// Hosts that take them, `[user@]host[:port]` or a name from `ssh_config`; with a site, only these of its hosts.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// How hosts are reached that are of no site. Of a site's, the accepted keys count.
    #[serde(default)]
    pub ssh: SshSettings,
}

/// Asks to write a bundle of the library to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BundleExportRequest {
    /// Which.
    pub bundle: BundleId,
    /// File to write, whole path; it must not be there.
    pub file: String,
    /// A bundle that the other side has: what that one carries is left out.
    #[serde(default)]
    pub base: Option<BundleId>,
}

/// Where an image of a new bundle comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub enum ImageFrom {
    /// An OCI image layout.
    OciLayout {
        /// Its folder.
        folder: String,
    },
    /// An archive of one image, as `docker save` writes it.
    DockerArchive {
        /// The file.
        file: String,
    },
    /// A registry, from which all platforms of it are pulled.
    Registry {
        /// Its reference there; empty for the one that it has in the release.
        #[serde(default)]
        reference: String,
    },
}

/// An image of a new bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct NewImage {
    /// Its whole reference, as the release names it.
    pub reference: String,
    /// Where it comes from.
    pub from: ImageFrom,
}

/// A key to sign with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SigningKey {
    /// File with a minisign secret key, whole path.
    pub file: String,
    /// What it is encrypted with; `None` for one that is not.
    #[serde(default)]
    pub password: Option<String>,
    /// Signed with it and shown to whoever verifies; empty takes application and version.
    #[serde(default)]
    pub comment: String,
}

impl std::fmt::Debug for SigningKey {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("file", &self.file)
            .field("comment", &self.comment)
            .finish_non_exhaustive()
    }
}

/// Asks for a new key to sign with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SigningKeyMakeRequest {
    /// File for the secret key, whole path; it must not be there. The public key is put beside it as `FILE.pub`.
    pub file: String,
    /// What the secret key is encrypted with; `None` leaves it as it is.
    #[serde(default)]
    pub password: Option<String>,
}

impl std::fmt::Debug for SigningKeyMakeRequest {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeyMakeRequest").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A new key to sign with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SigningKeyMade {
    /// File with the secret key, for its owner alone.
    pub secret: String,
    /// File with the public key.
    pub key: String,
    /// Fingerprint of the key, to be told by another way than bundles go.
    pub fingerprint: String,
}

/// A file for hosts in a new bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct NewFile {
    /// Its member, below `cluster/`.
    pub member: String,
    /// The file, whole path.
    pub file: String,
}

/// Asks to make a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BundleCreateRequest {
    /// Folder with the release's files, whole path. An `airgap.yaml` in it gives the metadata that is not named here.
    pub release: String,
    /// File to write, whole path; it must not be there.
    pub file: String,
    /// Application slug.
    #[serde(default)]
    pub slug: Option<String>,
    /// Version label.
    #[serde(default)]
    pub version: Option<String>,
    /// Channel name.
    #[serde(default)]
    pub channel: Option<String>,
    /// Place among the releases of the channel: a number that grows.
    #[serde(default)]
    pub cursor: Option<String>,
    /// True when later releases must not skip it.
    #[serde(default)]
    pub required: bool,
    /// Images.
    #[serde(default)]
    pub images: Vec<NewImage>,
    /// Files for the hosts of Linux sites, which the release's Cluster names.
    #[serde(default)]
    pub files: Vec<NewFile>,
    /// How registries are entered that images are pulled from, each by its address; others are asked without a name.
    #[serde(default)]
    pub registries: Vec<RegistrySettings>,
    /// How it is signed, if it is.
    #[serde(default)]
    pub signing: Option<SigningKey>,
}

/// Asks to sign a bundle of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BundleSignRequest {
    /// Which.
    pub bundle: BundleId,
    /// With what.
    pub signing: SigningKey,
    /// The bundle file, whole path: the signature is put beside it as `FILE.minisig`, the public key as `FILE.pub`.
    pub file: String,
}

/// A signature that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleSigned {
    /// File with the signature.
    pub signature: String,
    /// File with the public key.
    pub key: String,
    /// Fingerprint of the key.
    pub fingerprint: String,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TaskKind {
    /// Reads and hashes every blob.
    Verify,
    /// Moves the library.
    Move,
    /// Pushes images to a registry.
    Push,
    /// Writes a bundle of the library to a file.
    Export,
    /// Makes a bundle.
    Create,
}

/// What is wrong with a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum BlobFault {
    /// A bundle needs it and it is not there.
    Missing,
    /// Its content is not what its name says, or cannot be read.
    Damaged,
}

/// A blob with a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BlobFinding {
    /// Which.
    pub digest: String,
    /// What is wrong.
    pub fault: BlobFault,
    /// Bundles that need it; none for a blob that an import left.
    pub bundles: Vec<BundleId>,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum TaskOutcome {
    /// Everything was read.
    Verified {
        /// Blobs that were read.
        blobs: u32,
        /// Bytes that were read.
        bytes: u64,
        /// What is wrong.
        findings: Vec<BlobFinding>,
        /// Damaged blobs that were removed.
        removed: u32,
    },
    /// The library is elsewhere.
    Moved {
        /// Folder it is in now.
        folder: String,
    },
    /// The images are in the registry, or on the hosts.
    Pushed {
        /// Images.
        images: u32,
        /// Bytes that were sent; what was there was not.
        sent: u64,
        /// Bytes of all their blobs, over all places they went to.
        size: u64,
    },
    /// A file was written.
    Written {
        /// Its path.
        file: String,
        /// Its bytes.
        size: u64,
        /// Its SHA-256, hexadecimal, as `sha256sum` prints it.
        sha256: String,
    },
}

/// Long work on the library, or with what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LibraryTask {
    /// Id.
    pub id: TaskId,
    /// What it does.
    pub kind: TaskKind,
    /// The bundle it is about, if it is about one.
    pub bundle: Option<BundleId>,
    /// Where it goes to: a registry, a folder, a file; empty for nowhere.
    pub target: String,
    /// How it stands.
    pub state: ImportState,
    /// When it began.
    pub began_at: Timestamp,
    /// Bytes done.
    pub done: u64,
    /// Bytes in all; 0 while that is not known.
    pub total: u64,
    /// What came of it, when done.
    pub outcome: Option<TaskOutcome>,
    /// Why it failed.
    pub error: Option<WireError>,
}

/// Names a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct TaskIdRequest {
    /// Which.
    pub task: TaskId,
}

/// A key whose signatures are taken for a vendor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VendorKey {
    /// Slug of the application whose bundles it signs.
    pub slug: String,
    /// SHA-256 of the key: `sha256:` and hexadecimal digits.
    pub fingerprint: String,
    /// The public key: minisign's, or PEM.
    pub key: String,
    /// When it was pinned.
    pub pinned_at: Timestamp,
    /// By whom; empty when it came with the first signed bundle of the application.
    pub pinned_by: String,
}

/// The pinned keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VendorKeyList {
    /// By slug.
    pub keys: Vec<VendorKey>,
}

/// Pins a key for an application, in place of the one that is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct VendorKeyPinRequest {
    /// Slug of the application.
    pub slug: String,
    /// The public key, minisign's or PEM; `None` takes the one that came with the bundle.
    #[serde(default)]
    pub key: Option<String>,
    /// The bundle whose key is taken.
    #[serde(default)]
    pub bundle: Option<BundleId>,
    /// Fingerprint of the key as the vendor tells it; a key with another one is refused. Empty for no comparison.
    #[serde(default)]
    pub fingerprint: String,
}

/// Names the pinned key of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct VendorKeyRequest {
    /// Slug of the application.
    pub slug: String,
}
