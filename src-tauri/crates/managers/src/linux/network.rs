//! What a host's network is, as far as a cluster's settings depend on it.

use longshore_contract::{HostInterface, WireError};
use longshore_remote::{Command, Host};

/// Interfaces of container networks; nobody reaches a host by one.
const OF_CONTAINERS: &[&str] = &[
    "lo",
    "veth",
    "cali",
    "vxlan.calico",
    "kube-",
    "dummyvip",
    "cni",
    "flannel",
    "docker",
    "br-",
    "virbr",
    "lxc",
    "tunl",
];

/// A host's name, interfaces and routes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Network {
    /// Its own name.
    pub(super) name: String,
    /// Interfaces with IPv4 addresses, those of containers left out.
    pub(super) interfaces: Vec<HostInterface>,
    /// Networks that it has routes to, the default one left out.
    pub(super) routes: Vec<String>,
}

const SCRIPT: &str = "LC_ALL=C; export LC_ALL; PATH=\"$PATH:/usr/sbin:/sbin\"; export PATH\n\
    echo \"name $(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)\"\n\
    ip -o -4 addr show | sed 's/^/addr /'\n\
    ip -o -4 route show | sed 's/^/route /'\n";

/// Looks at a host's network.
///
/// # Errors
/// When the host cannot be asked.
pub(super) async fn look(host: &dyn Host) -> Result<Network, WireError> {
    let finished = host.run(&Command::script(SCRIPT).idempotent(), 256 << 10).await;
    let finished = finished.map_err(|error| super::fault::unreachable(host, &error))?;
    Ok(understood(&finished.stdout()))
}

fn understood(answer: &str) -> Network {
    let mut network = Network::default();
    let mut default = String::new();
    for line in answer.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["name", name] => name.to_ascii_lowercase().clone_into(&mut network.name),
            ["addr", _, interface, "inet", address, ..] => add(&mut network.interfaces, interface, address),
            ["route", "default", rest @ ..] if default.is_empty() => {
                let device = rest.iter().position(|word| *word == "dev");
                let device = device.and_then(|at| rest.get(at + 1));
                device.copied().unwrap_or_default().clone_into(&mut default);
            }
            ["route", to, ..] if to.contains('/') => network.routes.push((*to).to_owned()),
            _ => {}
        }
    }
    for interface in &mut network.interfaces {
        interface.default = interface.name == default;
    }
    network
}

fn add(interfaces: &mut Vec<HostInterface>, name: &str, address: &str) {
    // The other end of a veth pair stands behind an @.
    let name = name.split('@').next().unwrap_or(name);
    if OF_CONTAINERS.iter().any(|prefix| name == *prefix || (*prefix != "lo" && name.starts_with(prefix))) {
        return;
    }
    match interfaces.iter_mut().find(|known| known.name == name) {
        Some(known) => known.addresses.push(address.to_owned()),
        None => interfaces.push(HostInterface {
            name: name.to_owned(),
            addresses: vec![address.to_owned()],
            default: false,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_understood() {
        let network = understood(
            "name Node-1\naddr 1: lo    inet 127.0.0.1/8 scope host lo\n\
             addr 2: host0    inet 10.0.0.5/24 brd 10.0.0.255 scope global host0\n\
             addr 2: host0    inet 10.0.0.6/24 scope global secondary host0\n\
             addr 3: eth1    inet 192.168.7.5/16 scope global eth1\n\
             addr 4: cni0    inet 10.244.0.1/24 scope global cni0\n\
             route default via 10.0.0.1 dev host0 proto static\nroute 10.0.0.0/24 dev host0 proto kernel scope link\n\
             route 192.168.0.0/16 dev eth1 scope link\nroute 10.9.9.9 via 10.0.0.1 dev host0\n",
        );
        assert_eq!(network.name, "node-1");
        let names: Vec<(&str, usize, bool)> = network
            .interfaces
            .iter()
            .map(|one| (one.name.as_str(), one.addresses.len(), one.default))
            .collect();
        assert_eq!(names, [("host0", 2, true), ("eth1", 1, false)], "loopback and bridges of pods are none");
        assert_eq!(network.routes, ["10.0.0.0/24", "192.168.0.0/16"]);
        assert_eq!(
            understood("garbage\n\naddr\nroute\n"),
            Network::default(),
            "what is not understood is nothing"
        );
    }
}
