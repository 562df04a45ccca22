//! What Longshore keeps on the operator's machine: journals, sites, secrets, the audit trail, logs.
//!
//! One SQLite file (WAL, every journal record synced before it is acknowledged), readable by several
//! processes at once: the desktop window, a server and the command line share it. Secrets are encrypted
//! before they reach it. Log lines are files per run, because they are many and nobody's state.

mod bases;
mod error;
mod executor;
mod journal;
mod kept;
mod log;
mod open;
mod password;
mod rows;
mod secrets;
mod sessions;
mod vendor_keys;
mod verdicts;

pub use bases::BaseRow;
pub use error::StoreError;
pub use executor::{ExecutorLock, StopRequest};
pub use log::RunLog;
pub use open::Store;
pub use rows::SiteRow;
pub use secrets::{KeySource, Secret};
pub use sessions::{NewSession, Rotation, TokenHash};
