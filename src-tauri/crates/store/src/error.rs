//! Why the store refuses.

use std::path::PathBuf;

/// A refusal of the store, with the file it is about.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder.
    #[error("{path} cannot be {what}")]
    File {
        /// Which.
        path: PathBuf,
        /// What was tried: "read", "written", "made".
        what: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite.
    #[error("The database cannot {what}")]
    Database {
        /// What was tried.
        what: &'static str,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The database was written by a newer Longshore.
    #[error(
        "The database was written by a newer Longshore (schema {found}, known here: {known}); update this one"
    )]
    Newer {
        /// Schema number found.
        found: usize,
        /// Newest known.
        known: usize,
    },
    /// The passphrase does not fit.
    #[error("The passphrase is not the one the stored secrets were encrypted with; nothing was changed")]
    WrongKey,
    /// The key could not be made.
    #[error("The key for stored secrets cannot be made: {0}")]
    Key(String),
    /// A secret could not be decrypted.
    #[error("The stored secret {0} is damaged")]
    Damaged(String),
    /// Something stored is not what it should be.
    #[error("What is stored as {what} cannot be read")]
    Content {
        /// What.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Two sites, and two bases, may not share a name.
    #[error("The name {0} is taken already; choose another one")]
    NameTaken(String),
}

impl StoreError {
    pub(crate) fn database(what: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Database { what, source }
    }

    pub(crate) fn file(path: &std::path::Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, what, source }
    }

    pub(crate) fn content(what: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.into();
        move |source| Self::Content { what, source }
    }
}
