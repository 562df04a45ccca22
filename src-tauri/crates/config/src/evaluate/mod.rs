//! Evaluating a Config: what each item's value is, what is shown, and what is refused.
//!
//! An item's templates are evaluated when somebody first asks for it, and once; asking for an item while it
//! is being evaluated is a circle, which is the package's error and named with its path. An item whose own
//! template fails is empty and told as a problem; the rest of the Config goes on.

mod field;
mod items;
mod problems;
mod rendered;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use longshore_contract::FieldError;

use crate::context::Context;
use crate::model::{Config, Item, Value, Values};
use crate::template::{Lookup, TemplateFailure, Templates};
use crate::validate;
use crate::yaml::YamlError;
use items::{Items, Memory};

/// What an item's value is in effect, and where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// What `ConfigOption` gives.
    pub value: String,
    /// The file name that is shown: a person's or the vendor's.
    pub filename: String,
    /// A person's file name, when it is not the vendor's.
    pub persons_filename: Option<String>,
    /// What the rendered Config shows as value: a person's or the vendor's, never the default.
    pub shown: String,
    /// The vendor's default, rendered.
    pub default: String,
    /// Whether a person gave it.
    pub by_person: bool,
    /// Why the item's own template fails, if it does; everything else is empty then.
    pub failure: Option<String>,
}

/// One of the values of a repeatable item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repetition {
    /// The group it belongs to.
    pub group: String,
    /// Its name, by which templates ask for it.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether a person gave it.
    pub by_person: bool,
}

/// An item as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedItem {
    /// The vendor's item, its texts rendered.
    pub item: Item,
    /// Its value.
    pub effective: Effective,
    /// Its values, when it is repeatable.
    pub repetitions: Vec<Repetition>,
    /// Whether it is switched off by `when`, its own or its group's.
    pub off: bool,
}

/// A group as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedGroup {
    /// Name.
    pub name: String,
    /// Title, rendered.
    pub title: String,
    /// Description, rendered.
    pub description: String,
    /// Condition, rendered.
    pub when: String,
    /// Items: all of them, those switched off and hidden included.
    pub items: Vec<RenderedItem>,
}

/// Something the package does wrong without being unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: `group g, item i, default`.
    pub path: String,
    /// What.
    pub message: String,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Groups in order.
    pub groups: Vec<RenderedGroup>,
    /// Refused fields, all of them, in the order of the items.
    pub errors: Vec<FieldError>,
    /// Values that were made at random and must be kept from now on.
    pub generated: BTreeMap<String, String>,
    /// What is wrong with the package itself: failing items, references to items that do not exist.
    pub problems: Vec<Problem>,
}

/// A package whose Config cannot be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not of its shape.
    #[error("The Config in {file} cannot be read")]
    Content {
        /// File in the release.
        file: String,
        /// Why.
        #[source]
        source: YamlError,
    },
    /// A template.
    #[error("Config item {item}: its {field} cannot be rendered")]
    Template {
        /// Item or group.
        item: String,
        /// Field.
        field: &'static str,
        /// Why.
        #[source]
        source: TemplateFailure,
    },
    /// A circle.
    #[error("Config items lead in a circle: {}", .0.join(" → "))]
    Circle(Vec<String>),
}

impl Evaluation {
    /// The value in effect of every item, as `ConfigOption` gives it.
    pub fn values(&self) -> Values {
        let mut values = Values::new();
        for rendered in self.items().filter(|rendered| !rendered.item.is_decoration()) {
            let Effective { value, filename, .. } = rendered.effective.clone();
            values.entry(rendered.item.name.clone()).or_insert(Value {
                value,
                filename,
                repeatable_item: String::new(),
            });
        }
        values
    }

    /// All items in order.
    pub fn items(&self) -> impl Iterator<Item = &RenderedItem> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    fn repetition(&self, name: &str) -> Option<&Repetition> {
        self.items().flat_map(|rendered| &rendered.repetitions).find(|repetition| repetition.name == name)
    }
}

impl Lookup for Evaluation {
    fn option(&self, name: &str) -> Result<Option<Effective>, String> {
        let found = self.items().find(|rendered| rendered.item.name == name);
        if let Some(rendered) = found {
            return Ok(Some(rendered.effective.clone()));
        }
        Ok(self.repetition(name).map(|repetition| Effective {
            value: repetition.value.clone(),
            shown: repetition.value.clone(),
            by_person: repetition.by_person,
            ..Effective::default()
        }))
    }

    fn repetitions(&self, name: &str) -> Vec<(String, String)> {
        let found = self.items().filter(|rendered| rendered.item.name == name);
        let all = found.flat_map(|rendered| &rendered.repetitions);
        all.map(|repetition| (repetition.name.clone(), repetition.value.clone())).collect()
    }
}

/// Evaluates one Config again and again. What did not change is not rendered anew: an item is only when its
/// own value, or the value of an item that it asked for, is another.
pub struct Evaluator {
    config: Arc<Config>,
    context: Arc<Context>,
    templates: Arc<Templates>,
    memory: Mutex<Memory>,
}

impl Evaluator {
    /// An evaluator of a Config with facts.
    pub fn new(config: Arc<Config>, context: Arc<Context>) -> Self {
        Self { config, context, templates: Arc::default(), memory: Mutex::default() }
    }

    /// Evaluates with the values people gave (`given`) and those made at random before (`kept`).
    ///
    /// # Errors
    /// When the package's texts cannot be rendered or its items lead in a circle; a person's values are never
    /// the reason.
    pub fn evaluate(
        &self,
        given: &Values,
        kept: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Evaluation, ConfigError> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::take(&mut *memory);
        let mut problems =
            before.problems.clone().unwrap_or_else(|| problems::references(&self.config, &self.templates));
        let static_problems = problems.clone();
        let items = Items::new(
            Arc::clone(&self.config),
            given.clone(),
            kept.clone(),
            Arc::clone(&self.context),
            now,
            Arc::clone(&self.templates),
            before,
        );
        let groups = rendered::groups(&items)?;
        let errors = validate::all(&groups, given);
        let (generated, failures, mut after) = items.finish();
        problems.extend(failures);
        after.problems = Some(static_problems);
        *memory = after;
        Ok(Evaluation { groups, errors, generated, problems })
    }
}

/// Evaluates `config` once; see [`Evaluator`].
///
/// # Errors
/// As [`Evaluator::evaluate`].
pub fn evaluate(
    config: &Arc<Config>,
    given: &Values,
    kept: &BTreeMap<String, String>,
    context: &Arc<Context>,
    now: Timestamp,
) -> Result<Evaluation, ConfigError> {
    Evaluator::new(Arc::clone(config), Arc::clone(context)).evaluate(given, kept, now)
}
