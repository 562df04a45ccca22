//! Long work as a transient unit of the host's own systemd, which outlives the link, with a log on the host that is read
//! on from a cursor.

use std::time::Duration;

use bytes::Bytes;
use longshore_remote::Host;

use crate::{RuntimeError, Watch};

/// Work that takes long.
#[derive(Debug, Clone)]
pub struct Job {
    /// Unique for this piece of this run: `20261126t204431-0a1b2c.join`. The same id twice is the same job: it is
    /// attached to, or its outcome is read.
    pub id: String,
    /// For people and errors: "Making the cluster".
    pub title: String,
    /// A script of POSIX sh, run as root. Holds no secret: those are in `input`.
    pub script: String,
    /// What it reads; kept in a file of root's alone until it has begun.
    pub input: Bytes,
    /// After this time it is ended there.
    pub limit: Duration,
}

/// Starts a job, or attaches to it when it runs already, passes its lines on and returns when it has succeeded.
/// A link that is lost meanwhile is made again; the job does not notice.
///
/// # Errors
/// When it does not succeed, with its last lines.
pub async fn run(host: &dyn Host, job: &Job, watch: &dyn Watch) -> Result<(), RuntimeError> {
    let _ = (host, job, watch);
    unimplemented!("written next")
}

/// Forgets a job that has ended: its unit, files and log.
///
/// # Errors
/// When the host cannot be asked.
pub async fn forget(host: &dyn Host, id: &str) -> Result<(), RuntimeError> {
    let _ = (host, id);
    unimplemented!("written next")
}
