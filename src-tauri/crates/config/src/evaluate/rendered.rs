//! Groups and items as they are shown.

use super::items::Items;
use super::{ConfigError, RenderedGroup, RenderedItem, Repetition, field};
use crate::model::{Group, Item, RegexRule, Scalar, Validation};

/// All groups, in order.
pub(super) fn groups(items: &Items) -> Result<Vec<RenderedGroup>, ConfigError> {
    items.config.groups.iter().enumerate().map(|(at, group)| rendered_group(items, at, group)).collect()
}

/// Where a text stands, for errors and for what is remembered.
struct Place<'a> {
    items: &'a Items,
    key: String,
    name: &'a str,
}

impl Place<'_> {
    fn raw(&self, field: &'static str, text: &str) -> Result<String, ConfigError> {
        self.items.text(&format!("{}/{field}", self.key), self.name, field, text)
    }

    fn text(&self, field: &'static str, text: &str) -> Result<String, ConfigError> {
        Ok(field::text(text, self.raw(field, text)?))
    }

    fn when(&self, text: &str) -> Result<String, ConfigError> {
        Ok(field::when(text, self.raw("when", text)?))
    }

    fn scalar(&self, field: &'static str, given: &Scalar) -> Result<Scalar, ConfigError> {
        match given {
            Scalar::Text(text) => Ok(field::scalar(text, self.raw(field, text)?)),
            Scalar::Bool(_) => Ok(given.clone()),
        }
    }
}

fn rendered_group(items: &Items, at: usize, group: &Group) -> Result<RenderedGroup, ConfigError> {
    let place = Place { items, key: at.to_string(), name: &group.name };
    let when = place.when(&group.when)?;
    let mut rendered = Vec::with_capacity(group.items.len());
    for (number, item) in group.items.iter().enumerate() {
        rendered.push(rendered_item(items, (at, number), item, when == "false")?);
    }
    Ok(RenderedGroup {
        name: place.text("name", &group.name)?,
        title: place.text("title", &group.title)?,
        description: place.text("description", &group.description)?,
        when,
        items: rendered,
    })
}

fn rendered_item(
    items: &Items,
    at: (usize, usize),
    item: &Item,
    group_off: bool,
) -> Result<RenderedItem, ConfigError> {
    let effective = items.effective(&item.name)?;
    let place = Place { items, key: format!("{}/{}", at.0, at.1), name: &item.name };
    let when = place.when(&item.when)?;
    let off = group_off || when == "false";
    let mut shown = Item {
        name: place.text("name", &item.name)?,
        kind: place.text("type", &item.kind)?,
        title: place.text("title", &item.title)?,
        help_text: place.text("help text", &item.help_text)?,
        affix: place.text("affix", &item.affix)?,
        validation: validation(&place, item.validation.as_ref())?,
        when,
        ..item.clone()
    };
    for (number, option) in shown.items.iter_mut().enumerate() {
        let place = Place { items, key: format!("{}/{number}", place.key), name: &item.name };
        option.name = place.text("name", &option.name)?;
        option.title = place.text("title", &option.title)?;
        option.value = place.scalar("value", &option.value)?;
        option.default = place.scalar("default", &option.default)?;
    }
    let repetitions = if item.repeatable { repetitions(items, item) } else { Vec::new() };
    Ok(RenderedItem { item: shown, effective, repetitions, off })
}

fn validation(place: &Place<'_>, given: Option<&Validation>) -> Result<Option<Validation>, ConfigError> {
    let Some(given) = given else { return Ok(None) };
    let regex = match &given.regex {
        None => None,
        Some(rule) => Some(RegexRule {
            pattern: place.text("pattern", &rule.pattern)?,
            message: place.text("message", &rule.message)?,
        }),
    };
    Ok(Some(Validation { regex }))
}

/// The vendor's repetitions and those people gave, which replace the vendor's of the same name.
fn repetitions(items: &Items, item: &Item) -> Vec<Repetition> {
    let mut all: Vec<Repetition> = Vec::new();
    for (group, values) in &item.values_by_group {
        all.extend(values.iter().map(|(name, value)| Repetition {
            group: group.clone(),
            name: name.clone(),
            value: value.clone(),
            by_person: false,
        }));
    }
    let group = item.values_by_group.keys().next().cloned();
    for (name, value) in items.given.iter().filter(|(_, value)| value.repeatable_item == item.name) {
        match all.iter_mut().find(|repetition| repetition.name == *name) {
            Some(known) => (known.value, known.by_person) = (value.value.clone(), true),
            None => all.push(Repetition {
                group: group.clone().unwrap_or_default(),
                name: name.clone(),
                value: value.value.clone(),
                by_person: true,
            }),
        }
    }
    all
}
