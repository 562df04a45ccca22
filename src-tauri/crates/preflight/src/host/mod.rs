//! Collecting from a Linux host what a spec's host checks read, with nothing installed and nothing left there.
//!
//! One script of plain POSIX sh asks everything at once: its parts run side by side, each bounded in time, and what
//! they say comes back in one stream that is taken apart as it arrives. Facts become upstream's files here, not there.

mod check;
mod facts;
mod frames;
mod gather;
mod kinds;
mod plan;
mod script;

use std::time::Duration;

use async_trait::async_trait;
use longshore_contract::Timestamp;

pub use check::{HostEvent, HostReport, check_host};
pub use gather::{HostGathered, HostProgress, collect_host};

/// Whether more is wanted of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    More,
    /// Everything is known; the script may be left to end by itself.
    Enough,
}

/// Where the output of a script goes.
pub trait Sink: Send {
    /// Takes bytes as they come, in any pieces.
    fn take(&mut self, bytes: &[u8]) -> Flow;
}

/// What collecting needs of a host: running one script. Everything else is built on that, which keeps this crate
/// free of any connection.
#[async_trait]
pub trait Host: Send + Sync {
    /// Runs a script of POSIX sh, fed to the shell's stdin, and hands on what it writes to stdout as it comes. Ends
    /// when the script ends, when the sink has enough, or after `limit`. Nothing is put on the host.
    ///
    /// # Errors
    /// When it could not be run or was cut off; why, in words.
    async fn run(&self, script: &str, limit: Duration, out: &mut dyn Sink) -> Result<(), String>;

    /// Whether scripts run as root.
    fn root(&self) -> bool;
}

/// How a host is asked.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Letters and digits that no output holds by chance; another for each run.
    pub token: String,
    /// When it is asked; validity of certificates depends on it.
    pub at: Timestamp,
    /// The longest that one collector may take, whatever the spec says. Upstream lets some wait for an hour.
    pub patience: Duration,
    /// Bytes that are kept of all answers of the host.
    pub budget: usize,
    /// Folder that stands for `/` when files are read; empty for the host's own.
    pub root: String,
}

impl Setting {
    /// The usual: two minutes for a collector, 4 MiB for a host.
    pub fn new(token: impl Into<String>, at: Timestamp) -> Self {
        let patience = Duration::from_mins(2);
        Self { token: token.into(), at, patience, budget: 4 << 20, root: String::new() }
    }
}
