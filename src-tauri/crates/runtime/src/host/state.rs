//! What matters of a host for a cluster: one script of plain sh, and what is read of its answer.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use longshore_remote::{Command, Exit, Host, Stream};
use longshore_shell::quote;

use super::change::{Change, Noted};
use super::wanted::{MODULES, SYSCTLS};
use super::{Cidr, HostRoute, Interface};
use crate::{RuntimeError, leaving};

/// Prints a name, a tab and a value on each line. Changes nothing.
const SCRIPT: &str = include_str!("look.sh");
const LIMIT: Duration = Duration::from_mins(1);
/// Bytes of an answer that are looked at.
const ANSWER: usize = 1 << 20;

/// How a service of the host stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Service {
    /// The host does not have it.
    #[default]
    Absent,
    /// It is there and does not run.
    Stopped,
    /// It runs.
    Running,
}

/// How a kernel module stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleState {
    /// What it brings is there, loaded or built in.
    There,
    /// It can be loaded.
    Loadable,
    /// Neither.
    Absent,
}

/// The folder for the cluster's data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DataDirectory {
    /// It is not there; the nearest folder above it is.
    Missing {
        /// That folder.
        above: String,
    },
    /// It is there, with this mode: `755`.
    There {
        /// In octal.
        mode: String,
    },
    /// A symbolic link, to this.
    Link {
        /// Where it leads.
        to: String,
    },
    /// Something else, or nothing was said of it.
    #[default]
    Other,
}

/// Swap that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Device or file.
    pub device: String,
    /// Its priority; negative where the kernel gave it.
    pub priority: i32,
    /// Name of its unit; empty where systemd was not asked.
    pub unit: String,
}

/// SELinux on a host that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeLinux {
    /// It refuses.
    Enforcing,
    /// It only tells.
    Permissive,
}

/// firewalld, where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Firewalld {
    /// Whether it runs.
    pub service: Service,
    /// The zone of interfaces without one.
    pub zone: String,
    /// Ports that are open there for good: `6443/tcp`.
    pub ports: Vec<String>,
    /// What our own zone takes from; `None` where there is no such zone.
    pub sources: Option<Vec<String>>,
}

/// What matters of a host for a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostState {
    /// Its own name.
    pub name: String,
    /// Its clock when it was asked.
    pub clock: Timestamp,
    /// Interfaces with addresses.
    pub interfaces: Vec<Interface>,
    /// Routes of its main table, the default ones as `0.0.0.0/0` and `::/0`.
    pub routes: Vec<HostRoute>,
    /// Swap that is in use.
    pub swaps: Vec<Swap>,
    /// Swap that fstab switches on at each start.
    pub fstab: Vec<String>,
    /// Modules that a cluster needs.
    pub modules: BTreeMap<String, ModuleState>,
    /// Kernel settings that a cluster needs, as they are. What the kernel does not have is left out.
    pub sysctls: BTreeMap<String, String>,
    /// SELinux; `None` where the kernel has none.
    pub selinux: Option<SeLinux>,
    /// Whether the data folder's label is not what SELinux's policy says.
    pub mislabelled: bool,
    /// Whether AppArmor is on.
    pub apparmor: bool,
    /// firewalld.
    pub firewalld: Firewalld,
    /// NetworkManager.
    pub network_manager: Service,
    /// Version of cgroups: 1, 2, or 0 when there are none.
    pub cgroup: u8,
    /// Bytes free where the data folder is or will be.
    pub free: u64,
    /// Size of that file system in bytes.
    pub size: u64,
    /// The data folder.
    pub data: DataDirectory,
    /// Folders above it that only their owner may enter.
    pub closed: Vec<String>,
    /// Signs of a Kubernetes, each in words.
    pub kubernetes: Vec<String>,
    /// Whether something listens on the API server's port, 6443.
    pub api_port_taken: bool,
    /// Whether we have prepared this host before: our note lies there.
    pub ours: bool,
    pub(super) noted: Vec<Change>,
    pub(super) files: BTreeMap<String, Vec<String>>,
    pub(super) hosts: Vec<String>,
}

