//! Linux hosts over SSH, with nothing installed on them: sessions, privilege, commands, files and tunnels.
//!
//! The only crate that uses ssh2. What a host does is asked through one trait, [`Host`], and it has three
//! bodies: a host over SSH, this machine, and a scripted one that hangs, cuts and fills up on demand. Whatever
//! is done on a host is a command of plain POSIX sh; files move as the input and output of such commands, so
//! that all three bodies, and every privilege, behave the same.
//!
//! libssh2 is not safe for concurrent use of a session, so each session has a thread of its own, which never
//! blocks on one channel while another has something to do. What leaves the crate as text has been through a
//! [`Redactor`].

mod config;
mod dial;
mod download;
mod error;
mod forward;
mod glob;
mod host;
mod key;
mod known_hosts;
mod local;
mod pipe;
mod privilege;
mod process;
mod redact;
mod scripted;
mod secrets;
mod session;
mod shell;
mod ssh;
mod upload;

pub use config::{ConfigError, Destination, Route, SshConfig, StrictHostKeyChecking, Target};
pub use download::{Download, Downloaded, download};
pub use error::{AuthRefusal, PrivilegeFault, RemoteError};
pub use forward::{Forward, forward};
pub use glob::matches as matches_pattern;
pub use host::{Captured, Command, Exit, Finished, Host, Sink, Stream};
pub use key::PublicKey;
pub use known_hosts::{HostKeyQuestion, KnownEntry, KnownHosts, KnownHostsError, Verdict};
pub use local::LocalHost;
pub use privilege::Privilege;
pub use process::{Event, Feed, Process};
pub use redact::Redactor;
pub use scripted::{Answer, ScriptedHost};
pub use secrets::{Ask, FixedSecrets, NoSecrets, Secrets};
pub use ssh::SshHost;
pub use upload::{Source, Upload, Uploaded, upload};
