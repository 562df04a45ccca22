//! Lines of a known_hosts file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::glob::host_list_matches;
use crate::key::PublicKey;

/// What a line says about its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// A host's key.
    None,
    /// The key of an authority that signs hosts' keys.
    Authority,
    /// A key that must not be taken.
    Revoked,
}

/// A line with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub marker: Marker,
    pub hosts: &'a str,
    pub key: PublicKey,
}

/// `None` for comments, and for lines that OpenSSH passes over as well.
pub(super) fn parse(line: &str) -> Option<Line<'_>> {
    let line = line.trim_matches([' ', '\t', '\r']);
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut fields = line.split([' ', '\t']).filter(|field| !field.is_empty()).peekable();
    let marker = match fields.next_if(|field| field.starts_with('@')) {
        None => Marker::None,
        Some("@cert-authority") => Marker::Authority,
        Some("@revoked") => Marker::Revoked,
        Some(_) => return None,
    };
    let hosts = fields.next()?;
    let kind = fields.next()?;
    let key = PublicKey::from_base64(fields.next()?)?;
    (key.kind() == kind).then_some(Line { marker, hosts, key })
}

impl Line<'_> {
    /// Whether the line is about this host, named as known_hosts names it.
    pub(super) fn is_about(&self, name: &str) -> bool {
        match self.hosts.strip_prefix("|1|") {
            Some(hashed) => is_hash_of(hashed, name).unwrap_or(false),
            None => host_list_matches(name, self.hosts),
        }
    }
}

fn mac(salt: &[u8], name: &str) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(salt).ok()?;
    // As OpenSSH: who asks has put a host's name in lower case, and an alias is taken as it is.
    mac.update(name.as_bytes());
    Some(mac)
}

/// `salt|hash` behind `|1|`.
fn is_hash_of(hashed: &str, name: &str) -> Option<bool> {
    let (salt, hash) = hashed.split_once('|')?;
    let (salt, hash) = (STANDARD.decode(salt).ok()?, STANDARD.decode(hash).ok()?);
    Some(mac(&salt, name)?.verify_slice(&hash).is_ok())
}

/// A host's name hashed as OpenSSH does it.
pub(super) fn hashed(name: &str, salt: [u8; 20]) -> String {
    let hash = mac(&salt, name).map(|mac| STANDARD.encode(mac.finalize().into_bytes()));
    format!("|1|{}|{}", STANDARD.encode(salt), hash.unwrap_or_default())
}
