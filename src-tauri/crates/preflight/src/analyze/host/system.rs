//! What the system says of itself: `memory`, `time`, `ipv4Interfaces`, `sysctl`.

use std::sync::LazyLock;

use regex::Regex;

use crate::analyze::bundle::record;
use crate::analyze::outcome::{compare, unreadable};
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::number::integer;
use crate::values::quantity::Quantity;

use super::nodes::{Content, SYSTEM, judged};

pub(super) fn memory(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Amount of Memory"), SYSTEM, "memory.json", memory_holds)
}

fn memory_holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    const FORM: &str = "`< 8Gi`";
    let value = content.json()?;
    let total = record(&content.path, &value)?.unsigned("total")?;
    let [operator, wanted] = when.split(' ').collect::<Vec<_>>()[..] else {
        return Err(unreadable(when, FORM));
    };
    let wanted = Quantity::parse(wanted)
        .and_then(Quantity::as_i64)
        .and_then(|wanted| u64::try_from(wanted).ok())
        .ok_or_else(|| unreadable(when, FORM))?;
    compare(&total, operator, &wanted).ok_or_else(|| unreadable(when, FORM))
}

pub(super) fn time(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Time"), SYSTEM, "time.json", time_holds)
}

fn time_holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`ntp == synchronized+active` or `timezone == UTC`");
    let value = content.json()?;
    let time = record(&content.path, &value)?;
    let (zone, synchronized, active) =
        (time.text("timezone")?, time.boolean("ntp_synchronized")?, time.boolean("ntp_active")?);
    match when.split(' ').collect::<Vec<_>>()[..] {
        ["timezone", "=" | "==" | "===", wanted] => Ok(wanted == zone),
        ["timezone", "!=", wanted] => Ok(wanted != zone),
        ["ntp", "=" | "==" | "===", wanted] => match wanted {
            "synchronized+active" => Ok(synchronized && active),
            "synchronized+inactive" => Ok(synchronized && !active),
            "unsynchronized+active" => Ok(!synchronized && active),
            "unsynchronized+inactive" => Ok(!synchronized && !active),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

pub(super) fn interfaces(check: &Check<'_>) -> Judged {
    judged(check, &check.named("IPv4 Interfaces"), SYSTEM, "ipv4Interfaces.json", interfaces_hold)
}

fn interfaces_hold(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    const FORM: &str = "`count > 0`";
    let value = content.json()?;
    let found = match &value {
        serde_json::Value::Null => 0,
        value => value.as_array().ok_or_else(|| format!("{} holds no list", content.path))?.len(),
    };
    let ["count", operator, wanted] = when.split(' ').collect::<Vec<_>>()[..] else {
        return Err(unreadable(when, FORM));
    };
    let wanted = integer(wanted).ok_or_else(|| unreadable(when, FORM))?;
    compare(&i64::try_from(found).unwrap_or(i64::MAX), operator, &wanted)
        .ok_or_else(|| unreadable(when, FORM))
}

/// A key, an operator and a value, with any spaces between them. Looked for anywhere, as upstream does.
pub(crate) static SYSCTL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([^\t\n\f\r ]+)[\t\n\f\r ]+([><=]=*)[\t\n\f\r ]+(.+)").ok());

pub(super) fn sysctl(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Sysctl"), SYSTEM, "sysctl.json", sysctl_holds)
}

fn sysctl_holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`net.ipv4.ip_forward == 1`");
    let value = content.json()?;
    let parameters = record(&content.path, &value)?;
    let parts = SYSCTL.as_ref().and_then(|form| form.captures(when)).ok_or_else(wrong)?;
    let (key, operator, wanted) = (&parts[1], &parts[2], &parts[3]);
    if compare(&0, operator, &0).is_none() {
        return Err(wrong());
    }
    let mut found = None;
    for (name, _) in parameters.members() {
        let value = parameters.text(name)?;
        if name == key {
            found = Some(value);
        }
    }
    let found = found.ok_or_else(|| {
        Unjudged::Wrong(format!("the host has no kernel parameter {key}; is its module loaded?"))
    })?;
    if operator.starts_with('=') {
        return Ok(found == wanted);
    }
    let number = |text: &str| {
        integer(text)
            .ok_or_else(|| format!("{key}: {text:?} is no whole number, so {operator} cannot compare it"))
    };
    compare(&number(found)?, operator, &number(wanted)?).ok_or_else(wrong)
}
