//! What a cluster wants of a host, and what of it is lacking. Pure: from a state to the pieces of work that are left.
//!
//! Which settings, and their values: the host checks of embedded-cluster (§6.1 of our notes on it), which are also our
//! default preflights; what is prepared here passes them.

use longshore_contract::HostRole;
use longshore_shell::quote;

use super::Preparation;
use super::change::{Change, MARK, RELOAD, hosts};
use super::state::{DataDirectory, HostState, ModuleState, SeLinux, Service};

/// Modules that a cluster needs.
pub(super) const MODULES: [&str; 3] = ["overlay", "br_netfilter", "nf_conntrack"];

/// Which values of a setting are right, and which one is set when it has another.
pub(super) enum Right {
    Is(&'static str),
    IsNot(&'static str, &'static str),
    AtLeast(u64),
}

/// A kernel setting.
pub(super) struct Sysctl {
    pub name: &'static str,
    pub right: Right,
}

const fn sysctl(name: &'static str, right: Right) -> Sysctl {
    Sysctl { name, right }
}

/// In the order in which they are set: ip_forward has the kernel give others their defaults.
pub(super) const SYSCTLS: &[Sysctl] = &[
    sysctl("net.ipv4.ip_forward", Right::Is("1")),
    sysctl("net.ipv4.conf.all.forwarding", Right::Is("1")),
    sysctl("net.ipv4.conf.default.forwarding", Right::Is("1")),
    sysctl("net.ipv4.conf.all.arp_filter", Right::Is("0")),
    sysctl("net.ipv4.conf.default.arp_filter", Right::Is("0")),
    sysctl("net.ipv4.conf.all.arp_ignore", Right::Is("0")),
    sysctl("net.ipv4.conf.default.arp_ignore", Right::Is("0")),
    sysctl("net.ipv4.conf.all.rp_filter", Right::IsNot("1", "2")),
    sysctl("net.ipv4.conf.default.rp_filter", Right::IsNot("1", "2")),
    sysctl("net.bridge.bridge-nf-call-iptables", Right::Is("1")),
    sysctl("fs.inotify.max_user_instances", Right::AtLeast(1024)),
    sysctl("fs.inotify.max_user_watches", Right::AtLeast(65536)),
];

impl Sysctl {
    /// The value to set, when the one that is there is not right.
    fn correction(&self, is: &str) -> Option<String> {
        match self.right {
            Right::Is(wanted) => (is != wanted).then(|| wanted.to_owned()),
            Right::IsNot(wrong, wanted) => (is == wrong).then(|| wanted.to_owned()),
            Right::AtLeast(least) => {
                (is.parse::<u64>().unwrap_or_default() < least).then(|| least.to_string())
            }
        }
    }

    fn wanted(&self) -> String {
        match self.right {
            Right::Is(wanted) | Right::IsNot(_, wanted) => wanted.to_owned(),
            Right::AtLeast(least) => least.to_string(),
        }
    }
}

/// A piece of work that is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// What is lacking, in words.
    pub lack: String,
    /// What is noted before.
    pub changes: Vec<Change>,
    /// Does it; may be repeated.
    pub script: String,
}

/// What cannot be prepared, in a sentence, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hopeless {
    pub why: String,
    pub hint: &'static str,
}

/// What is left to be done on a host.
pub(super) fn pieces(state: &HostState, preparation: &Preparation<'_>) -> Result<Vec<Piece>, Hopeless> {
    let mut pieces = Vec::new();
    pieces.extend(directory(state, &preparation.spec.data_directory)?);
    pieces.extend(modules(state));
    pieces.extend(sysctls(state));
    if !preparation.keep_swap {
        pieces.extend(swap(state));
    }
    pieces.extend(names(state, preparation));
    pieces.extend(firewalld(state, preparation));
    pieces.extend(manager(state));
    pieces.extend(selinux(state, &preparation.spec.data_directory));
    Ok(pieces)
}

