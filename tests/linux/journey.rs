//! The whole way: two bare hosts become a cluster, cluster and application are upgraded, the application is taken back,
//! the hosts are given back.

use super::Yard;

/// What is on a host, as far as a reset must give it back: files that matter, units, rules, interfaces.
fn standing(yard: &Yard, host: usize) -> String {
    let script = r"
cd /; LC_ALL=C; export LC_ALL
find etc var/lib usr/local opt -xdev \( -path var/lib/dpkg -o -path var/lib/systemd -o -path var/lib/dbus \) -prune -o \
  \( -type f -o -type l \) -print 2>/dev/null | sort
systemctl list-unit-files --no-legend --type=service,socket,timer | sed 's/  */ /g' | sort
iptables-save 2>/dev/null | grep -E '^(-A|:)' | grep -vE '^:[A-Z]+ ACCEPT' | sed 's/\[[0-9:]*\]//' | sort
ip -o link show | sed -e 's/^[0-9]*: //' -e 's/@.*//' -e 's/:.*//' | sort
ip -4 route show | sort
cat /proc/sys/net/ipv4/ip_forward
mount | awk '{print $3}' | grep -E 'kubelet|containerd|longshore' | sort
";
    yard.hosts.on_host(host, &["sh", "-c", script]).expect("the host answers")
}

/// Nobody has tried to reach anything outside; a check asks for a name that must not be known.
#[track_caller]
fn stayed_inside(yard: &Yard) {
    let (out, names) = (yard.hosts.sent_out().expect("counted"), yard.hosts.names_asked().expect("counted"));
    assert_eq!(out, names, "packets that went out, and questions for names among them");
}

/// Both nodes at a version, and ready.
fn both(yard: &Yard, version: &str) -> Vec<(String, String, bool)> {
    (0..2).map(|host| (yard.hosts.name(host), version.to_owned(), true)).collect()
}

#[test]
fn bare_hosts_become_a_cluster_and_are_given_back() {
    let yard = Yard::new(2);
    let before: Vec<String> = (0..2).map(|host| standing(&yard, host)).collect();
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    yard.serves("1.0.0");
    assert_eq!(yard.versions(), both(&yard, "v1.34.4"), "both joined, and are ready");
    stayed_inside(&yard);
    let site = yard.json(&["site", "show", "yard"]);
    assert_eq!(site["summary"]["installed"]["version"], "1.0.0", "the site says what is installed: {site}");

    yard.ok(&["site", "reset", "yard", "--confirm", "yard"]);
    assert_eq!(yard.json(&["run", "list"])["runs"][0]["state"], "Reset", "that is how the run ends");
    let site = yard.json(&["site", "show", "yard"]);
    assert!(site["summary"]["installed"].is_null(), "nothing is installed there any more: {site}");
    assert_eq!(site["kubernetes"]["clusterUid"], "", "the next cluster there is another one: {site}");
    for (host, before) in before.iter().enumerate() {
        let after = standing(&yard, host);
        let came: Vec<&str> = after.lines().filter(|line| !before.lines().any(|had| had == *line)).collect();
        let went: Vec<&str> = before.lines().filter(|line| !after.lines().any(|has| has == *line)).collect();
        let name = yard.hosts.name(host);
        assert!(came.is_empty() && went.is_empty(), "{name} has more: {came:#?}; has no more: {went:#?}");
    }
}

/// Takes some eight minutes, most of them kubeadm's own: in `cargo xtask test --full` only.
#[test]
fn cluster_and_application_are_upgraded_and_the_application_taken_back() {
    if !std::env::var("LONGSHORE_TEST_FULL").is_ok_and(|text| text == "1") {
        return;
    }
    let yard = Yard::new(2);
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    let said = yard.bring("upgrade", "1.1.0");
    assert_eq!(said.code, 0, "the upgrade of cluster and application:\n{}", said.all());
    assert_eq!(yard.versions(), both(&yard, "v1.35.4"), "both were upgraded, and are ready");
    yard.serves("1.1.0");
    yard.ok(&["rollback", "yard"]);
    yard.serves("1.0.0");
    brought_back(&yard);
    stayed_inside(&yard);
}

/// The cluster as it was before its upgrade: the backup is listed, its name is asked for, and what came after is gone.
fn brought_back(yard: &Yard) {
    yard.kubectl(&["create", "configmap", "later", "-n", "tidewater"]);
    let backups = yard.json(&["site", "backups", "yard"]);
    let backup = &backups["backups"][0];
    assert_eq!((&backup["version"], &backup["refusal"]), (&"v1.34.4".into(), &"".into()), "{backups}");
    let label = backup["label"].as_str().unwrap_or_default();
    let refused = yard.run(&["site", "restore", "yard", "--backup", label, "--confirm", "garden"]);
    assert_eq!(refused.code, 2, "a wrong name is refused:\n{}", refused.all());
    let unknown = yard.run(&["site", "restore", "yard", "--backup", "none", "--confirm", "yard"]);
    assert!(unknown.all().contains("No controller of the site keeps a backup none"), "{}", unknown.all());

    yard.ok(&["site", "restore", "yard", "--backup", label, "--confirm", "yard"]);
    assert_eq!(yard.json(&["run", "list"])["runs"][0]["state"], "Restored", "that is how the run ends");
    assert_eq!(yard.versions(), both(yard, "v1.34.4"), "both are what they were, and ready");
    yard.serves("1.0.0");
    let maps = yard.kubectl(&["get", "configmaps", "-n", "tidewater", "-o", "name"]);
    assert!(!maps.contains("configmap/later"), "what came after the backup is gone: {maps}");
    let bundle = super::bundle("1.1.0").display().to_string();
    let email = "contact_email=harbour@tidewater.example";
    let plan = yard.ok(&["upgrade", "yard", "--bundle", &bundle, "--plan-only", "--set", email]);
    assert!(plan.out.contains("v1.34.4 to v1.35.4"), "the upgrade is offered again:\n{}", plan.all());
}
