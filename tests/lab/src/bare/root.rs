//! The file system of a bare host: Debian with what operators' hosts have, and nothing of Kubernetes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::debian::{self, CGROUPS, KERNEL};
use crate::files::{key, write};
use crate::login;
use crate::process::run;
use crate::state::Place;

const PACKAGES: &str = "systemd,systemd-sysv,dbus,openssh-server,iproute2,iptables,kmod,ca-certificates,procps,curl,sudo,\
ethtool,socat,conntrack,mount,util-linux";

/// Half of Debian's files, which no program reads: each host is a copy, and a copy takes as long as it has files.
const UNREAD: &[&str] =
    &["var/cache/apt", "usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man"];

/// What the hosts of one set are told.
pub(super) struct Identity<'a> {
    pub(super) name: &'a str,
    /// Where they look for names; nobody answers there.
    pub(super) resolver: &'a str,
    /// Public key of root and of all accounts.
    pub(super) key: &'a str,
}

/// The file system that each host is a copy of.
pub(super) fn root(place: &Place) -> Result<PathBuf> {
    let debian = debian::folder(place, PACKAGES)?;
    let parts = [PACKAGES, CGROUPS, KERNEL, include_str!("root.rs")];
    let path = place.cache().join(format!("bare-{}", key(&parts.map(str::as_bytes))));
    if path.exists() {
        return Ok(path);
    }
    println!("   setting bare hosts up");
    let fresh = path.with_extension("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    copy(&debian, &fresh)?;
    write(&fresh.join("etc/systemd/system/cgroups.service"), 0o644, CGROUPS)?;
    write(&fresh.join("etc/systemd/system/kernel.service"), 0o644, KERNEL)?;
    debian::settle(&fresh, &["cgroups.service", "kernel.service"])?;
    write(&fresh.join("etc/sudoers.d/lab"), 0o440, &login::sudoers())?;
    for entry in fs::read_dir(fresh.join("etc/ssh"))?.flatten() {
        // Each host makes its own.
        if entry.file_name().to_string_lossy().starts_with("ssh_host_") {
            fs::remove_file(entry.path())?;
        }
    }
    for unread in UNREAD {
        let unread = fresh.join(unread);
        if unread.exists() {
            fs::remove_dir_all(unread)?;
        }
    }
    fs::rename(&fresh, &path)?;
    Ok(path)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    run(Command::new("cp").args(["-a", "--reflink=auto"]).args([from, to])).map(drop)
}

/// A copy for one host, with what tells it from the others; gives the public key of its sshd.
pub(super) fn copy_for(root: &Path, to: &Path, identity: &Identity<'_>) -> Result<String> {
    copy(root, to)?;
    let name = identity.name;
    write(&to.join("etc/hostname"), 0o644, &format!("{name}\n"))?;
    write(&to.join("etc/hosts"), 0o644, &format!("127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n"))?;
    write(&to.join("etc/resolv.conf"), 0o644, &format!("nameserver {}\n", identity.resolver))?;
    let id = fs::read_to_string("/proc/sys/kernel/random/uuid").context("there is no random id")?;
    write(&to.join("etc/machine-id"), 0o444, &id.replace('-', ""))?;
    let own = to.join("etc/ssh/ssh_host_ed25519_key");
    let comment = format!("root@{name}");
    run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", &comment, "-f"]).arg(&own))?;
    run(Command::new("chroot").arg(to).args([
        "sh",
        "-c",
        login::ACCOUNTS,
        "sh",
        identity.key,
        login::PASSWORD,
    ]))?;
    let public = fs::read_to_string(own.with_extension("pub"))?;
    Ok(public.split(' ').take(2).collect::<Vec<_>>().join(" "))
}
