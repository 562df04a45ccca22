//! Keys of the agent, and the order of all keys as OpenSSH has it: the agent's keys that are configured, its
//! others, then the files that the agent does not hold.

use std::path::{Path, PathBuf};

use ssh2::Agent;

use super::auth::{Broken, Login, NOT_ACCEPTED, Tried};
use super::files;
use crate::key::PublicKey;

/// Tries all keys.
pub(super) fn and_files(login: &mut Login<'_>) -> Tried {
    let files: Vec<(PathBuf, Option<PublicKey>)> =
        login.target.identity_files.iter().map(|file| (file.clone(), PublicKey::of_file(file))).collect();
    let mut held = Vec::new();
    if let Some((agent, identities)) = open(login) {
        held = identities.iter().filter_map(|identity| PublicKey::from_blob(identity.blob())).collect();
        let place = |blob: &[u8]| {
            files.iter().position(|(_, key)| key.as_ref().is_some_and(|key| key.blob() == blob))
        };
        let mut ordered: Vec<(usize, ssh2::PublicKey)> = identities
            .into_iter()
            .map(|identity| (place(identity.blob()).unwrap_or(usize::MAX), identity))
            .collect();
        ordered.sort_by_key(|(place, _)| *place);
        let only = login.target.identities_only;
        for (_, identity) in ordered.into_iter().filter(|(place, _)| !only || *place != usize::MAX) {
            if one(login, &agent, &identity)? {
                return Ok(true);
            }
        }
    }
    for (file, key) in files {
        if !key.is_some_and(|key| held.contains(&key)) && files::one(login, &file)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn one(login: &mut Login<'_>, agent: &Agent, identity: &ssh2::PublicKey) -> Tried {
    let fingerprint = PublicKey::from_blob(identity.blob()).map(|key| key.fingerprint()).unwrap_or_default();
    let method = format!("agent key {fingerprint} {}", identity.comment()).trim_end().to_owned();
    let result = agent.userauth(&login.target.user, identity);
    login.outcome(method, result, NOT_ACCEPTED)
}

/// The agent and its keys, or why there are none.
fn open(login: &mut Login<'_>) -> Option<(Agent, Vec<ssh2::PublicKey>)> {
    let Some(socket) = login.target.agent.clone() else {
        login.refuse("agent", "none is running or configured");
        return None;
    };
    match connect(login, &socket) {
        Ok((_, identities)) if identities.is_empty() => {
            login.refuse("agent", "it holds no key");
            None
        }
        Ok(opened) => Some(opened),
        Err(Broken(error)) => {
            tracing::debug!(%error, "no agent");
            login.refuse("agent", format!("none answers at {}", socket.display()));
            None
        }
    }
}

fn connect(login: &Login<'_>, socket: &Path) -> Result<(Agent, Vec<ssh2::PublicKey>), Broken> {
    let mut agent = login.session.agent().map_err(Broken)?;
    agent.set_identity_path(socket).map_err(Broken)?;
    agent.connect().map_err(Broken)?;
    agent.list_identities().map_err(Broken)?;
    let identities = agent.identities().map_err(Broken)?;
    Ok((agent, identities))
}
