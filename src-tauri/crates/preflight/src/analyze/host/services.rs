//! `hostServices`: the state of systemd units.

use crate::analyze::bundle::json;
use crate::analyze::fields::Record;
use crate::analyze::outcome::unreadable;
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};

use super::nodes::{Content, SYSTEM, judged};

pub(super) fn judge(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Host Services"), SYSTEM, "systemctl_services.json", holds)
}

/// The first unit of that name, or whose name begins so, decides. Without one, neither operator holds.
fn holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    let value = json(&content.path, content.data)?;
    let units = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let units = units.iter().map(unit).collect::<Result<Vec<_>, _>>()?;
    if !value.is_array() && !value.is_null() {
        return Err(Unjudged::Wrong(format!("{} holds no list", content.path)));
    }
    let [name, operator, states] = when.split(' ').collect::<Vec<_>>()[..] else {
        return Err(wrong(when));
    };
    let equal = match operator {
        "=" | "==" => true,
        "!=" | "<>" => false,
        _ => return Err(wrong(when)),
    };
    let Some((_, actual)) = units.iter().find(|(unit, _)| unit.starts_with(name)) else { return Ok(false) };
    let mut pairs = states
        .split(',')
        .zip(actual)
        .filter(|(wanted, _)| !wanted.is_empty() && *wanted != "*")
        .map(|(wanted, actual)| wanted == *actual);
    Ok(if equal { pairs.all(|same| same) } else { pairs.any(|same| !same) })
}

fn unit(item: &serde_json::Value) -> Result<(&str, [&str; 3]), String> {
    let item = Record::of(item)?;
    Ok((item.text("Unit")?, [item.text("Active")?, item.text("Sub")?, item.text("Load")?]))
}

fn wrong(when: &str) -> Unjudged {
    unreadable(when, "`docker.service == active,running`")
}
