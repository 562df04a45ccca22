//! What a controller notes of the cluster that was made on it.

use longshore_contract::{WireError, chain};
use longshore_remote::{Command, Host};
use longshore_runtime::{ClusterSpec, RuntimeKind};
use serde::{Deserialize, Serialize};

/// Where it is noted: readable by root alone, though it holds no secret.
const FILE: &str = "/var/lib/longshore/site.json";
/// Bytes of the note that are read: a thousand hosts take some 200 KB.
const LIMIT: usize = 4 << 20;

/// A cluster as its controllers know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// Which program runs it.
    pub runtime: RuntimeKind,
    /// What it is.
    pub spec: ClusterSpec,
}

/// What a host notes; `None` where there is no cluster of ours.
///
/// # Errors
/// When the host cannot be asked, or the note is of another version.
pub async fn known(host: &dyn Host) -> Result<Option<Known>, WireError> {
    let command = Command::script(format!("[ ! -e {FILE} ] || cat {FILE}")).as_root().idempotent();
    let finished = host.run(&command, LIMIT).await;
    let finished = finished.map_err(|error| super::fault::unreachable(host, &error))?;
    if !finished.exit.is_success() {
        let text =
            format!("What {} notes of its cluster cannot be read: {}", host.name(), finished.stderr().trim());
        return Err(WireError::bad_input(text).hint("Look at the host's disk."));
    }
    parsed(host, &finished.output.stdout, FILE)
}

/// What the host noted of its cluster when a backup was made; `None` where the backup keeps no such note.
///
/// # Errors
/// As [`known`].
pub(super) async fn known_then(host: &dyn Host, backup: &str) -> Result<Option<Known>, WireError> {
    let text = longshore_runtime::noted(host, backup).await;
    let text = text.map_err(|error| WireError::bad_input(chain(&error)).hint("Look at the host's disk."))?;
    parsed(host, &text, &format!("the backup {backup}"))
}

fn parsed(host: &dyn Host, text: &[u8], place: &str) -> Result<Option<Known>, WireError> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(text).map(Some).map_err(|error| {
        let name = host.name();
        WireError::bad_input(format!("What {name} notes of its cluster in {place} cannot be read: {error}"))
            .hint("Use the version of Longshore that wrote it.")
    })
}

/// Notes a cluster on a controller: whole or not at all.
///
/// # Errors
/// When the host does not take it, in words.
pub(super) async fn note(host: &dyn Host, known: &Known) -> Result<(), String> {
    let text = serde_json::to_vec(known).map_err(|error| error.to_string())?;
    let script = format!(
        "set -e; umask 077; mkdir -p /var/lib/longshore; cat >{FILE}.new; sync {FILE}.new; mv {FILE}.new {FILE}"
    );
    let command = Command::script(script).stdin(text).as_root().idempotent();
    let finished = host.run(&command, 4096).await.map_err(|error| error.to_string())?;
    if finished.exit.is_success() { Ok(()) } else { Err(finished.stderr().trim().to_owned()) }
}

/// Forgets it.
///
/// # Errors
/// When the host cannot be asked, in words.
pub(super) async fn forget(host: &dyn Host) -> Result<(), String> {
    let script = format!("rm -f {FILE} {FILE}.new; rmdir /var/lib/longshore 2>/dev/null; :");
    let finished = host.run(&Command::script(script).as_root().idempotent(), 4096).await;
    finished.map(drop).map_err(|error| error.to_string())
}
