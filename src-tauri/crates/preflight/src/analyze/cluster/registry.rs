//! `registryImages`: whether images are where they should be.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analyze::bundle::record;
use crate::analyze::outcome::{compare, unreadable};
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::number::integer;

/// Images by what a registry said of them.
pub(crate) struct Images {
    pub(crate) verified: Vec<String>,
    pub(crate) missing: Vec<String>,
    pub(crate) errors: Vec<String>,
    /// Why an image is not verified.
    pub(crate) reasons: BTreeMap<String, String>,
}

impl Images {
    /// Reads what a collector wrote.
    pub(crate) fn of(path: &str, value: &Value) -> Result<Self, Unjudged> {
        let images = record(path, value)?.record("images")?;
        let mut found =
            Self { verified: Vec::new(), missing: Vec::new(), errors: Vec::new(), reasons: BTreeMap::new() };
        for (name, image) in images.members() {
            let image = record(path, image)?;
            let (error, exists) = (image.text("error")?, image.boolean("exists")?);
            let name = name.to_owned();
            if !error.is_empty() {
                found.reasons.insert(name.clone(), error.to_owned());
                found.errors.push(name);
            } else if exists {
                found.verified.push(name);
            } else {
                found.reasons.insert(name.clone(), "image not found in registry".to_owned());
                found.missing.push(name);
            }
        }
        for list in [&mut found.verified, &mut found.missing, &mut found.errors] {
            list.sort();
        }
        Ok(found)
    }
}

/// Whether `<verified|missing|errors> <operator> <number>` holds.
pub(crate) fn holds(when: &str, images: &Images) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`missing > 0`");
    let [subject, operator, wanted] = when.trim().split(' ').collect::<Vec<_>>()[..] else {
        return Err(wrong());
    };
    let count = match subject {
        "verified" => images.verified.len(),
        "missing" => images.missing.len(),
        "errors" => images.errors.len(),
        _ => return Err(wrong()),
    };
    let wanted = integer(wanted).ok_or_else(wrong)?;
    compare(&i64::try_from(count).unwrap_or(i64::MAX), operator, &wanted).ok_or_else(wrong)
}

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let name = check.text_or("collectorName", "images");
    let path = format!("registry/{name}.json");
    let images = Images::of(&path, &check.bundle.json(&path)?)?;
    check.first_or_limbo(&check.named(name), |when| holds(when, &images))
}
