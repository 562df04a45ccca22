//! Public keys as they go over the wire, and their fingerprints.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

/// A public key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    blob: Vec<u8>,
}

impl PublicKey {
    /// From its wire form. `None` if that does not start with the name of a kind.
    pub fn from_blob(blob: &[u8]) -> Option<Self> {
        field(blob).map(|_| Self { blob: blob.to_owned() })
    }

    /// From the base64 of a known_hosts or `.pub` line.
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_blob(&STANDARD.decode(text).ok()?)
    }

    /// From a `.pub` file, or from the part of an OpenSSH key file that is not encrypted.
    pub(crate) fn of_file(private: &Path) -> Option<Self> {
        let mut public = private.as_os_str().to_owned();
        public.push(".pub");
        let text = std::fs::read_to_string(Path::new(&public)).or_else(|_| std::fs::read_to_string(private));
        let text = text.ok()?;
        if let Some(body) = text.trim().strip_prefix("-----BEGIN OPENSSH PRIVATE KEY-----") {
            let body = body.split("-----").next()?;
            let body: String = body.split_whitespace().collect();
            return Self::from_blob(openssh_fields(&STANDARD.decode(body).ok()?)?.1);
        }
        Self::from_base64(text.split_whitespace().nth(1)?)
    }

    /// The wire form.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// Its kind as OpenSSH writes it: "ssh-ed25519".
    pub fn kind(&self) -> String {
        String::from_utf8_lossy(field(&self.blob).map_or(&[][..], |(kind, _)| kind)).into_owned()
    }

    /// As in known_hosts.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.blob)
    }

    /// As `ssh-keygen -l` shows it: "SHA256:…".
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&self.blob)))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind(), self.fingerprint())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The first length-prefixed field and what follows it.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

/// Cipher name and public key of an OpenSSH key file's body.
fn openssh_fields(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let (cipher, rest) = field(body.strip_prefix(b"openssh-key-v1\0")?)?;
    let (_kdf, rest) = field(rest)?;
    let (_options, rest) = field(rest)?;
    let (_count, rest) = rest.split_at_checked(4)?;
    Some((cipher, field(rest)?.0))
}

/// Whether a key file wants a passphrase.
pub(crate) fn is_encrypted(text: &str) -> bool {
    if let Some(body) = text.trim().strip_prefix("-----BEGIN OPENSSH PRIVATE KEY-----") {
        let body: String = body.split("-----").next().unwrap_or_default().split_whitespace().collect();
        let body = STANDARD.decode(body).unwrap_or_default();
        return openssh_fields(&body).is_some_and(|(cipher, _)| cipher != b"none");
    }
    text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
}
