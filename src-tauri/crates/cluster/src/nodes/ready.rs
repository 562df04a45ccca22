//! Waiting for a node, with its own words for why it is not ready.

use std::time::Duration;

use tokio::time::Instant;

use super::{Node, Readiness};
use crate::api::{ApiError, Cluster};

const PACE: Duration = Duration::from_secs(1);

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The node's name.
    pub node: &'a str,
    /// Version that its kubelet must have: `v1.35.4`. Before it has reported that, its readiness is the old one's.
    pub version: Option<&'a str>,
    /// How long it is waited for.
    pub limit: Duration,
}

/// Why a node is not as it is wanted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotReady {
    /// Time is over.
    #[error("{node} is not ready after {} s: {why}; look at its kubelet (journalctl -u kubelet), then retry", .limit.as_secs())]
    Slow {
        /// The node.
        node: String,
        /// How long it was waited for.
        limit: Duration,
        /// What it says of itself.
        why: String,
    },
    /// The API server.
    #[error("The node cannot be read")]
    Api(#[from] ApiError),
}

/// Waits until a node is there, has the version, and can run pods. `tell` is given what is waited for whenever that
/// changes.
///
/// # Errors
/// [`NotReady::Slow`] with the node's own words. An API server that does not answer for a moment is waited for too.
pub async fn wait_ready(
    cluster: &Cluster,
    wanted: &Wanted<'_>,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> Result<Node, NotReady> {
    let until = Instant::now() + wanted.limit;
    let mut told = String::new();
    loop {
        let why = match super::find(cluster, wanted.node).await {
            Ok(node) => match lacking(node, wanted) {
                Ok(node) => return Ok(node),
                Err(why) => why,
            },
            Err(error) if error.is_transient() && Instant::now() + PACE < until => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        if why != told {
            tell(&format!("{}: {why}", wanted.node));
            told.clone_from(&why);
        }
        if Instant::now() + PACE > until {
            return Err(NotReady::Slow { node: wanted.node.to_owned(), limit: wanted.limit, why });
        }
        tokio::time::sleep(PACE).await;
    }
}

fn lacking(node: Option<Node>, wanted: &Wanted<'_>) -> Result<Node, String> {
    let Some(node) = node else { return Err("it has not joined the cluster yet".to_owned()) };
    if let Some(version) = wanted.version.filter(|version| *version != node.version) {
        return Err(format!("its kubelet reports {} still, {version} is wanted", node.version));
    }
    match &node.readiness {
        Readiness::Ready => Ok(node),
        Readiness::NotReady(why) => Err(why.clone()),
    }
}
