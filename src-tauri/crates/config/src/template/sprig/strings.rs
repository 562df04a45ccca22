//! Texts: trimming, cutting, joining, quoting.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::cast;
use crate::go::{quote, text};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed, variadic};
use crate::template::engine::value::{Map, Signed, Type, Value};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);
const A: Type = Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("hello", &[], |call| call.give(*b"Hello!")),
    fixed("trim", &[S], |call| call.give(text::trim_space(call.text(0)))),
    fixed("upper", &[S], |call| call.give(text::upper(call.text(0)))),
    fixed("lower", &[S], |call| call.give(text::lower(call.text(0)))),
    fixed("title", &[S], |call| call.give(text::title(call.text(0)))),
    fixed("trimall", &[S, S], |call| call.give(text::trim_set(call.text(1), call.text(0)))),
    fixed("trimAll", &[S, S], |call| call.give(text::trim_set(call.text(1), call.text(0)))),
    fixed("trimSuffix", &[S, S], |call| {
        call.give(call.text(1).strip_suffix(call.text(0)).unwrap_or(call.text(1)))
    }),
    fixed("trimPrefix", &[S, S], |call| {
        call.give(call.text(1).strip_prefix(call.text(0)).unwrap_or(call.text(1)))
    }),
    fixed("substr", &[I, I, S], substring),
    fixed("repeat", &[I, S], |call| repeated(call, call.int(0), call.text(1))),
    fixed("trunc", &[I, S], truncated),
    fixed("contains", &[S, S], |call| Ok(Value::Bool(text::find(call.text(1), call.text(0)).is_some()))),
    fixed("hasPrefix", &[S, S], |call| Ok(Value::Bool(call.text(1).starts_with(call.text(0))))),
    fixed("hasSuffix", &[S, S], |call| Ok(Value::Bool(call.text(1).ends_with(call.text(0))))),
    variadic("quote", &[], A, |call| wrapped(call, quote::quoted)),
    variadic("squote", &[], A, |call| wrapped(call, |text| [b"'", text, b"'"].concat())),
    variadic("cat", &[], A, |call| wrapped(call, <[u8]>::to_vec)),
    fixed("indent", &[I, S], |call| call.give(indented(call)?)),
    fixed("nindent", &[I, S], |call| {
        let mut out = b"\n".to_vec();
        out.extend(indented(call)?);
        call.give(out)
    }),
    fixed("replace", &[S, S, S], |call| {
        let (old, new, whole) = (call.text(0), call.text(1), call.text(2));
        call.session.bytes(text::count(whole, old).saturating_mul(new.len()))?;
        call.give(text::replace(whole, old, new))
    }),
    fixed("plural", &[S, S, I], |call| call.give(call.text(usize::from(call.int(2) != 1)))),
    fixed("toString", &[A], |call| call.give(cast::text(call.value(0))?.into_owned())),
    fixed("toStrings", &[A], |call| match call.value(0) {
        list @ Value::List(items) if items.element == crate::template::engine::value::Element::Text => {
            Ok(list.clone())
        }
        other => call.give_texts(cast::texts(other)?),
    }),
    fixed("join", &[S, A], |call| {
        let texts = cast::texts(call.value(1))?;
        let size = texts.iter().map(Vec::len).sum::<usize>() + call.text(0).len() * texts.len();
        call.session.bytes(size)?;
        call.give(texts.join(call.text(0)))
    }),
    fixed("split", &[S, S], |call| numbered(call, text::split(call.text(1), call.text(0), -1))),
    fixed("splitn", &[S, I, S], |call| numbered(call, text::split(call.text(2), call.text(0), call.int(1)))),
    fixed("splitList", &[S, S], |call| call.give_texts(text::split(call.text(1), call.text(0), -1))),
];

/// Values that are not nil, each wrapped, with spaces between.
fn wrapped(call: &Call<'_>, wrap: impl Fn(&[u8]) -> Vec<u8>) -> Answer {
    let values = call.arguments.iter().filter(|value| !matches!(value, Value::Nil));
    let texts = values.map(|value| Ok(wrap(&cast::text(value)?))).collect::<Result<Vec<_>, Fault>>()?;
    call.give(texts.join(&b' '))
}

pub(super) fn repeated(call: &Call<'_>, count: i64, text: &[u8]) -> Answer {
    let count = usize::try_from(count).map_err(|_| Fault::from("strings: negative Repeat count"))?;
    call.session.bytes(text.len().saturating_mul(count))?;
    Ok(Value::text(text.repeat(if text.is_empty() { 0 } else { count })))
}

fn indented(call: &Call<'_>) -> Result<Vec<u8>, Fault> {
    let text = call.text(1);
    let spaces = usize::try_from(call.int(0)).map_err(|_| Fault::from("strings: negative Repeat count"))?;
    let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
    call.session.bytes(spaces.saturating_mul(lines))?;
    let pad = vec![b' '; spaces];
    let mut out = pad.clone();
    for byte in text {
        out.push(*byte);
        if *byte == b'\n' {
            out.extend_from_slice(&pad);
        }
    }
    Ok(out)
}

fn truncated(call: &Call<'_>) -> Answer {
    let (count, text) = (call.int(0), call.text(1));
    let length = text.len() as i64;
    if count < 0 && length.saturating_add(count) > 0 {
        return call.give(&text[(length + count) as usize..]);
    }
    let end = if count >= 0 { length.min(count) } else { length };
    call.give(&text[..end as usize])
}

fn substring(call: &Call<'_>) -> Answer {
    let (start, end, text) = (call.int(0), call.int(1), call.text(2));
    let length = text.len() as i64;
    let (from, to) = if start < 0 {
        (0, end)
    } else if end < 0 || end > length {
        (start, length)
    } else {
        (start, end)
    };
    match (usize::try_from(from), usize::try_from(to)) {
        (Ok(from), Ok(to)) if from <= to && to <= text.len() => call.give(&text[from..to]),
        _ => Err(Fault(format!("runtime error: slice bounds out of range [{from}:{to}]"))),
    }
}

/// `_0`, `_1` and so on.
fn numbered(call: &Call<'_>, parts: Vec<Vec<u8>>) -> Answer {
    call.session.items(parts.len())?;
    let entries: BTreeMap<_, _> = parts
        .into_iter()
        .enumerate()
        .map(|(at, part)| (format!("_{at}").into_bytes().into(), Value::text(part)))
        .collect();
    Ok(Value::Map(Rc::new(Map { texts: true, is_nil: false, entries: entries.into() })))
}
