//! `ssh_config`, read as OpenSSH's client reads it: for each option the first value wins.
//!
//! Our own parser, because the answer must be the one that `ssh` gives: an operator's hosts, jumps and keys are
//! described there already, and a second opinion about them is a bug. Where OpenSSH would run a command
//! (`Match exec`) the block does not apply. Options that we do not use are passed over, also unknown ones.

mod lines;
mod matching;
mod options;
mod parse;
mod resolve;
mod target;
mod time;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use resolve::Destination;
pub use target::{Route, StrictHostKeyChecking, Target};

/// An `ssh_config` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is there and cannot be read.
    #[error("{file} cannot be read ({why}); correct its rights, or name another ssh_config", file = .file.display())]
    Unreadable {
        /// File.
        file: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A line means nothing.
    #[error("{file} line {line}: {why}; correct the line, ssh refuses it as well", file = .file.display())]
    Line {
        /// File.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong: "Port wants a number from 1 to 65535".
        why: String,
    },
    /// What was to be connected to.
    #[error("{given:?} names no host; write it as host, user@host or user@host:port")]
    Destination {
        /// What was given.
        given: String,
    },
    /// Jumps that lead back to themselves.
    #[error("{host}: its jump hosts lead in a circle; correct ProxyJump in ssh_config")]
    Circle {
        /// Host whose jumps were followed.
        host: String,
    },
}

/// The configuration of a user's ssh: where its files are, and who the user is.
#[derive(Debug, Clone)]
pub struct SshConfig {
    /// Files in order of precedence; one that is missing is empty.
    pub files: Vec<PathBuf>,
    /// Home directory: what `~` and `%d` mean.
    pub home: PathBuf,
    /// User name on this machine: `%u`, and the user when none is named.
    pub local_user: String,
    /// This machine's name: `%l`, and `%L` up to the first dot.
    pub local_host: String,
}

impl SshConfig {
    /// The current user's own, then the system's.
    pub fn of_user() -> Self {
        let home = std::env::home_dir().unwrap_or_else(|| PathBuf::from("/"));
        let local_host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let files = vec![home.join(".ssh/config"), PathBuf::from("/etc/ssh/ssh_config")];
        Self { files, local_user: local_user(), local_host, home }
    }

    /// Hosts that the files name, in order and each once: those of `Host` lines that are no patterns.
    ///
    /// # Errors
    /// When a file cannot be read or a line means nothing.
    pub fn named_hosts(&self) -> Result<Vec<String>, ConfigError> {
        parse::named(self)
    }

    /// No configuration at all, for hosts that are described elsewhere.
    pub fn empty() -> Self {
        Self { files: Vec::new(), ..Self::of_user() }
    }
}

/// Who runs this, by number: `$USER` may be inherited from somebody else.
fn local_user() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    named.or_else(|| std::env::var("USER").ok()).unwrap_or_default()
}
