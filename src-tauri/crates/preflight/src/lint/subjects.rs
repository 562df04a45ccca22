//! Conditions that can be read and yet never hold: names that no host and no cluster ever has.

use serde_json::Value;

use super::meant;
use crate::analyze::distribution;
use crate::kinds::{Scope, nearest_of};
use crate::values::pattern;

/// What hosts call themselves and their families.
const PLATFORMS: &[&str] = &[
    "ubuntu",
    "debian",
    "centos",
    "redhat",
    "oracle",
    "rocky",
    "almalinux",
    "amazon",
    "fedora",
    "sles",
    "suse",
    "opensuse",
    "opensuse-leap",
    "opensuse-tumbleweed",
    "rhel",
    "alpine",
    "arch",
    "gentoo",
    "photon",
    "flatcar",
    "bottlerocket",
    "scientific",
    "cloudlinux",
    "raspbian",
    "linuxmint",
    "slackware",
    "mariner",
    "azurelinux",
    "kernelVersion",
    "xenserver",
    "virtuozzo",
    "exherbo",
    "solus",
    "neokylin",
    "anolis",
    "openeuler",
    "kylin",
];
/// Names that vendors write and hosts never have.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("amazonlinux", "amazon"),
    ("amzn", "amazon"),
    ("ol", "oracle"),
    ("oraclelinux", "oracle"),
    ("rockylinux", "rocky"),
    ("alma", "almalinux"),
];
const RUNTIMES: &[&str] = &["containerd", "docker", "cri-o", "cri-dockerd"];
const NETWORK: &[&str] = &[
    "connected",
    "address-in-use",
    "connection-refused",
    "connection-timeout",
    "error",
    "bind-permission-denied",
    "invalid-address",
];
const PAIR: &[&str] = &[
    "key-pair-valid",
    "key-pair-missing",
    "key-pair-switched",
    "key-pair-encrypted",
    "key-pair-mismatch",
    "key-pair-invalid",
];
const SUBNETS: &[&str] = &["a-subnet-is-available", "no-subnet-available"];
const MODULES: &[&str] = &["unknown", "loaded", "loadable", "loading", "unloading"];

/// A doubt: what, and what to do.
type Doubt = (String, String);

/// Why a condition will hardly ever hold, if so.
pub(super) fn doubt(scope: Scope, kind: &str, body: &Value, condition: &str) -> Option<Doubt> {
    let words: Vec<&str> = condition.trim().split(' ').collect();
    match (scope, kind) {
        (Scope::Host, "hostOS") => platform(words.first()?),
        (
            Scope::Host,
            "tcpPortStatus" | "udpPortStatus" | "tcpConnect" | "tcpLoadBalancer" | "httpLoadBalancer",
        ) => token(condition, NETWORK),
        (Scope::Host, "certificate") => token(condition, PAIR),
        (Scope::Host, "subnetAvailable") => token(condition, SUBNETS),
        (Scope::Host, "kernelModules") => words.get(2)?.split(',').find_map(|state| token(state, MODULES)),
        (Scope::Host, "time") => zone(&words),
        (Scope::Cluster, "distribution") => known_distribution(words.last()?),
        (Scope::Cluster, "containerRuntime") => runtime(&words),
        (Scope::Cluster, "clusterPodStatuses") => readable(&words, condition),
        (_, "textAnalyze") => group(body, words.first()?),
        _ => None,
    }
}

fn platform(subject: &str) -> Option<Doubt> {
    let kernel = subject.ends_with("-kernel");
    if kernel || PLATFORMS.contains(&subject) {
        return None;
    }
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == subject).map(|(_, right)| *right);
    let near = other.or_else(|| nearest_of(subject, PLATFORMS.iter().copied()));
    let message = format!("no host calls itself {subject}, so this never holds");
    Some((message, near.map(meant).unwrap_or_default()))
}

fn token(found: &str, known: &[&'static str]) -> Option<Doubt> {
    if known.contains(&found) {
        return None;
    }
    let hint = match nearest_of(found, known.iter().copied()) {
        Some(near) => meant(near),
        None => format!("one of {}", known.join(", ")),
    };
    Some((format!("{found:?} is never found here, so this never holds"), hint))
}

fn zone(words: &[&str]) -> Option<Doubt> {
    let [_, _, zone] = words else { return None };
    let wrong = words.first() == Some(&"timezone") && zone.chars().any(char::is_lowercase);
    wrong.then(|| {
        let message = "time zones are compared in capitals, so this never holds".to_owned();
        (message, meant(&zone.to_uppercase()))
    })
}

fn known_distribution(name: &str) -> Option<Doubt> {
    match distribution::known(name) {
        Some("tanzu") => {
            Some(("tanzu never matches".to_owned(), "look at a node's label instead".to_owned()))
        }
        Some(_) => None,
        None => {
            let near = nearest_of(name, distribution::NAMES.iter().copied());
            Some((format!("there is no distribution {name}"), near.map(meant).unwrap_or_default()))
        }
    }
}

fn runtime(words: &[&str]) -> Option<Doubt> {
    let [operator, name] = words else { return None };
    if !operator.starts_with('=') {
        let message = format!("{operator} never holds for a runtime");
        return Some((message, "== is the only operator".to_owned()));
    }
    token(name, RUNTIMES)
}

fn readable(words: &[&str], condition: &str) -> Option<Doubt> {
    let fine = words.len() >= 2 && ["=", "==", "===", "!=", "!=="].contains(&words[0]);
    (!fine).then(|| (format!("`when: {condition}` is passed over"), "`!= Healthy` is the form".to_owned()))
}

fn group(body: &Value, name: &str) -> Option<Doubt> {
    let regex = pattern::compile(body["regexGroups"].as_str()?).ok()?;
    let groups: Vec<&str> = regex.capture_names().flatten().collect();
    if groups.contains(&name) {
        return None;
    }
    let near = nearest_of(name, groups.iter().copied());
    Some((format!("regexGroups has no group {name}"), near.map(meant).unwrap_or_default()))
}
