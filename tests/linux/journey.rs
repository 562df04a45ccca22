//! The whole way: two bare hosts become a cluster, cluster and application are upgraded, the application is taken back,
//! the hosts are given back.

use super::{Yard, is_full};

/// Nobody has tried to reach anything outside; a check asks for a name that must not be known.
#[track_caller]
fn stayed_inside(yard: &Yard) {
    let (out, names) = (yard.hosts.sent_out().expect("counted"), yard.hosts.names_asked().expect("counted"));
    assert_eq!(out, names, "packets that went out, and questions for names among them");
}

#[test]
fn bare_hosts_become_a_cluster_and_are_given_back() {
    let yard = Yard::new(2);
    let before: Vec<String> = (0..2).map(|host| yard.standing(host)).collect();
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    yard.stands("1.0.0", "v1.34.4");
    stayed_inside(&yard);
    let site = yard.json(&["site", "show", "yard"]);
    assert_eq!(site["summary"]["installed"]["version"], "1.0.0", "the site says what is installed: {site}");

    yard.ok(&["site", "reset", "yard", "--confirm", "yard"]);
    assert_eq!(yard.json(&["run", "list"])["runs"][0]["state"], "Reset", "that is how the run ends");
    yard.is_given_back(&before);
}

/// Takes some eight minutes, most of them kubeadm's own: in `cargo xtask test --full` only.
#[test]
fn cluster_and_application_are_upgraded_and_the_application_taken_back() {
    if !is_full() {
        return;
    }
    let yard = Yard::new(2);
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    let said = yard.bring("upgrade", "1.1.0");
    assert_eq!(said.code, 0, "the upgrade of cluster and application:\n{}", said.all());
    yard.stands("1.1.0", "v1.35.4");
    yard.ok(&["rollback", "yard"]);
    yard.stands("1.0.0", "v1.35.4");
    stayed_inside(&yard);
}
