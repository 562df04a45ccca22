//! What is refused, all of it at once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_contract::FieldError;
use regex::Regex;

use crate::evaluate::{RenderedGroup, RenderedItem};

/// Every refused field, in the order of the items.
pub(crate) fn all(groups: &[RenderedGroup]) -> Vec<FieldError> {
    let items = groups.iter().flat_map(|group| &group.items);
    items
        .filter(|rendered| !rendered.off && !rendered.item.is_decoration())
        .filter_map(|rendered| {
            let message = one(rendered)?;
            Some(FieldError { field: rendered.item.name.clone(), message })
        })
        .collect()
}

fn one(rendered: &RenderedItem) -> Option<String> {
    let (item, value) = (&rendered.item, &rendered.effective.shown);
    let title = if item.title.is_empty() { &item.name } else { &item.title };
    // Hidden items cannot be filled in by anybody, so none of them is required.
    if item.required && !item.hidden && rendered.effective.value.is_empty() {
        return Some(format!("{title} is required"));
    }
    if value.is_empty() {
        return None;
    }
    let decoded = match item.kind.as_str() {
        "file" => match STANDARD.decode(value.replace(['\n', '\r'], "")) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => return Some("value must be base64 encoded for file items".to_owned()),
        },
        "bool" if !matches!(value.as_str(), "0" | "1") => return Some(format!("{title} must be 0 or 1")),
        _ => value.clone(),
    };
    if item.is_choice() && !item.items.iter().any(|option| option.name == *value) {
        let names: Vec<&str> = item.items.iter().map(|option| option.name.as_str()).collect();
        return Some(format!("{title} must be one of {}", names.join(", ")));
    }
    matches(rendered, &decoded)
}

fn matches(rendered: &RenderedItem, value: &str) -> Option<String> {
    let item = &rendered.item;
    let rule = item.validation.as_ref()?.regex.as_ref()?;
    if !matches!(item.kind.as_str(), "text" | "textarea" | "password" | "file") || rule.pattern.is_empty() {
        return None;
    }
    match Regex::new(&rule.pattern) {
        Ok(regex) if regex.is_match(value) => None,
        Ok(_) if rule.message.is_empty() => Some("Value does not match regex".to_owned()),
        Ok(_) => Some(rule.message.clone()),
        Err(error) => Some(format!("invalid regex pattern: {error}")),
    }
}
