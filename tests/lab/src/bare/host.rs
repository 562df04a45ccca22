//! One host: systemd in a container, whose end of the wire hangs on its set's bridge.

use std::fs;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{cgroups, network};
use crate::node::{inside, leader, unmount};
use crate::process::{is_alive, run, signal, start, until};
use crate::state::Started;

/// A host of a set.
#[derive(Debug)]
pub(super) struct Bare {
    pub(super) slot: u8,
    /// From 1.
    pub(super) number: u8,
    /// Its set's folder.
    pub(super) folder: PathBuf,
    pub(super) cgroups: Vec<PathBuf>,
    pub(super) process: Mutex<Option<Started>>,
}

/// What nspawn leaves of a container that ended by itself.
pub(super) fn forget(machine: &str) -> Result<()> {
    let folder = Path::new("/run/systemd/nspawn/propagate").join(machine);
    if folder.exists() {
        unmount(&folder)?;
        fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}

impl Bare {
    /// Name of the container, from which the outer end of its wire has its name.
    fn machine(&self) -> String {
        format!("lsb{}-{}", self.slot, self.number)
    }

    /// The host's own name.
    pub(super) fn name(&self) -> String {
        format!("lsa{}", self.number)
    }

    pub(super) fn address(&self) -> String {
        network::address(self.slot, 10 + self.number)
    }

    pub(super) fn root(&self) -> PathBuf {
        self.folder.join(self.name())
    }

    fn log(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name()))
    }

    pub(super) fn started(&self) -> Option<Started> {
        *self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn process(&self) -> Result<Started> {
        self.started().with_context(|| format!("{} does not run", self.name()))
    }

    fn set(&self, process: Option<Started>) {
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = process;
    }

    /// Begins to boot.
    pub(super) fn boot(&self) -> Result<()> {
        cgroups::make(&self.cgroups)?;
        let enter = "while [ \"$1\" != -- ]; do echo $$ >\"$1/cgroup.procs\" || exit; shift; done; shift; exec \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", enter, "sh"]).args(&self.cgroups).arg("--");
        let within = network::within(self.slot);
        command.arg(within.get_program()).args(within.get_args());
        command
            .args(["systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--resolv-conf=off", "-D"])
            .arg(self.root())
            .args(["-M", &self.machine(), "--hostname", &self.name(), "--boot"])
            .args(["--capability=all", "--system-call-filter=@known", "--bind=/dev/kmsg"])
            .arg(format!("--network-bridge={}", network::BRIDGE))
            .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "yes");
        self.set(Some(start(&mut command, &self.log())?));
        Ok(())
    }

    /// Gives it its address and its way out, and waits until it can be logged in to.
    pub(super) fn connect(&self) -> Result<()> {
        let (log, process) = (self.log(), self.process()?);
        let address = format!("{}/24", self.address());
        until("the wire of a host", Duration::from_mins(1), Some(&log), || {
            if !is_alive(process) {
                bail!("the container has ended");
            }
            inside(process, &["ip", "addr", "replace", &address, "dev", "host0"])
        })?;
        inside(process, &["ip", "link", "set", "host0", "up"])?;
        inside(process, &["ip", "route", "replace", "default", "via", &network::gateway(self.slot)])?;
        until("systemd on a host", Duration::from_mins(4), Some(&log), || {
            let said = inside(
                process,
                &["systemctl", "is-active", "cgroups.service", "kernel.service", "ssh.service"],
            )?;
            if said.lines().all(|line| line == "active") { Ok(()) } else { bail!("{said}") }
        })?;
        let sshd = SocketAddr::new(self.address().parse::<IpAddr>()?, 22);
        until("sshd on a host", Duration::from_mins(1), Some(&log), || {
            TcpStream::connect_timeout(&sshd, Duration::from_secs(1)).map(drop).context("it does not answer")
        })
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Result<String> {
        inside(self.process()?, arguments)
    }

    /// Takes its power away in this moment.
    pub(super) fn power_off(&self) -> Result<()> {
        let process = self.process()?;
        if let Ok(leader) = leader(process) {
            drop(run(Command::new("kill").args(["-KILL", &leader.to_string()])));
        }
        signal(process, "-TERM");
        self.ended()
    }

    /// Waits until it has gone down, and clears its place.
    pub(super) fn ended(&self) -> Result<()> {
        let process = self.process()?;
        until("the end of a host", Duration::from_mins(2), Some(&self.log()), || {
            if is_alive(process) { bail!("it still runs") } else { Ok(()) }
        })?;
        self.set(None);
        forget(&self.machine())?;
        cgroups::remove(&self.cgroups)
    }

    /// Lets its wire carry, or not.
    pub(super) fn wired(&self, whether: bool) -> Result<()> {
        network::carry(self.slot, &format!("vb-{}", self.machine()), whether)
    }
}
