//! Lists.

use std::rc::Rc;

use super::cast;
use super::choices::deep_equal;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed, variadic};
use crate::template::engine::value::{Element, List, Signed, Type, Value};

const I: Type = Type::Signed(Signed::Int);
const A: Type = Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    variadic("list", &[], A, |call| call.give_list(call.arguments.clone())),
    variadic("tuple", &[], A, |call| call.give_list(call.arguments.clone())),
    fixed("append", &[A, A], pushed),
    fixed("push", &[A, A], pushed),
    fixed("mustAppend", &[A, A], pushed),
    fixed("mustPush", &[A, A], pushed),
    fixed("prepend", &[A, A], prepended),
    fixed("mustPrepend", &[A, A], prepended),
    fixed("first", &[A], |call| {
        Ok(items(call, "Cannot find first on")?.first().cloned().unwrap_or(Value::Nil))
    }),
    fixed("mustFirst", &[A], |call| {
        Ok(items(call, "Cannot find first on")?.first().cloned().unwrap_or(Value::Nil))
    }),
    fixed("last", &[A], |call| Ok(items(call, "Cannot find last on")?.last().cloned().unwrap_or(Value::Nil))),
    fixed("mustLast", &[A], |call| {
        Ok(items(call, "Cannot find last on")?.last().cloned().unwrap_or(Value::Nil))
    }),
    fixed("rest", &[A], |call| part(call, "rest")),
    fixed("mustRest", &[A], |call| part(call, "rest")),
    fixed("initial", &[A], |call| part(call, "initial")),
    fixed("mustInitial", &[A], |call| part(call, "initial")),
    fixed("reverse", &[A], reversed),
    fixed("mustReverse", &[A], reversed),
    fixed("compact", &[A], compacted),
    fixed("mustCompact", &[A], compacted),
    fixed("uniq", &[A], unique),
    fixed("mustUniq", &[A], unique),
    variadic("without", &[A], A, without),
    variadic("mustWithout", &[A], A, without),
    fixed("has", &[A, A], has),
    fixed("mustHas", &[A, A], has),
    variadic("slice", &[A], A, sliced),
    variadic("mustSlice", &[A], A, sliced),
    variadic("concat", &[], A, concatenated),
    fixed("chunk", &[I, A], chunked),
    fixed("mustChunk", &[I, A], chunked),
    fixed("sortAlpha", &[A], sorted),
];

/// A list, or Go's complaint about anything else.
fn list<'a>(value: &'a Value, complaint: &str) -> Result<&'a Rc<List>, Fault> {
    match value {
        Value::List(list) => Ok(list),
        Value::Nil => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        other => Err(Fault(format!("{complaint} {}", other.kind_name()))),
    }
}

/// Items of the first argument.
fn items(call: &Call<'_>, complaint: &str) -> Result<Vec<Value>, Fault> {
    let list = list(call.value(0), &format!("{complaint} type"))?;
    let items = list.items.borrow();
    call.session.items(items.len())?;
    Ok(items.clone())
}

fn pushed(call: &Call<'_>) -> Answer {
    let mut items = items(call, "Cannot push on")?;
    items.push(call.value(1).clone());
    call.give_list(items)
}

fn prepended(call: &Call<'_>) -> Answer {
    let mut items = items(call, "Cannot prepend on")?;
    items.insert(0, call.value(1).clone());
    call.give_list(items)
}

/// All but the first, or all but the last; nothing of nothing.
fn part(call: &Call<'_>, which: &str) -> Answer {
    let mut items = items(call, &format!("Cannot find {which} on"))?;
    if items.is_empty() {
        return Ok(Value::nil_list(Element::Any));
    }
    let gone = if which == "rest" { 0 } else { items.len() - 1 };
    items.remove(gone);
    call.give_list(items)
}

fn reversed(call: &Call<'_>) -> Answer {
    let mut items = items(call, "Cannot find reverse on")?;
    items.reverse();
    call.give_list(items)
}

