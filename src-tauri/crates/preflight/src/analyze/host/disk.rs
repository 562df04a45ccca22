//! `diskUsage`: how large the file system at a path is, and how full.

use crate::analyze::bundle::record;
use crate::analyze::outcome::{compare, unreadable};
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::number::float;
use crate::values::quantity::Quantity;

use super::nodes::{Content, judged};

const FORM: &str = "`available < 10Gi` or `used/total > 80%`";

pub(super) fn title(check: &Check<'_>) -> String {
    check.named(&format!("Disk Usage {}", check.text("collectorName")))
}

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let file = format!("{}.json", check.text_or("collectorName", "diskUsage"));
    judged(check, &title(check), "host-collectors/diskUsage", &file, holds)
}

fn holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    let value = content.json()?;
    let usage = record(&content.path, &value)?;
    let (total, used) = (usage.unsigned("total_bytes")?, usage.unsigned("used_bytes")?);
    let [subject, operator, wanted] = when.split(' ').collect::<Vec<_>>()[..] else {
        return Err(unreadable(when, FORM));
    };
    // More used than there is wraps around, as it does upstream.
    let available = total.wrapping_sub(used);
    match subject.to_lowercase().as_str() {
        "total" => bytes(when, total, operator, wanted),
        "used" => bytes(when, used, operator, wanted),
        "available" => bytes(when, available, operator, wanted),
        "used/total" => share(when, used as f64 / total as f64, operator, wanted),
        "available/total" => share(when, available as f64 / total as f64, operator, wanted),
        _ => Err(unreadable(when, FORM)),
    }
}

fn bytes(when: &str, actual: u64, operator: &str, wanted: &str) -> Result<bool, Unjudged> {
    let wanted = Quantity::parse(wanted).and_then(Quantity::as_i64).ok_or_else(|| unreadable(when, FORM))?;
    compare(&actual, operator, &wanted.cast_unsigned()).ok_or_else(|| unreadable(when, FORM))
}

fn share(when: &str, actual: f64, operator: &str, wanted: &str) -> Result<bool, Unjudged> {
    let (number, divisor) = wanted.strip_suffix('%').map_or((wanted, 1.0), |number| (number, 100.0));
    let wanted = float(number).ok_or_else(|| unreadable(when, FORM))? / divisor;
    compare(&actual, operator, &wanted).ok_or_else(|| unreadable(when, FORM))
}
