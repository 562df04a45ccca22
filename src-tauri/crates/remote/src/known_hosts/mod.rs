//! known_hosts in OpenSSH's own form: read, asked, and added to so that OpenSSH reads it back.
//!
//! A known key is never replaced here. OpenSSH takes a key of another kind than the known ones for a first
//! contact; we refuse it like any other change, because a question that is easily answered with yes is all that
//! somebody in between needs.

mod add;
mod line;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::Target;
use crate::error::RemoteError;
use crate::key::PublicKey;
use line::{Line, Marker};

/// A known_hosts file that cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} cannot be {done} ({why}); correct its owner and rights, or name another UserKnownHostsFile", file = .file.display())]
pub struct KnownHostsError {
    /// File.
    pub file: PathBuf,
    /// "read", "written".
    pub done: &'static str,
    /// What the system said.
    pub why: String,
}

/// A key that a file knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// The key.
    pub key: PublicKey,
    /// File it stands in.
    pub file: PathBuf,
    /// Line there, from 1.
    pub line: usize,
}

impl fmt::Display for KnownEntry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({} line {})", self.key, self.file.display(), self.line)
    }
}

/// A host's key that nobody has vouched for: shown, and accepted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKeyQuestion {
    /// Host as known_hosts names it: "db1", "[db1]:2222".
    pub host: String,
    /// The key it offers.
    pub key: PublicKey,
    /// Authorities that the files name for this host. Their certificates are not looked at.
    pub authorities: Vec<KnownEntry>,
    /// Whether the configuration forbids to accept it.
    pub forbidden: bool,
    file: Option<PathBuf>,
    hash: bool,
}

impl HostKeyQuestion {
    /// What to compare with what the host's administrator says: "SHA256:…".
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint()
    }

    /// Notes the key down, in OpenSSH's form. The next connection finds it.
    pub fn accept(&self) -> Result<(), KnownHostsError> {
        let Some(file) = &self.file else {
            let why = "ssh_config names none".to_owned();
            return Err(KnownHostsError { file: PathBuf::from("UserKnownHostsFile"), done: "written", why });
        };
        add::add(file, &self.host, &self.key, self.hash)
    }
}

impl fmt::Display for HostKeyQuestion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: its key is not known: {}", self.host, self.key)?;
        if let Some(authority) = self.authorities.first() {
            write!(out, ", and certificates of the authority {authority} are not read")?;
        }
        if self.forbidden {
            out.write_str("; StrictHostKeyChecking is yes: add the key to known_hosts by hand")
        } else {
            out.write_str("; compare it with what the host's administrator says, and accept it")
        }
    }
}

/// What the files say about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the host's.
    Known(KnownEntry),
    /// Nothing is known of the host but, maybe, authorities.
    Unknown {
        /// Authorities for the host.
        authorities: Vec<KnownEntry>,
    },
    /// The host is known by other keys.
    Changed {
        /// These.
        known: Vec<KnownEntry>,
    },
    /// The key must not be taken.
    Revoked(KnownEntry),
}

/// The known_hosts files of a host.
#[derive(Debug, Clone)]
pub struct KnownHosts {
    /// Files in order.
    pub files: Vec<PathBuf>,
}

/// A host as known_hosts names it.
fn name_of(host: &str, port: u16) -> String {
    if port == 22 { host.to_ascii_lowercase() } else { format!("[{}]:{port}", host.to_ascii_lowercase()) }
}

impl KnownHosts {
    /// The files of a target.
    pub fn of(target: &Target) -> Self {
        Self { files: target.user_known_hosts.iter().chain(&target.global_known_hosts).cloned().collect() }
    }

    /// What the files say about a key of a host. `name` is as known_hosts names it.
    pub fn check(&self, name: &str, key: &PublicKey) -> Result<Verdict, KnownHostsError> {
        let mut found = Found::default();
        for (line, entry) in self.about(name)? {
            match line {
                Marker::Revoked if entry.key == *key => return Ok(Verdict::Revoked(entry)),
                Marker::Revoked => {}
                Marker::Authority => found.authorities.push(entry),
                Marker::None if entry.key == *key => found.same = found.same.or(Some(entry)),
                Marker::None => found.other.push(entry),
            }
        }
        Ok(match found {
            Found { same: Some(entry), .. } => Verdict::Known(entry),
            Found { other, .. } if !other.is_empty() => Verdict::Changed { known: other },
            Found { authorities, .. } => Verdict::Unknown { authorities },
        })
    }

    /// Kinds of keys that are known of a host: what to ask it for first.
    pub(crate) fn kinds(&self, name: &str) -> Result<Vec<String>, KnownHostsError> {
        let known = self.about(name)?.into_iter();
        Ok(known.filter(|(marker, _)| *marker == Marker::None).map(|(_, entry)| entry.key.kind()).collect())
    }

    fn about(&self, name: &str) -> Result<Vec<(Marker, KnownEntry)>, KnownHostsError> {
        let mut found = Vec::new();
        for file in &self.files {
            for (number, line) in read(file)?.lines().enumerate() {
                let Some(parsed) = line::parse(line).filter(|line: &Line<'_>| line.is_about(name)) else {
                    continue;
                };
                let entry = KnownEntry { key: parsed.key, file: file.clone(), line: number + 1 };
                found.push((parsed.marker, entry));
            }
        }
        Ok(found)
    }
}

#[derive(Default)]
struct Found {
    same: Option<KnownEntry>,
    other: Vec<KnownEntry>,
    authorities: Vec<KnownEntry>,
}

fn read(file: &Path) -> Result<String, KnownHostsError> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(KnownHostsError { file: file.to_owned(), done: "read", why: error.to_string() }),
    }
}

/// The name a target's key is looked for under.
pub(crate) fn key_name(target: &Target) -> String {
    target.host_key_alias.clone().unwrap_or_else(|| name_of(&target.host, target.port))
}

/// Whether a target may be talked to with this key.
pub(crate) fn vouch(target: &Target, key: &PublicKey) -> Result<(), RemoteError> {
    use crate::config::StrictHostKeyChecking as Strict;
    let hosts = KnownHosts::of(target);
    let host = key_name(target);
    match hosts.check(&host, key)? {
        Verdict::Known(_) => Ok(()),
        Verdict::Revoked(entry) => Err(RemoteError::HostKeyRevoked { host, offered: key.clone(), entry }),
        Verdict::Changed { known } => Err(RemoteError::HostKeyChanged { host, offered: key.clone(), known }),
        Verdict::Unknown { authorities } => {
            // As OpenSSH: an entry without the port vouches for a host on another port.
            if target.host_key_alias.is_none()
                && target.port != 22
                && let Verdict::Known(_) = hosts.check(&target.host, key)?
            {
                return Ok(());
            }
            let question = HostKeyQuestion {
                host,
                key: key.clone(),
                authorities,
                forbidden: target.strict == Strict::Yes,
                file: target.user_known_hosts.first().cloned(),
                hash: target.hash_known_hosts,
            };
            if matches!(target.strict, Strict::AcceptNew | Strict::No) {
                return Ok(question.accept()?);
            }
            Err(RemoteError::HostKeyUnknown(Box::new(question)))
        }
    }
}
