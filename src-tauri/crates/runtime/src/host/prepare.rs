//! Preparing a host: what is lacking is noted, done, and looked at again.

use std::time::Duration;

use jiff::Timestamp;
use longshore_remote::{Command, Finished, Host};
use longshore_shell::quote;

use super::change::{NOTE, Noted};
use super::state::{HostState, look};
use super::wanted::{Hopeless, Piece, pieces, warnings};
use crate::{ClusterSpec, MemberSpec, RuntimeError, Watch, leaving};

const WHAT: &str = "Preparing the host";
const LIMIT: Duration = Duration::from_mins(5);
const SAID: usize = 64 * 1024;
/// A module brings settings that are lacking then, hence a second round; a third finds nothing more to do.
const ROUNDS: usize = 3;

/// What a host is prepared for.
#[derive(Debug, Clone, Copy)]
pub struct Preparation<'a> {
    /// The cluster.
    pub spec: &'a ClusterSpec,
    /// What the host is in it.
    pub member: &'a MemberSpec,
    /// Leaves swap on: the cluster's kubelets are told to bear it.
    pub keep_swap: bool,
}

/// Prepares a host: sysctls, modules, swap, the data folder, names, firewalld, NetworkManager, SELinux's labels. What is
/// right already is left alone. May be repeated.
///
/// # Errors
/// When something cannot be done, with what the host said, or the host runs a Kubernetes that is not ours.
pub async fn prepare(
    host: &dyn Host,
    preparation: &Preparation<'_>,
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let mut state = look(host, &preparation.spec.data_directory).await?;
    if let Some(what) = state.foreign() {
        return Err(RuntimeError::Foreign { host: host.name().to_owned(), what });
    }
    for warning in warnings(&state) {
        watch.line(&warning);
    }
    for _ in 0..ROUNDS {
        let left = pieces(&state, preparation).map_err(|hopeless| refused(host, hopeless))?;
        if left.is_empty() && state.ours {
            return Ok(());
        }
        for piece in &left {
            watch.line(&format!("Corrected: {}.", piece.lack));
        }
        act(host, &state, &left).await?;
        state = look(host, &preparation.spec.data_directory).await?;
    }
    let left = pieces(&state, preparation).map_err(|hopeless| refused(host, hopeless))?;
    if left.is_empty() {
        return Ok(());
    }
    let left: Vec<String> = left.into_iter().map(|piece| piece.lack).collect();
    let why = format!("it was done and did not last: {}", left.join("; "));
    Err(failed(
        host,
        why,
        "Something on the host sets it back; find out what (a configuration tool, a service).",
    ))
}

/// What a host still lacks, in words; empty when it is prepared. Changes nothing.
///
/// # Errors
/// When the host cannot be asked.
pub async fn prepared(host: &dyn Host, preparation: &Preparation<'_>) -> Result<Vec<String>, RuntimeError> {
    let state = look(host, &preparation.spec.data_directory).await?;
    Ok(match pieces(&state, preparation) {
        Ok(left) if left.is_empty() && !state.ours => {
            vec!["the host has no note of its preparation".to_owned()]
        }
        Ok(left) => left.into_iter().map(|piece| piece.lack).collect(),
        Err(hopeless) => vec![hopeless.why],
    })
}

/// Notes what is about to be changed, and changes it, piece by piece, until one fails.
async fn act(host: &dyn Host, state: &HostState, pieces: &[Piece]) -> Result<(), RuntimeError> {
    let command = Command::script(script(state, pieces)).as_root().idempotent().within(LIMIT);
    let finished = host.run(&command, SAID).await?;
    if finished.exit.is_success() {
        return Ok(());
    }
    Err(leaving::or_lost(host, WHAT, complaint(host, pieces, &finished)).await)
}

fn script(state: &HostState, pieces: &[Piece]) -> String {
    let at = Timestamp::now();
    let mut known = state.noted.clone();
    let mut notes = String::new();
    for change in pieces.iter().flat_map(|piece| &piece.changes) {
        // What was there before us is what the first note of a thing says.
        if known.iter().any(|noted| noted.is_same_thing(change)) {
            continue;
        }
        known.push(change.clone());
        let noted = Noted { at, change: change.clone() };
        notes.push_str(&format!("\n{}", serde_json::json!(noted)));
    }
    let mut script = format!(
        "umask 022\nLC_ALL=C; export LC_ALL\n\
         PATH=\"$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"; export PATH\n\
         (umask 077; mkdir -p /var/lib/longshore && printf '%s\\n' {} >>{NOTE} && {{ sync {NOTE} 2>/dev/null || sync; }}) || exit 100\n",
        quote(&notes)
    );
    for (index, piece) in pieces.iter().enumerate() {
        script.push_str(&format!("({}) || {{ echo '@piece {index}' >&2; exit 1; }}\n", piece.script));
    }
    script
}

fn complaint(host: &dyn Host, pieces: &[Piece], finished: &Finished) -> RuntimeError {
    let said = finished.stderr();
    let index = said.lines().rev().find_map(|line| line.strip_prefix("@piece ")?.parse::<usize>().ok());
    let lack = index.and_then(|index| pieces.get(index)).map(|piece| piece.lack.as_str());
    let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("@piece ")).collect();
    let said = host.redactor().said(said.join("\n").as_bytes());
    let said = if said.is_empty() { format!("the command ended with {}", finished.exit) } else { said };
    let why = match lack {
        Some(lack) => format!("{lack}, and to correct that failed: {said}"),
        None => format!("its note {NOTE} cannot be written: {said}"),
    };
    let hint = if said.contains("No space left") {
        "Free some space on the host's disk, then retry."
    } else if said.contains("Read-only") || said.contains("not permitted") || said.contains("does not take") {
        "The host forbids this even to root (a container, a read-only system); correct it by hand there, then retry."
    } else {
        "Correct it by hand on the host, then retry."
    };
    failed(host, why, hint)
}

fn refused(host: &dyn Host, hopeless: Hopeless) -> RuntimeError {
    failed(host, hopeless.why, hopeless.hint)
}

fn failed(host: &dyn Host, why: String, hint: &str) -> RuntimeError {
    RuntimeError::Failed { host: host.name().to_owned(), what: WHAT.to_owned(), why, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests;
