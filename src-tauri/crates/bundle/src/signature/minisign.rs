//! Signatures of `minisign`: Ed25519 over a text or its BLAKE2b hash, and over a comment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify as verify;

use super::{PublicKey, Signature, SignatureKind};
use crate::digest::Digest;
use crate::error::shown;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    key: verify::PublicKey,
    /// Algorithm, key id, key.
    bytes: Vec<u8>,
}

/// Where the key id lies in a key's and in a signature's bytes.
const ID: std::ops::Range<usize> = 2..10;

/// A key id as minisign shows it.
fn id(bytes: &[u8]) -> String {
    let id = bytes.get(ID).unwrap_or_default().iter().rev();
    id.map(|byte| format!("{byte:02X}")).collect()
}

impl Key {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next()?;
        let line = if first.starts_with("untrusted comment:") { lines.next()? } else { first };
        let key = verify::PublicKey::from_base64(line).ok()?;
        let bytes = STANDARD.decode(line).ok()?;
        Some(Self { key, bytes })
    }

    pub(super) fn fingerprint(&self) -> String {
        Digest::of(&self.bytes).to_string()
    }
}

pub(super) fn check(root: &str, text: &str, keys: &[&PublicKey]) -> Signature {
    let kind = SignatureKind::Minisign;
    let refused = |why: &str| Signature::Refused { why: why.to_owned() };
    let signature = match verify::Signature::decode(text) {
        Ok(signature) => signature,
        Err(error) => return refused(&format!("it cannot be read: {error}")),
    };
    let encoded = text.lines().nth(1).unwrap_or_default();
    let own = id(&STANDARD.decode(encoded.trim()).unwrap_or_default());
    let mut fits = false;
    for key in keys {
        let PublicKey::Minisign(key) = key else { continue };
        if id(&key.bytes) != own {
            continue;
        }
        fits = true;
        if key.key.verify(root.as_bytes(), &signature, true).is_ok() {
            let trusted_comment = signature.trusted_comment().to_owned();
            return Signature::Signed { kind, fingerprint: key.fingerprint(), trusted_comment };
        }
    }
    if fits {
        return refused(&format!(
            "it is of key {own}, but not over this bundle's list of digests (`longshore bundle sign` signs that)"
        ));
    }
    Signature::Unknown { kind, key: shown(&own) }
}

/// Why nothing could be signed.
#[derive(Debug, thiserror::Error)]
#[error("The secret key cannot be used: {0}")]
pub struct SignError(String);

fn secret(text: &str, password: Option<&str>) -> Result<minisign::SecretKey, SignError> {
    let failed = |error: minisign::PError| SignError(error.to_string());
    let boxed = minisign::SecretKeyBox::from_string(text).map_err(failed)?;
    match password {
        Some(password) => boxed.into_secret_key(Some(password.to_owned())).map_err(failed),
        None => boxed.into_unencrypted_secret_key().map_err(failed),
    }
}

/// Signs `root` with a minisign secret key, prehashed; `comment` is signed with it. The key is decrypted with
/// `password`, or must not be encrypted when there is none.
///
/// # Errors
/// When the key cannot be read or the password is wrong.
pub fn sign(root: &str, key: &str, password: Option<&str>, comment: &str) -> Result<String, SignError> {
    if comment.chars().any(char::is_control) {
        return Err(SignError("the comment has control characters in it".to_owned()));
    }
    let secret = secret(key, password)?;
    let untrusted = Some("signature of the list of a bundle's digests");
    let signed = minisign::sign(None, &secret, root.as_bytes(), Some(comment), untrusted);
    signed.map(|signed| signed.to_string()).map_err(|error| SignError(error.to_string()))
}

/// The public key of a minisign secret key, as `minisign.pub` holds it.
///
/// # Errors
/// As [`sign`].
pub fn public_key(key: &str, password: Option<&str>) -> Result<String, SignError> {
    let failed = |error: minisign::PError| SignError(error.to_string());
    let public = minisign::PublicKey::from_secret_key(&secret(key, password)?).map_err(failed)?;
    Ok(public.to_box().map_err(failed)?.to_string())
}

/// A new secret key, as `minisign.key` holds it; encrypted when there is a password.
///
/// # Errors
/// When there are no random numbers, or the password cannot be used.
pub fn secret_key(password: Option<&str>) -> Result<String, SignError> {
    let failed = |error: minisign::PError| SignError(error.to_string());
    let pair = match password {
        Some(password) => minisign::KeyPair::generate_encrypted_keypair(Some(password.to_owned())),
        None => minisign::KeyPair::generate_unencrypted_keypair(),
    };
    Ok(pair.and_then(|pair| pair.sk.to_box(None)).map_err(failed)?.to_string())
}