/// What a host lacks that nobody can give it from here; told, and left to the preflights.
pub(super) fn warnings(state: &HostState) -> Vec<String> {
    let absent = state.modules.iter().filter(|(_, how)| **how == ModuleState::Absent);
    let mut warnings: Vec<String> = absent
        .map(|(name, _)| format!("The kernel has no module {name}, and none can be loaded; the checks will tell whether it is needed."))
        .collect();
    warnings.extend(state.closed.iter().map(|path| {
        format!("Only its owner may enter {path}; containers that do not run as root cannot reach the data folder.")
    }));
    match state.selinux {
        Some(SeLinux::Enforcing) => warnings.push("SELinux enforces its policy on this host.".to_owned()),
        Some(SeLinux::Permissive) => {
            warnings.push("SELinux only tells on this host and refuses nothing.".to_owned());
        }
        None => {}
    }
    warnings
}

fn directory(state: &HostState, path: &str) -> Result<Option<Piece>, Hopeless> {
    let given = path;
    let path = path.trim_end_matches('/');
    if !path.starts_with('/') || path.split('/').any(|part| part == "..") {
        let why = format!("the data folder {given:?} is no absolute path below /");
        return Err(Hopeless { why, hint: "Choose another data folder." });
    }
    match &state.data {
        DataDirectory::There { mode } if mode == "755" => Ok(None),
        DataDirectory::There { mode } => Ok(Some(Piece {
            lack: format!("the data folder {path} has mode {mode} instead of 755"),
            changes: vec![Change::Mode { path: path.to_owned(), before: mode.clone() }],
            script: format!("chmod 755 {}", quote(path)),
        })),
        DataDirectory::Missing { above } => Ok(Some(made(path, above))),
        DataDirectory::Link { to } => Err(Hopeless {
            why: format!("the data folder {path} is a symbolic link to {to}"),
            hint: "Remove the link, or choose the folder that it leads to.",
        }),
        DataDirectory::Other => Err(Hopeless {
            why: format!("the data folder {path} is no folder"),
            hint: "Remove what is in its place, or choose another data folder.",
        }),
    }
}

