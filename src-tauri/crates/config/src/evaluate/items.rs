//! The items of one evaluation, and what is remembered from the one before.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;
use sha2::Digest as _;

use super::{ConfigError, Effective, Problem};
use crate::context::Context;
use crate::model::{Config, Item, Value, Values};
use crate::template::{Engine, Lookup, TemplateFailure, Templates};

/// Items that lead from one to the next. Nobody writes chains as long; a stack has an end.
const CHAIN: usize = 2_000;

/// What items were asked for, and what they gave.
pub(super) type Asked = BTreeMap<String, Option<Effective>>;

/// An item as it was evaluated.
#[derive(Debug, Clone)]
struct Evaluated {
    effective: Effective,
    given: Option<Value>,
    asked: Asked,
    generated: BTreeMap<String, String>,
}

/// What an evaluator remembers.
#[derive(Debug, Default)]
pub(super) struct Memory {
    items: HashMap<String, Evaluated>,
    texts: HashMap<String, (String, Asked)>,
    pub(super) problems: Option<Vec<Problem>>,
}

enum Slot {
    Evaluating,
    Done(Box<Evaluated>),
}

#[derive(Default)]
struct State {
    slots: HashMap<String, Slot>,
    path: Vec<String>,
    circle: Option<Vec<String>>,
    asked: Vec<Asked>,
    generated: BTreeMap<String, String>,
    failures: Vec<Problem>,
    texts: HashMap<String, (String, Asked)>,
}

/// The items, evaluated as they are asked for.
pub(super) struct Items {
    pub(super) config: Arc<Config>,
    pub(super) given: Values,
    kept: BTreeMap<String, String>,
    places: HashMap<String, (usize, usize)>,
    engine: Engine,
    before: Memory,
    state: Mutex<State>,
}

/// What templates hold of the items: enough to ask, nothing that keeps them alive in a ring.
struct Ask(Weak<Items>);

impl Lookup for Ask {
    fn option(&self, name: &str) -> Result<Option<Effective>, String> {
        let Some(items) = self.0.upgrade() else { return Ok(None) };
        let found = stacker::maybe_grow(256 << 10, 4 << 20, || items.option(name))?;
        if let Some(asked) = items.state().asked.last_mut() {
            asked.insert(name.to_owned(), found.clone());
        }
        Ok(found)
    }
}

