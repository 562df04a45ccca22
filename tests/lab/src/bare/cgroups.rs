//! A host's own groups in every hierarchy of the machine. Without them the systemd and the kubelet of one host would
//! find the other host's groups in theirs, and take them for what is left of their own pods.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::until;

/// Where a group of this name is to be in each hierarchy: below that in which we are.
pub(super) fn named(name: &str) -> Result<Vec<PathBuf>> {
    let ours = fs::read_to_string("/proc/self/cgroup").context("our own groups cannot be read")?;
    let mounts = fs::read_to_string("/proc/self/mounts").context("the mounts cannot be read")?;
    let mut groups = Vec::new();
    for line in ours.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        if let Some(mount) = mount_of(&mounts, controllers) {
            groups.push(Path::new(mount).join(path.trim_start_matches('/')).join(name));
        }
    }
    Ok(groups)
}

/// Where a hierarchy is mounted; the one of version 2 has no controllers in its name.
fn mount_of<'a>(mounts: &'a str, controllers: &str) -> Option<&'a str> {
    mounts.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, path, kind, options, ..] = fields.as_slice() else { return None };
        let is_it = match *kind {
            "cgroup2" => controllers.is_empty(),
            "cgroup" => controllers.split(',').all(|one| options.split(',').any(|option| option == one)),
            _ => false,
        };
        (is_it && !(*kind == "cgroup" && controllers.is_empty())).then_some(*path)
    })
}

/// Makes the groups.
pub(super) fn make(groups: &[PathBuf]) -> Result<()> {
    for group in groups {
        fs::create_dir_all(group).with_context(|| format!("{} cannot be made", group.display()))?;
        // Such a group takes no process before it knows on which processors and memory.
        for file in ["cpuset.cpus", "cpuset.mems"] {
            let own = group.join(file);
            if let (true, Some(above)) = (own.exists(), group.parent()) {
                let value = fs::read_to_string(above.join(file))?;
                fs::write(&own, value).with_context(|| format!("{} cannot be set", own.display()))?;
            }
        }
    }
    Ok(())
}

/// Removes the groups and all below them, once their last process has gone.
pub(super) fn remove(groups: &[PathBuf]) -> Result<()> {
    for group in groups {
        until("the end of a host's groups", Duration::from_secs(20), None, || {
            if group.exists() { remove_below(group) } else { Ok(()) }
        })?;
    }
    Ok(())
}

fn remove_below(group: &Path) -> Result<()> {
    for entry in fs::read_dir(group)?.flatten() {
        if entry.file_type()?.is_dir() {
            remove_below(&entry.path())?;
        }
    }
    if let Err(error) = fs::remove_dir(group) {
        bail!("{} is in use: {error}", group.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::mount_of;

    const MOUNTS: &str = "tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,relatime,cpuset 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
";

    #[test]
    fn each_hierarchy_is_found_where_it_is_mounted() {
        let table = [
            ("cpu,cpuacct", Some("/sys/fs/cgroup/cpu,cpuacct")),
            ("cpuset", Some("/sys/fs/cgroup/cpuset")),
            ("name=systemd", Some("/sys/fs/cgroup/systemd")),
            ("", Some("/sys/fs/cgroup/unified")),
            ("freezer", None),
        ];
        for (controllers, mount) in table {
            assert_eq!(mount_of(MOUNTS, controllers), mount, "controllers {controllers:?}");
        }
    }
}
