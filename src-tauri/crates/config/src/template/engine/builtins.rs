//! The functions of the language itself.

use std::cmp::Ordering;

use super::compare::{equals, equals_any, order};
use super::function::{Answer, Call, Fault, Function, Special, fixed, variadic};
use super::print::{Printer, shown};
use super::printf::printf;
use super::value::{Type, Unsigned, Value};
use crate::go::url::{Mode, escape};
use crate::go::{unicode, utf8};

const R: Type = Type::Reflect;

/// All of them. sprig's `slice` takes the place of the language's own.
pub(crate) static BUILTINS: &[Function] = &[
    Function { name: "and", takes: &[R], rest: Some(R), special: Special::And, run: |_| Ok(Value::Nil) },
    Function { name: "or", takes: &[R], rest: Some(R), special: Special::Or, run: |_| Ok(Value::Nil) },
    variadic("call", &[R], R, |call| match call.value(0) {
        Value::Nil => Err("call of nil".into()),
        other => Err(Fault(format!("non-function of type {}", other.type_name()))),
    }),
    variadic("html", &[], Type::Any, |call| call.give(html(&escapable(call)?))),
    variadic("index", &[R], R, index),
    variadic("js", &[], Type::Any, |call| call.give(js(&escapable(call)?))),
    fixed("len", &[R], |call| match call.value(0) {
        Value::Text(text) => Ok(Value::int(text.len() as i64)),
        Value::List(list) => Ok(Value::int(list.items.borrow().len() as i64)),
        Value::Map(map) => Ok(Value::int(map.entries.borrow().len() as i64)),
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        other => Err(Fault(format!("len of type {}", other.type_name()))),
    }),
    fixed("not", &[R], |call| Ok(Value::Bool(!call.value(0).is_true()))),
    variadic("print", &[], Type::Any, |call| call.give(joined(&call.arguments)?)),
    variadic("printf", &[Type::Text], Type::Any, |call| {
        call.give(printf(call.text(0), &call.arguments[1..])?)
    }),
    variadic("println", &[], Type::Any, |call| {
        let mut printer = Printer::new();
        printer.println(&call.arguments);
        call.give(printer.finish()?)
    }),
    variadic("urlquery", &[], Type::Any, |call| call.give(escape(&escapable(call)?, Mode::Query))),
    variadic("eq", &[R], R, |call| Ok(Value::Bool(equals_any(call.value(0), &call.arguments[1..])?))),
    fixed("ne", &[R, R], |call| Ok(Value::Bool(!equals(call.value(0), call.value(1))?))),
    fixed("lt", &[R, R], |call| compared(call, |order| order == Some(Ordering::Less))),
    fixed("le", &[R, R], |call| compared(call, is_at_most)),
    // What cannot be ordered is greater, because Go asks for the opposite.
    fixed("gt", &[R, R], |call| compared(call, |order| !is_at_most(order))),
    fixed("ge", &[R, R], |call| compared(call, |order| order != Some(Ordering::Less))),
];

fn is_at_most(order: Option<Ordering>) -> bool {
    matches!(order, Some(Ordering::Less | Ordering::Equal))
}

fn compared(call: &Call<'_>, holds: fn(Option<Ordering>) -> bool) -> Answer {
    Ok(Value::Bool(holds(order(call.value(0), call.value(1))?)))
}

/// All arguments as one text.
fn joined(arguments: &[Value]) -> Result<Vec<u8>, Fault> {
    if let [one] = arguments {
        return shown(one);
    }
    let mut printer = Printer::new();
    printer.print(arguments);
    printer.finish()
}

/// The same for what escapes: nothing is said in words.
fn escapable(call: &Call<'_>) -> Result<Vec<u8>, Fault> {
    let mut arguments = call.arguments.clone();
    for argument in arguments.iter_mut().filter(|argument| matches!(argument, Value::Nil)) {
        *argument = Value::text("<no value>");
    }
    joined(&arguments)
}

fn index(call: &Call<'_>) -> Answer {
    let mut item = call.value(0).clone();
    if matches!(item, Value::Nil) {
        return Err("index of untyped nil".into());
    }
    for index in &call.arguments[1..] {
        item = match &item {
            Value::List(list) => {
                let items = list.items.borrow();
                let at = position(index, items.len())?;
                items.get(at).cloned().ok_or("reflect: slice index out of range")?
            }
            Value::Text(text) => {
                let at = position(index, text.len())?;
                let byte = *text.get(at).ok_or("reflect: string index out of range")?;
                Value::Uint(Unsigned::Byte, u64::from(byte))
            }
            Value::Map(map) => match index {
                Value::Text(key) => match map.entries.borrow().get(key) {
                    Some(found) => found.clone(),
                    None if map.texts => Value::text(""),
                    None => Value::Nil,
                },
                Value::Nil => return Err("value is nil; should be of type string".into()),
                other => {
                    return Err(Fault(format!("value has type {}; should be string", other.type_name())));
                }
            },
            Value::Nil => return Err("index of nil pointer".into()),
            other => return Err(Fault(format!("can't index item of type {}", other.type_name()))),
        };
    }
    Ok(item)
}

fn position(index: &Value, length: usize) -> Result<usize, Fault> {
    let number = match index {
        Value::Int(_, number) => *number,
        Value::Uint(_, number) => *number as i64,
        Value::Nil => return Err("cannot index slice/array with nil".into()),
        other => return Err(Fault(format!("cannot index slice/array with type {}", other.type_name()))),
    };
    match usize::try_from(number) {
        Ok(at) if at <= length => Ok(at),
        _ => Err(Fault(format!("index out of range: {number}"))),
    }
}

fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            0 => out.extend("\u{fffd}".as_bytes()),
            b'"' => out.extend(b"&#34;"),
            b'\'' => out.extend(b"&#39;"),
            b'&' => out.extend(b"&amp;"),
            b'<' => out.extend(b"&lt;"),
            b'>' => out.extend(b"&gt;"),
            _ => out.push(*byte),
        }
    }
    out
}

fn js(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, character) in utf8::chars(text) {
        let code = u32::from(character);
        match character {
            '\\' | '\'' | '"' => out.extend([b'\\', code as u8]),
            '<' | '>' | '&' | '=' => out.extend(format!("\\u{code:04X}").into_bytes()),
            _ if code < 0x20 => out.extend(format!("\\u{code:04X}").into_bytes()),
            _ if code < 0x80 => out.push(code as u8),
            _ if unicode::is_print(character) => {
                let width = utf8::decode(&text[at..]).1;
                out.extend_from_slice(&text[at..at + width]);
            }
            _ => out.extend(format!("\\u{code:04X}").into_bytes()),
        }
    }
    out
}
