//! The whole way: bare hosts become a cluster, cluster and application are upgraded, the application is taken back,
//! the hosts are given back.

use super::{Yard, is_full};

/// Nobody has tried to reach anything outside; a check asks for a name that must not be known.
#[track_caller]
fn stayed_inside(yard: &Yard) {
    let (out, names) = (yard.hosts.sent_out().expect("counted"), yard.hosts.names_asked().expect("counted"));
    let to = yard.hosts.sent_to().expect("noted");
    assert_eq!(
        out, names,
        "packets that went out, and questions for names among them; the others went to {to:?}"
    );
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
    let yard = Yard::new(3);
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    let said = yard.bring_with("upgrade", "1.1.0", &["--workers-at-once", "2"]);
    assert_eq!(said.code, 0, "the upgrade of cluster and application:\n{}", said.all());
    yard.stands("1.1.0", "v1.35.4");
    went_together(&yard);
    yard.ok(&["rollback", "yard"]);
    yard.stands("1.0.0", "v1.35.4");
    brought_back(&yard);
    stayed_inside(&yard);
}

/// Both workers were moved at the same time, after the controller.
#[track_caller]
fn went_together(yard: &Yard) {
    let run = yard.newest();
    let time = |kind: &str, host: usize, end: &str| {
        let step = yard.step(&run, &format!("{kind}@v1.35.4:{}", yard.hosts.name(host)));
        step[end].as_u64().unwrap_or_else(|| panic!("the step has its {end}: {step}"))
    };
    // What runs on one of them may take longer to leave.
    let begun = [1, 2].map(|host| time("drain", host, "startedAt"));
    let ended = [1, 2].map(|host| time("upgrade", host, "endedAt"));
    assert!(begun.iter().max() < ended.iter().min(), "side by side: {begun:?} and {ended:?}");
    assert!(begun.iter().min() >= Some(&time("upgrade", 0, "endedAt")), "after the controller: {begun:?}");
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
    yard.stands("1.0.0", "v1.34.4");
    let maps = yard.kubectl(&["get", "configmaps", "-n", "tidewater", "-o", "name"]);
    assert!(!maps.contains("configmap/later"), "what came after the backup is gone: {maps}");
    let bundle = super::bundle("1.1.0").display().to_string();
    let email = "contact_email=harbour@tidewater.example";
    let plan = yard.ok(&["upgrade", "yard", "--bundle", &bundle, "--plan-only", "--set", email]);
    assert!(plan.out.contains("v1.34.4 to v1.35.4"), "the upgrade is offered again:\n{}", plan.all());
}
