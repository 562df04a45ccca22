//! What is on a host, line by line, so that two moments can be held against each other: what was left, what was lost.

use std::collections::BTreeSet;

use anyhow::Result;

use super::BareHosts;

/// Everything of a host that a person would call its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    lines: BTreeSet<String>,
}

/// One line for each thing, its kind first. What changes on a host that nobody touches is left out: what systemd keeps of
/// times and seeds, whoever is logged in, and this look itself.
const LOOK: &str = r#"export LC_ALL=C
find /etc /opt /root /usr/local /var/lib /var/log -xdev \
    \( -path /var/lib/systemd -o -path /var/log/journal -o -name '.bash_history' \) -prune \
    -o -type f -path '/var/log/*' -printf 'log %p\n' \
    -o -printf '%y %m %U:%G %p %l\n' -type f -exec sh -c 'sha256sum "$@" | sed "s/^/content /"' sh {} +
systemctl list-unit-files --no-legend --plain --no-pager | awk '{print "unit file", $1, $2}'
systemctl list-units --all --no-legend --plain --no-pager | awk '$1 !~ /^proc-sys-/ {print "unit", $1, $3}' |
    grep -Ev '^unit (session-|user@|user-|user\.slice|run-|init\.scope|dev-|sys-|[^ ]*\.(target|device|slice|path))' |
    grep -E ' (active|failed|activating)$' | grep -Ev '^unit (systemd-|apt-|dpkg-|e2scrub|logrotate|fstrim|man-db|motd)'
for family in iptables ip6tables; do
    $family-save 2>/dev/null | awk -v family=$family '
        /^\*/ { table = substr($0, 2) }
        /^:/ && $2 != "ACCEPT" { print family, table, substr($1, 2), $2 }
        /^-/ { print family, table, $0 }'
done
ip -o link show | awk -F': ' '{split($2, name, "@"); print "interface", name[1]}'
ip -o addr show scope global | awk '{print "address", $2, $4}'
{ ip route show; ip -6 route show; } | grep -v '^fe80' | awk '{gsub(/ (expires|linkdown).*/, ""); print "route", $0}'
awk '{print "mount", $2}' /proc/self/mounts | grep -Ev ' /(run|proc|sys|dev)(/|$)'
sysctl -a 2>/dev/null | grep -E '^net\.(ipv4\.ip_forward|ipv[46]\.conf\.(all|default)\.|bridge\.)' | sed 's/^/sysctl /'
ps -eo comm= | sort -u | grep -Ev '^(ps|sort|grep|sed|awk|mawk|sh|sshd|sftp-server|\(sd-pam\)|systemd.*|agetty|dbus-daemon)$' | sed 's/^/process /'
find /sys/fs/cgroup -maxdepth 2 -type d -name 'kubepods*' | sed 's/^/cgroup /'
find /run -maxdepth 1 -mindepth 1 | grep -Ev '/(agetty.reload|user|utmp|log|lock|systemd|credentials|motd.*|blkid)$' | sed 's/^/run /'
true"#;

impl BareHosts {
    /// Looks at a host: files and their contents, units, rules of iptables, interfaces, addresses, routes, mounts, network
    /// settings, processes.
    ///
    /// # Errors
    /// When the host cannot be asked.
    pub fn snapshot(&self, host: usize) -> Result<Snapshot> {
        let said = self.on_host(host, &["sh", "-c", LOOK])?;
        Ok(Snapshot { lines: said.lines().map(|line| line.trim_end().to_owned()).collect() })
    }
}

impl Snapshot {
    /// What is at a later moment and was not before, with a `+`; what was and is no longer, with a `-`.
    pub fn changes(&self, later: &Self) -> Vec<String> {
        let gone = self.lines.difference(&later.lines).map(|line| format!("- {line}"));
        let come = later.lines.difference(&self.lines).map(|line| format!("+ {line}"));
        gone.chain(come).collect()
    }
}
