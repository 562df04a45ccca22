//! Values of templates, with the Go types that templates can tell apart.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::go::semver::Version;
use crate::go::time::{Time, Zone};

/// A text: bytes, as in Go.
pub(crate) type Text = Arc<[u8]>;

/// Kinds of signed whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `time.Duration`.
    Duration,
    /// `time.Month`.
    Month,
    /// `time.Weekday`.
    Weekday,
}

/// Kinds of unsigned whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// `uint8`.
    Byte,
    /// `uint64`.
    Long,
}

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    /// Anything.
    Any,
    /// Texts.
    Text,
    /// `int`s.
    Int,
    /// Lists of anything.
    List,
}

/// A list; shared, as Go's slices are.
#[derive(Debug)]
pub(crate) struct List {
    /// What it holds.
    pub element: Element,
    /// Go's nil slice, which JSON shows as null.
    pub is_nil: bool,
    /// Its items.
    pub items: RefCell<Vec<Value>>,
}

/// A map; shared, as Go's maps are.
#[derive(Debug)]
pub(crate) struct Map {
    /// Whether it holds texts alone.
    pub texts: bool,
    /// Go's nil map, which cannot be written to.
    pub is_nil: bool,
    /// Its entries, in the order in which Go prints them.
    pub entries: RefCell<BTreeMap<Text, Value>>,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// Certificate in PEM.
    pub cert: Text,
    /// Key in PEM.
    pub key: Text,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Nothing.
    Nil,
    /// A boolean.
    Bool(bool),
    /// A signed whole number.
    Int(Signed, i64),
    /// An unsigned whole number.
    Uint(Unsigned, u64),
    /// A number with a fraction.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A text.
    Text(Text),
    /// A list.
    List(Rc<List>),
    /// A map.
    Map(Rc<Map>),
    /// A time.
    Time(Rc<Time>),
    /// A zone.
    Zone(Rc<Zone>),
    /// A version; behind a pointer, as `semver` gives it, or not, as its methods do.
    Version(Rc<Version>, bool),
    /// A certificate.
    Certificate(Rc<Certificate>),
}

/// Go types of parameters and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// `interface {}`.
    Any,
    /// A parameter of template/text itself, which takes anything as it is.
    Reflect,
    /// `bool`.
    Bool,
    /// A signed number.
    Signed(Signed),
    /// An unsigned number.
    Unsigned(Unsigned),
    /// `uint32`, which only parameters have.
    Uint32,
    /// `float64`.
    Float,
    /// `complex128`.
    Complex,
    /// `string`.
    Text,
    /// A slice.
    List(Element),
    /// A map; whether of texts.
    Map(bool),
    /// `time.Time`.
    Time,
    /// `*time.Location`.
    Zone,
    /// `*semver.Version` or `semver.Version`.
    Version(bool),
    /// sprig's certificate.
    Certificate,
}

impl Type {
    /// The type's name in Go.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Reflect => "reflect.Value",
            Self::Bool => "bool",
            Self::Signed(Signed::Int) => "int",
            Self::Signed(Signed::Int64) => "int64",
            Self::Signed(Signed::Duration) => "time.Duration",
            Self::Signed(Signed::Month) => "time.Month",
            Self::Signed(Signed::Weekday) => "time.Weekday",
            Self::Unsigned(Unsigned::Byte) => "uint8",
            Self::Unsigned(Unsigned::Long) => "uint64",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::Complex => "complex128",
            Self::Text => "string",
            Self::List(Element::Any) => "[]interface {}",
            Self::List(Element::Text) => "[]string",
            Self::List(Element::Int) => "[]int",
            Self::List(Element::List) => "[][]interface {}",
            Self::Map(false) => "map[string]interface {}",
            Self::Map(true) => "map[string]string",
            Self::Time => "time.Time",
            Self::Zone => "*time.Location",
            Self::Version(true) => "*semver.Version",
            Self::Version(false) => "semver.Version",
            Self::Certificate => "sprig.certificate",
        }
    }

    /// The kind's name in Go.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Signed(Signed::Duration | Signed::Int64) => "int64",
            Self::Signed(_) => "int",
            Self::Any => "interface",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Reflect | Self::Time | Self::Certificate | Self::Version(false) => "struct",
            Self::Zone | Self::Version(true) => "ptr",
            _ => self.name(),
        }
    }

    /// Whether nil may stand for a value of it.
    pub(crate) fn can_be_nil(self) -> bool {
        matches!(
            self,
            Self::Any | Self::Reflect | Self::List(_) | Self::Map(_) | Self::Zone | Self::Version(true)
        )
    }

    /// Go's nil of the type.
    pub(crate) fn nil(self) -> Value {
        match self {
            Self::List(element) => Value::nil_list(element),
            Self::Map(texts) => Value::Map(Rc::new(Map { texts, is_nil: true, entries: RefCell::default() })),
            _ => Value::Nil,
        }
    }
}

