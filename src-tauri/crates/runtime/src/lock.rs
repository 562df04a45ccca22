//! One writer on a host: a lock file with its holder, refreshed while a run goes on.

/// Who holds a host.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lockholder {
    /// The person and machine.
    pub who: String,
    /// The run.
    pub run: String,
}

/// A host's lock that is ours.
#[derive(Debug)]
pub struct HostLock {}
