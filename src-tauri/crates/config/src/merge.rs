//! Values across time: what was sent over what is stored, and what an upgrade means for each.

use std::collections::BTreeMap;

use longshore_contract::{ItemNote, SentValue};

use crate::evaluate::Evaluation;
use crate::model::{Config, Item, Value, Values};

/// Puts what was sent over what is stored. Values of items that are switched off stay.
pub fn apply_sent(stored: &Values, sent: &BTreeMap<String, SentValue>) -> Values {
    let mut values = stored.clone();
    for (name, sent) in sent {
        match sent {
            SentValue::Set { value, filename } => {
                let repeatable_item = stored.get(name).map(|held| held.repeatable_item.clone());
                values.insert(
                    name.clone(),
                    Value {
                        value: value.clone(),
                        filename: filename.clone(),
                        repeatable_item: repeatable_item.unwrap_or_default(),
                    },
                );
            }
            SentValue::Unchanged => {}
            SentValue::Clear => {
                values.remove(name);
            }
        }
    }
    values
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