fn compacted(call: &Call<'_>) -> Answer {
    let mut items = items(call, "Cannot compact on")?;
    items.retain(Value::is_true);
    call.give_list(items)
}

/// Whether an item is among others; comparing is counted, because it adds up.
fn is_among(call: &Call<'_>, item: &Value, others: &[Value]) -> Result<bool, Fault> {
    call.session.step(others.len() as u64 / 16 + 1)?;
    for other in others {
        if deep_equal(call.session, item, other, 0)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unique(call: &Call<'_>) -> Answer {
    let mut kept: Vec<Value> = Vec::new();
    for item in items(call, "Cannot find uniq on")? {
        if !is_among(call, &item, &kept)? {
            kept.push(item);
        }
    }
    call.give_list(kept)
}

fn without(call: &Call<'_>) -> Answer {
    let mut kept = Vec::new();
    for item in items(call, "Cannot find without on")? {
        if !is_among(call, &item, &call.arguments[1..])? {
            kept.push(item);
        }
    }
    call.give_list(kept)
}

fn has(call: &Call<'_>) -> Answer {
    if matches!(call.value(1), Value::Nil) {
        return Ok(Value::Bool(false));
    }
    let haystack = list(call.value(1), "Cannot find has on type")?;
    let items = haystack.items.borrow().clone();
    Ok(Value::Bool(is_among(call, call.value(0), &items)?))
}

fn sliced(call: &Call<'_>) -> Answer {
    let list = list(call.value(0), "list should be type of slice or array but")?;
    let items = list.items.borrow();
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let bound = |at: usize, otherwise: i64| call.arguments.get(at).map_or(otherwise, cast::int);
    let (start, end) = (bound(1, 0), bound(2, items.len() as i64));
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| items.get(start..end));
    let part = part.ok_or("reflect.Value.Slice: slice index out of bounds")?.to_vec();
    call.session.items(part.len())?;
    Ok(Value::list_of(list.element, part))
}

fn concatenated(call: &Call<'_>) -> Answer {
    let mut all = Vec::new();
    for value in &call.arguments {
        let list = match value {
            Value::List(list) => list,
            Value::Nil => {
                return Err("runtime error: invalid memory address or nil pointer dereference".into());
            }
            other => return Err(Fault(format!("Cannot concat type {} as list", other.kind_name()))),
        };
        let items = list.items.borrow();
        call.session.items(items.len())?;
        all.extend(items.iter().cloned());
    }
    Ok(if all.is_empty() { Value::nil_list(Element::Any) } else { Value::list(all) })
}

fn chunked(call: &Call<'_>) -> Answer {
    let size = call.int(0);
    let list = list(call.value(1), "Cannot chunk type")?;
    let items = list.items.borrow();
    call.session.items(items.len())?;
    // A negative size beyond the list's length makes no chunks, as the quotient rounds up to nothing.
    let none = size < 0 && items.len() < usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX);
    let size = if none { 1 } else { usize::try_from(size).unwrap_or(0) };
    if size == 0 {
        return Err("runtime error: makeslice: len out of range".into());
    }
    let items = if none { &[] } else { items.as_slice() };
    let chunks = items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(Value::list_of(Element::List, chunks))
}

/// Lists of texts are sorted where they are, as in Go; others are copied.
fn sorted(call: &Call<'_>) -> Answer {
    let Value::List(list) = call.value(0) else {
        return call.give_texts(vec![cast::text(call.value(0))?.into_owned()]);
    };
    if list.element == Element::Text {
        list.items.borrow_mut().sort_by(|one, other| match (one, other) {
            (Value::Text(one), Value::Text(other)) => one.cmp(other),
            _ => std::cmp::Ordering::Equal,
        });
        return Ok(call.value(0).clone());
    }
    let mut texts = cast::texts(call.value(0))?;
    texts.sort();
    call.give_texts(texts)
}
