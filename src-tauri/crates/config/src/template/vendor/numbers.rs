//! Arithmetic whose kind the first operand decides, and numbers read from text.

use crate::go::{float, number};
use crate::template::engine::function::{Answer, Call, Function, fixed, variadic};
use crate::template::engine::value::{Signed, Type, Unsigned, Value};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);
const A: Type = Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("Add", &[A, A], |call| calculated(call, &ADD)),
    fixed("Sub", &[A, A], |call| calculated(call, &SUB)),
    fixed("Mult", &[A, A], |call| calculated(call, &MULT)),
    fixed("Div", &[A, A], |call| calculated(call, &DIV)),
    fixed("ParseBool", &[S], |call| Ok(Value::Bool(number::boolean(call.text(0)).unwrap_or_default()))),
    fixed("ParseFloat", &[S], |call| Ok(Value::Float(float::parse(call.text(0)).0))),
    variadic("ParseInt", &[S], I, |call| {
        let base = if call.arguments.len() > 1 { call.int(1) } else { 10 };
        Ok(Value::int64(number::signed(call.text(0), base).0))
    }),
    variadic("ParseUint", &[S], I, |call| {
        let base = if call.arguments.len() > 1 { call.int(1) } else { 10 };
        Ok(Value::Uint(Unsigned::Long, number::unsigned(call.text(0), base).0))
    }),
    fixed("HumanSize", &[A], |call| call.give(human_size(as_float(call.value(0))))),
];

struct Operation {
    floats: fn(f64, f64) -> f64,
    ints: fn(i64, i64) -> Option<i64>,
    uints: fn(u64, u64) -> Option<u64>,
}

const ADD: Operation = Operation {
    floats: |one, other| one + other,
    ints: |one, other| Some(one.wrapping_add(other)),
    uints: |one, other| Some(one.wrapping_add(other)),
};
const SUB: Operation = Operation {
    floats: |one, other| one - other,
    ints: |one, other| Some(one.wrapping_sub(other)),
    uints: |one, other| Some(one.wrapping_sub(other)),
};
const MULT: Operation = Operation {
    floats: |one, other| one * other,
    ints: |one, other| Some(one.wrapping_mul(other)),
    uints: |one, other| Some(one.wrapping_mul(other)),
};
const DIV: Operation = Operation {
    floats: |one, other| one / other,
    ints: |one, other| (other != 0).then(|| one.wrapping_div(other)),
    uints: u64::checked_div,
};

fn as_float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        Value::Int(_, number) => *number as f64,
        Value::Uint(_, number) => *number as f64,
        _ => 0.0,
    }
}

fn calculated(call: &Call<'_>, operation: &Operation) -> Answer {
    let (one, other) = (call.value(0), call.value(1));
    let zero = || "runtime error: integer divide by zero".into();
    match (one, other) {
        (Value::Float(_), _) | (_, Value::Float(_)) => {
            Ok(Value::Float((operation.floats)(as_float(one), as_float(other))))
        }
        (Value::Int(_, number), _) => {
            let other = match other {
                Value::Int(_, number) => *number,
                Value::Uint(..) => return Err(mixed("Int", other)),
                _ => 0,
            };
            (operation.ints)(*number, other).map(Value::int64).ok_or_else(zero)
        }
        (Value::Uint(_, number), _) => {
            let other = match other {
                Value::Uint(_, number) => *number,
                Value::Int(..) => return Err(mixed("Uint", other)),
                _ => 0,
            };
            (operation.uints)(*number, other)
                .map(|number| Value::Uint(Unsigned::Long, number))
                .ok_or_else(zero)
        }
        _ => Ok(Value::int(0)),
    }
}

/// Upstream does not convert between the two kinds and panics.
fn mixed(method: &str, value: &Value) -> crate::template::engine::function::Fault {
    format!("reflect: call of reflect.Value.{method} on {} Value", value.kind_name()).into()
}

/// Four digits and powers of 1000.
fn human_size(mut size: f64) -> Vec<u8> {
    const UNITS: [&str; 9] = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    let mut unit = 0;
    while size >= 1000.0 && unit < UNITS.len() - 1 {
        size /= 1000.0;
        unit += 1;
    }
    let mut out = float::format(size, b'g', 4);
    if out.first() == Some(&b'+') && out.get(1) == Some(&b'I') {
        out = b"+Inf".to_vec();
    }
    out.extend(UNITS[unit].bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::human_size;

    #[test]
    fn sizes_have_four_digits() {
        for (size, wanted) in [
            (0.0, "0B"),
            (1000.0, "1kB"),
            (999_999.0, "1000kB"),
            (1e27, "1000YB"),
            (-5.0, "-5B"),
            (1_234_567.0, "1.235MB"),
        ] {
            assert_eq!(String::from_utf8_lossy(&human_size(size)), wanted);
        }
    }
}
