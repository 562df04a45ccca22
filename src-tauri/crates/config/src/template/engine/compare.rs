//! Comparison by kind: whole numbers with whole numbers, texts with texts, nothing across.

use std::cmp::Ordering;
use std::rc::Rc;

use super::function::Fault;
use super::print::shown;
use super::value::Value;
use crate::go::utf8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Bool,
    Complex,
    Int,
    Float,
    Text,
    Uint,
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(..) => Kind::Int,
        Value::Uint(..) => Kind::Uint,
        Value::Float(_) => Kind::Float,
        Value::Complex(..) => Kind::Complex,
        Value::Text(_) => Kind::Text,
        _ => Kind::None,
    }
}

fn incompatible(one: &Value, other: &Value) -> Fault {
    let (one, other) = (one.type_name(), other.type_name());
    Fault(format!("incompatible types for comparison: {one} and {other}"))
}

/// Whether `one` equals any of `others`.
pub(super) fn equals_any(one: &Value, others: &[Value]) -> Result<bool, Fault> {
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equals(one, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[allow(clippy::float_cmp, reason = "it is what the language asks for")]
pub(super) fn equals(one: &Value, other: &Value) -> Result<bool, Fault> {
    Ok(match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Int(_, one), Value::Int(_, other)) => one == other,
        (Value::Uint(_, one), Value::Uint(_, other)) => one == other,
        (Value::Int(_, int), Value::Uint(_, uint)) | (Value::Uint(_, uint), Value::Int(_, int)) => {
            u64::try_from(*int).is_ok_and(|int| int == *uint)
        }
        (Value::Float(one), Value::Float(other)) => one == other,
        (Value::Complex(..), Value::Complex(..)) => same(one, other),
        (Value::Text(one), Value::Text(other)) => one == other,
        _ if kind(one) != kind(other) => {
            if !matches!(one, Value::Nil) && !matches!(other, Value::Nil) {
                return Err(incompatible(one, other));
            }
            false
        }
        _ => return others_equal(one, other),
    })
}

/// Whether values of no basic kind are the same.
fn others_equal(one: &Value, other: &Value) -> Result<bool, Fault> {
    let any_nil = matches!(one, Value::Nil) || matches!(other, Value::Nil);
    if !any_nil && one.kind_name() != other.kind_name() {
        let (one_text, other_text) = (utf8::lossy(&shown(one)?), utf8::lossy(&shown(other)?));
        return Err(Fault(format!(
            "non-comparable types {one_text}: {}, {}: {other_text}",
            one.type_name(),
            other.type_name()
        )));
    }
    if one.is_nil() || other.is_nil() {
        return Ok(one.is_nil() == other.is_nil());
    }
    if matches!(other, Value::List(_) | Value::Map(_)) {
        let text = utf8::lossy(&shown(other)?);
        return Err(Fault(format!("non-comparable type {text}: {}", other.type_name())));
    }
    Ok(same(one, other))
}

/// Go's `==` on two interfaces.
#[allow(clippy::float_cmp, reason = "it is what the language asks for")]
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Complex(one, ones), Value::Complex(other, others)) => one == other && ones == others,
        (Value::Time(one), Value::Time(other)) => one == other,
        (Value::Zone(one), Value::Zone(other)) => one == other,
        (Value::Certificate(one), Value::Certificate(other)) => one == other,
        (Value::Version(one, true), Value::Version(other, true)) => Rc::ptr_eq(one, other),
        (Value::Version(one, false), Value::Version(other, false)) => one == other,
        _ => false,
    }
}

/// The order of two values; `None` when one is no number.
pub(super) fn order(one: &Value, other: &Value) -> Result<Option<Ordering>, Fault> {
    let bad = || Fault("invalid type for comparison".to_owned());
    if kind(one) == Kind::None || kind(other) == Kind::None {
        return Err(bad());
    }
    Ok(match (one, other) {
        (Value::Int(_, one), Value::Int(_, other)) => Some(one.cmp(other)),
        (Value::Uint(_, one), Value::Uint(_, other)) => Some(one.cmp(other)),
        (Value::Int(_, one), Value::Uint(_, other)) => Some(i128::from(*one).cmp(&i128::from(*other))),
        (Value::Uint(_, one), Value::Int(_, other)) => Some(i128::from(*one).cmp(&i128::from(*other))),
        (Value::Float(one), Value::Float(other)) => one.partial_cmp(other),
        (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
        _ if kind(one) == kind(other) => return Err(bad()),
        _ => return Err(incompatible(one, other)),
    })
}
