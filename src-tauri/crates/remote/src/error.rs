//! What can go wrong between here and a host, told apart by what an operator has to do about it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::ConfigError;
use crate::key::PublicKey;
use crate::known_hosts::{HostKeyQuestion, KnownEntry, KnownHostsError};

/// A way to authenticate that was tried or could not be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthRefusal {
    /// Which: "agent key SHA256:…", "key ~/.ssh/id_ed25519", "password", "keyboard-interactive".
    pub method: String,
    /// Why it did not help.
    pub why: String,
}

impl fmt::Display for AuthRefusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.method, self.why)
    }
}

/// Why a user cannot become root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrivilegeFault {
    /// There is nothing to become root with.
    #[error("the host has neither sudo nor doas; connect as root or install one of them")]
    NoTool,
    /// A password is wanted and nobody gave one.
    #[error("{tool} wants a password and none was given; enter it, or allow {tool} without one")]
    PasswordWanted {
        /// "sudo" or "doas".
        tool: &'static str,
    },
    /// The password is wrong.
    #[error("{tool} does not accept the password; enter it again")]
    WrongPassword {
        /// "sudo" or "doas".
        tool: &'static str,
    },
    /// The user may not.
    #[error("{tool} does not allow it ({said}); ask for a rule that does, or connect as another user")]
    NotAllowed {
        /// "sudo" or "doas".
        tool: &'static str,
        /// What it said.
        said: String,
    },
    /// A terminal is demanded where there can be none.
    #[error("{tool} demands a terminal, which only a session over SSH can give; run as root")]
    NoTerminal {
        /// "sudo" or "doas".
        tool: &'static str,
    },
}

