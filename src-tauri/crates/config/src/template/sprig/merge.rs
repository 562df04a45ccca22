//! Merging and copying of maps, by the rules of the libraries that sprig uses.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::template::engine::function::{Answer, Fault, Session};
use crate::template::engine::value::{Map, Value};

/// Maps within maps.
const NESTING: usize = 5_000;

fn too_deep() -> Fault {
    "the value holds itself, or too many maps within each other".into()
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::List(_))
}

/// Merges `from` into `into`. Without `overwrites` only what is missing or empty is filled in.
pub(super) fn merge(
    session: &Session,
    into: &Rc<Map>,
    from: &Rc<Map>,
    overwrites: bool,
    depth: usize,
) -> Result<(), Fault> {
    if depth > NESTING {
        return Err(too_deep());
    }
    if Rc::ptr_eq(into, from) {
        return Ok(());
    }
    session.wrote(into);
    let entries: Vec<_> =
        from.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    session.items(entries.len())?;
    let was_empty = into.entries.borrow().is_empty();
    let put = |key: &crate::template::engine::value::Text, value: &Value| {
        let before = into.entries.borrow_mut().insert(key.clone(), value.clone());
        drop(before);
    };
    for (key, value) in &entries {
        let held = into.entries.borrow().get(key).cloned();
        if value.is_nil() && matches!(value, Value::Nil) {
            if overwrites {
                put(key, value);
            }
            continue;
        }
        if let (Value::Map(more), Some(Value::Map(inner))) = (value, &held) {
            stacker::maybe_grow(64 << 10, 1 << 20, || merge(session, inner, more, overwrites, depth + 1))?;
        }
        if is_list(value) && (overwrites || was_empty) {
            put(key, value);
        }
        let is_filled = held.as_ref().is_some_and(|held| !is_empty(held));
        let both_maps = matches!((value, &held), (Value::Map(_), Some(Value::Map(_))));
        if is_filled && (is_list(value) || both_maps) {
            continue;
        }
        if overwrites || !is_filled {
            put(key, value);
        }
    }
    Ok(())
}

/// What the library takes for nothing. Complex numbers and structs never are.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Complex(..) | Value::Time(_) | Value::Zone(_) | Value::Version(..) | Value::Certificate(_) => {
            false
        }
        other => !other.is_true(),
    }
}

/// A copy that shares nothing.
pub(super) fn copied(session: &Session, value: &Value, depth: usize) -> Answer {
    if depth > NESTING {
        return Err(too_deep());
    }
    let deeper = |value: &Value| stacker::maybe_grow(64 << 10, 1 << 20, || copied(session, value, depth + 1));
    Ok(match value {
        Value::List(list) if !list.is_nil => {
            let items = list.items.borrow();
            session.items(items.len())?;
            Value::list_of(list.element, items.iter().map(deeper).collect::<Result<_, _>>()?)
        }
        Value::Map(map) if !map.is_nil => {
            let entries = map.entries.borrow();
            session.items(entries.len())?;
            let copies = entries.iter().map(|(key, value)| Ok((key.clone(), deeper(value)?)));
            let copies: BTreeMap<_, _> = copies.collect::<Result<_, Fault>>()?;
            Value::Map(Rc::new(Map { texts: map.texts, is_nil: false, entries: copies.into() }))
        }
        // The library cannot see into a version, so its copy is a new one.
        Value::Version(_, pointer) => Value::Version(Rc::default(), *pointer),
        other => other.clone(),
    })
}
