//! Cases of checks with what upstream's own analyzers said of the same input.
//!
//! The house's own cases always run; the large shared file runs where it lies beside the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use longshore_contract::Timestamp;
use longshore_preflight::{Gathered, Scope, analyze};
use serde_json::Value;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn cases(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("the cases can be read");
    let file: Value = serde_json::from_str(&text).expect("the cases are JSON");
    file["cases"].as_array().expect("cases is a list").clone()
}

/// What of a result counts: with `loose`, a failed analyzer's own words do not.
fn comparable(result: &Value, loose: bool) -> String {
    let mut result = result.clone();
    let failed = result["message"].as_str().unwrap_or_default().starts_with("Analyzer Failed:");
    if loose && failed {
        result["message"] = "Analyzer Failed:".into();
        result["uri"] = "".into();
        result["strict"] = false.into();
    }
    // Ours name a log by its path in the bundle.
    result["title"] = result["title"].as_str().unwrap_or_default().replace("$BUNDLE/", "").into();
    let members: BTreeSet<String> =
        result.as_object().into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
    members.into_iter().collect::<Vec<_>>().join(" ")
}

fn list(results: &Value, case: &Value) -> Vec<String> {
    let loose = case["message_loose"] == true;
    let mut list: Vec<String> =
        results.as_array().into_iter().flatten().map(|result| comparable(result, loose)).collect();
    if case["unordered"] == true {
        list.sort();
    }
    list
}

/// Why a case is not met, if it is not.
fn miss(case: &Value) -> Option<String> {
    let scope = if case["scope"] == "host" { Scope::Host } else { Scope::Cluster };
    let mut gathered = Gathered::default();
    for (path, content) in case["collected"].as_object().into_iter().flatten() {
        let content = content.as_str().unwrap_or_default().as_bytes().to_vec();
        gathered.files.insert(path.clone(), content);
    }
    let now = jiff::Timestamp::now().as_millisecond();
    let found = analyze(&case["analyzer"], scope, &gathered, Timestamp(now)).listed();
    let got = found.as_ref().ok().map(|verdicts| serde_json::to_value(verdicts).expect("verdicts are JSON"));
    let nothing = got.as_ref().is_some_and(|got| got.as_array().is_some_and(Vec::is_empty));
    let met = match case["expect"].as_str().unwrap_or("result") {
        "error" => got.is_none(),
        "nothing" | "excluded" => nothing,
        "free" => nothing || got.is_none(),
        _ => got.as_ref().is_some_and(|got| list(got, case) == list(&case["want"], case)),
    };
    (!met).then(|| format!("{}: wanted {} {}, got {found:?}", case["id"], case["expect"], case["want"]))
}

fn all_met(file: &Path) {
    let cases = cases(file);
    assert!(!cases.is_empty(), "{} holds no case", file.display());
    let misses: Vec<String> = cases.iter().filter_map(miss).collect();
    assert!(
        misses.is_empty(),
        "{} of {} cases are missed:\n{}",
        misses.len(),
        cases.len(),
        misses.join("\n")
    );
}

#[test]
fn our_own_cases() {
    all_met(&here().join("tests/cases/own.json"));
}

#[test]
fn the_shared_cases_where_they_are() {
    // Beside the repository, which lies three folders above this crate.
    let file = here().join("../../../../shared/vectors/preflight/analyzers.json");
    if file.exists() {
        all_met(&file);
    }
}
