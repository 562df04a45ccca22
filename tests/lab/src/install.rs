//! What the machine needs from Debian, by purpose: said, asked for once, and left alone when it is there.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A purpose and its packages.
#[derive(Debug)]
pub struct Need {
    /// What for.
    pub purpose: &'static str,
    /// Debian packages.
    pub packages: &'static [&'static str],
}

/// The lab itself.
pub const LAB: Need = Need {
    purpose: "the lab: Linux hosts in containers and a registry",
    packages: &[
        "debootstrap",
        "docker-registry",
        "iproute2",
        "iptables",
        "openssh-client",
        "procps",
        "systemd-container",
        "util-linux",
    ],
};

/// Longshore itself, without the window.
pub const BUILD: Need =
    Need { purpose: "building Longshore: SSH's cryptography", packages: &["libssl-dev", "pkg-config"] };

/// Hosts as operators have them, for tests alone.
pub const HOSTS: Need = Need {
    purpose: "tests of hosts: sshd, the shells and tools that hosts may have, and a laptop with a wrong clock",
    packages: &[
        "busybox",
        "csh",
        "fish",
        "libfaketime",
        "opendoas",
        "openssh-client",
        "openssh-server",
        "openssl",
        "procps",
        "sudo",
        "util-linux",
    ],
};

/// Databases that checks talk to, for tests alone.
pub const DATABASES: Need = Need {
    purpose: "tests of databases: servers of the four kinds",
    packages: &[
        "clickhouse-server",
        "mariadb-server-core",
        "openssl",
        "postgresql",
        "redis-server",
        "util-linux",
    ],
};

/// The desktop window, and a display without a screen to test it on.
pub const DESKTOP: Need = Need {
    purpose: "the desktop window: WebKit to build with, a display and a driver to test it with",
    packages: &[
        "dbus-x11",
        "libayatana-appindicator3-dev",
        "librsvg2-dev",
        "libsoup-3.0-dev",
        "libwebkit2gtk-4.1-dev",
        "webkit2gtk-driver",
        "xvfb",
    ],
};

/// A Debian package of ours.
pub const PACKAGE: Need = Need { purpose: "the package: what it depends on", packages: &["dpkg-dev"] };

/// Measuring.
pub const BENCH: Need = Need { purpose: "benchmarks: peak memory from outside", packages: &["time"] };

/// The user interface in a browser.
pub const BROWSER: Need =
    Need { purpose: "the user interface in a browser: every screen, looked at", packages: &["chromium"] };

fn is_installed(package: &str) -> bool {
    let asked = Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]).output();
    asked.is_ok_and(|answer| answer.stdout.ends_with(b"ok installed"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.starts_with(b"0\n"))
}

/// Installs what is missing.
pub fn ensure(needs: &[&Need]) -> Result<()> {
    let mut missing = Vec::new();
    for need in needs {
        let lacking: Vec<&str> =
            need.packages.iter().copied().filter(|package| !is_installed(package)).collect();
        if !lacking.is_empty() {
            println!("   for {}: {}", need.purpose, lacking.join(" "));
            missing.extend(lacking);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("this machine has no apt-get; install these by hand: {}", missing.join(" "));
    }
    println!(
        "   installing {} packages with apt-get{}",
        missing.len(),
        if is_root() { "" } else { " (sudo asks once)" }
    );
    // A service that a package would start is none of ours: the lab starts its own.
    let script = "set -e\n\
        mkdir -p /usr/sbin && [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }\n\
        export DEBIAN_FRONTEND=noninteractive\n\
        apt-get update -qq\n\
        apt-get install -y -qq --no-install-recommends \"$@\" >/dev/null\n";
    let mut command = if is_root() { Command::new("sh") } else { Command::new("sudo") };
    if !is_root() {
        command.arg("sh");
    }
    let status = command.args(["-c", script, "install"]).args(&missing).stdin(Stdio::inherit()).status();
    let status = status.context("apt-get cannot be started")?;
    if !status.success() {
        bail!("apt-get could not install {}", missing.join(" "));
    }
    Ok(())
}

/// Refuses early where the lab cannot run at all.
pub fn require_root() -> Result<()> {
    if is_root() {
        Ok(())
    } else {
        bail!("the lab needs root: it makes a container and a network link. Run it with sudo")
    }
}
