//! Agreeing on SSH, and looking at the host's key before anything is told to it.

use std::os::fd::OwnedFd;
use std::time::Duration;

use ssh2::{MethodType, Session};

use super::{Confidant, auth};
use crate::config::Target;
use crate::error::RemoteError;
use crate::key::PublicKey;
use crate::known_hosts::{KnownHosts, key_name, vouch};
use crate::session::{Alive, is_timeout};

/// Fast ones first: a bundle is gigabytes, and GCM also needs new keys far less often.
const CIPHERS: &str = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,\
                       aes128-ctr,aes192-ctr,aes256-ctr";
/// What OpenSSH takes by default, in its order.
const KEYS: [&str; 6] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
];
/// For each answer during login: a host may look its users up elsewhere.
const LOGIN: Duration = Duration::from_mins(1);

pub(super) fn alive(target: &Target) -> Alive {
    Alive { interval: target.alive_interval, count: target.alive_count }
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).max(1)
}

/// A session that is logged in.
pub(super) fn login(target: &Target, socket: OwnedFd, confidant: &Confidant) -> Result<Session, RemoteError> {
    let unusable = |error: &ssh2::Error| RemoteError::Handshake {
        host: target.alias.clone(),
        why: error.message().to_owned(),
    };
    let mut session = Session::new().map_err(|error| unusable(&error))?;
    session.set_tcp_stream(socket);
    session.set_timeout(milliseconds(target.connect_timeout));
    prefer(&session, target)?;
    session.handshake().map_err(|error| {
        if is_timeout(&error) {
            return RemoteError::Timeout {
                host: target.alias.clone(),
                during: "exchanging keys".to_owned(),
                limit: target.connect_timeout,
            };
        }
        unusable(&error)
    })?;
    let key = session.host_key().and_then(|(blob, _)| PublicKey::from_blob(blob));
    let key = key.ok_or_else(|| RemoteError::Handshake {
        host: target.alias.clone(),
        why: "its key cannot be read".to_owned(),
    })?;
    vouch(target, &key)?;
    session.set_timeout(milliseconds(LOGIN.max(target.connect_timeout)));
    auth::log_in(&session, target, confidant)?;
    Ok(session)
}

/// Asks for the kinds of keys that are known first: else a host with two keys would seem to be a new one.
fn prefer(session: &Session, target: &Target) -> Result<(), RemoteError> {
    let known = KnownHosts::of(target).kinds(&key_name(target))?;
    let is_known = |algorithm: &str| {
        let kind = if algorithm.starts_with("rsa-") { "ssh-rsa" } else { algorithm };
        known.iter().any(|known| known == kind)
    };
    let mut keys = KEYS;
    keys.sort_by_key(|algorithm| !is_known(algorithm));
    let preferences = [
        (MethodType::HostKey, keys.join(",")),
        (MethodType::CryptCs, CIPHERS.to_owned()),
        (MethodType::CryptSc, CIPHERS.to_owned()),
    ];
    for (method, preference) in preferences {
        session.method_pref(method, &preference).map_err(|error| RemoteError::Handshake {
            host: target.alias.clone(),
            why: error.message().to_owned(),
        })?;
    }
    Ok(())
}
