//! The rules of the house, held against what `cargo metadata` and the tree say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

/// Direct dependencies of each member, tests' own left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(repository())
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("packages is a list");
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().unwrap_or_default().to_owned();
            let direct = package["dependencies"].as_array().into_iter().flatten();
            let direct = direct
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
                .collect();
            (name, direct)
        })
        .collect()
}

/// What each crate of the house may use of the house.
const MAY_USE: &[(&str, &[&str])] = &[
    ("longshore-contract", &[]),
    ("longshore-engine", &["contract"]),
    ("longshore-release", &["contract"]),
    ("longshore-config", &["contract"]),
    ("longshore-bundle", &["contract", "release"]),
    ("longshore-preflight", &["contract", "shell"]),
    ("longshore-support", &["contract"]),
    ("longshore-database", &[]),
    ("longshore-shell", &[]),
    ("longshore-remote", &["contract", "shell"]),
    ("longshore-runtime", &["contract", "remote", "shell"]),
    ("longshore-cluster", &["contract"]),
    ("longshore-store", &["contract", "engine"]),
    (
        "longshore-managers",
        &[
            "contract",
            "engine",
            "release",
            "config",
            "bundle",
            "preflight",
            "remote",
            "runtime",
            "cluster",
            "database",
            "store",
            "support",
        ],
    ),
    (
        "longshore-workflows",
        &[
            "contract",
            "engine",
            "release",
            "config",
            "bundle",
            "preflight",
            "runtime",
            "cluster",
            "store",
            "managers",
        ],
    ),
];

#[test]
fn crates_depend_downwards_only() {
    let dependencies = dependencies();
    for (name, allowed) in MAY_USE {
        let direct =
            dependencies.get(*name).unwrap_or_else(|| panic!("{name} is no member of the workspace"));
        for used in direct.iter().filter_map(|used| used.strip_prefix("longshore-")) {
            assert!(allowed.contains(&used), "{name} may not use longshore-{used}");
        }
    }
}

#[test]
fn each_heavy_dependency_has_one_home() {
    let homes: &[(&str, &[&str])] = &[
        // The other is a window with nothing in it, which ours is measured against.
        ("tauri", &["longshore", "longshore-empty-window"]),
        ("axum", &["longshore"]),
        ("kube", &["longshore-cluster"]),
        ("reqwest", &["longshore-cluster"]),
        ("rusqlite", &["longshore-store"]),
        ("ssh2", &["longshore-remote"]),
        ("clap", &["longshore", "xtask"]),
    ];
    let dependencies = dependencies();
    for (heavy, homes) in homes {
        for (name, direct) in &dependencies {
            assert!(
                !direct.contains(*heavy) || homes.contains(&name.as_str()),
                "{name} uses {heavy}, whose home is {}",
                homes.join(" and ")
            );
        }
    }
}

#[test]
fn contract_needs_serde_and_its_exporters_only() {
    let direct = &dependencies()["longshore-contract"];
    let allowed = BTreeSet::from(["serde", "serde_json", "schemars", "ts-rs"].map(str::to_owned));
    assert!(direct.is_subset(&allowed), "contract uses {:?}", direct.difference(&allowed));
}

#[test]
fn no_file_is_longer_than_its_ceiling() {
    let listed = Command::new("git")
        .args(["ls-files", "*.rs", "*.ts", "*.tsx"])
        .current_dir(repository())
        .output()
        .expect("git lists the files");
    let listed = String::from_utf8(listed.stdout).expect("file names are UTF-8");
    assert!(!listed.is_empty(), "git knows no source file");
    for file in listed.lines().filter(|file| !file.contains("/bindings/")) {
        let Ok(text) = std::fs::read_to_string(repository().join(file)) else { continue };
        let lines = text.lines().count();
        assert!(lines <= 800, "{file} has {lines} lines; 800 is the ceiling, split it by concern");
    }
}
