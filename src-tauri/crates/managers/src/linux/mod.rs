//! Sites of Linux hosts: their cluster through a tunnel, what it is made of, and the steps that make and change it.
//!
//! What a cluster was made of is noted on its controllers, so that a laptop that has never seen it can go on with it.

mod backups;
mod builtin;
mod choices;
mod clocks;
mod content;
mod counted;
mod fault;
mod hosts;
mod known;
mod locks;
mod looks;
mod nodes;
mod spec;
pub mod steps;
mod tunnel;
mod versions;

use longshore_bundle::{ImageRecord, Library};
use longshore_contract::WireError;
use longshore_runtime::RuntimeKind;

pub use backups::{Kept, backup, backups};
pub use builtin::builtin;
pub use choices::choices;
pub use content::{ClusterContent, HostSpecs};
pub use hosts::Hosts;
pub use known::{Known, known};
pub use locks::{HostLocks, LockRefusal};
pub use looks::Looks;
pub use nodes::nodes;
pub use spec::{ClusterNeeds, members, settled, unfinished};
pub use tunnel::{cluster, hosts_cluster};
pub use versions::through;

/// Bytes of images that a host lacks.
///
/// # Errors
/// When it cannot be asked.
pub async fn lacks(
    hosts: &Hosts,
    address: &str,
    library: &Library,
    images: &[&ImageRecord],
) -> Result<u64, WireError> {
    let host = hosts.host(address).await?;
    Ok(crate::library::hosts::lacking(host.as_ref(), library, images).await?.0)
}

/// What can be done when an upgrade of the cluster fails for good, in a sentence or two.
pub fn recovery(kind: RuntimeKind, controllers: usize) -> String {
    match longshore_runtime::of(kind).unrestorable(controllers) {
        None => "What the cluster was can be brought back from the backup that is made first: by `longshore site restore`, or on the site's page.".to_owned(),
        Some(why) => format!("It can only be gone on with: {why}"),
    }
}
