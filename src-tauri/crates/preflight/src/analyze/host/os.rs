//! `hostOS`: the distribution and the kernel.

use std::sync::LazyLock;

use regex::Regex;

use crate::analyze::bundle::record;
use crate::analyze::outcome::unreadable;
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::version::{Range, Version, tolerant};

use super::nodes::{Content, SYSTEM, judged};

const FORM: &str = "`ubuntu >= 20.04`, `rhel >= 8 && < 9` or `kernelVersion >= 4.15`";

pub(super) fn judge(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Host OS Info"), SYSTEM, "hostos_info.json", holds)
}

fn holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    let value = content.json()?;
    let host = record(&content.path, &value)?;
    let (platform, version) = (host.text("platform")?, host.text("platformVersion")?);
    let (family, kernel) = (host.text("platformFamily")?, host.text("kernelVersion")?);
    host.unread(&["name"], &[])?;
    let (subject, range) = condition(when)?;
    if subject == "kernelVersion" && range.holds(&normal(kernel)?) {
        return Ok(true);
    }
    let parts: Vec<&str> = subject.split('-').collect();
    if parts.len() == 3 && parts[2] == "kernel" {
        return Ok(subject == format!("{platform}-{version}-kernel") && range.holds(&normal(kernel)?));
    }
    Ok((subject == platform || subject == family) && range.holds(&normal(version)?))
}

/// Reads `<subject> <operator> <version>`, followed by any number of `&& <operator> <version>` or `||`.
fn condition(when: &str) -> Result<(&str, Range), Unjudged> {
    let parts: Vec<&str> = when.split(' ').collect();
    if parts.len() < 3 || !parts.len().is_multiple_of(3) {
        return Err(unreadable(when, FORM));
    }
    let mut range = String::new();
    for (at, triple) in parts.chunks(3).enumerate() {
        match (at, triple[0]) {
            (0, _) => {}
            (_, "||") => range.push_str(" || "),
            (_, "&&") => range.push(' '),
            _ => return Err(unreadable(when, FORM)),
        }
        range.extend([triple[1], " ", &normal(triple[2])?.to_string()]);
    }
    let range = Range::parse(&range).map_err(|why| format!("`when: {when}`: {why}"))?;
    Ok((parts[0], range))
}

static LEADING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[0-9]+\.?[0-9]*\.?[0-9]*").ok());

/// A version as three numbers: one leading zero of each part dropped, and whatever follows the numbers.
fn normal(text: &str) -> Result<Version, Unjudged> {
    let parts: Vec<&str> = text
        .split('.')
        .map(|part| if part == "0" { part } else { part.strip_prefix('0').unwrap_or(part) })
        .collect();
    let joined = parts.join(".");
    let numbers = LEADING.as_ref().and_then(|form| form.find(&joined)).map_or("", |found| found.as_str());
    tolerant(numbers.trim_end_matches('.'))
        .map_err(|_| Unjudged::Wrong(format!("{text:?} is no version to compare")))
}
