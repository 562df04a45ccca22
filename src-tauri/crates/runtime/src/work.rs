//! Long work on a host, started once however often it is asked for.

use std::time::Duration;

use bytes::Bytes;
use longshore_remote::Host;

use crate::job::{self, Job};
use crate::{RuntimeError, Watch};

/// A piece of long work.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// The same for the same piece: `kubeadm-join-v1.35.4`.
    pub id: String,
    /// "Making the cluster".
    pub title: &'static str,
    /// A script without secrets.
    pub script: String,
    /// What it reads; may be a secret.
    pub input: Bytes,
    /// After this time it is ended.
    pub limit: Duration,
}

/// Does it, or goes on watching it where an earlier call was cut off. What ended before is forgotten first: each script
/// looks itself for what is done, and an old success says nothing of a host that was changed since. A failure's log stays.
pub(crate) async fn run(host: &dyn Host, work: Work, watch: &dyn Watch) -> Result<(), RuntimeError> {
    let Work { id, title, script, input, limit } = work;
    // Versions of k0s have a sign that names no unit.
    let id = id.replace('+', "-");
    match job::forget(host, &id).await {
        // It runs: then it is the one that is meant.
        Ok(()) | Err(RuntimeError::Failed { .. }) => {}
        Err(error) => return Err(error),
    }
    let job = Job { id, title: title.to_owned(), script, input, limit };
    job::run(host, &job, watch).await?;
    job::forget(host, &job.id).await
}
