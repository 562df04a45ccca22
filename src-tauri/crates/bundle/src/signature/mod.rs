//! Who vouches for a bundle.
//!
//! Signed is one small text that lists every digest of the bundle, its root. It does not depend on how the
//! bundle is packed, so a signature holds for the bundle in the other encoding, and for one that carries only
//! what another lacks.

mod minisign;
mod sigstore;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::record::{BlobRecord, BundleRecord};
pub use minisign::{SignError, public_key, secret_key, sign};

/// What is put after the name of a bundle for the file with the public key of its signature.
pub(crate) const KEY_SUFFIX: &str = ".pub";

/// In which form a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignatureKind {
    /// Of `minisign`, prehashed or not.
    Minisign,
    /// A sigstore bundle (0.3) that was made with a key.
    Sigstore,
}

impl SignatureKind {
    pub(crate) const ALL: [Self; 2] = [Self::Minisign, Self::Sigstore];

    /// What is put after the name of what is signed.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Minisign => ".minisig",
            Self::Sigstore => ".sigstore.json",
        }
    }

    pub(crate) fn of_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.suffix() == suffix)
    }
}

/// A signature as it came with a bundle, inside it or beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Its form.
    pub kind: SignatureKind,
    /// Its text.
    pub text: String,
    /// The public key that came with it, which proves nothing until somebody trusts its fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Whether somebody vouches for a bundle. Whether that is somebody to trust is the caller's to decide, by the
/// fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Signature {
    /// Nobody does.
    #[default]
    Unsigned,
    /// There is a signature, and no key that it could be held against.
    Unknown {
        /// Its form.
        kind: SignatureKind,
        /// What the signature says of its key: minisign's key id, or a sigstore hint.
        key: String,
    },
    /// The holder of a key does.
    Signed {
        /// Form of the signature.
        kind: SignatureKind,
        /// SHA-256 of the public key, `sha256:<hex>`.
        fingerprint: String,
        /// What the signer wrote into a minisign signature, which vouches for it too.
        #[serde(rename = "trustedComment")]
        trusted_comment: String,
    },
    /// A signature does not fit the bundle.
    Refused {
        /// Why, in a sentence without its end.
        why: String,
    },
}

/// A key that signatures are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Of `minisign`.
    Minisign(minisign::Key),
    /// PEM, of sigstore and others: ECDSA P-256 or Ed25519.
    Sigstore(sigstore::Key),
}

/// A text that is no public key of a known form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no public key: neither minisign's, nor a PEM with an ECDSA P-256 or Ed25519 key")]
pub struct NoKey;

impl PublicKey {
    /// Parses the text of `minisign.pub`, its line of base64 alone, or a PEM.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, NoKey> {
        let minisign = minisign::Key::parse(text).map(Self::Minisign);
        minisign.or_else(|| sigstore::Key::parse(text).map(Self::Sigstore)).ok_or(NoKey)
    }

    /// SHA-256 of the key as its form encodes it, `sha256:<hex>`.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Minisign(key) => key.fingerprint(),
            Self::Sigstore(key) => key.fingerprint(),
        }
    }

    /// Form of the signatures it makes.
    pub fn kind(&self) -> SignatureKind {
        match self {
            Self::Minisign(_) => SignatureKind::Minisign,
            Self::Sigstore(_) => SignatureKind::Sigstore,
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint())
    }
}

/// Holds one signature over `root` against `keys` and the key that came with it.
pub fn check(root: &str, signature: &Carried, keys: &[PublicKey]) -> Signature {
    let own = match signature.key.as_deref().map(PublicKey::parse) {
        Some(Err(error)) => return Signature::Refused { why: error.to_string() },
        // One key comes with a bundle that may have signatures of both forms.
        Some(Ok(key)) => Some(key).filter(|key| key.kind() == signature.kind),
        None => None,
    };
    let all: Vec<&PublicKey> = keys.iter().chain(&own).filter(|key| key.kind() == signature.kind).collect();
    match signature.kind {
        SignatureKind::Minisign => minisign::check(root, &signature.text, &all),
        SignatureKind::Sigstore => sigstore::check(root, &signature.text, &all, own.is_some()),
    }
}

impl BundleRecord {
    /// The text that is signed: a line `sha256:<hex> <bytes> <name>` for `airgap.yaml`, for `app.tar.gz`, for
    /// each image (`image/<reference>`: its manifest or index), for each file for hosts (`cluster/…`, its member) and for
    /// each blob of an image (`blob`), sorted. `None` when the
    /// record is from before `airgap.yaml` was kept.
    pub fn root(&self) -> Option<String> {
        let airgap = self.airgap.as_ref()?;
        let line = |digest: &Digest, size: u64, name: &str| format!("{digest} {size} {name}\n");
        let mut lines = vec![
            line(&airgap.digest, airgap.size, "airgap.yaml"),
            line(&self.release.digest, self.release.size, "app.tar.gz"),
        ];
        for image in &self.images {
            if let Some(last) = image.manifests.last() {
                lines.push(line(&last.digest, last.size, &format!("image/{}", image.reference)));
            }
            for manifest in &image.manifests {
                let own = BlobRecord { digest: manifest.digest.clone(), size: manifest.size };
                let blobs = manifest.blobs.iter().chain([&own]);
                lines.extend(blobs.map(|blob| line(&blob.digest, blob.size, "blob")));
            }
        }
        lines.extend(self.files.iter().map(|file| line(&file.blob.digest, file.blob.size, &file.path)));
        lines.sort_unstable();
        lines.dedup();
        Some(lines.concat())
    }

    /// Holds its signatures against `keys`: one that does not fit outweighs all others, one that fits those
    /// whose key nobody knows.
    pub fn check(&self, keys: &[PublicKey]) -> Signature {
        let Some(root) = self.root() else { return Signature::Unsigned };
        let weight = |outcome: &Signature| match outcome {
            Signature::Unsigned => 0,
            Signature::Unknown { .. } => 1,
            Signature::Signed { .. } => 2,
            Signature::Refused { .. } => 3,
        };
        let outcomes = self.signatures.iter().map(|signature| check(&root, signature, keys));
        outcomes.max_by_key(weight).unwrap_or_default()
    }
}
