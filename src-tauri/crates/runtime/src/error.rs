//! What goes wrong on hosts.

use longshore_remote::RemoteError;

/// Why something on a host did not work.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The way to the host, or a file that goes over it.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// A Kubernetes that we did not bring.
    #[error("{host} runs a Kubernetes already: {what}")]
    Foreign {
        /// The host.
        host: String,
        /// What was found.
        what: String,
    },
    /// Somebody else works on the host.
    #[error("{holder} works on {host} since {since}")]
    Held {
        /// The host.
        host: String,
        /// Who.
        holder: String,
        /// Since when, for people.
        since: String,
        /// Whether it may be taken over, with a person's word.
        expired: bool,
    },
    /// A command on the host did not succeed.
    #[error("{what} on {host} failed: {why}")]
    Failed {
        /// The host.
        host: String,
        /// What was being done: "Making the cluster".
        what: String,
        /// What the host said, redacted.
        why: String,
        /// What to do.
        hint: String,
    },
    /// The runtime cannot do this.
    #[error("{what}")]
    Unsupported {
        /// What, in a sentence.
        what: String,
        /// What to do instead.
        hint: String,
    },
}
