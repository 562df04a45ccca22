//! `systemPackages`: one verdict per package, with templates as conditions.

use serde_json::{Map, Value, json};

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::outcome::NO_MATCH;
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};
use crate::values::number::boolean;

use super::nodes::{Content, SYSTEM, contents};

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named("System Packages");
    let file = format!("{}-packages.json", check.text_or("collectorName", "packages"));
    let mut verdicts = Vec::new();
    let contents = contents(check, &title, SYSTEM, &file)?;
    for content in &contents {
        verdicts.extend(node(check, content)?);
    }
    if verdicts.is_empty() {
        return Err(Unjudged::Silent("no package was asked for on this distribution".to_owned()));
    }
    Ok(verdicts)
}

fn node(check: &Check<'_>, content: &Content<'_>) -> Judged {
    let value = content.json()?;
    let info = record(&content.path, &value)?;
    let (os, version) = (info.text("os")?, info.text("osVersion")?);
    let packages = info.records("packages")?;
    packages.iter().map(|package| single(check, content, &facts(package, os, version)?)).collect()
}

fn single(check: &Check<'_>, content: &Content<'_>, facts: &Value) -> Result<Verdict, Unjudged> {
    for outcome in check.full_outcomes() {
        let outcome = outcome?;
        if outcome.when.is_empty() || holds(outcome.when, facts)? {
            let message = render(outcome.message, About::Document(facts))?;
            return Ok(outcome.verdict_saying(&content.title, message));
        }
    }
    Ok(Verdict::dropped(&content.title, format!("{}: {NO_MATCH}", facts["Name"])))
}

fn holds(when: &str, facts: &Value) -> Result<bool, Unjudged> {
    let rendered = render(when, About::Document(facts))?;
    boolean(&rendered)
        .ok_or_else(|| Unjudged::Wrong(format!("`when: {when}` comes to {rendered:?}, not to true or false")))
}

fn facts(package: &Record<'_>, os: &str, version: &str) -> Result<Value, Unjudged> {
    let (details, error, code) =
        (package.text("details")?, package.text("error")?, package.text("exitCode")?);
    let installed = error.is_empty()
        && code == "0"
        && !details.contains("not installed")
        && !details.contains("No matching Packages");
    let mut parts = version.split('.').map(|part| part.parse::<i64>().unwrap_or(0));
    let mut facts = Map::new();
    for (name, value) in [
        ("OS", json!(os)),
        ("OSVersion", json!(version)),
        ("OSVersionMajor", json!(parts.next().unwrap_or(0))),
        ("OSVersionMinor", json!(parts.next().unwrap_or(0))),
        ("Name", json!(package.text("name")?)),
        ("Error", json!(error)),
        ("ExitCode", json!(code)),
        ("IsInstalled", json!(installed)),
    ] {
        facts.insert(name.to_owned(), value);
    }
    for line in details.lines() {
        if let Some((name, value)) = detail(line)? {
            facts.insert(name, json!(value));
        }
    }
    Ok(Value::Object(facts))
}

/// A line `Key: value` whose key begins with a capital.
fn detail(line: &str) -> Result<Option<(String, &str)>, Unjudged> {
    let Some((key, value)) = line.split_once(':') else { return Ok(None) };
    let Some(first) = key.chars().next() else {
        return Err(Unjudged::Silent("a line of the package's details begins with a colon".to_owned()));
    };
    let name = key.replace([' ', '-'], "");
    let value = value.trim();
    Ok((first.is_uppercase() && !value.is_empty()).then_some((name, value)))
}
