//! What a Linux site refuses, plainly and with nothing touched.

use super::{Said, Yard};

/// Files that a run would make.
fn untouched(yard: &Yard, host: usize) {
    let found = yard
        .hosts
        .on_host(host, &["sh", "-c", "ls -d /etc/kubernetes /var/lib/longshore/cluster 2>/dev/null; :"]);
    let found = found.expect("the host answers");
    assert_eq!(found.trim(), "", "{} was touched", yard.hosts.name(host));
}

#[test]
fn a_strangers_kubernetes_is_not_touched() {
    let yard = Yard::new(1);
    let script = "mkdir -p /etc/kubernetes/manifests && echo x >/etc/kubernetes/admin.conf";
    yard.hosts.on_host(0, &["sh", "-c", script]).expect("the host answers");
    let said = yard.bring("install", "1.0.0");
    assert_ne!(said.code, 0, "it should be refused");
    assert!(said.all().contains("runs a Kubernetes already"), "it says why: {}", said.all());
    let left = yard
        .hosts
        .on_host(0, &["sh", "-c", "cat /etc/kubernetes/admin.conf; test ! -e /var/lib/longshore/cluster"]);
    assert!(left.is_ok_and(|left| left.starts_with('x')), "it is as it was");
}

#[test]
fn a_wrong_password_for_sudo_is_told_before_anything_is_done() {
    let yard = Yard::bare(1);
    yard.add_site(longshore_lab::login::KEEPER);
    let wrong = yard.data.path().join("wrong");
    std::fs::write(&wrong, "not-the-password").expect("writes");
    yard.ok(&["site", "update", "yard", "--sudo-password-file", &wrong.display().to_string()]);
    let said = yard.bring("install", "1.0.0");
    assert_ne!(said.code, 0, "it should be refused");
    assert!(said.all().contains("sudo"), "it names sudo: {}", said.all());
    assert!(!said.all().contains("not-the-password"), "and tells no password");
    untouched(&yard, 0);
}

#[test]
fn settings_that_clash_with_the_hosts_are_told_all_at_once() {
    let yard = Yard::new(1);
    let bundle = super::bundle("1.0.0").display().to_string();
    let subnet = yard.hosts.subnet();
    let words = ["install", "yard", "--bundle", &bundle, "--yes"];
    let clash = ["--pod-cidr", &subnet, "--service-cidr", "8.8.0.0/16", "--network-interface", "eth9"];
    let said = yard.run(&[&words[..], &clash[..]].concat());
    assert_ne!(said.code, 0, "it should be refused");
    for field in ["podCidr", "serviceCidr", "networkInterface"] {
        assert!(said.all().contains(field), "{field} is named: {}", said.all());
    }
    untouched(&yard, 0);
}

#[test]
fn of_two_laptops_one_has_the_hosts() {
    let yard = Yard::new(1);
    yard.ok(&["bundle", "import", &super::bundle("1.0.0").display().to_string()]);
    let other = tempfile::tempdir().expect("a data folder");
    let mut words: Vec<String> = ["site", "add", "yard"].map(str::to_owned).to_vec();
    words.extend(["--host".to_owned(), yard.lines("root", 1).remove(0)]);
    words.extend(yard.way());
    let said = Yard::run_in(other.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(said.code, 0, "the colleague adds the site: {}", said.all());
    let bundle = super::bundle("1.0.0").display().to_string();
    let said = Yard::run_in(other.path(), &["bundle", "import", &bundle]);
    assert_eq!(said.code, 0, "the colleague has the bundle: {}", said.all());
    let words = Yard::words("install", "1.0.0");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // At the same moment: nobody knows which of them is first.
    let mut both = vec![yard.start(&words), Yard::start_in(other.path(), &words)];
    let mut refused = None;
    super::until("that one of them is refused", std::time::Duration::from_mins(2), || {
        refused = both.iter_mut().position(|child| child.try_wait().expect("it is ours").is_some());
        refused.is_some()
    });
    let refused = both.remove(refused.expect("one has ended"));
    let mut holds = both.remove(0);
    let refused: Said = refused.wait_with_output().expect("it has ended").into();
    assert_ne!(refused.code, 0, "one is refused: {}", refused.all());
    assert!(refused.all().contains("holds the site"), "and told by whom it is held: {}", refused.all());
    assert!(holds.try_wait().expect("it is ours").is_none(), "the other goes on");
    yard.hosts.on_host(0, &["test", "-s", "/var/lib/longshore/lock"]).expect("and holds the host");
    holds.kill().expect("it is ours");
    holds.wait().expect("it ends");
}

#[test]
fn a_port_that_somebody_has_and_a_laptop_that_is_behind_are_told() {
    let yard = Yard { ahead: -3600, ..Yard::new(1) };
    let listen = "systemd-run --quiet --unit=other /usr/sbin/sshd -D -p 6443; until ss -ltn | grep -q :6443; do sleep 0.1; done";
    yard.hosts.on_host(0, &["sh", "-c", listen]).expect("the host answers");
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 3, "it should be refused:\n{}", said.all());
    let behind =
        "Fail: Clock of this machine: The clock of the host is 60 min ahead of this machine's. Certificates";
    for told in ["Fail: TCP port 6443", behind] {
        assert!(said.all().contains(told), "the checks tell {told}: {}", said.all());
    }
    let run = yard.json(&["run", "list"])["runs"][0]["id"].as_str().expect("there is a run").to_owned();
    let failure = yard.json(&["run", "show", &run])["failure"].to_string();
    // The checks of a practice host are waived as a whole; the host itself is asked once more.
    for told in [yard.hosts.address(0).as_str(), "something listens on port 6443 already"] {
        assert!(failure.contains(told), "{told} is in the failure: {failure}");
    }
    untouched(&yard, 0);
}
