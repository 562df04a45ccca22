//! `registryImages` from a host.

use serde_json::json;

use crate::analyze::cluster::registry::{Images, holds};
use crate::analyze::outcome::NO_MATCH;
use crate::analyze::verdict::Verdict;
use crate::analyze::{Check, Judged};
use crate::template::{About, render};

use super::nodes::contents;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let title = check.named("Registry Images");
    let file = format!("{}.json", check.text_or("collectorName", "images"));
    contents(check, &title, "host-collectors/registry-images", &file)?
        .iter()
        .map(|content| {
            let value = content.json()?;
            let images = Images::of(&content.path, &value)?;
            let Some(outcome) = check.first(|when| holds(when, &images))? else {
                return Ok(Verdict::dropped(&content.title, NO_MATCH));
            };
            let summary = json!({
                "Verified": images.verified,
                "Missing": images.missing,
                "Errors": images.errors,
                "UnverifiedReasons": images.reasons,
            });
            let message = render(outcome.message, About::Record(&summary));
            Ok(outcome.verdict_saying(&content.title, message.unwrap_or_else(|_| outcome.message.to_owned())))
        })
        .collect()
}