impl HostState {
    /// Signs of a Kubernetes on a host that we have not prepared, in one sentence.
    pub fn foreign(&self) -> Option<String> {
        (!self.ours && !self.kubernetes.is_empty()).then(|| self.kubernetes.join(", "))
    }
}

/// Looks at a host, in one round trip, and changes nothing there. `data`: the folder for the cluster's data.
///
/// # Errors
/// When the host does not answer, or not wholly.
pub async fn look(host: &dyn Host, data: &str) -> Result<HostState, RuntimeError> {
    let sysctls: Vec<&str> = SYSCTLS.iter().map(|sysctl| sysctl.name).collect();
    let script = format!(
        "data={}\nmodules={}\nsysctls={}\n{SCRIPT}",
        quote(data.trim_end_matches('/')),
        quote(&MODULES.join(" ")),
        quote(&sysctls.join(" "))
    );
    let command = Command::script(script).as_root().idempotent().within(LIMIT);
    let finished = host.run(&command, ANSWER).await?;
    let text = finished.output.text(Stream::Stdout);
    if text.contains("\n@end\t") {
        return Ok(understood(&text));
    }
    let said = host.redactor().said(&finished.output.stderr);
    let why = match finished.exit {
        Exit::Status(0) => format!("its answer is not whole {said}"),
        other => format!("its shell ended with {other} {said}"),
    };
    let what = "Looking at the host";
    let error = RuntimeError::Failed {
        host: host.name().to_owned(),
        what: what.to_owned(),
        why: why.trim_end().to_owned(),
        hint: "Check that the host has a POSIX shell and the tools of coreutils, iproute2 and systemd."
            .to_owned(),
    };
    Err(leaving::or_lost(host, what, error).await)
}

fn understood(text: &str) -> HostState {
    let mut state = HostState::default();
    let mut default = None;
    for line in text.lines() {
        let Some((name, value)) = line.strip_prefix('@').and_then(|line| line.split_once('\t')) else {
            continue;
        };
        if !network(&mut state, &mut default, name, value) && !services(&mut state, name, value) {
            rest(&mut state, name, value);
        }
    }
    if let Some((_, name)) = default {
        for interface in &mut state.interfaces {
            interface.default = interface.name == name;
        }
    }
    state
}

fn network(state: &mut HostState, default: &mut Option<(u32, String)>, name: &str, value: &str) -> bool {
    match name {
        "name" => value.trim().clone_into(&mut state.name),
        "address" => add_address(&mut state.interfaces, value),
        "route" => {
            let Some((route, metric)) = route(value) else { return true };
            // IPv4's default route counts before IPv6's: its lines come first.
            if route.to.prefix() == 0 && default.as_ref().is_none_or(|(least, _)| metric < *least) {
                *default = Some((metric, route.interface.clone()));
            }
            state.routes.push(route);
        }
        _ => return false,
    }
    true
}

fn add_address(interfaces: &mut Vec<Interface>, value: &str) {
    let Some((name, address)) = value.split_once(' ') else { return };
    let (address, prefix) = address.split_once('/').unwrap_or((address, ""));
    let Ok(address) = address.parse::<IpAddr>() else { return };
    let prefix = prefix.parse().unwrap_or(if address.is_ipv4() { 32 } else { 128 });
    match interfaces.iter_mut().find(|interface| interface.name == name) {
        Some(interface) => interface.addresses.push((address, prefix)),
        None => interfaces.push(Interface {
            name: name.to_owned(),
            addresses: vec![(address, prefix)],
            default: false,
        }),
    }
}

