//! Who is asked for what only a person knows.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The passphrase of a key file.
    Passphrase {
        /// The file.
        file: PathBuf,
    },
    /// The password of a user for logging in.
    Password {
        /// User.
        user: String,
        /// Host as it was named.
        host: String,
    },
    /// A question of the host itself.
    Challenge {
        /// User.
        user: String,
        /// Host as it was named.
        host: String,
        /// What the host tells beforehand.
        instructions: String,
        /// Its question.
        prompt: String,
        /// Whether the answer may be seen while it is typed.
        echo: bool,
    },
    /// The password for becoming root.
    Root {
        /// User who becomes root.
        user: String,
        /// Host as it was named.
        host: String,
    },
}

/// Gives secrets when they are needed.
///
/// Is asked on the session's own thread, which waits for the answer; it may ask a person. `None` means that
/// there is none, and the next way to log in is tried.
pub trait Secrets: Send + Sync {
    /// The secret, if there is one.
    fn ask(&self, ask: &Ask) -> Option<SecretString>;
}

/// Nobody to ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn ask(&self, _: &Ask) -> Option<SecretString> {
        None
    }
}

/// Secrets that were entered beforehand.
#[derive(Clone, Default)]
pub struct FixedSecrets {
    /// For logging in; also the answer to a challenge that hides what is typed.
    pub password: Option<SecretString>,
    /// For every key file.
    pub passphrase: Option<SecretString>,
    /// For becoming root; the password if there is none.
    pub root: Option<SecretString>,
}

impl fmt::Debug for FixedSecrets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("FixedSecrets")
    }
}

impl Secrets for FixedSecrets {
    fn ask(&self, ask: &Ask) -> Option<SecretString> {
        match ask {
            Ask::Passphrase { .. } => self.passphrase.clone(),
            Ask::Password { .. } | Ask::Challenge { echo: false, .. } => self.password.clone(),
            Ask::Challenge { .. } => None,
            Ask::Root { .. } => self.root.clone().or_else(|| self.password.clone()),
        }
    }
}
