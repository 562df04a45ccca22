//! `textAnalyze`: a regular expression over the content of files.

use std::collections::BTreeMap;

use serde_json::json;

use crate::analyze::outcome::{NO_MATCH, compare, unreadable};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};
use crate::values::glob::joined;
use crate::values::number::integer;
use crate::values::pattern;

pub(super) fn judge(check: &Check<'_>, title: &str) -> Judged {
    let excluded: Vec<String> =
        check.texts("excludeFiles").into_iter().map(|file| place(check, file)).collect();
    let files = check.bundle.find_without(&place(check, check.text("fileName")), &excluded)?;
    if files.is_empty() {
        if check.flag("ignoreIfNoFiles") {
            return Ok(Vec::new());
        }
        return Ok(vec![Verdict::of(State::Warn, title, "No matching files")]);
    }
    let (regex, groups) = (check.text("regex"), check.text("regexGroups"));
    let mut verdicts = Vec::new();
    for (_, content) in files.iter().filter(|_| !regex.is_empty()) {
        verdicts.push(last_outcome(check, title, regex, content)?);
    }
    for (_, content) in files.iter().filter(|_| !groups.is_empty()) {
        verdicts.push(first_group(check, title, groups, content)?);
    }
    for verdict in &mut verdicts {
        verdict.strict = check.strict();
    }
    if verdicts.is_empty() {
        verdicts.push(Verdict::of(State::Fail, title, "Invalid analyzer"));
    }
    Ok(verdicts)
}

/// Where a file lies. What an exec collector wrote lies two folders deeper than specs say.
fn place(check: &Check<'_>, file: &str) -> String {
    let collector = check.text("collectorName");
    let plain = joined(&[collector, file]);
    let written = ["-stdout.txt", "-stderr.txt", "-errors.json"].iter().any(|ending| file.ends_with(ending));
    if written && !plain.contains(['*', '?', '[']) && !file.contains(['*', '?', '[']) {
        return joined(&[collector, "*/*", file]);
    }
    plain
}

/// Whether the expression matches at all decides. Every outcome that applies writes into the same verdict, the
/// last one keeps the message; a failure takes a warning back, and nothing takes a failure back.
pub(crate) fn last_outcome(
    check: &Check<'_>,
    title: &str,
    regex: &str,
    content: &[u8],
) -> Result<Verdict, Unjudged> {
    let matched = pattern::compile(regex)?.is_match(content);
    let mut verdict = Verdict { title: title.to_owned(), ..Verdict::default() };
    for outcome in check.outcomes() {
        if outcome.boolean()? == matched {
            verdict.set(outcome.state);
            verdict.warn &= outcome.state != State::Fail;
            outcome.message.clone_into(&mut verdict.message);
            outcome.uri.clone_into(&mut verdict.uri);
        }
    }
    Ok(if verdict.judged() { verdict } else { Verdict::limbo(title, NO_MATCH) })
}

/// The first outcome whose `when` holds for the named groups.
pub(crate) fn first_group(
    check: &Check<'_>,
    title: &str,
    regex: &str,
    content: &[u8],
) -> Result<Verdict, Unjudged> {
    let regex = pattern::compile(regex)?;
    let mut groups = BTreeMap::new();
    if let Some(found) = regex.captures(content) {
        for name in regex.capture_names().flatten() {
            let text = found.name(name).map(|group| String::from_utf8_lossy(group.as_bytes()).into_owned());
            groups.insert(name, text.unwrap_or_default());
        }
    }
    let Some(outcome) = check.first(|when| group_holds(when, &groups))? else {
        return Ok(Verdict::limbo(title, NO_MATCH));
    };
    let message = render(outcome.message, About::Document(&json!(groups)))?;
    Ok(outcome.verdict_saying(title, message))
}

fn group_holds(when: &str, groups: &BTreeMap<&str, String>) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`Group == value`");
    let [name, operator, wanted] = when.trim().split(' ').collect::<Vec<_>>()[..] else {
        return Err(wrong());
    };
    let wanted = if wanted == "''" || wanted == "\"\"" { "" } else { wanted };
    let Some(found) = groups.get(name) else { return Ok(false) };
    match integer(wanted) {
        // Another operator than these is just false between numbers.
        Some(wanted) => {
            Ok(integer(found).and_then(|found| compare(&found, operator, &wanted)).unwrap_or(false))
        }
        None if operator.starts_with('=') && compare(&0, operator, &0).is_some() => Ok(found == wanted),
        None => Err(wrong()),
    }
}
