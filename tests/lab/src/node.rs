//! The host: systemd in a container with a network of its own, one link from the machine to it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{child, is_alive, run, signal, start, until};
use crate::state::{Place, Started};

/// Our end of the link.
pub const OUTSIDE: &str = "10.213.7.1";
/// The host's end.
pub const INSIDE: &str = "10.213.7.2";
/// Name of the container, from which the link has its name.
const MACHINE: &str = "lsnode";

fn link() -> String {
    format!("ve-{MACHINE}")
}

/// Starts the host from its file system.
pub fn boot(place: &Place) -> Result<Started> {
    let mut command = Command::new("systemd-nspawn");
    command
        .args(["--register=no", "--keep-unit", "--quiet", "-D"])
        .arg(place.node())
        .args(["-M", MACHINE, "--boot", "--network-veth", "--capability=all", "--system-call-filter=@known"])
        .arg("--bind=/dev/kmsg")
        .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "yes");
    start(&mut command, &place.log("node"))
}

/// The host's first process, from whose namespaces it is worked with.
pub fn leader(node: Started) -> Result<u32> {
    child(node.pid).filter(|_| is_alive(node)).context("the host's container does not run")
}

/// Gives the link its addresses and waits until systemd has come up.
pub fn connect(place: &Place, node: Started) -> Result<()> {
    let log = place.log("node");
    until("the host's network link", Duration::from_mins(1), Some(&log), || {
        if !is_alive(node) {
            bail!("the container has ended");
        }
        run(Command::new("ip").args(["link", "show", &link()])).map(drop)
    })?;
    run(Command::new("ip").args(["addr", "replace", &format!("{OUTSIDE}/24"), "dev", &link()]))?;
    run(Command::new("ip").args(["link", "set", &link(), "up"]))?;
    until("the host's own end of the link", Duration::from_mins(1), Some(&log), || {
        inside(node, &["ip", "addr", "replace", &format!("{INSIDE}/24"), "dev", "host0"])
    })?;
    inside(node, &["ip", "link", "set", "host0", "up"])?;
    // kubeadm looks for a way out to find its own address; this one leads nowhere.
    inside(node, &["ip", "route", "replace", "default", "via", OUTSIDE])?;
    until("systemd on the host", Duration::from_secs(90), Some(&log), || {
        let said = inside(node, &["systemctl", "is-active", "containerd.service", "ssh.service"])?;
        if said.lines().all(|line| line == "active") { Ok(()) } else { bail!("{said}") }
    })
}

/// Runs a command on the host.
pub fn inside(node: Started, arguments: &[&str]) -> Result<String> {
    let leader = leader(node)?.to_string();
    run(Command::new("nsenter").args(["-t", &leader, "-m", "-u", "-i", "-n", "-p", "--"]).args(arguments))
}

/// Ends the host and leaves nothing of it: processes, mounts, link.
pub fn end(place: &Place, node: Option<Started>) -> Result<()> {
    if let Some(node) = node {
        if let Some(leader) = child(node.pid).filter(|_| is_alive(node)) {
            // What systemd in a container takes for "halt now"; its processes all go with its namespace.
            drop(Command::new("kill").args(["-KILL", &leader.to_string()]).output());
        }
        signal(node, "-TERM");
        let ended = until("the end of the container", Duration::from_secs(20), None, || {
            if is_alive(node) { bail!("it still runs") } else { Ok(()) }
        });
        if ended.is_err() {
            signal(node, "-KILL");
        }
    }
    unmount(&place.run())?;
    if run(Command::new("ip").args(["link", "show", &link()])).is_ok() {
        run(Command::new("ip").args(["link", "del", &link()]))?;
    }
    Ok(())
}

/// Unmounts everything at and below a folder, the deepest first.
pub fn unmount(folder: &Path) -> Result<()> {
    let Ok(folder) = fs::canonicalize(folder) else { return Ok(()) };
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mut below: Vec<&str> = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .filter(|path| Path::new(path).starts_with(&folder))
        .collect();
    below.sort_by_key(|path| std::cmp::Reverse(path.len()));
    for path in below {
        run(Command::new("umount").args(["-l", path]))?;
    }
    Ok(())
}
