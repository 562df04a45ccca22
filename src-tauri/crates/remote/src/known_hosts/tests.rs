//! Our reading and writing against `ssh-keygen`'s.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use proptest::prelude::*;

use super::*;

const ED25519: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/// A key of its own for each number.
fn key(number: u8) -> PublicKey {
    let mut blob = PublicKey::from_base64(ED25519).expect("it is a key").blob().to_owned();
    let last = blob.len() - 1;
    blob[last] = number;
    PublicKey::from_blob(&blob).expect("it is a key")
}

/// Lines that `ssh-keygen -F` finds for a name, from 1.
fn openssh_finds(file: &Path, name: &str) -> Vec<usize> {
    let output = Command::new("ssh-keygen").args(["-F", name, "-f"]).arg(file).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers =
        text.lines().filter_map(|line| line.split("found: line ").nth(1)?.split(' ').next()?.parse().ok());
    numbers.collect()
}

fn we_find(file: &Path, name: &str) -> Vec<usize> {
    let hosts = KnownHosts { files: vec![file.to_owned()] };
    hosts.about(name).expect("it can be read").into_iter().map(|(_, entry)| entry.line).collect()
}

fn host() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "db1",
        "db2.lab",
        "WEB",
        "10.0.0.1",
        "[db1]:2222",
        "[10.0.0.1]:22022",
        "fe80::1",
    ])
    .prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = String> {
    let patterns = vec!["db*", "!db1", "*.lab", "db?", "10.0.*", "[db1]:*", "*", "!*.lab", "[*]:2222"];
    prop_oneof![host(), prop::sample::select(patterns).prop_map(str::to_owned)]
}

fn line() -> impl Strategy<Value = String> {
    let hosts = prop_oneof![
        3 => prop::collection::vec(pattern(), 1..4).prop_map(|hosts| hosts.join(",")),
        2 => (host(), any::<[u8; 20]>()).prop_map(|(host, salt)| line::hashed(&host, salt)),
    ];
    let marker = prop::sample::select(vec!["", "", "", "@revoked ", "@cert-authority "]);
    let line = (marker, hosts, 0_u8..3, prop::sample::select(vec!["", " a comment", "\t"])).prop_map(
        |(marker, hosts, number, end)| format!("{marker}{hosts} ssh-ed25519 {}{end}", key(number).base64()),
    );
    prop_oneof![
        6 => line,
        1 => prop::sample::select(vec!["# a comment", "", "  "]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn read_as_ssh_keygen_reads_it(lines in prop::collection::vec(line(), 0..8), name in host()) {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, lines.join("\n") + "\n").expect("it can be written");
        prop_assert_eq!(we_find(&file, &name), openssh_finds(&file, &name), "{} in\n{}", name, lines.join("\n"));
    }

    #[test]
    fn what_is_added_is_found_and_the_rest_stays(
        lines in prop::collection::vec(line(), 0..5),
        newline in any::<bool>(),
        name in host(),
        hash in any::<bool>(),
    ) {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let file = directory.path().join("known_hosts");
        let before = lines.join("\n") + if newline { "\n" } else { "" };
        std::fs::write(&file, &before).expect("it can be written");
        let name = name.to_ascii_lowercase();
        add::add(&file, &name, &key(9), hash).expect("it can be added to");
        let after = std::fs::read_to_string(&file).expect("it can be read");
        let added = after.strip_prefix(&before);
        prop_assert!(added.is_some(), "the rest was changed");
        let last = after.lines().count();
        prop_assert!(openssh_finds(&file, &name).contains(&last), "OpenSSH does not find the line");
        prop_assert!(we_find(&file, &name).contains(&last), "we do not find the line");
        let mode = file.metadata().expect("it is there").permissions().mode();
        prop_assert_eq!(mode & 0o777, 0o600, "others may read it");
        let last_key = lines.iter().rev().find(|line| line.contains("ssh-ed25519"));
        let expected = last_key.map_or(hash, |line| line.trim_start_matches(['@', 'r', 'e', 'v', 'o', 'k', 'd', 'c', 't', '-', 'a', 'u', 'h', 'i', 'y', ' ']).starts_with("|1|"));
        prop_assert_eq!(added.is_some_and(|added| added.trim_start().starts_with("|1|")), expected, "hashed as the file is");
    }
}

fn file(text: &str) -> (tempfile::TempDir, KnownHosts) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let file = directory.path().join("known_hosts");
    std::fs::write(&file, text).expect("it can be written");
    let hosts = KnownHosts { files: vec![file, directory.path().join("missing")] };
    (directory, hosts)
}

#[test]
fn verdicts() {
    let text = format!(
        "db1 ssh-ed25519 {0}\n@revoked * ssh-ed25519 {1}\n@cert-authority *.lab ssh-ed25519 {2}\n",
        key(0).base64(),
        key(1).base64(),
        key(2).base64()
    );
    let (_kept, hosts) = file(&text);
    let check = |name: &str, number| hosts.check(name, &key(number)).expect("it can be read");
    assert!(matches!(check("db1", 0), Verdict::Known(entry) if entry.line == 1), "the known key");
    assert!(matches!(check("db1", 1), Verdict::Revoked(entry) if entry.line == 2), "a revoked key");
    assert!(matches!(check("db1", 3), Verdict::Changed { known } if known.len() == 1), "another key");
    assert!(
        matches!(check("x", 0), Verdict::Unknown { authorities } if authorities.is_empty()),
        "a new host"
    );
    assert!(
        matches!(check("x.lab", 0), Verdict::Unknown { authorities } if authorities[0].line == 3),
        "an authority"
    );
    // Another kind of key is a change as well; see the module's head.
    let (_kept, hosts) = file(&format!("db1 ssh-ed25519 {}\n", key(0).base64()));
    let rsa = PublicKey::from_blob(b"\0\0\0\x07ssh-rsa\0\0\0\x01\x03").expect("it is a key");
    assert!(matches!(hosts.check("db1", &rsa), Ok(Verdict::Changed { .. })), "another kind of key");
}

#[test]
fn a_link_stays_a_link() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let real = directory.path().join("real");
    std::fs::write(&real, "").expect("it can be written");
    let link = directory.path().join("known_hosts");
    std::os::unix::fs::symlink(&real, &link).expect("a link can be made");
    add::add(&link, "db1", &key(1), false).expect("it can be added to");
    assert!(link.symlink_metadata().expect("it is there").is_symlink(), "the link was replaced");
    assert!(
        std::fs::read_to_string(&real).expect("it can be read").starts_with("db1 "),
        "the file is elsewhere"
    );
    let new = directory.path().join("new/known_hosts");
    add::add(&new, "db1", &key(1), false).expect("the directory is made");
    let mode = new.parent().expect("it has one").metadata().expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "others may look into the directory");
}