/// What went wrong with a host. Each text says what happened, with which host, and what to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RemoteError {
    /// The configuration of OpenSSH's client.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The name has no address.
    #[error("{host}: the name has no address ({why}); check its spelling, or give an IP address")]
    Dns {
        /// Name that was looked up.
        host: String,
        /// What the resolver said.
        why: String,
    },
    /// Nobody listens.
    #[error("{host}: {address} refused the connection; check that sshd runs there and that this is its port")]
    Refused {
        /// Host.
        host: String,
        /// Address and port.
        address: String,
    },
    /// No way there.
    #[error("{host}: {address} cannot be reached ({why}); check the network, a VPN or the jump host")]
    Unreachable {
        /// Host.
        host: String,
        /// Address and port.
        address: String,
        /// What the system said.
        why: String,
    },
    /// No answer in time.
    #[error("{host}: no answer within {limit} while {during}; check a firewall on the way and the host's load", limit = seconds(.limit))]
    Timeout {
        /// Host.
        host: String,
        /// What was being done: "connecting".
        during: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// A command took longer than it may.
    #[error("{host}: the command did not end within {limit} and was ended; look at the host's load, or allow more time", limit = seconds(.limit))]
    CommandTimeout {
        /// Host.
        host: String,
        /// How long it had.
        limit: Duration,
    },
    /// The `ProxyCommand` gave no connection.
    #[error(
        "{host}: its ProxyCommand gave no connection ({why}); run it by hand and correct it in ssh_config"
    )]
    Proxy {
        /// Host.
        host: String,
        /// What it said, or how it ended.
        why: String,
    },
    /// What answers does not speak SSH as we do.
    #[error(
        "{host}: what answers there does not agree on SSH ({why}); check the port and the algorithms sshd allows"
    )]
    Handshake {
        /// Host.
        host: String,
        /// What the library said.
        why: String,
    },
    /// First contact.
    #[error("{0}")]
    HostKeyUnknown(Box<HostKeyQuestion>),
    /// Another key than the known one.
    #[error(
        "{host}: its key has changed: {offered} is offered, {known} is known; if the host was set up anew, \
         remove that line and connect again, else somebody stands in between",
        known = entries(.known)
    )]
    HostKeyChanged {
        /// Host as known_hosts names it.
        host: String,
        /// What it offers.
        offered: PublicKey,
        /// What is known, with file and line.
        known: Vec<KnownEntry>,
    },
    /// The key is marked as revoked.
    #[error("{host}: its key {offered} is revoked in {entry}; give the host a new key")]
    HostKeyRevoked {
        /// Host as known_hosts names it.
        host: String,
        /// What it offers.
        offered: PublicKey,
        /// Where it is revoked.
        entry: KnownEntry,
    },
    /// known_hosts itself.
    #[error(transparent)]
    KnownHosts(#[from] KnownHostsError),
    /// Nothing let us in.
    #[error("{user}@{host}: no way to log in was accepted: {refused}; {hint}", refused = refusals(.refused))]
    Authentication {
        /// Host.
        host: String,
        /// User name on the host.
        user: String,
        /// Every way that was tried, or why it was not.
        refused: Vec<AuthRefusal>,
        /// What to do.
        hint: &'static str,
    },
    /// Logged in, but not as root.
    #[error("{host}: cannot become root: {fault}")]
    Privilege {
        /// Host.
        host: String,
        /// Why.
        fault: PrivilegeFault,
    },
    /// The login shell runs nothing.
    #[error("{host}: the user's login shell ran no command ({said}); give the user a shell such as /bin/sh")]
    Shell {
        /// Host.
        host: String,
        /// What it said or how it ended.
        said: String,
    },
    /// The connection is gone.
    #[error(
        "{host}: the connection was lost while {during} ({why}); connect again when the host can be reached"
    )]
    LinkLost {
        /// Host.
        host: String,
        /// What was being done.
        during: String,
        /// What was seen.
        why: String,
    },
    /// sshd opens no further channel.
    #[error(
        "{host}: sshd opened no channel for {what} ({why}); check MaxSessions and AllowTcpForwarding there"
    )]
    Channel {
        /// Host.
        host: String,
        /// For what: "a command", "a tunnel to db:5432".
        what: String,
        /// Why.
        why: String,
    },
    /// A command that cannot be sent.
    #[error("{host}: the command cannot be sent: {why}")]
    Command {
        /// Host.
        host: String,
        /// Why: "it holds a NUL byte".
        why: &'static str,
    },
    /// A file could not be moved.
    #[error("{host}: {path} could not be {done} ({why}); {hint}")]
    Transfer {
        /// Host.
        host: String,
        /// The host's path.
        path: String,
        /// "uploaded", "downloaded".
        done: &'static str,
        /// Why.
        why: String,
        /// What to do.
        hint: &'static str,
    },
    /// A file of this machine.
    #[error("{path} on this machine cannot be {done} ({why}); check the path, its rights and the free space", path = .path.display())]
    LocalFile {
        /// Path.
        path: PathBuf,
        /// "read", "written".
        done: &'static str,
        /// What the system said.
        why: String,
    },
    /// A local port.
    #[error("no port of this machine can be opened for a tunnel to {to} ({why}); choose another port")]
    LocalPort {
        /// Where it would lead.
        to: String,
        /// What the system said.
        why: String,
    },
    /// This machine itself refused something.
    #[error("this machine cannot {what} ({why})")]
    Machine {
        /// What: "start a thread for a session".
        what: &'static str,
        /// What the system said.
        why: String,
    },
}

impl RemoteError {
    /// Whether the link is gone, and work that may be done twice can be tried over a new one.
    pub fn is_link_lost(&self) -> bool {
        matches!(self, Self::LinkLost { .. })
    }

    /// The question of a first contact, if it is one.
    pub fn question(&self) -> Option<&HostKeyQuestion> {
        if let Self::HostKeyUnknown(question) = self { Some(question) } else { None }
    }
}

fn seconds(time: &Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn entries(known: &[KnownEntry]) -> String {
    known.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

fn refusals(refused: &[AuthRefusal]) -> String {
    if refused.is_empty() {
        return "there was nothing to try".to_owned();
    }
    refused.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
