//! Sigstore bundles (version 0.3) that were made with a key: no certificates, no log, nothing to ask online.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};
use serde::Deserialize;

use super::{PublicKey, Signature, SignatureKind};
use crate::digest::Digest;
use crate::error::shown;

/// What comes before the point of a P-256 key, and before an Ed25519 key, in a SubjectPublicKeyInfo (RFC 5480,
/// RFC 8410): both have one form only.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const ED: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    P256,
    Ed25519,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    der: Vec<u8>,
    algorithm: Algorithm,
    point: Vec<u8>,
}

impl Key {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let body = text.trim().strip_prefix("-----BEGIN PUBLIC KEY-----")?;
        let body = body.strip_suffix("-----END PUBLIC KEY-----")?;
        let packed: String = body.split_whitespace().collect();
        let der = STANDARD.decode(packed).ok()?;
        let known = [(P256, 65, Algorithm::P256), (ED, 32, Algorithm::Ed25519)];
        let (algorithm, point) = known.into_iter().find_map(|(start, length, algorithm)| {
            let point = der.strip_prefix(start)?;
            (point.len() == length).then(|| (algorithm, point.to_vec()))
        })?;
        Some(Self { der, algorithm, point })
    }

    pub(super) fn fingerprint(&self) -> String {
        Digest::of(&self.der).to_string()
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::P256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.point).verify(message, signature)
            }
            Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, &self.point).verify(message, signature),
        }
        .is_ok()
    }
}

/// The parts of a bundle that matter without a log.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    media_type: String,
    verification_material: Material,
    message_signature: Option<MessageSignature>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    public_key: Option<Hint>,
}

#[derive(Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageSignature {
    message_digest: Option<MessageDigest>,
    signature: String,
}

#[derive(Deserialize)]
struct MessageDigest {
    algorithm: String,
    digest: String,
}

const MEDIA_TYPES: &[&str] = &[
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
];

/// Reads a bundle: what it says of its key, and the signature.
fn parse(root: &str, text: &str) -> Result<(String, Vec<u8>), String> {
    let bundle: Bundle = serde_json::from_str(text).map_err(|error| format!("it cannot be read: {error}"))?;
    if !MEDIA_TYPES.contains(&bundle.media_type.as_str()) {
        return Err(format!(
            "it is of type {}, and sigstore bundles of version 0.3 can be read",
            shown(&bundle.media_type)
        ));
    }
    let Some(hint) = bundle.verification_material.public_key else {
        return Err(
            "it was made with a certificate, which cannot be judged offline; sign with a key".to_owned()
        );
    };
    let Some(signed) = bundle.message_signature else {
        return Err("it holds an attestation and no signature of a message".to_owned());
    };
    if let Some(digest) = signed.message_digest {
        let own = Digest::of(root.as_bytes());
        let named: String = STANDARD
            .decode(&digest.digest)
            .unwrap_or_default()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if digest.algorithm != "SHA2_256" || named != own.hex() {
            return Err("it is not over this bundle's list of digests".to_owned());
        }
    }
    let signature =
        STANDARD.decode(&signed.signature).map_err(|error| format!("it cannot be read: {error}"))?;
    Ok((hint.hint, signature))
}

/// `own` says that the key which the signature came with is among `keys`.
pub(super) fn check(root: &str, text: &str, keys: &[&PublicKey], own: bool) -> Signature {
    let kind = SignatureKind::Sigstore;
    let (hint, signature) = match parse(root, text) {
        Ok(parsed) => parsed,
        Err(why) => return Signature::Refused { why },
    };
    for key in keys {
        let PublicKey::Sigstore(key) = key else { continue };
        if key.verifies(root.as_bytes(), &signature) {
            let fingerprint = key.fingerprint();
            return Signature::Signed { kind, fingerprint, trusted_comment: String::new() };
        }
    }
    if own {
        let why = "it does not fit the public key that came with it".to_owned();
        return Signature::Refused { why };
    }
    Signature::Unknown { kind, key: shown(&hint) }
}
