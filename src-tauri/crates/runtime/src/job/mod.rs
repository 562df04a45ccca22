//! Long work as a transient unit of the host's own systemd, which outlives the link, with a log on the host that is read
//! on from a cursor.
//!
//! A job is a folder on the host, `/var/lib/longshore/jobs/<id>/`, and a unit, `longshore-<id>.service`. The folder says
//! how the job ended; a unit that is gone without that was cut off, by a reboot or by somebody. Who starts, stops or
//! forgets jobs takes a lock there first, so two laptops that run the same job share one. To read the log is a command
//! that blocks on the host until there is more, not a question that is asked again and again over the link.

mod follow;
mod hint;
mod lines;
mod listed;
mod patience;
mod script;

use std::time::Duration;

use bytes::Bytes;
use longshore_remote::{Command, Finished, Host};

use crate::{RuntimeError, Watch, leaving};
pub use listed::{Listed, State, list};
pub(crate) use patience::passes;

/// How much longer than its job an outage of the link may last.
const GRACE: Duration = Duration::from_mins(5);
/// Time for a command that starts, stops or forgets.
const SHORT: Duration = Duration::from_mins(2);
const SAID: usize = 64 * 1024;

/// Work that takes long.
#[derive(Debug, Clone)]
pub struct Job {
    /// Unique for this piece of this run: `20261126t204431-0a1b2c.join`. The same id twice is the same job: it is
    /// attached to, or its outcome is read. At most 120 letters, digits, `.`, `-` and `_`.
    pub id: String,
    /// For people and errors: "Making the cluster".
    pub title: String,
    /// A script of POSIX sh, run as root. Holds no secret: those are in `input`. It may be run again after it was cut
    /// off. What it leaves running in the background ends with it; what shall stay is a unit of its own.
    pub script: String,
    /// What it reads; kept in a file of root's alone until it has begun.
    pub input: Bytes,
    /// After this time it is ended there.
    pub limit: Duration,
}

/// Starts a job, or attaches to it when it runs already, passes its lines on and returns when it has succeeded.
/// A link that is lost meanwhile is made again; the job does not notice. To drop the future leaves the job running.
///
/// Every line is passed on once, from the log's beginning. A job that was cut off by a reboot is started again. One
/// that failed, and whose failure was told, is started again by the next call: that is a retry.
///
/// # Errors
/// When it does not succeed, with its last lines.
pub async fn run(host: &dyn Host, job: &Job, watch: &dyn Watch) -> Result<(), RuntimeError> {
    follow::check(host, &job.id)?;
    follow::run(host, job, watch).await
}

/// Only watches a job that was started elsewhere, to its end.
///
/// # Errors
/// When there is no such job, or it does not succeed.
pub async fn watch(host: &dyn Host, id: &str, watch: &dyn Watch) -> Result<(), RuntimeError> {
    follow::check(host, id)?;
    follow::only(host, id, watch).await
}

/// Ends a job there. One that has ended stays as it is; the next [`run`] of one that was stopped starts it again.
///
/// # Errors
/// When the host cannot be asked or its systemd refuses.
pub async fn stop(host: &dyn Host, id: &str) -> Result<(), RuntimeError> {
    follow::check(host, id)?;
    short(host, script::stop(id), "Stopping a job").await.map(drop)
}

/// Forgets a job that has ended: its unit, files and log.
///
/// # Errors
/// When the host cannot be asked, or the job still runs.
pub async fn forget(host: &dyn Host, id: &str) -> Result<(), RuntimeError> {
    follow::check(host, id)?;
    short(host, script::forget(id), "Forgetting a job").await.map(drop)
}

/// Runs a short script as root and wants it to succeed.
async fn short(host: &dyn Host, script: String, what: &str) -> Result<Finished, RuntimeError> {
    let command = Command::script(script).as_root().idempotent().within(SHORT);
    let finished = host.run(&command, SAID).await?;
    if finished.exit.is_success() {
        return Ok(finished);
    }
    Err(leaving::or_lost(host, what, refused(host, what, &finished)).await)
}

/// A command that did not end with status 0.
fn refused(host: &dyn Host, what: &str, finished: &Finished) -> RuntimeError {
    let said = host.redactor().said(&finished.output.stderr);
    let why = if said.is_empty() { format!("the host's command ended with {}", finished.exit) } else { said };
    let hint = if why.contains("systemd") || why.contains("the host has no ") {
        "Hosts need a running systemd (229 or newer) and util-linux; install them or choose another host."
            .to_owned()
    } else if why.contains("it still runs") {
        "Wait until it has ended, or stop it first.".to_owned()
    } else {
        hint::hint(&why, None, || "Look at the host's disk, memory and journal, then retry.".to_owned())
    };
    RuntimeError::Failed { host: host.name().to_owned(), what: what.to_owned(), why, hint }
}

#[cfg(test)]
mod tests;
