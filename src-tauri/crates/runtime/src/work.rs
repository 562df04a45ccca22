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
    /// What to do when it fails.
    pub hint: &'static str,
    /// A script without secrets.
    pub script: String,
    /// What it reads; may be a secret.
    pub input: Bytes,
    /// After this time it is ended.
    pub limit: Duration,
}

/// Does it, or goes on watching it where an earlier call was cut off. What has ended is forgotten, so that the next call
/// does it anew; each script looks itself for what is done already.
pub(crate) async fn run(host: &dyn Host, work: Work, watch: &dyn Watch) -> Result<(), RuntimeError> {
    let Work { id, title, hint, script, input, limit } = work;
    let job = Job { id, title: title.to_owned(), script, input, limit };
    let outcome = job::run(host, &job, watch).await;
    match outcome {
        Ok(()) => job::forget(host, &job.id).await,
        Err(RuntimeError::Failed { host: name, what, why, .. }) => {
            job::forget(host, &job.id).await?;
            Err(RuntimeError::Failed { host: name, what, why, hint: hint.to_owned() })
        }
        Err(error) => Err(error),
    }
}