/// A folder to be made, with those above it that are missing as well; the innermost is taken back first.
fn made(path: &str, above: &str) -> Piece {
    let mut folders = Vec::new();
    let mut folder = path;
    while folder.len() > above.trim_end_matches('/').len() && !folder.is_empty() {
        folders.push(Change::Directory { path: folder.to_owned() });
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
    folders.reverse();
    let quoted = quote(path);
    Piece {
        lack: format!("the data folder {path} is missing"),
        changes: folders,
        script: format!("(umask 022; mkdir -p {quoted}) && chmod 755 {quoted}"),
    }
}

/// A file of ours alone, written whole or not at all.
fn file(path: &str, body: &str) -> String {
    let fresh = quote(&format!("{path}.longshore"));
    let path = quote(path);
    format!(
        "mkdir -p \"$(dirname {path})\" && printf '%s\\n' {} >{fresh} && chmod 644 {fresh} \
         && {{ sync {fresh} 2>/dev/null || sync; }} && mv -f {fresh} {path}",
        quote(format!("{MARK}\n{body}").trim_end())
    )
}

const SYSCTL_FILE: &str = "/etc/sysctl.d/90-longshore.conf";
const MODULES_FILE: &str = "/etc/modules-load.d/90-longshore.conf";
const MANAGER_FILE: &str = "/etc/NetworkManager/conf.d/90-longshore.conf";

fn has_lines(state: &HostState, file: &str, lines: &[String]) -> bool {
    let there = state.files.get(file).map(Vec::as_slice).unwrap_or_default();
    lines.iter().all(|line| there.contains(line))
}

/// Those that were loaded by us or shall be, now and at each start.
fn modules(state: &HostState) -> Option<Piece> {
    let was_ours = |name: &str| state.noted.contains(&Change::Module { name: name.to_owned() });
    let loadable: Vec<&str> =
        MODULES.into_iter().filter(|name| state.modules.get(*name) == Some(&ModuleState::Loadable)).collect();
    let kept: Vec<String> = MODULES
        .into_iter()
        .filter(|name| loadable.contains(name) || was_ours(name))
        .map(str::to_owned)
        .collect();
    if kept.is_empty() || (loadable.is_empty() && has_lines(state, "modules", &kept)) {
        return None;
    }
    let mut changes = vec![Change::File { path: MODULES_FILE.to_owned() }];
    changes.extend(loadable.iter().map(|name| Change::Module { name: (*name).to_owned() }));
    let load = loadable.iter().map(|name| format!(" && modprobe {name}")).collect::<String>();
    let names = if loadable.is_empty() { kept.join(", ") } else { loadable.join(", ") };
    Some(Piece {
        lack: format!("the kernel modules {names} are not loaded, now or at each start"),
        changes,
        script: format!("{}{load}", file(MODULES_FILE, &kept.join("\n"))),
    })
}

/// Only those that are not right, and those that we had to correct before.
fn sysctls(state: &HostState) -> Option<Piece> {
    let was_ours = |sysctl: &Sysctl| {
        state.noted.iter().any(|change| matches!(change, Change::Sysctl { name, .. } if name == sysctl.name))
    };
    let mut wrong = Vec::new();
    let mut kept = Vec::new();
    for sysctl in SYSCTLS {
        let Some(is) = state.sysctls.get(sysctl.name) else { continue };
        let correction = sysctl.correction(is);
        if was_ours(sysctl) || correction.is_some() {
            kept.push(format!("{} = {}", sysctl.name, sysctl.wanted()));
        }
        if let Some(value) = correction {
            wrong.push((sysctl.name, is, value));
        }
    }
    if kept.is_empty() || (wrong.is_empty() && has_lines(state, "sysctl", &kept)) {
        return None;
    }
    let said: Vec<String> =
        wrong.iter().map(|(name, is, value)| format!("{name} is {is} instead of {value}")).collect();
    let lack =
        if said.is_empty() { format!("{SYSCTL_FILE} does not hold what it should") } else { said.join(", ") };
    let mut changes = vec![Change::File { path: SYSCTL_FILE.to_owned() }];
    changes.extend(
        wrong.iter().map(|(name, is, _)| Change::Sysctl { name: (*name).to_owned(), before: (*is).clone() }),
    );
    let set = wrong
        .iter()
        .map(|(name, _, value)| {
            let path = quote(&format!("/proc/sys/{}", name.replace('.', "/")));
            format!(" && {{ printf '%s\\n' {value} >{path} || {{ echo 'the kernel does not take {value} for {name}' >&2; false; }}; }}")
        })
        .collect::<String>();
    Some(Piece { lack, changes, script: format!("{}{set}", file(SYSCTL_FILE, &kept.join("\n"))) })
}

fn swap(state: &HostState) -> Option<Piece> {
    if state.swaps.is_empty() && state.fstab.is_empty() {
        return None;
    }
    let mut changes = Vec::new();
    let mut steps = Vec::new();
    if !state.fstab.is_empty() {
        changes.push(Change::Fstab);
        steps.push(
            "cp -p /etc/fstab /etc/fstab.longshore && awk '$1 !~ /^#/ && $3 == \"swap\" { print \"#longshore# \" $0; next } { print }' \
             /etc/fstab >/etc/fstab.longshore && { sync /etc/fstab.longshore 2>/dev/null || sync; } \
             && mv -f /etc/fstab.longshore /etc/fstab && systemctl daemon-reload"
                .to_owned(),
        );
    }
    for swap in &state.swaps {
        // What is not in fstab is switched on by a unit: a partition that was found, or compressed memory.
        if state.fstab.is_empty() && !swap.unit.is_empty() {
            changes.push(Change::Mask { unit: swap.unit.clone() });
            steps.push(format!("systemctl mask -q {}", quote(&swap.unit)));
        }
        changes.push(Change::Swap { device: swap.device.clone(), priority: swap.priority });
        steps.push(format!("swapoff {}", quote(&swap.device)));
    }
    let devices: Vec<&str> = state.swaps.iter().map(|swap| swap.device.as_str()).collect();
    let lack = if devices.is_empty() {
        format!("/etc/fstab switches swap on at each start: {}", state.fstab.join(", "))
    } else {
        format!("swap is in use: {}", devices.join(", "))
    };
    Some(Piece { lack, changes, script: steps.join(" && ") })
}

fn names(state: &HostState, preparation: &Preparation<'_>) -> Option<Piece> {
    let members = &preparation.spec.members;
    let wanted: Vec<String> =
        members.iter().map(|member| format!("{} {}", member.address, member.node)).collect();
    if state.hosts == wanted {
        return None;
    }
    let block: String = wanted.iter().map(|line| format!("{line}\n")).collect();
    Some(Piece {
        lack: "/etc/hosts does not hold the names of the cluster's hosts".to_owned(),
        changes: vec![Change::Hosts],
        script: hosts(&block),
    })
}

/// Ports by which hosts and clients reach a member (embedded-cluster's footprint; 179, 2379 and 8472 for kube-router,
/// joining etcd members and flannel).
fn ports(role: HostRole) -> Vec<&'static str> {
    let mut ports = vec!["10250/tcp", "4789/udp", "8472/udp", "179/tcp"];
    if role == HostRole::Controller {
        ports.extend(["6443/tcp", "9443/tcp", "2379/tcp", "2380/tcp"]);
    }
    ports
}

