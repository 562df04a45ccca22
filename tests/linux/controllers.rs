//! Several controllers: they join one after the other, and each may go.

use super::{Yard, is_full};

impl Yard {
    /// Members of etcd, by name.
    fn members(&self) -> Vec<String> {
        // After an upgrade the version before is there, too.
        let script = "set -- /var/lib/longshore/cluster/v*/bin/etcdctl; cd /etc/kubernetes/pki/etcd && exec \"$1\" \
            --endpoints https://127.0.0.1:2379 --cacert ca.crt --cert server.crt --key server.key member list";
        let said = self.hosts.on_host(0, &["sh", "-c", script]).expect("etcd answers");
        let mut names: Vec<String> =
            said.lines().filter_map(|line| line.split(", ").nth(2)).map(str::to_owned).collect();
        names.sort();
        names
    }
}

/// Takes minutes of three control planes on one machine: in `cargo xtask test --full` only.
#[test]
fn three_controllers_are_made_upgraded_and_one_leaves() {
    if !is_full() {
        return;
    }
    let yard = Yard::bare(3);
    let lines = (0..3).map(|host| format!("root@{} controller", yard.hosts.address(host)));
    yard.add_hosts("root", lines.collect());
    let before: Vec<String> = (0..3).map(|host| yard.standing(host)).collect();
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    yard.stands("1.0.0", "v1.34.4");
    let all: Vec<String> = (0..3).map(|host| yard.hosts.name(host)).collect();
    assert_eq!(yard.members(), all, "each controller has a part of etcd");

    let said = yard.bring("upgrade", "1.1.0");
    assert_eq!(said.code, 0, "the upgrade:\n{}", said.all());
    yard.stands("1.1.0", "v1.35.4");
    let backups = yard.json(&["site", "backups", "yard"]);
    let refusal = backups["backups"][0]["refusal"].as_str().unwrap_or_default();
    assert!(refusal.contains("3 controllers"), "a backup is brought back on one alone: {backups}");

    let last = format!("root@{}", yard.hosts.address(2));
    yard.ok(&["site", "reset", "yard", "--only", &last, "--confirm", "yard"]);
    assert_eq!(yard.members(), all[..2], "the one that left is no member of etcd");
    yard.ok(&["site", "reset", "yard", "--confirm", "yard"]);
    // The backup of the upgrade stays until somebody removes it, as the reset says.
    yard.hosts.on_host(0, &["rm", "-r", "/var/lib/longshore/backups"]).expect("the backup is there");
    yard.is_given_back(&before);
}
