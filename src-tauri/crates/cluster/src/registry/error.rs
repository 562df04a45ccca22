//! Why a registry could not be used: each error one sentence that says what to do.

use std::time::Duration;

/// Why a registry could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Its settings.
    #[error("Registry {address}: its {field} cannot be used: {why}")]
    Settings {
        /// Which registry.
        address: String,
        /// Which setting.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// No answer.
    #[error("Registry {address} does not answer")]
    Offline {
        /// Which registry.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// It took nothing and said nothing for a long time.
    #[error("Registry {address} stopped moving during {what}: nothing for {} seconds", .after.as_secs())]
    Stalled {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// How long.
        after: Duration,
    },
    /// It refuses the credentials.
    #[error("Registry {address} refuses the user name and password for {what}")]
    Credential {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
    },
    /// Its token service gives no token.
    #[error("Registry {address}: its token service {realm} gives no token: {why}")]
    Token {
        /// Which registry.
        address: String,
        /// Where it sends us for tokens, without a query.
        realm: String,
        /// Why.
        why: String,
        /// Whether it may pass by itself.
        transient: bool,
    },
    /// The account may not do this.
    #[error("Registry {address} forbids {what}: {said}. Grant the account the right to it")]
    Denied {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// What it said.
        said: String,
    },
    /// It refuses something.
    #[error("Registry {address} answered {status} to {what}: {said}")]
    Refused {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: String,
    },
    /// Its disk is full.
    #[error("Registry {address} has no space left for {what}: {said}. Free space there")]
    Full {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// What it said.
        said: String,
    },
    /// A tag that may not be moved is at something else.
    #[error(
        "Registry {address} keeps {repository}:{tag} at {held} and refuses to move it to {wanted}: {said}. \
         Delete the tag there, or let its repository's tags be overwritten"
    )]
    TagHeld {
        /// Which registry.
        address: String,
        /// Repository in it.
        repository: String,
        /// The tag.
        tag: String,
        /// Digest that the tag is at.
        held: String,
        /// Digest that it should be at.
        wanted: String,
        /// What it said.
        said: String,
    },
    /// It holds other bytes than were sent.
    #[error(
        "Registry {address} made {theirs} of {ours} during {what}. Verify the library; \
         when that is right, what stands before the registry changes what is sent"
    )]
    Digest {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// Digest of what was sent.
        ours: String,
        /// What the registry said of it: a digest, or its refusal.
        theirs: String,
    },
    /// A blob cannot be read here.
    #[error("Blob {digest} cannot be read from the library")]
    Blob {
        /// Which.
        digest: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It sent something else than was asked for.
    #[error("Registry {address} sent something else for {what}: {wanted} was wanted, it is {got}")]
    Content {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// What it should be.
        wanted: String,
        /// What it is.
        got: String,
    },
    /// What was pulled cannot be kept here.
    #[error("Blob {digest} cannot be written")]
    Kept {
        /// Which.
        digest: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A person stopped it.
    #[error("It was stopped")]
    Stopped,
}

impl RegistryError {
    /// Whether it may pass by itself.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Offline { .. } | Self::Stalled { .. } => true,
            Self::Refused { status, .. } => may_pass(*status),
            Self::Token { transient, .. } => *transient,
            _ => false,
        }
    }
}

/// Whether an answer with this status may be another one later. 501 and 505 are about what a server can do at all.
pub(super) fn may_pass(status: u16) -> bool {
    status == 408 || status == 429 || (status >= 500 && !matches!(status, 501 | 505 | 507))
}
