//! `event`: whether something happened in a namespace.

use serde_json::{Value, json};

use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, unreadable};
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{self, About, render};
use crate::values::number::boolean;
use crate::values::pattern;

use super::containers::same;
use super::items;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named(check.text_or("collectorName", "Event"));
    if check.text("reason").is_empty() {
        return Err(Unjudged::Wrong("reason is needed".to_owned()));
    }
    let path = format!("cluster-resources/events/{}.json", check.text_or("namespace", "default"));
    let list = check.bundle.json(&path)?;
    let event = found(check, &path, &list)?;
    for item in check.items() {
        for outcome in [item.fail, item.warn, item.pass].into_iter().flatten() {
            let wanted =
                boolean(outcome.when).ok_or_else(|| unreadable(outcome.when, "`true` or `false`"))?;
            if wanted == event.is_some() {
                return Ok(vec![outcome.verdict_saying(&title, said(outcome.message, event)?)]);
            }
        }
    }
    Ok(vec![Verdict::limbo(title, NO_MATCH)])
}

fn found<'a>(check: &Check<'_>, path: &str, list: &'a Value) -> Result<Option<&'a Value>, Unjudged> {
    let events = items(path, list)?;
    let regex = match check.text("regex") {
        "" => None,
        // A malformed expression finds nothing upstream.
        regex => match pattern::compile(regex) {
            Ok(regex) => Some(regex),
            Err(_) => return Ok(None),
        },
    };
    let (reason, kind) = (check.text("reason"), check.text("kind"));
    for (at, event) in events.iter().enumerate() {
        let about = event.record("involvedObject")?.text("kind")?;
        let matched = same(event.text("reason")?, reason)
            && (kind.is_empty() || same(about, kind))
            && regex
                .as_ref()
                .is_none_or(|regex| event.text("message").is_ok_and(|said| regex.is_match(said.as_bytes())));
        if matched {
            return Ok(Record::of(list)?.list("items")?.get(at));
        }
    }
    Ok(None)
}

fn said(message: &str, event: Option<&Value>) -> Result<String, Unjudged> {
    let Some(event) = event else { return Ok(message.to_owned()) };
    if let Ok(said) = render(message, About::Record(&template::event(event))) {
        return Ok(said.trim().to_owned());
    }
    let nothing = json!({});
    let event = Record::of(if event.is_null() { &nothing } else { event })?;
    let name = event.record("involvedObject")?.text("name")?;
    let (reason, told) = (event.text("reason")?, event.text("message")?);
    Ok(format!("Event matched. Reason: {reason} Name: {name} Message: {told}"))
}
