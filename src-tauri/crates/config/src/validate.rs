//! What is refused, all of it at once.

use longshore_contract::FieldError;

use crate::evaluate::{RenderedGroup, RenderedItem};
use crate::go::{base, regex, utf8};
use crate::model::Values;

/// Every refused field, in the order of the items.
pub(crate) fn all(groups: &[RenderedGroup], given: &Values) -> Vec<FieldError> {
    let items = groups.iter().flat_map(|group| &group.items);
    items
        .filter(|rendered| !rendered.off)
        .filter_map(|rendered| {
            let message = one(rendered, given)?;
            Some(FieldError { field: rendered.item.name.clone(), message })
        })
        .collect()
}

fn one(rendered: &RenderedItem, given: &Values) -> Option<String> {
    let item = &rendered.item;
    if item.repeatable
        && let Some(refused) = repeated(rendered)
    {
        return Some(refused);
    }
    // Where the vendor's template fails there is still what the person gave.
    let fallback = given.get(&item.name).filter(|_| rendered.effective.failure.is_some());
    let value = fallback.map_or(&rendered.effective.shown, |given| &given.value);
    let title = if item.title.is_empty() { &item.name } else { &item.title };
    // Hidden items cannot be filled in by anybody, so none of them is required.
    let is_empty = value.is_empty() && rendered.effective.default.is_empty();
    if item.required && !item.hidden && is_empty && !item.repeatable {
        return Some(format!("{title} is required"));
    }
    checked(rendered, value)
}

/// A repeatable item is required by the number of its values; its own value is one of them.
fn repeated(rendered: &RenderedItem) -> Option<String> {
    let item = &rendered.item;
    let title = if item.title.is_empty() { &item.name } else { &item.title };
    let filled: Vec<_> = rendered.repetitions.iter().filter(|one| !one.value.is_empty()).collect();
    let effective = &rendered.effective;
    let own = i64::from(!effective.shown.is_empty() || !effective.default.is_empty());
    let least = item.minimum_count.max(i64::from(item.required));
    let count = i64::try_from(filled.len()).unwrap_or(i64::MAX).saturating_add(own);
    if !item.hidden && count < least {
        return Some(match least {
            1 => format!("{title} is required"),
            _ => format!("{title} needs at least {least} values"),
        });
    }
    filled.iter().find_map(|one| checked(rendered, &one.value))
}

fn checked(rendered: &RenderedItem, value: &str) -> Option<String> {
    let item = &rendered.item;
    let title = if item.title.is_empty() { &item.name } else { &item.title };
    if value.is_empty() {
        return None;
    }
    let by_person = rendered.effective.by_person;
    let decoded = match item.kind.as_str() {
        "file" => match base::decode64(value.as_bytes()) {
            Ok(bytes) => utf8::lossy(&bytes),
            Err(_) => return Some("value must be base64 encoded for file items".to_owned()),
        },
        "bool" if by_person && !matches!(value, "0" | "1") => return Some(format!("{title} must be 0 or 1")),
        _ => value.to_owned(),
    };
    if by_person && item.is_choice() && !item.items.iter().any(|option| option.name == *value) {
        let names: Vec<&str> = item.items.iter().map(|option| option.name.as_str()).collect();
        return Some(format!("{title} must be one of {}", names.join(", ")));
    }
    matches(rendered, &decoded)
}

fn matches(rendered: &RenderedItem, value: &str) -> Option<String> {
    let item = &rendered.item;
    let rule = item.validation.as_ref()?.regex.as_ref()?;
    if !matches!(item.kind.as_str(), "text" | "textarea" | "password" | "file") {
        return None;
    }
    match regex::compile(rule.pattern.as_bytes()) {
        Ok(regex) if regex.is_match(value.as_bytes()) => None,
        Ok(_) if rule.message.is_empty() => Some("Value does not match regex".to_owned()),
        Ok(_) => Some(rule.message.clone()),
        Err(error) => Some(format!("invalid regex pattern: {error}")),
    }
}
