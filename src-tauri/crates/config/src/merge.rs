//! Values across time: what was sent over what is stored, and what an upgrade means for each.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_contract::{FieldError, ItemNote, SentValue};

use crate::evaluate::Evaluation;
use crate::model::{Config, Item, Value, Values};

/// Puts what was sent over what is stored. Values of items that are switched off stay.
///
/// # Errors
/// With every field whose value cannot be taken: of no item, or a file that is no text where a text is wanted.
pub fn apply_sent(
    config: &Config,
    stored: &Values,
    sent: &BTreeMap<String, SentValue>,
) -> Result<Values, Vec<FieldError>> {
    let mut values = stored.clone();
    let mut refused = Vec::new();
    for (name, sent) in sent {
        match taken(config, stored, name, sent) {
            Ok(Taken::Value(value)) => {
                values.insert(name.clone(), value);
            }
            Ok(Taken::Kept) => {}
            Ok(Taken::Cleared) => {
                values.remove(name);
            }
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() { Ok(values) } else { Err(refused) }
}

/// What becomes of a stored value.
enum Taken {
    Value(Value),
    Kept,
    Cleared,
}

fn taken(config: &Config, stored: &Values, name: &str, sent: &SentValue) -> Result<Taken, FieldError> {
    let refused = |message: String| FieldError { field: name.to_owned(), message };
    let held = stored.get(name);
    let repeatable_item = match sent {
        SentValue::Set { repeatable_item, .. } if !repeatable_item.is_empty() => repeatable_item.clone(),
        _ => held.map(|held| held.repeatable_item.clone()).unwrap_or_default(),
    };
    let item = config.item(name).or_else(|| config.item(&repeatable_item).filter(|item| item.repeatable));
    // A value for an item that does not exist is a slip worth telling; one of an older release may be cleared.
    let Some(item) = item.or_else(|| vendors(config, name)) else {
        return match sent {
            SentValue::Clear if held.is_some() => Ok(Taken::Cleared),
            _ => Err(refused("is no config item of this release".to_owned())),
        };
    };
    Ok(match sent {
        SentValue::Set { value, filename, .. } => Taken::Value(Value {
            value: value.clone(),
            filename: filename.clone(),
            repeatable_item: if config.item(name).is_some() { String::new() } else { item.name.clone() },
        }),
        SentValue::File { content, filename } => {
            if item.kind == "file" {
                let (value, filename) = (content.clone(), filename.clone());
                Taken::Value(Value { value, filename, repeatable_item: String::new() })
            } else {
                Taken::Value(Value {
                    value: text(content)
                        .ok_or_else(|| refused(format!("{filename} holds no text (UTF-8)")))?,
                    ..Value::default()
                })
            }
        }
        SentValue::Unchanged => Taken::Kept,
        SentValue::Clear => Taken::Cleared,
    })
}

/// The item of which the vendor gave a repetition of that name.
fn vendors<'a>(config: &'a Config, name: &str) -> Option<&'a Item> {
    config.items().find(|item| item.values_by_group.values().any(|values| values.contains_key(name)))
}

/// What a file holds, as the value of an item that is none.
fn text(content: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(content).ok()?).ok()?;
    Some(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// What the upgrade from `old` to `new` means for each item of `new`.
pub fn notes(
    old: &Config,
    new: &Config,
    evaluation: &Evaluation,
    stored: &Values,
) -> BTreeMap<String, ItemNote> {
    new.items()
        .filter(|item| !item.is_decoration())
        .filter_map(|item| Some((item.name.clone(), note(old.item(&item.name), item, evaluation, stored)?)))
        .collect()
}

fn note(old: Option<&Item>, new: &Item, evaluation: &Evaluation, stored: &Values) -> Option<ItemNote> {
    let refused = evaluation.errors.iter().any(|error| error.field == new.name);
    let is_stored = stored.get(&new.name).is_some_and(|value| !value.value.is_empty());
    match old {
        Some(_) if refused && is_stored => Some(ItemNote::NoLongerAccepted),
        Some(old) if new.required && !old.required => Some(ItemNote::NewlyRequired),
        None if new.required => Some(ItemNote::NewlyRequired),
        None => Some(ItemNote::Added),
        Some(old) if old.default != new.default => Some(ItemNote::DefaultChanged),
        Some(_) if is_stored => Some(ItemNote::Kept),
        Some(_) => None,
    }
}

/// Items of `old` that `new` no longer has.
pub fn removed(old: &Config, new: &Config) -> Vec<String> {
    old.items()
        .filter(|item| !item.is_decoration() && new.item(&item.name).is_none())
        .map(|item| item.name.clone())
        .collect()
}
