//! Our answers held against those that were computed elsewhere: a few cases of our own, and the shared ones
//! where they lie beside the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

const KINDS: [&str; 3] = ["templates", "config", "helmchart"];

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("the cases can be read");
    let file: Value = serde_json::from_str(&text).expect("the cases are JSON");
    file["cases"].as_array().expect("a list of cases").clone()
}

fn answers(kind: &str, file: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["vectors", kind])
        .arg(file)
        .env("TZ", "UTC")
        .output()
        .expect("the chore runs");
    assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("answers are text");
    text.lines().map(|line| serde_json::from_str(line).expect("an answer is JSON")).collect()
}

/// Numbers as floats; in `groups`, what is empty is as good as not there.
fn plain(value: &Value, in_groups: bool) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.iter().map(|item| plain(item, in_groups)).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, field)| !in_groups || !(field.is_null() || *field == ""));
            let kept = kept.map(|(name, field)| (name.clone(), plain(field, in_groups || name == "groups")));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn passes(case: &Value, answer: &Value) -> bool {
    if case["id"] != answer["id"] {
        return false;
    }
    if let Some(want) = case.get("want") {
        return answer.get("got").is_some_and(|got| plain(got, false) == plain(want, false));
    }
    let got = answer["got"].as_str();
    if let Some(want) = case["want_base64"].as_str() {
        let encoded = got.map(|got| STANDARD.encode(got));
        return encoded.as_deref().or(answer["got_base64"].as_str()) == Some(want);
    }
    if let Some(pattern) = case["want_pattern"].as_str() {
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        return got.is_some_and(|got| pattern.is_match(got));
    }
    case.get("want_error").is_some() && answer["error"].is_string()
}

/// Runs a file of cases; the number that passed, and what did not.
fn run(kind: &str, file: &Path) -> (usize, Vec<String>) {
    let (cases, answers) = (read(file), answers(kind, file));
    assert_eq!(answers.len(), cases.len(), "{kind}: an answer for each case");
    // Where we differ on purpose, our own cases say what is wanted.
    let counted = cases.iter().zip(&answers).filter(|(case, _)| case.get("differs").is_none());
    let (passed, failed): (Vec<_>, Vec<_>) = counted.partition(|(case, answer)| passes(case, answer));
    let told = failed.into_iter().map(|(case, answer)| format!("{case}\n    {answer}"));
    (passed.len(), told.collect())
}

fn all(folder: &Path) {
    for kind in KINDS {
        let (passed, failed) = run(kind, &folder.join(kind).with_extension("json"));
        println!("{kind}: {passed} passed, {} failed", failed.len());
        assert!(passed > 0, "{kind}: no case at all");
        assert!(failed.is_empty(), "{kind}: {} failed:\n{}", failed.len(), failed.join("\n"));
    }
}

#[test]
fn our_own_cases_pass() {
    all(&here().join("tests/cases"));
}

#[test]
fn shared_cases_pass() {
    let folder: PathBuf = here().join("../../shared/vectors/config");
    if folder.is_dir() {
        all(&folder);
    } else {
        println!("no shared cases beside the repository: only our own were run");
    }
}

#[test]
fn a_wrong_answer_fails() {
    let case = serde_json::json!({ "id": "x", "want": { "n": 1, "groups": [{ "a": "", "b": null }] } });
    let answer = |got: Value| serde_json::json!({ "id": "x", "got": got });
    assert!(passes(&case, &answer(serde_json::json!({ "n": 1.0, "groups": [{}] }))));
    assert!(!passes(&case, &answer(serde_json::json!({ "n": 2, "groups": [{}] }))));
    assert!(!passes(&case, &answer(serde_json::json!({ "n": 1, "groups": [{ "a": "x" }] }))));
    assert!(!passes(&case, &serde_json::json!({ "id": "x", "error": "e" })));
}
