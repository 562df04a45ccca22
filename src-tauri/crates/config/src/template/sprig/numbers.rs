//! Numbers: whole ones with Go's overflow, and floats that are calculated in decimals.

use super::cast;
use crate::go::decimal::{Decimal, Operation};
use crate::go::number;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed, variadic};
use crate::template::engine::print::shown;
use crate::template::engine::value::{Element, Signed, Type, Value};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);
const A: Type = Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("atoi", &[S], |call| Ok(Value::int(number::signed(call.text(0), 10).0))),
    fixed("int", &[A], |call| Ok(Value::int(cast::int(call.value(0))))),
    fixed("int64", &[A], |call| Ok(Value::int64(cast::int(call.value(0))))),
    fixed("float64", &[A], |call| Ok(Value::Float(cast::float(call.value(0))))),
    fixed("toDecimal", &[A], |call| {
        let (number, error) = number::signed(&shown(call.value(0))?, 8);
        Ok(Value::int64(if error.is_some() { 0 } else { number }))
    }),
    variadic("seq", &[], I, sequence),
    fixed("until", &[I], |call| {
        let count = call.int(0);
        steps(call, 0, count, if count < 0 { -1 } else { 1 }).map(listed)
    }),
    fixed("untilStep", &[I, I, I], |call| steps(call, call.int(0), call.int(1), call.int(2)).map(listed)),
    fixed("add1", &[A], |call| Ok(Value::int64(cast::int(call.value(0)).wrapping_add(1)))),
    variadic("add", &[], A, |call| folded(&call.arguments, 0, i64::wrapping_add)),
    fixed("sub", &[A, A], |call| {
        Ok(Value::int64(cast::int(call.value(0)).wrapping_sub(cast::int(call.value(1)))))
    }),
    variadic("mul", &[A], A, |call| folded(&call.arguments, 1, i64::wrapping_mul)),
    fixed("div", &[A, A], |call| divided(call, i64::wrapping_div)),
    fixed("mod", &[A, A], |call| divided(call, i64::wrapping_rem)),
    fixed("add1f", &[A], |call| decimals(&[call.value(0).clone(), Value::int(1)], Operation::Add)),
    variadic("addf", &[], A, |call| {
        let mut values = vec![Value::Float(0.0)];
        values.extend(call.arguments.iter().cloned());
        decimals(&values, Operation::Add)
    }),
    variadic("subf", &[A], A, |call| decimals(&call.arguments, Operation::Sub)),
    variadic("divf", &[A], A, |call| decimals(&call.arguments, Operation::Div)),
    variadic("mulf", &[A], A, |call| decimals(&call.arguments, Operation::Mul)),
    variadic("biggest", &[A], A, |call| chosen(&call.arguments, |one, other| one > other)),
    variadic("max", &[A], A, |call| chosen(&call.arguments, |one, other| one > other)),
    variadic("min", &[A], A, |call| chosen(&call.arguments, |one, other| one < other)),
    variadic("maxf", &[A], A, |call| Ok(float_folded(&call.arguments, |one, other| one > other))),
    variadic("minf", &[A], A, |call| Ok(float_folded(&call.arguments, |one, other| one < other))),
    fixed("ceil", &[A], |call| Ok(Value::Float(cast::float(call.value(0)).ceil()))),
    fixed("floor", &[A], |call| Ok(Value::Float(cast::float(call.value(0)).floor()))),
    variadic("round", &[A, I], Type::Float, rounded),
];

fn folded(values: &[Value], start: i64, with: fn(i64, i64) -> i64) -> Answer {
    Ok(Value::int64(values.iter().fold(start, |all, value| with(all, cast::int(value)))))
}

fn divided(call: &Call<'_>, with: fn(i64, i64) -> i64) -> Answer {
    let (one, other) = (cast::int(call.value(0)), cast::int(call.value(1)));
    if other == 0 {
        return Err("runtime error: integer divide by zero".into());
    }
    Ok(Value::int64(with(one, other)))
}

