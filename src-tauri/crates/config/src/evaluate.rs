//! Evaluating a Config: what each item's value is, what is shown, and what is refused.
//!
//! An item's templates are evaluated when somebody first asks for it, and once; asking for an item while it
//! is being evaluated is a circle, which is the package's error and named with its path.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use longshore_contract::FieldError;

use crate::context::Context;
use crate::model::{Config, Group, Item, Value, Values};
use crate::template::{Engine, Lookup, TemplateFailure};
use crate::validate;

/// What an item's value is in effect, and where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// What `ConfigOption` gives.
    pub value: String,
    /// A person's file name.
    pub filename: String,
    /// What the rendered Config shows as value: a person's or the vendor's, never the default.
    pub shown: String,
    /// The vendor's default, rendered.
    pub default: String,
    /// Whether a person gave it.
    pub by_person: bool,
}

/// An item as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedItem {
    /// The vendor's item, title and help rendered.
    pub item: Item,
    /// Its value.
    pub effective: Effective,
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
    /// Items: all of them, those switched off and hidden included.
    pub items: Vec<RenderedItem>,
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
        source: serde_norway::Error,
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
        let items = self.groups.iter().flat_map(|group| &group.items);
        items
            .filter(|rendered| !rendered.item.is_decoration())
            .map(|rendered| {
                let Effective { value, filename, .. } = rendered.effective.clone();
                (rendered.item.name.clone(), Value { value, filename })
            })
            .collect()
    }
}

impl Lookup for Evaluation {
    fn option(&self, name: &str) -> Result<Option<Effective>, String> {
        let mut items = self.groups.iter().flat_map(|group| &group.items);
        Ok(items.find(|rendered| rendered.item.name == name).map(|rendered| rendered.effective.clone()))
    }
}

/// Evaluates `config` with the values people gave (`given`) and those made at random before (`kept`).
///
/// # Errors
/// When the package's templates fail or lead in a circle; a person's values are never the reason.
pub fn evaluate(
    config: &Arc<Config>,
    given: &Values,
    kept: &BTreeMap<String, String>,
    context: &Arc<Context>,
    now: Timestamp,
) -> Result<Evaluation, ConfigError> {
    let items = Arc::new(Items::new(config, given, kept, context, now));
    let engine = items.engine();
    let mut groups = Vec::new();
    for group in &config.groups {
        groups.push(render_group(group, &items, &engine)?);
    }
    let errors = validate::all(&groups);
    let generated = items.generated.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Evaluation { groups, errors, generated })
}

fn render_group(group: &Group, items: &Arc<Items>, engine: &Engine) -> Result<RenderedGroup, ConfigError> {
    let render = |field, text: &str| render(engine, items, &group.name, field, text);
    let off = render("when", &group.when)? == "false";
    let mut rendered = Vec::new();
    for item in &group.items {
        rendered.push(render_item(item, off, items, engine)?);
    }
    Ok(RenderedGroup {
        name: group.name.clone(),
        title: render("title", &group.title)?,
        description: render("description", &group.description)?,
        items: rendered,
    })
}

fn render_item(
    item: &Item,
    group_off: bool,
    items: &Arc<Items>,
    engine: &Engine,
) -> Result<RenderedItem, ConfigError> {
    let render = |field, text: &str| render(engine, items, &item.name, field, text);
    let effective = items.option(&item.name).map_err(|text| items.error(&item.name, "value", text))?;
    let off = group_off || render("when", &item.when)? == "false";
    let mut shown = item.clone();
    shown.title = render("title", &item.title)?;
    shown.help_text = render("help text", &item.help_text)?;
    for option in &mut shown.items {
        option.title = render("title", &option.title)?;
    }
    Ok(RenderedItem { item: shown, effective: effective.unwrap_or_default(), off })
}

fn render(
    engine: &Engine,
    items: &Items,
    item: &str,
    field: &'static str,
    text: &str,
) -> Result<String, ConfigError> {
    engine.render(text).map_err(|failure| items.error(item, field, failure.0))
}

/// How far an item's evaluation is.
enum Slot {
    Evaluating,
    Done(Effective),
}

