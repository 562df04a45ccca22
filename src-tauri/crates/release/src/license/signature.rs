//! The signature of a license: over its data by the vendor's key, over that key by a global one.
//!
//! RSA-PSS with MD5 (`kots.io/v1beta1`) or SHA-256 (`kots.io/v1beta2`), as the licensing service signs. MD5 is
//! weak; that it still is what most licenses have is nothing that a reader can change.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::PublicKey;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::pss::Pss;
use rsa::traits::SignatureScheme as _;
use serde::Deserialize;
use serde_json::Value;
use sha2::Digest as _;

use super::compare::unchanged;
use super::error::LicenseError;
use super::keys::Trust;
use super::legacy;
use super::value::printed;
use crate::meta::License;

/// Bits that a key must have at least.
const BITS: u32 = 2048;

/// Whether a license is signed. A signature that is there and wrong is an error, not one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// Signed, and what is written is what was signed.
    Signed,
    /// Not signed at all.
    Unsigned,
}

/// Bytes, in base64 where they are in JSON.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Outer {
    license_data: Bytes,
    inner_signature: Bytes,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Inner {
    license_signature: Bytes,
    v2_license_signature: Bytes,
    public_key: String,
    key_signature: Bytes,
    v2_key_signature: Bytes,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct KeySignature {
    signature: Bytes,
    global_key_id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SignedLicense {
    spec: Value,
}

/// How a version of licenses is hashed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha256,
}

/// Verifies a license.
///
/// # Errors
/// When it has a signature that cannot be read, is under an unknown key, is not by whom it should be, or is over
/// something else than what is written.
pub fn verify(license: &License, trust: &Trust) -> Result<Signed, LicenseError> {
    let spec = serde_json::to_value(&license.spec)
        .map_err(|error| LicenseError::Unreadable(format!("the license is no plain document: {error}")))?;
    let signature = spec.get("signature").and_then(Value::as_str).unwrap_or_default();
    let signature: String = signature.split_whitespace().collect();
    // Licenses from before there were signatures have one space for one.
    let bytes = STANDARD.decode(&signature).map_err(|error| unreadable("spec.signature", &error))?;
    if bytes.len() <= 1 {
        return Ok(Signed::Unsigned);
    }
    let hash = if license.api_version == "kots.io/v1beta2" { Hash::Sha256 } else { Hash::Md5 };
    let outer: Outer = parsed("spec.signature", &bytes)?;
    let is_old = outer.inner_signature.0.is_empty();
    let inner: Inner = parsed("innerSignature", if is_old { &bytes } else { &outer.inner_signature.0 })?;
    let vendor = vendors_key(&inner, hash, trust)?;
    let signed = match hash {
        Hash::Md5 => &inner.license_signature.0,
        Hash::Sha256 => &inner.v2_license_signature.0,
    };
    if signed.is_empty() {
        return Err(LicenseError::Unreadable("licenseSignature is missing".to_owned()));
    }
    let by_vendor = |message: &[u8], what: &str| check(&vendor, hash, message, signed, what);
    if is_old {
        by_vendor(legacy::message(license, &spec)?.as_bytes(), "the license is not what its vendor signed")?;
        return entitlements(&vendor, hash, &spec).map(|()| Signed::Signed);
    }
    by_vendor(&outer.license_data.0, "the data in it is not signed by its vendor's key")?;
    entitlements(&vendor, hash, &spec)?;
    let within: SignedLicense = parsed("licenseData", &outer.license_data.0)?;
    unchanged(&spec, &within.spec)?;
    Ok(Signed::Signed)
}

/// The vendor's key, once a global key has vouched for it.
fn vendors_key(inner: &Inner, hash: Hash, trust: &Trust) -> Result<PublicKey, LicenseError> {
    let bytes = match hash {
        Hash::Md5 => &inner.key_signature.0,
        Hash::Sha256 => &inner.v2_key_signature.0,
    };
    if bytes.is_empty() {
        return Err(LicenseError::Unreadable("keySignature is missing".to_owned()));
    }
    let by: KeySignature = parsed("keySignature", bytes)?;
    let global = trust.find(&by.global_key_id);
    let global = global.ok_or_else(|| LicenseError::UnknownKey(by.global_key_id.clone()))?;
    let what = "the vendor's key is not signed by the global key";
    check(&key("the global key", &global.pem)?, hash, inner.public_key.as_bytes(), &by.signature.0, what)?;
    key("publicKey", &inner.public_key)
}

/// Values of entitlements are signed one by one as well. Old licenses have no such signatures; the whole covers them.
fn entitlements(vendor: &PublicKey, hash: Hash, spec: &Value) -> Result<(), LicenseError> {
    for (name, entitlement) in spec.get("entitlements").and_then(Value::as_object).into_iter().flatten() {
        let version = if hash == Hash::Md5 { "v1" } else { "v2" };
        let signature = entitlement.get("signature").and_then(|signature| signature.get(version));
        let Some(signature) = signature.and_then(Value::as_str).filter(|text| !text.is_empty()) else {
            continue;
        };
        let signature: String = signature.split_whitespace().collect();
        let field = format!("the signature of entitlement {name}");
        let signature = STANDARD.decode(signature).map_err(|error| unreadable(&field, &error))?;
        let value = printed(entitlement.get("value")).ok_or_else(|| {
            LicenseError::Unreadable(format!("the value of entitlement {name} has no known type"))
        })?;
        let what = format!("entitlement {name} has another value than its vendor signed");
        check(vendor, hash, value.as_bytes(), &signature, &what)?;
    }
    Ok(())
}

/// Whether a key can be used: PEM, RSA, long enough.
///
/// # Errors
/// `Unreadable` with what is wrong with it.
pub fn check_key(pem: &str) -> Result<(), LicenseError> {
    key("the key", pem).map(drop)
}

fn key(what: &str, pem: &str) -> Result<PublicKey, LicenseError> {
    let key = PublicKey::from_public_key_pem(pem.trim()).map_err(|error| unreadable(what, &error))?;
    let bits = rsa::traits::PublicKeyParts::n(&key).bit_width();
    if bits < BITS {
        return Err(LicenseError::Unreadable(format!("{what} has {bits} bits, and {BITS} are the least")));
    }
    Ok(key)
}

fn check(
    key: &PublicKey,
    hash: Hash,
    message: &[u8],
    signature: &[u8],
    what: &str,
) -> Result<(), LicenseError> {
    // How long the salt is, the signature itself says.
    let salt_len = None;
    let checked = match hash {
        Hash::Md5 => {
            let scheme = Pss { blinded: false, digest: md5::Md5::default(), salt_len };
            scheme.verify(key, &md5::Md5::digest(message), signature)
        }
        Hash::Sha256 => {
            let scheme = Pss { blinded: false, digest: sha2::Sha256::default(), salt_len };
            scheme.verify(key, &sha2::Sha256::digest(message), signature)
        }
    };
    checked.map_err(|_| LicenseError::Invalid(what.to_owned()))
}

fn parsed<'a, T: Deserialize<'a>>(what: &str, bytes: &'a [u8]) -> Result<T, LicenseError> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(what, &error))
}

fn unreadable(what: &str, error: &dyn std::fmt::Display) -> LicenseError {
    LicenseError::Unreadable(format!("{what}: {error}"))
}
