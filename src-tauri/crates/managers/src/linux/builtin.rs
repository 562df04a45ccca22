//! The built-in host preflights for one host of a cluster.

use longshore_contract::{HostRole, WireError, chain};
use longshore_preflight::{HostDefaults, HostPhase};
use longshore_runtime::{ClusterSpec, MemberSpec};

use super::versions::minor;

/// Its name among a run's specs.
const NAME: &str = "builtin/host.yaml";

/// The checks that embedded-cluster makes, for what this host shall be: file and text.
///
/// # Errors
/// When a setting makes it no spec.
pub fn builtin(
    spec: &ClusterSpec,
    member: &MemberSpec,
    install: bool,
    uncompressed: i64,
) -> Result<(String, String), WireError> {
    let space = u64::try_from(uncompressed).unwrap_or_default();
    let others =
        spec.members.iter().filter(|other| other.role == HostRole::Controller && other.host != member.host);
    let defaults = HostDefaults {
        phase: if install { HostPhase::Install } else { HostPhase::Upgrade },
        data_dir: spec.data_directory.clone(),
        kubernetes_minor: minor(&spec.version),
        pod_cidr: spec.pod_cidr.clone(),
        service_cidr: spec.service_cidr.clone(),
        node_ip: member.address.to_string(),
        // Nothing listens there before the first controller is made.
        join_addresses: if install {
            Vec::new()
        } else {
            others.map(|other| format!("{}:6443", other.address)).collect()
        },
        airgap_space: if space == 0 { String::new() } else { format!("{}Mi", (space * 2).div_ceil(1 << 20)) },
        ..HostDefaults::default()
    };
    let text = defaults.text().map_err(|error| WireError::bad_input(chain(&error)))?;
    Ok((NAME.to_owned(), text))
}
