//! Defaults, choices and questions about types.

use std::rc::Rc;

use crate::template::engine::function::{Answer, Call, Fault, Function, Session, fixed, variadic};
use crate::template::engine::value::{Type, Value};

const S: Type = Type::Text;
const A: Type = Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    variadic("default", &[A], A, |call| {
        let given = call.arguments.get(1).filter(|value| value.is_true());
        Ok(given.unwrap_or(call.value(0)).clone())
    }),
    fixed("empty", &[A], |call| Ok(Value::Bool(!call.value(0).is_true()))),
    variadic("coalesce", &[], A, |call| {
        Ok(call.arguments.iter().find(|value| value.is_true()).cloned().unwrap_or(Value::Nil))
    }),
    variadic("all", &[], A, |call| Ok(Value::Bool(call.arguments.iter().all(Value::is_true)))),
    variadic("any", &[], A, |call| Ok(Value::Bool(call.arguments.iter().any(Value::is_true)))),
    fixed("ternary", &[A, A, Type::Bool], |call| Ok(call.value(usize::from(!call.bool(2))).clone())),
    fixed("fail", &[S], |call| Err(Fault(call.string(0)))),
    fixed("typeOf", &[A], |call| Ok(Value::text(call.value(0).type_name()))),
    fixed("typeIs", &[S, A], |call| Ok(Value::Bool(call.text(0) == call.value(1).type_name().as_bytes()))),
    fixed("typeIsLike", &[S, A], |call| {
        let (wanted, found) = (call.text(0), call.value(1).type_name().as_bytes());
        Ok(Value::Bool(wanted == found || found.strip_prefix(b"*") == Some(wanted)))
    }),
    fixed("kindOf", &[A], |call| Ok(Value::text(call.value(0).kind_name()))),
    fixed("kindIs", &[S, A], |call| Ok(Value::Bool(call.text(0) == call.value(1).kind_name().as_bytes()))),
    fixed("deepEqual", &[A, A], equal),
];

fn equal(call: &Call<'_>) -> Answer {
    Ok(Value::Bool(deep_equal(call.session, call.value(0), call.value(1), 0)?))
}

/// Go's `DeepEqual`: the same types all the way down.
#[allow(clippy::float_cmp, reason = "it is what the language asks for")]
pub(super) fn deep_equal(session: &Session, one: &Value, other: &Value, depth: usize) -> Result<bool, Fault> {
    if depth > 5_000 {
        return Err("the value holds itself, or too many lists within each other".into());
    }
    if one.kind() != other.kind() {
        return Ok(false);
    }
    let deeper = |one: &Value, other: &Value| {
        session.step(1)?;
        stacker::maybe_grow(64 << 10, 1 << 20, || deep_equal(session, one, other, depth + 1))
    };
    Ok(match (one, other) {
        (Value::Nil, _) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Int(_, one), Value::Int(_, other)) => one == other,
        (Value::Uint(_, one), Value::Uint(_, other)) => one == other,
        (Value::Float(one), Value::Float(other)) => one == other,
        (Value::Complex(one, ones), Value::Complex(other, others)) => one == other && ones == others,
        (Value::Text(one), Value::Text(other)) => one == other,
        (Value::List(one), Value::List(other)) => {
            if Rc::ptr_eq(one, other) {
                return Ok(true);
            }
            let (ones, others) = (one.items.borrow(), other.items.borrow());
            if one.is_nil != other.is_nil || ones.len() != others.len() {
                return Ok(false);
            }
            for (one, other) in ones.iter().zip(others.iter()) {
                if !deeper(one, other)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Map(one), Value::Map(other)) => {
            if Rc::ptr_eq(one, other) {
                return Ok(true);
            }
            let (ones, others) = (one.entries.borrow(), other.entries.borrow());
            if one.is_nil != other.is_nil || ones.len() != others.len() {
                return Ok(false);
            }
            for ((key, one), (other_key, other)) in ones.iter().zip(others.iter()) {
                if key != other_key || !deeper(one, other)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Time(one), Value::Time(other)) => one == other,
        (Value::Zone(one), Value::Zone(other)) => one == other,
        (Value::Version(one, _), Value::Version(other, _)) => one == other,
        (Value::Certificate(one), Value::Certificate(other)) => one == other,
        _ => false,
    })
}