impl Items {
    pub(super) fn new(
        config: Arc<Config>,
        given: Values,
        kept: BTreeMap<String, String>,
        context: Arc<Context>,
        now: Timestamp,
        templates: Arc<Templates>,
        before: Memory,
    ) -> Arc<Self> {
        let mut places = HashMap::new();
        for (group, groups) in config.groups.iter().enumerate() {
            for (item, items) in groups.items.iter().enumerate() {
                places.entry(items.name.clone()).or_insert((group, item));
            }
        }
        Arc::new_cyclic(|this| {
            let lookup: Arc<dyn Lookup> = Arc::new(Ask(Weak::clone(this)));
            let engine = Engine::with_templates(&lookup, &context, now, templates);
            Self { config, given, kept, places, engine, before, state: Mutex::default() }
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn item(&self, name: &str) -> Option<&Item> {
        let (group, item) = self.places.get(name)?;
        self.config.groups.get(*group)?.items.get(*item)
    }

    /// What was made at random, which items fail, and what is to be remembered.
    pub(super) fn finish(&self) -> (BTreeMap<String, String>, Vec<Problem>, Memory) {
        let state = std::mem::take(&mut *self.state());
        let items = state.slots.into_iter().filter_map(|(name, slot)| match slot {
            Slot::Done(evaluated) => Some((name, *evaluated)),
            Slot::Evaluating => None,
        });
        let memory = Memory { items: items.collect(), texts: state.texts, problems: None };
        (state.generated, state.failures, memory)
    }

    /// Whether what was asked for then would give the same now.
    fn is_fresh(&self, asked: &Asked) -> bool {
        asked.iter().all(|(name, then)| matches!(self.option(name), Ok(now) if now == *then))
    }

    /// Renders a text of the Config that is no value; `place` tells texts apart.
    pub(super) fn text(
        &self,
        place: &str,
        item: &str,
        field: &'static str,
        text: &str,
    ) -> Result<String, ConfigError> {
        if !crate::template::is_template(text) {
            return Ok(text.to_owned());
        }
        if let Some((rendered, asked)) = self.before.texts.get(place)
            && self.is_fresh(asked)
        {
            self.state().texts.insert(place.to_owned(), (rendered.clone(), asked.clone()));
            return Ok(rendered.clone());
        }
        self.state().asked.push(Asked::new());
        let rendered = self.engine.render_lossy(text);
        let asked = self.state().asked.pop().unwrap_or_default();
        let circle = self.state().circle.take();
        match (rendered, circle) {
            (_, Some(path)) => Err(ConfigError::Circle(path)),
            (Ok(rendered), None) => {
                self.state().texts.insert(place.to_owned(), (rendered.clone(), asked));
                Ok(rendered)
            }
            (Err(source), None) => Err(ConfigError::Template { item: item.to_owned(), field, source }),
        }
    }

    /// The effective value of an item.
    pub(super) fn effective(&self, name: &str) -> Result<Effective, ConfigError> {
        let found = self.option(name);
        match (found, self.state().circle.take()) {
            (_, Some(path)) => Err(ConfigError::Circle(path)),
            (Ok(effective), None) => Ok(effective.unwrap_or_default()),
            (Err(text), None) => Err(ConfigError::Template {
                item: name.to_owned(),
                field: "value",
                source: TemplateFailure(text),
            }),
        }
    }

    fn option(&self, name: &str) -> Result<Option<Effective>, String> {
        let Some(item) = self.item(name) else { return Ok(self.repetition(name)) };
        let mut state = self.state();
        match state.slots.get(name) {
            Some(Slot::Done(evaluated)) => return Ok(Some(evaluated.effective.clone())),
            Some(Slot::Evaluating) => {
                let start = state.path.iter().position(|step| step == name).unwrap_or(0);
                let circle: Vec<String> =
                    state.path[start..].iter().cloned().chain([name.to_owned()]).collect();
                let text = format!("config items lead in a circle: {}", circle.join(" → "));
                state.circle = Some(circle);
                return Err(text);
            }
            None => state.slots.insert(name.to_owned(), Slot::Evaluating),
        };
        if state.path.len() >= CHAIN {
            return Err(format!("more than {CHAIN} config items lead from one to the next"));
        }
        state.path.push(name.to_owned());
        drop(state);
        let evaluated = self.remembered(item).map_or_else(|| self.evaluated(item), Ok);
        let mut state = self.state();
        state.path.pop();
        let evaluated = evaluated?;
        let effective = evaluated.effective.clone();
        state.generated.extend(evaluated.generated.clone());
        if let Some(failure) = &effective.failure {
            state.failures.push(Problem { path: format!("item {name}"), message: failure.clone() });
        }
        state.slots.insert(name.to_owned(), Slot::Done(Box::new(evaluated)));
        Ok(Some(effective))
    }

    /// A person's or the vendor's repetition of that name.
    fn repetition(&self, name: &str) -> Option<Effective> {
        let given = self.given.get(name).filter(|given| !given.repeatable_item.is_empty());
        let vendors = || {
            let mut groups =
                self.config.items().filter(|item| item.repeatable).flat_map(|item| &item.values_by_group);
            groups.find_map(|(_, values)| values.get(name))
        };
        let value = match given {
            Some(given) => given.value.clone(),
            None => vendors()?.clone(),
        };
        let by_person = given.is_some();
        Some(Effective { value: value.clone(), shown: value, by_person, ..Effective::default() })
    }

    /// The item as it was, when neither its own value nor what it asked for has changed.
    fn remembered(&self, item: &Item) -> Option<Evaluated> {
        let then = self.before.items.get(&item.name)?;
        let kept =
            then.generated.iter().all(|(name, value)| self.kept.get(name).is_none_or(|kept| kept == value));
        let same = then.given.as_ref() == self.given.get(&item.name) && kept && self.is_fresh(&then.asked);
        same.then(|| then.clone())
    }

    fn evaluated(&self, item: &Item) -> Result<Evaluated, String> {
        self.state().asked.push(Asked::new());
        // What was made at random for the one that asks is not this item's.
        let outer = self.engine.take_generated();
        let mut generated = BTreeMap::new();
        let made = self.parts(item, &mut generated);
        self.engine.take_generated();
        if outer {
            self.engine.mark_generated();
        }
        let asked = self.state().asked.pop().unwrap_or_default();
        let given = self.given.get(&item.name);
        if self.state().circle.is_some() {
            return Err(made.err().unwrap_or_default());
        }
        let effective = match made {
            Ok(parts) => combined(parts, given),
            Err(failure) => Effective { failure: Some(failure), ..Effective::default() },
        };
        Ok(Evaluated { effective, given: given.cloned(), asked, generated })
    }

    /// The vendor's value, default and file name, rendered.
    fn parts(&self, item: &Item, generated: &mut BTreeMap<String, String>) -> Result<[String; 3], String> {
        let told = |field: &'static str| move |failure| format!("its {field} cannot be rendered: {failure}");
        let default_key = format!("{} (default)", item.name);
        Ok([
            self.part(&item.name, &item.name, item.value.text(), generated).map_err(told("value"))?,
            self.part(&item.name, &default_key, item.default.text(), generated).map_err(told("default"))?,
            self.engine.render_lossy(&item.filename).map_err(|failure| told("file name")(failure.0))?,
        ])
    }

    /// Renders a value. What is made at random is kept under `key`, until an item that it was made from gets
    /// another value: a certificate stays as long as the host name that stands in it.
    fn part(
        &self,
        item: &str,
        key: &str,
        text: &str,
        generated: &mut BTreeMap<String, String>,
    ) -> Result<String, String> {
        let rendered = self.engine.render_lossy(text).map_err(|failure| failure.0)?;
        if !self.engine.take_generated() {
            return Ok(rendered);
        }
        let from_key = format!("{key} (made from)");
        let from = self.made_from(item);
        let is_kept = self.kept.get(&from_key).is_none_or(|kept| *kept == from);
        let value = self.kept.get(key).filter(|_| is_kept).cloned().unwrap_or(rendered);
        generated.insert(key.to_owned(), value.clone());
        if !from.is_empty() {
            generated.insert(from_key, from);
        }
        Ok(value)
    }

    /// A digest of the values that the item being evaluated has asked for; empty when it asked for none.
    fn made_from(&self, item: &str) -> String {
        let state = self.state();
        let Some(asked) = state.asked.last().filter(|asked| !asked.is_empty()) else { return String::new() };
        let mut digest = sha2::Sha256::new();
        digest.update(item);
        for (name, effective) in asked {
            let value = effective.as_ref().map(|effective| effective.value.as_str()).unwrap_or_default();
            digest.update([name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat());
        }
        digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A person's value, else the vendor's `value`, else the `default`. A value equal to the vendor's is the
/// vendor's, so that it follows the next release.
fn combined([vendors, default, filename]: [String; 3], given: Option<&Value>) -> Effective {
    let persons = given.filter(|given| given.value != vendors);
    let persons_filename = given.map(|given| given.filename.clone()).filter(|given| *given != filename);
    let by_person = persons.is_some();
    let shown = persons.map_or(vendors, |given| given.value.clone());
    let value = if by_person || !shown.is_empty() { shown.clone() } else { default.clone() };
    let filename = persons_filename.clone().unwrap_or(filename);
    Effective { value, filename, persons_filename, shown, default, by_person, failure: None }
}
