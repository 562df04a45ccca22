//! The whole way: two bare hosts become a cluster, cluster and application are upgraded, the application is taken back,
//! the hosts are given back.

use serde_json::Value;

use super::Yard;

/// What is on a host, as far as a reset must give it back: files that matter, units, rules, interfaces.
fn standing(yard: &Yard, host: usize) -> String {
    let script = r"
cd /; LC_ALL=C; export LC_ALL
find etc var/lib usr/local opt -xdev \( -path var/lib/dpkg -o -path var/lib/systemd -o -path var/lib/dbus \) -prune -o \
  \( -type f -o -type l \) -print 2>/dev/null | sort
systemctl list-unit-files --no-legend --type=service,socket,timer | sed 's/  */ /g' | sort
iptables-save 2>/dev/null | sed -e '/^#/d' -e 's/\[[0-9:]*\]//' | sort
ip -o link show | sed -e 's/^[0-9]*: //' -e 's/@.*//' -e 's/:.*//' | sort
ip -4 route show | sort
cat /proc/sys/net/ipv4/ip_forward
mount | awk '{print $3}' | grep -E 'kubelet|containerd|longshore' | sort
";
    yard.hosts.on_host(host, &["sh", "-c", script]).expect("the host answers")
}

#[test]
fn bare_hosts_become_a_cluster_and_go_on_and_back() {
    let yard = Yard::new(2);
    let before: Vec<String> = (0..2).map(|host| standing(&yard, host)).collect();
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    yard.serves("1.0.0");
    let at = |version: &str| {
        let node = |host| (yard.hosts.name(host), version.to_owned(), true);
        vec![node(0), node(1)]
    };
    assert_eq!(yard.versions(), at("v1.34.4"), "both joined, and are ready");

    let said = yard.bring("upgrade", "1.1.0");
    assert_eq!(said.code, 0, "the upgrade of cluster and application:\n{}", said.all());
    assert_eq!(yard.versions(), at("v1.35.4"), "both were upgraded, and are ready");
    yard.serves("1.1.0");

    yard.ok(&["rollback", "yard"]);
    yard.serves("1.0.0");
    assert_eq!(yard.hosts.sent_out().expect("counted"), 0, "no host has tried to reach anything outside");
    let site = yard.json(&["site", "show", "yard"]);
    assert_eq!(site["summary"]["installed"]["version"], "1.0.0", "the site says what is installed: {site}");

    let said = yard.ok(&["site", "reset", "yard", "--confirm", "yard", "--output", "json"]);
    let last: Value = serde_json::from_str(said.out.lines().last().unwrap_or_default()).unwrap_or_default();
    assert_eq!(last["body"]["record"]["state"], "Reset", "the reset's last record: {}", said.all());
    for (host, before) in before.iter().enumerate() {
        let after = standing(&yard, host);
        let came: Vec<&str> = after.lines().filter(|line| !before.lines().any(|had| had == *line)).collect();
        let went: Vec<&str> = before.lines().filter(|line| !after.lines().any(|has| has == *line)).collect();
        assert!(
            came.is_empty() && went.is_empty(),
            "{} has more: {came:#?}; has no more: {went:#?}",
            yard.hosts.name(host)
        );
    }
}
