//! Functions of templates: what they take, and how they are called.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::value::{Certificate, List, Map, Text, Type, Value};
use crate::go::regex::{self, Regex};
use crate::go::semver::Version;
use crate::go::time::Time;
use crate::template::world::World;

/// Turns of loops, calls and nodes that one rendering may make.
const STEPS: u64 = 5_000_000;
/// Bytes that one rendering may put together, whether they are written or not.
const BYTES: usize = 128 << 20;
/// Items that one rendering may put into lists.
const ITEMS: usize = 20_000_000;

/// Why a function fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault(pub String);

impl From<String> for Fault {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Fault {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What a function gives.
pub(crate) type Answer = Result<Value, Fault>;

/// Functions that the engine itself carries out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// An ordinary function.
    None,
    /// Ends at the first argument that is false.
    And,
    /// Ends at the first argument that is true.
    Or,
}

/// A function.
pub(crate) struct Function {
    /// Its name.
    pub name: &'static str,
    /// Its parameters.
    pub takes: &'static [Type],
    /// What any further arguments are.
    pub rest: Option<Type>,
    /// Whether the engine carries it out.
    pub special: Special,
    /// What it does.
    pub run: fn(&Call<'_>) -> Answer,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A function with fixed parameters.
pub(crate) const fn fixed(
    name: &'static str,
    takes: &'static [Type],
    run: fn(&Call<'_>) -> Answer,
) -> Function {
    Function { name, takes, rest: None, special: Special::None, run }
}

/// A function with any number of further arguments.
pub(crate) const fn variadic(
    name: &'static str,
    takes: &'static [Type],
    rest: Type,
    run: fn(&Call<'_>) -> Answer,
) -> Function {
    Function { name, takes, rest: Some(rest), special: Special::None, run }
}

/// What one rendering has used up, and what it need not do twice.
#[derive(Default)]
pub(crate) struct Session {
    steps: Cell<u64>,
    bytes: Cell<usize>,
    items: Cell<usize>,
    regexes: RefCell<HashMap<Vec<u8>, Result<Regex, String>>>,
    written: RefCell<Vec<Rc<Map>>>,
}

impl Session {
    /// Counts steps.
    pub(crate) fn step(&self, steps: u64) -> Result<(), Fault> {
        let all = self.steps.get().saturating_add(steps);
        self.steps.set(all);
        if all > STEPS {
            return Err(format!("the template takes more than {STEPS} steps").into());
        }
        Ok(())
    }

    /// Counts bytes that are about to be put together.
    pub(crate) fn bytes(&self, bytes: usize) -> Result<(), Fault> {
        let all = self.bytes.get().saturating_add(bytes);
        self.bytes.set(all);
        if all > BYTES {
            return Err(format!("the template puts more than {} MiB of text together", BYTES >> 20).into());
        }
        Ok(())
    }

    /// Counts items that are about to be put into lists.
    pub(crate) fn items(&self, items: usize) -> Result<(), Fault> {
        let all = self.items.get().saturating_add(items);
        self.items.set(all);
        if all > ITEMS {
            return Err(format!("the template puts more than {ITEMS} items into lists").into());
        }
        Ok(())
    }

    /// A compiled expression, or Go's sentence why it is none.
    pub(crate) fn regex(&self, pattern: &[u8]) -> Result<Regex, String> {
        let mut known = self.regexes.borrow_mut();
        if known.len() > 256 {
            known.clear();
        }
        known.entry(pattern.to_vec()).or_insert_with(|| regex::compile(pattern)).clone()
    }

    /// Remembers a map that was written to: it may hold itself by now and is emptied at the end.
    pub(crate) fn wrote(&self, map: &Rc<Map>) {
        let mut written = self.written.borrow_mut();
        if !written.last().is_some_and(|last| Rc::ptr_eq(last, map)) {
            written.push(Rc::clone(map));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for map in self.written.get_mut().drain(..) {
            let entries = std::mem::take(&mut *map.entries.borrow_mut());
            drop(entries);
        }
    }
}

/// A call: arguments that fit the parameters, and what surrounds it.
pub(crate) struct Call<'a> {
    /// What a method is called on.
    pub receiver: Value,
    /// Arguments.
    pub arguments: Vec<Value>,
    /// The world outside.
    pub world: &'a World,
    /// What is used up.
    pub session: &'a Session,
}

impl Call<'_> {
    /// Argument `at`; nil when it was not given.
    pub(crate) fn value(&self, at: usize) -> &Value {
        self.arguments.get(at).unwrap_or(&Value::Nil)
    }

    /// Text argument `at`.
    pub(crate) fn text(&self, at: usize) -> &[u8] {
        match self.arguments.get(at) {
            Some(Value::Text(text)) => text,
            _ => b"",
        }
    }

    /// Text argument `at` without bytes that are no character.
    pub(crate) fn string(&self, at: usize) -> String {
        crate::go::utf8::lossy(self.text(at))
    }

    /// Whole number argument `at`.
    pub(crate) fn int(&self, at: usize) -> i64 {
        match self.arguments.get(at) {
            Some(Value::Int(_, number)) => *number,
            Some(Value::Uint(_, number)) => *number as i64,
            _ => 0,
        }
    }

    /// Unsigned number argument `at`.
    pub(crate) fn uint(&self, at: usize) -> u64 {
        match self.arguments.get(at) {
            Some(Value::Uint(_, number)) => *number,
            Some(Value::Int(_, number)) => *number as u64,
            _ => 0,
        }
    }

    /// Boolean argument `at`.
    pub(crate) fn bool(&self, at: usize) -> bool {
        matches!(self.arguments.get(at), Some(Value::Bool(true)))
    }

    /// Map argument `at`.
    pub(crate) fn map(&self, at: usize) -> Result<&Rc<Map>, Fault> {
        match self.arguments.get(at) {
            Some(Value::Map(map)) => Ok(map),
            _ => Err("a map is needed".into()),
        }
    }

    /// List argument `at`, if it is one.
    pub(crate) fn list(&self, at: usize) -> Option<&Rc<List>> {
        match self.arguments.get(at) {
            Some(Value::List(list)) => Some(list),
            _ => None,
        }
    }

    /// Time argument `at`.
    pub(crate) fn time(&self, at: usize) -> Time {
        match self.arguments.get(at) {
            Some(Value::Time(time)) => (**time).clone(),
            _ => Time::zero(),
        }
    }

    /// Version argument `at`.
    pub(crate) fn version(&self, at: usize) -> Result<Rc<Version>, Fault> {
        match self.arguments.get(at) {
            Some(Value::Version(version, _)) => Ok(Rc::clone(version)),
            _ => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        }
    }

    /// Certificate argument `at`.
    pub(crate) fn certificate(&self, at: usize) -> Certificate {
        match self.arguments.get(at) {
            Some(Value::Certificate(certificate)) => (**certificate).clone(),
            _ => Certificate { cert: Arc::from(Vec::new()), key: Arc::from(Vec::new()) },
        }
    }

    /// Gives a text, counted.
    pub(crate) fn give(&self, text: impl Into<Text>) -> Answer {
        let text = text.into();
        self.session.bytes(text.len())?;
        Ok(Value::Text(text))
    }

    /// Gives a list, counted.
    pub(crate) fn give_list(&self, items: Vec<Value>) -> Answer {
        self.session.items(items.len())?;
        Ok(Value::list(items))
    }

    /// Gives a list of texts, counted.
    pub(crate) fn give_texts(&self, texts: Vec<Vec<u8>>) -> Answer {
        self.session.items(texts.len())?;
        self.session.bytes(texts.iter().map(Vec::len).sum())?;
        Ok(Value::texts(texts))
    }
}