fn chosen(values: &[Value], better: fn(i64, i64) -> bool) -> Answer {
    let mut numbers = values.iter().map(cast::int);
    let first = numbers.next().unwrap_or(0);
    Ok(Value::int64(numbers.fold(first, |best, number| if better(number, best) { number } else { best })))
}

fn float_folded(values: &[Value], better: fn(f64, f64) -> bool) -> Value {
    let mut numbers = values.iter().map(cast::float);
    let first = numbers.next().unwrap_or(0.0);
    Value::Float(numbers.fold(first, |best, number| {
        if best.is_nan() || number.is_nan() {
            f64::NAN
        } else if better(number, best) {
            number
        } else {
            best
        }
    }))
}

fn decimals(values: &[Value], operation: Operation) -> Answer {
    let mut all: Option<Decimal> = None;
    for value in values {
        let next = Decimal::from_float(cast::float(value))?;
        all = Some(match all {
            None => next,
            Some(all) => Decimal::with(&all, &next, operation)?,
        });
    }
    Ok(Value::Float(all.map_or(0.0, |all| all.to_float())))
}

fn steps(call: &Call<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let is_empty = if stop < start { step >= 0 } else { step <= 0 };
    if is_empty {
        return Ok(Vec::new());
    }
    let distance = (i128::from(stop) - i128::from(start)).unsigned_abs();
    let count = distance.div_ceil(u128::from(step.unsigned_abs()));
    call.session.items(usize::try_from(count).unwrap_or(usize::MAX))?;
    Ok((0..count as i64).map(|turn| start.wrapping_add(turn.wrapping_mul(step))).collect())
}

fn listed(numbers: Vec<i64>) -> Value {
    Value::list_of(Element::Int, numbers.into_iter().map(Value::int).collect())
}

fn sequence(call: &Call<'_>) -> Answer {
    let number = |at: usize| call.int(at);
    let one = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let (start, end, step) = match call.arguments.len() {
        1 => (1, number(0), one(1, number(0))),
        2 => (number(0), number(1), one(number(0), number(1))),
        3 => (number(0), number(2), number(1)),
        _ => return Ok(Value::text("")),
    };
    let direction = one(start, end);
    if direction < 0 && step > 0 {
        return Ok(Value::text(""));
    }
    let numbers = steps(call, start, end.wrapping_add(direction), step)?;
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    call.give(texts.join(" ").into_bytes())
}

/// Ten to a whole power, multiplied up as Go does, so that the last bit is the same.
fn power_of_ten(power: i64) -> f64 {
    let (mut mantissa, mut exponent) = (1.0f64, 0i64);
    // 10 is 0.625 × 2⁴.
    let (mut base, mut base_exponent) = (0.625f64, 4i64);
    let mut left = power.unsigned_abs();
    while left != 0 {
        if base_exponent > 1 << 12 {
            exponent += base_exponent;
            break;
        }
        if left & 1 == 1 {
            mantissa *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent <<= 1;
        if base < 0.5 {
            base += base;
            base_exponent -= 1;
        }
        left >>= 1;
    }
    if power < 0 {
        mantissa = 1.0 / mantissa;
        exponent = -exponent;
    }
    let step = exponent.clamp(-2_000, 2_000) / 2;
    let rest = exponent.clamp(-2_000, 2_000) - step;
    mantissa * 2f64.powi(step as i32) * 2f64.powi(rest as i32)
}

fn rounded(call: &Call<'_>) -> Answer {
    let turning = match call.arguments.get(2) {
        Some(Value::Float(turning)) => *turning,
        _ => 0.5,
    };
    let power = power_of_ten(call.int(1));
    let digit = power * cast::float(call.value(0));
    let fraction = digit - digit.trunc();
    let whole = if fraction >= turning { digit.ceil() } else { digit.floor() };
    Ok(Value::Float(whole / power))
}
