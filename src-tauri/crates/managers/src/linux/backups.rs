//! Backups of a Linux site's cluster, and what the cluster was when they were made.

use longshore_contract::{HostRole, SiteBackup, SiteBackups, Timestamp, WireError, chain};
use longshore_runtime::{Backup, MemberSpec};

use super::known::known_then;
use super::{Hosts, Known, known};

/// A backup, and the cluster that it is of.
pub struct Kept {
    /// Address of the controller that it lies on.
    pub host: String,
    /// The backup.
    pub backup: Backup,
    /// The cluster as it was.
    pub then: Known,
}

/// Backups on all controllers of a site, the newest first.
pub async fn backups(hosts: &Hosts) -> SiteBackups {
    let (mut shown, mut silent) = (Vec::new(), Vec::new());
    for address in controllers(hosts) {
        match of(hosts, address).await {
            Ok(kept) => shown.extend(kept.iter().map(|kept| view(hosts, kept))),
            Err(error) => silent.push(format!("{address}: {}", error.message)),
        }
    }
    shown.sort_by_key(|one: &SiteBackup| std::cmp::Reverse(one.made_at));
    SiteBackups { backups: shown, silent }
}

/// The backup of a label, where it can be brought back.
///
/// # Errors
/// When there is none, or why it cannot be.
pub async fn backup(hosts: &Hosts, label: &str) -> Result<Kept, WireError> {
    let mut refused = None;
    for address in controllers(hosts) {
        match of(hosts, address).await {
            Ok(kept) => {
                let Some(kept) = kept.into_iter().find(|kept| kept.backup.label == label) else { continue };
                return match refusal(hosts, &kept) {
                    None => Ok(kept),
                    Some(why) => Err(WireError::bad_input(format!("{label} cannot be brought back: {why}"))),
                };
            }
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.unwrap_or_else(|| {
        WireError::not_found(format!("No controller of the site keeps a backup {label}"))
            .field("backup", "is none of the site's")
            .hint("See `longshore site backups SITE` for those that there are.")
    }))
}

fn controllers(hosts: &Hosts) -> impl Iterator<Item = &str> {
    let controllers = hosts.named().iter().filter(|host| host.roles.contains(&HostRole::Controller));
    controllers.map(|host| host.address.as_str())
}

async fn of(hosts: &Hosts, address: &str) -> Result<Vec<Kept>, WireError> {
    let host = hosts.host(address).await?;
    let found = longshore_runtime::backups(host.as_ref()).await;
    let found = found.map_err(|error| WireError::bad_input(chain(&error)))?;
    let now = known(host.as_ref()).await?;
    let mut kept = Vec::new();
    for backup in found {
        let then = known_then(host.as_ref(), &backup.label).await?;
        // A backup without a note is of the cluster that is there, at its own version.
        let Some(mut then) = then.or_else(|| now.clone()) else { continue };
        then.spec.version.clone_from(&backup.version);
        kept.push(Kept { host: address.to_owned(), backup, then });
    }
    Ok(kept)
}

/// Why a backup cannot be brought back.
fn refusal(hosts: &Hosts, kept: &Kept) -> Option<String> {
    let (backup, members) = (&kept.backup, &kept.then.spec.members);
    if !backup.has_files {
        return Some(format!("the files of {} are not on {} any more", backup.version, kept.host));
    }
    let of_role = |member: &&MemberSpec| member.role == HostRole::Controller;
    let unrestorable =
        longshore_runtime::of(kept.then.runtime).unrestorable(members.iter().filter(of_role).count());
    if unrestorable.is_some() {
        return unrestorable;
    }
    let gone = members.iter().find(|member| !hosts.named().iter().any(|host| host.address == member.host))?;
    Some(format!("{} was part of the cluster then, and is none of the site's hosts any more", gone.host))
}

fn view(hosts: &Hosts, kept: &Kept) -> SiteBackup {
    SiteBackup {
        label: kept.backup.label.clone(),
        host: kept.host.clone(),
        version: kept.backup.version.clone(),
        made_at: Timestamp(kept.backup.made_at.saturating_mul(1000)),
        bytes: kept.backup.bytes,
        refusal: refusal(hosts, kept).unwrap_or_default(),
    }
}
