//! A base as it is shown: in the order of the form, secrets masked.

use longshore_config::{Config, Item};
use longshore_contract::{
    BaseId, BaseItem, BaseSite, BaseSummary, BaseValue, BaseView, ConfigOption, Timestamp,
};
use longshore_store::{BaseRow, SiteRow};

use super::content::BaseContent;

/// A base in a list.
pub(super) fn summary(row: &BaseRow, following: &[(BaseId, SiteRow)]) -> BaseSummary {
    let sites = following.iter().filter(|(base, _)| *base == row.id);
    BaseSummary {
        id: row.id.clone(),
        name: row.name.clone(),
        slug: row.slug.clone(),
        values: row.values,
        sites: sites.map(|(_, site)| BaseSite { id: site.id.clone(), name: site.name.clone() }).collect(),
        changed_at: row.changed_at,
        changed_by: row.changed_by.clone(),
    }
}

/// A base with its values.
pub(super) fn view(summary: BaseSummary, content: &BaseContent, now: Timestamp) -> BaseView {
    let config = content.config();
    let known = config.clone().unwrap_or_default();
    let mut values: Vec<BaseValue> = content
        .values
        .iter()
        .map(|(name, entry)| {
            let item = item_of(&known, name, &entry.value.repeatable_item);
            let secret = is_secret(item);
            BaseValue {
                name: name.clone(),
                title: item.map(|item| item.title.clone()).unwrap_or_default(),
                kind: item.map(|item| item.kind.clone()).unwrap_or_default(),
                value: if secret { String::new() } else { entry.value.value.clone() },
                filename: entry.value.filename.clone(),
                secret,
                changed_at: entry.at,
                changed_by: entry.who.clone(),
            }
        })
        .collect();
    values.sort_by_key(|value| {
        let repeats = content.values.get(&value.name).map(|entry| entry.value.repeatable_item.as_str());
        place(&known, &value.name, repeats.unwrap_or_default())
    });
    let notes = config.map(|config| content.errors(&config, now)).unwrap_or_default();
    let release = if content.config_spec.is_empty() { String::new() } else { content.version.clone() };
    let items =
        known.items().filter(|item| !item.is_decoration() && !item.hidden && !item.readonly).map(choice);
    BaseView { summary, values, items: items.collect(), release, notes }
}

/// An item of the form, as far as a field for it needs to know.
fn choice(item: &Item) -> BaseItem {
    let option = |option: &Item| ConfigOption { name: option.name.clone(), title: option.title.clone() };
    BaseItem {
        name: item.name.clone(),
        title: item.title.clone(),
        kind: item.kind.clone(),
        options: item.items.iter().map(option).collect(),
    }
}

/// The item that a value is of.
pub(super) fn item_of<'a>(config: &'a Config, name: &str, repeatable_item: &str) -> Option<&'a Item> {
    config.item(name).or_else(|| config.item(repeatable_item).filter(|item| item.repeatable))
}

/// Whether a value is never shown. What is not known to be harmless is not.
pub(super) fn is_secret(item: Option<&Item>) -> bool {
    item.is_none_or(Item::is_secret)
}

/// Where a value stands in the form; those without an item come last, by name.
pub(super) fn place(config: &Config, name: &str, repeatable_item: &str) -> (usize, String) {
    let at = |name: &str| config.items().position(|item| item.name == name);
    (at(name).or_else(|| at(repeatable_item)).unwrap_or(usize::MAX), name.to_owned())
}