/// The items, evaluated as they are asked for.
struct Items {
    config: Arc<Config>,
    given: Values,
    kept: BTreeMap<String, String>,
    context: Arc<Context>,
    now: Timestamp,
    slots: Mutex<HashMap<String, Slot>>,
    path: Mutex<Vec<String>>,
    circle: Mutex<Option<Vec<String>>>,
    generated: Mutex<BTreeMap<String, String>>,
}

/// What templates hold of the items: enough to ask, nothing that keeps them alive in a ring.
struct Ask(std::sync::Weak<Items>);

impl Lookup for Ask {
    fn option(&self, name: &str) -> Result<Option<Effective>, String> {
        self.0.upgrade().map_or(Ok(None), |items| items.option(name))
    }
}

impl Items {
    fn new(
        config: &Arc<Config>,
        given: &Values,
        kept: &BTreeMap<String, String>,
        context: &Arc<Context>,
        now: Timestamp,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            given: given.clone(),
            kept: kept.clone(),
            context: Arc::clone(context),
            now,
            slots: Mutex::default(),
            path: Mutex::default(),
            circle: Mutex::default(),
            generated: Mutex::default(),
        }
    }

    fn engine(self: &Arc<Self>) -> Engine {
        let lookup: Arc<dyn Lookup> = Arc::new(Ask(Arc::downgrade(self)));
        Engine::new(&lookup, &self.context, self.now)
    }

    /// The error of an item's template: the circle, if one was found on the way.
    fn error(&self, item: &str, field: &'static str, text: String) -> ConfigError {
        match self.circle.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(path) => ConfigError::Circle(path),
            None => ConfigError::Template { item: item.to_owned(), field, source: TemplateFailure(text) },
        }
    }

    fn option(self: &Arc<Self>, name: &str) -> Result<Option<Effective>, String> {
        let Some(item) = self.config.item(name) else { return Ok(None) };
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        match slots.get(name) {
            Some(Slot::Done(effective)) => return Ok(Some(effective.clone())),
            Some(Slot::Evaluating) => {
                let path = self.path.lock().unwrap_or_else(PoisonError::into_inner);
                let start = path.iter().position(|step| step == name).unwrap_or(0);
                let circle: Vec<String> = path[start..].iter().cloned().chain([name.to_owned()]).collect();
                let text = format!("config items lead in a circle: {}", circle.join(" → "));
                *self.circle.lock().unwrap_or_else(PoisonError::into_inner) = Some(circle);
                return Err(text);
            }
            None => slots.insert(name.to_owned(), Slot::Evaluating),
        };
        drop(slots);
        self.path.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
        let effective = self.evaluate(item);
        self.path.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let effective = effective?;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.insert(name.to_owned(), Slot::Done(effective.clone()));
        Ok(Some(effective))
    }

    /// A person's value, else the vendor's `value`, else the `default`. What was made at random stays.
    fn evaluate(self: &Arc<Self>, item: &Item) -> Result<Effective, String> {
        let engine = self.engine();
        let render = |text: &str| engine.render(text).map_err(|failure| failure.0);
        let given = self.given.get(&item.name);
        let default = render(&item.default)?;
        engine.take_generated();
        let mut vendors = render(&item.value)?;
        if engine.take_generated() {
            if let Some(kept) = self.kept.get(&item.name) {
                vendors.clone_from(kept);
            }
            let mut generated = self.generated.lock().unwrap_or_else(PoisonError::into_inner);
            generated.insert(item.name.clone(), vendors.clone());
        }
        // A readonly item is the vendor's alone, so that its value follows each release.
        let given = given.filter(|_| !item.readonly);
        // A stored value equal to the vendor's is the vendor's; an empty one counts only against a value.
        let persons = given.filter(|given| given.value != vendors);
        let by_person = persons.is_some();
        let shown = persons.map_or(vendors, |given| given.value.clone());
        let falls_back = shown.is_empty() && (!by_person || item.value.is_empty());
        let value = if falls_back { default.clone() } else { shown.clone() };
        let filename = given.map(|given| given.filename.clone()).unwrap_or_default();
        Ok(Effective { value, filename, shown, default, by_person })
    }
}
