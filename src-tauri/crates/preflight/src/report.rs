//! Results for programs and for scripts: upstream's JSON, text and exit codes, with `error` added to them.

use longshore_contract::{CheckResult, CheckState};
use serde_json::{Map, Value, json};

/// Groups of the JSON, in its order, and how the text calls them.
const GROUPS: &[(CheckState, &str, &str)] = &[
    (CheckState::Pass, "pass", "PASS"),
    (CheckState::Warn, "warn", "WARN:"),
    (CheckState::Fail, "fail", "FAIL:"),
    (CheckState::Error, "error", "ERROR:"),
];

/// The exit code: 3 when a check failed, else 1 when one could not be judged, else 4 when one warned, else 0.
pub fn exit_code(results: &[CheckResult]) -> u8 {
    let any = |state: CheckState| results.iter().any(|result| result.state == state);
    match (any(CheckState::Fail), any(CheckState::Error), any(CheckState::Warn)) {
        (true, _, _) => 3,
        (false, true, _) => 1,
        (false, false, true) => 4,
        (false, false, false) => 0,
    }
}

/// Upstream's JSON: results by state, groups without any left out, `host` where there are several.
pub fn to_json(results: &[CheckResult]) -> Value {
    let mut groups = Map::new();
    for (state, name, _) in GROUPS {
        let group: Vec<Value> = results.iter().filter(|result| result.state == *state).map(shown).collect();
        if !group.is_empty() {
            groups.insert((*name).to_owned(), Value::Array(group));
        }
    }
    Value::Object(groups)
}

fn shown(result: &CheckResult) -> Value {
    let mut value = json!({ "title": result.title, "message": result.message });
    if !result.uri.is_empty() {
        value["uri"] = json!(result.uri);
    }
    if result.strict {
        value["strict"] = json!(true);
    }
    if !result.host.is_empty() {
        value["host"] = json!(result.host);
    }
    value
}

/// Upstream's text. Its last line is `FAILED` also when a check could not be judged.
pub fn to_text(name: &str, results: &[CheckResult]) -> String {
    let mut text = String::from("\n");
    for result in results {
        let Some((_, _, word)) = GROUPS.iter().find(|(state, _, _)| *state == result.state) else { continue };
        let host = if result.host.is_empty() { String::new() } else { format!(" - {}", result.host) };
        text.push_str(&format!("   --- {word} {}{host}\n      --- {}\n", result.title, result.message));
    }
    let fine = matches!(exit_code(results), 0 | 4);
    let (word, last) = if fine { ("PASS", "PASS") } else { ("FAIL", "FAILED") };
    text.push_str(&format!("--- {word}   {name}\n{last}\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(title: &str, state: CheckState) -> CheckResult {
        CheckResult {
            title: title.to_owned(),
            state,
            message: format!("{title} says"),
            uri: String::new(),
            strict: false,
            host: String::new(),
        }
    }

    #[test]
    fn codes_and_groups() {
        let (pass, warn) = (result("p", CheckState::Pass), result("w", CheckState::Warn));
        let (fail, error) = (result("f", CheckState::Fail), result("e", CheckState::Error));
        let skipped = result("s", CheckState::Skipped);
        for (results, code) in [
            (vec![], 0),
            (vec![pass.clone(), skipped.clone()], 0),
            (vec![pass.clone(), warn.clone()], 4),
            (vec![warn.clone(), error.clone()], 1),
            (vec![error.clone(), fail.clone()], 3),
        ] {
            assert_eq!(exit_code(&results), code, "{results:?}");
        }
        let strict = CheckResult { strict: true, uri: "https://x.example".to_owned(), ..fail };
        let json = to_json(&[error, strict, pass, skipped]);
        let wanted = json!({
            "pass": [{ "title": "p", "message": "p says" }],
            "fail": [{ "title": "f", "message": "f says", "uri": "https://x.example", "strict": true }],
            "error": [{ "title": "e", "message": "e says" }],
        });
        assert_eq!(json, wanted);
        assert_eq!(
            json.as_object().expect("an object").keys().collect::<Vec<_>>(),
            ["pass", "fail", "error"]
        );
    }

    #[test]
    fn the_text_is_upstreams() {
        let warned = [result("w", CheckState::Warn)];
        assert_eq!(to_text("n", &warned), "\n   --- WARN: w\n      --- w says\n--- PASS   n\nPASS\n");
        let unjudged = [CheckResult { host: "h1".to_owned(), ..result("e", CheckState::Error) }];
        assert_eq!(
            to_text("n", &unjudged),
            "\n   --- ERROR: e - h1\n      --- e says\n--- FAIL   n\nFAILED\n"
        );
    }
}