/// A zone that lets pods and services through, and ports of the zone in which the host's interfaces are.
fn firewalld(state: &HostState, preparation: &Preparation<'_>) -> Option<Piece> {
    let firewalld = &state.firewalld;
    if firewalld.service != Service::Running {
        return None;
    }
    let sources = [&preparation.spec.pod_cidr, &preparation.spec.service_cidr];
    let there = firewalld.sources.as_deref().unwrap_or_default();
    let missing: Vec<&&String> = sources.iter().filter(|source| !there.contains(source)).collect();
    let closed: Vec<&str> = ports(preparation.member.role)
        .into_iter()
        .filter(|port| !firewalld.ports.iter().any(|open| open == port))
        .collect();
    if missing.is_empty() && closed.is_empty() {
        return None;
    }
    let mut steps = Vec::new();
    let mut changes = Vec::new();
    if firewalld.sources.is_none() {
        changes.push(Change::Zone { name: "longshore".to_owned() });
        steps.push("firewall-cmd -q --permanent --new-zone=longshore".to_owned());
        steps.push("firewall-cmd -q --permanent --zone=longshore --set-target=ACCEPT".to_owned());
    }
    for source in missing {
        steps.push(format!("firewall-cmd -q --permanent --zone=longshore --add-source={}", quote(source)));
    }
    let zone = &firewalld.zone;
    for port in &closed {
        changes.push(Change::Port { zone: zone.clone(), port: (*port).to_owned() });
        steps.push(format!("firewall-cmd -q --permanent --zone={} --add-port={port}", quote(zone)));
    }
    steps.push(RELOAD.to_owned());
    let lack =
        format!("firewalld does not let the cluster through (zone {zone}, ports {})", closed.join(" "));
    Some(Piece { lack, changes, script: steps.join(" && ") })
}

fn manager(state: &HostState) -> Option<Piece> {
    let line = "unmanaged-devices+=interface-name:cni*;interface-name:cali*;interface-name:vxlan.calico;\
                interface-name:tunl*;interface-name:flannel*;interface-name:kube-bridge;interface-name:kube-ipvs*;\
                interface-name:dummyvip*;interface-name:veth*";
    if state.network_manager == Service::Absent || has_lines(state, "manager", &[line.to_owned()]) {
        return None;
    }
    let reload =
        if state.network_manager == Service::Running { " && systemctl reload NetworkManager" } else { "" };
    Some(Piece {
        lack: "NetworkManager would take the pods' interfaces for its own".to_owned(),
        changes: vec![Change::Manager { path: MANAGER_FILE.to_owned() }],
        script: format!("{}{reload}", file(MANAGER_FILE, &format!("[keyfile]\n{line}"))),
    })
}

/// Labels as the host's own policy has them; nothing is added to the policy.
fn selinux(state: &HostState, data: &str) -> Option<Piece> {
    (state.mislabelled && state.selinux == Some(SeLinux::Enforcing)).then(|| Piece {
        lack: format!("SELinux's label of {data} is not what its policy says"),
        changes: Vec::new(),
        script: format!("restorecon -R {}", quote(data)),
    })
}

#[cfg(test)]
pub(super) mod tests;