impl Value {
    /// A text.
    pub(crate) fn text(text: impl AsRef<[u8]>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// An `int`.
    pub(crate) fn int(number: i64) -> Self {
        Self::Int(Signed::Int, number)
    }

    /// An `int64`.
    pub(crate) fn int64(number: i64) -> Self {
        Self::Int(Signed::Int64, number)
    }

    /// A list of anything.
    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::list_of(Element::Any, items)
    }

    /// A list of one kind.
    pub(crate) fn list_of(element: Element, items: Vec<Self>) -> Self {
        Self::List(Rc::new(List { element, is_nil: false, items: RefCell::new(items) }))
    }

    /// A nil list.
    pub(crate) fn nil_list(element: Element) -> Self {
        Self::List(Rc::new(List { element, is_nil: true, items: RefCell::default() }))
    }

    /// A list of texts.
    pub(crate) fn texts<T: AsRef<[u8]>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::list_of(Element::Text, texts.into_iter().map(Self::text).collect())
    }

    /// A map of anything.
    pub(crate) fn map(entries: BTreeMap<Text, Self>) -> Self {
        Self::Map(Rc::new(Map { texts: false, is_nil: false, entries: RefCell::new(entries) }))
    }

    /// A time.
    pub(crate) fn time(time: Time) -> Self {
        Self::Time(Rc::new(time))
    }

    /// Its type; `None` for nil.
    pub(crate) fn kind(&self) -> Option<Type> {
        Some(match self {
            Self::Nil => return None,
            Self::Bool(_) => Type::Bool,
            Self::Int(signed, _) => Type::Signed(*signed),
            Self::Uint(unsigned, _) => Type::Unsigned(*unsigned),
            Self::Float(_) => Type::Float,
            Self::Complex(..) => Type::Complex,
            Self::Text(_) => Type::Text,
            Self::List(list) => Type::List(list.element),
            Self::Map(map) => Type::Map(map.texts),
            Self::Time(_) => Type::Time,
            Self::Zone(_) => Type::Zone,
            Self::Version(_, pointer) => Type::Version(*pointer),
            Self::Certificate(_) => Type::Certificate,
        })
    }

    /// The name of its type, as `%T` shows it.
    pub(crate) fn type_name(&self) -> &'static str {
        self.kind().map_or("<nil>", Type::name)
    }

    /// The name of its kind.
    pub(crate) fn kind_name(&self) -> &'static str {
        self.kind().map_or("invalid", Type::kind)
    }

    /// Whether `if` takes it.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(yes) => *yes,
            Self::Int(_, number) => *number != 0,
            Self::Uint(_, number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.items.borrow().is_empty(),
            Self::Map(map) => !map.entries.borrow().is_empty(),
            Self::Time(_) | Self::Zone(_) | Self::Version(..) | Self::Certificate(_) => true,
        }
    }

    /// Whether it is nil, or a nil list or map.
    pub(crate) fn is_nil(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::List(list) => list.is_nil,
            Self::Map(map) => map.is_nil,
            _ => false,
        }
    }
}

thread_local! {
    /// What is being taken apart, so that deep values need no deep stack.
    static FALLING: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    static IS_FALLING: Cell<bool> = const { Cell::new(false) };
}

/// Takes values apart one after the other.
fn take_apart(parts: impl IntoIterator<Item = Value>) {
    let holds_more = |value: &Value| matches!(value, Value::List(_) | Value::Map(_));
    let mut parts = parts.into_iter().filter(holds_more).peekable();
    if parts.peek().is_none() {
        return;
    }
    let queued = FALLING.try_with(|falling| falling.borrow_mut().extend(parts)).is_ok();
    if !queued || IS_FALLING.try_with(|flag| flag.replace(true)).unwrap_or(true) {
        return;
    }
    while let Ok(Some(next)) = FALLING.try_with(|falling| falling.borrow_mut().pop()) {
        drop(next);
    }
    let _ = IS_FALLING.try_with(|flag| flag.set(false));
}

impl Drop for List {
    fn drop(&mut self) {
        take_apart(std::mem::take(self.items.get_mut()));
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        take_apart(std::mem::take(self.entries.get_mut()).into_values());
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn a_deep_value_falls_without_a_deep_stack() {
        let mut value = Value::Nil;
        for _ in 0..500_000 {
            value = Value::list(vec![value]);
        }
        drop(value);
    }

    #[test]
    fn values_know_their_go_types() {
        assert_eq!((Value::Nil.type_name(), Value::Nil.kind_name()), ("<nil>", "invalid"));
        assert_eq!(Value::list(Vec::new()).type_name(), "[]interface {}");
        assert_eq!(Value::int64(1).kind_name(), "int64");
    }
}