/// A line of `ip route`, and its metric.
fn route(line: &str) -> Option<(HostRoute, u32)> {
    let mut words = line.split_whitespace();
    let mut first = words.next()?;
    // Such a route leads nowhere, and is taken all the same.
    if ["unreachable", "blackhole", "prohibit", "throw"].contains(&first) {
        first = words.next()?;
    }
    let after = |name: &str| {
        let mut words = line.split_whitespace();
        words.find(|word| *word == name).and_then(|_| words.next())
    };
    let six = line.contains("via fe80") || line.contains(" pref ");
    let to = match first {
        "default" if six => "::/0".parse().ok()?,
        "default" => "0.0.0.0/0".parse().ok()?,
        other => match other.parse::<Cidr>() {
            Ok(range) => range,
            Err(_) => Cidr::around(other.parse().ok()?, 128),
        },
    };
    let metric = after("metric").and_then(|metric| metric.parse().ok()).unwrap_or(0);
    Some((HostRoute { to, interface: after("dev").unwrap_or_default().to_owned() }, metric))
}

fn services(state: &mut HostState, name: &str, value: &str) -> bool {
    let service = |value: &str| if value == "running" { Service::Running } else { Service::Stopped };
    let words = |value: &str| value.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    match name {
        "selinux" => {
            state.selinux = Some(if value == "enforcing" { SeLinux::Enforcing } else { SeLinux::Permissive });
        }
        "mislabelled" => state.mislabelled = true,
        "apparmor" => state.apparmor = true,
        "firewalld" => state.firewalld.service = service(value),
        "zone" => value.clone_into(&mut state.firewalld.zone),
        "ports" => state.firewalld.ports = words(value),
        "sources" => state.firewalld.sources = Some(words(value)),
        "manager" => state.network_manager = service(value),
        "kubernetes" => state.kubernetes.push(value.to_owned()),
        "api" => state.api_port_taken = true,
        _ => return false,
    }
    true
}

fn rest(state: &mut HostState, name: &str, value: &str) {
    let pair = || value.split_once(' ');
    match name {
        "clock" => {
            let second = value.trim().parse().unwrap_or_default();
            state.clock = Timestamp::from_second(second).unwrap_or_default();
        }
        "note" => {
            state.ours = true;
            // Half a line was never acted upon: notes are on the disk before what they tell of is done.
            state.noted.extend(serde_json::from_str::<Noted>(value).ok().map(|noted| noted.change));
        }
        "swap" => state.swaps.extend(swap(value)),
        "fstab" => state.fstab.push(value.to_owned()),
        "module" => {
            let Some((name, how)) = pair() else { return };
            let how = match how {
                "there" => ModuleState::There,
                "loadable" => ModuleState::Loadable,
                _ => ModuleState::Absent,
            };
            state.modules.insert(name.to_owned(), how);
        }
        "sysctl" => {
            let Some((name, value)) = pair() else { return };
            state.sysctls.insert(name.to_owned(), value.trim().to_owned());
        }
        "hosts" => state.hosts.push(value.to_owned()),
        "cgroup" => state.cgroup = value.parse().unwrap_or_default(),
        "disk" => {
            let mut words = value.split(' ').map(|word| word.parse::<u64>().unwrap_or_default());
            state.free = words.next().unwrap_or_default().saturating_mul(1024);
            state.size = words.next().unwrap_or_default().saturating_mul(1024);
        }
        "data" => {
            state.data = match pair() {
                Some(("missing", above)) => DataDirectory::Missing { above: above.to_owned() },
                Some(("mode", mode)) => DataDirectory::There { mode: mode.to_owned() },
                Some(("link", to)) => DataDirectory::Link { to: to.to_owned() },
                _ => DataDirectory::Other,
            };
        }
        "closed" => state.closed.push(value.to_owned()),
        _ => {
            let Some(file) = name.strip_prefix("file.") else { return };
            state.files.entry(file.to_owned()).or_default().push(value.to_owned());
        }
    }
}

fn swap(value: &str) -> Option<Swap> {
    let mut words = value.splitn(3, ' ');
    let priority = words.next()?.parse().ok()?;
    let unit = words.next()?.trim_matches('-').to_owned();
    // The kernel writes a blank in a file's name as an octal number.
    Some(Swap { priority, unit, device: words.next()?.replace("\\040", " ") })
}

#[cfg(test)]
pub(super) mod tests;
