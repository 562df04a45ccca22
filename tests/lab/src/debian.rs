//! Debian for the lab's hosts: unpacked once for each list of packages, and settled for a container without a network.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::files::key;
use crate::process::run;
use crate::state::Place;

/// cgroup v1 comes read-only into the container; only its own view of it is changed here.
pub const CGROUPS: &str = "[Unit]
Description=Writable cgroups of this container
Before=containerd.service kubelet.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for c in memory cpu cpuacct cpuset pids blkio freezer devices; do if [ -d /sys/fs/cgroup/$c ]; then mount -o remount,bind,rw /sys/fs/cgroup/$c || true; fi; done'
[Install]
WantedBy=multi-user.target
";

/// Settings of the kernel that belong to the whole machine and that a cluster's programs change: the container has copies,
/// from before its own settings are put in force at a boot.
pub const KERNEL: &str = "[Unit]
Description=Copies of kernel settings for this container
DefaultDependencies=no
Conflicts=shutdown.target
Before=systemd-sysctl.service sysinit.target shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -ec 'mkdir -p /run/kernel; for f in fs/inotify/max_user_instances fs/inotify/max_user_watches vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do [ -e /proc/sys/$f ] || continue; n=/run/kernel/$(echo $f | tr / .); cat /proc/sys/$f >$n; mount --bind $n /proc/sys/$f; done'
[Install]
WantedBy=sysinit.target
";

/// Debian with some packages, as it comes.
pub fn folder(place: &Place, packages: &str) -> Result<PathBuf> {
    let path = place.cache().join(format!("debian-{}", key(&[packages.as_bytes()])));
    if path.exists() {
        return Ok(path);
    }
    let downloads = place.cache().join("packages");
    fs::create_dir_all(&downloads)?;
    println!("   making the host's Debian (a minute or two the first time)");
    let started = Instant::now();
    let fresh = path.with_extension("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    let mirror = mirror();
    run(Command::new("debootstrap")
        .arg("--variant=minbase")
        .arg(format!("--cache-dir={}", downloads.display()))
        .arg(format!("--include={packages}"))
        .arg("bookworm")
        .arg(&fresh)
        .args(mirror.as_deref()))?;
    for left in ["var/cache/apt/archives", "var/lib/apt/lists"] {
        let left = fresh.join(left);
        if left.exists() {
            fs::remove_dir_all(&left)?;
        }
    }
    fs::rename(&fresh, &path)?;
    println!("   Debian made in {:.0} s", started.elapsed().as_secs_f64());
    Ok(path)
}

/// The mirror of Debian that this machine's own apt uses, whatever that is; none on another system.
fn mirror() -> Option<String> {
    let more = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = more.map(|entry| entry.path()).collect();
    paths.push("/etc/apt/sources.list".into());
    // As apt itself: any other ending is not read.
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "list" || ending == "sources"));
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap_or_default());
    let words: Vec<String> = texts
        .flat_map(|text| {
            let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
            lines.flat_map(str::split_whitespace).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let is_debian =
        |word: &String| word.starts_with("http") && word.trim_end_matches('/').ends_with("/debian");
    words.into_iter().find(is_debian)
}

/// Has units start at boot, and those not that would look for a network with time or packages in it.
pub fn settle(root: &Path, units: &[&str]) -> Result<()> {
    let wants = root.join("etc/systemd/system/multi-user.target.wants");
    fs::create_dir_all(&wants)?;
    for unit in units {
        symlink(format!("/etc/systemd/system/{unit}"), wants.join(unit))?;
    }
    for unit in
        ["systemd-timesyncd.service", "apt-daily.timer", "apt-daily-upgrade.timer", "console-getty.service"]
    {
        let link = root.join("etc/systemd/system").join(unit);
        drop(fs::remove_file(&link));
        symlink("/dev/null", link)?;
    }
    Ok(())
}
