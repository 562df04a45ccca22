//! Reading a function's arguments the way Go's conversions do.

use gotmpl::{TemplateError, Value};

pub(super) type Answer = Result<Value, TemplateError>;

/// A string value.
pub(super) fn text(text: impl Into<String>) -> Value {
    Value::String(text.into().into())
}

/// An error of a function.
pub(super) fn wrong(message: impl Into<String>) -> TemplateError {
    TemplateError::Exec(message.into())
}

/// Argument `at` as text; nil is empty.
pub(super) fn string(arguments: &[Value], at: usize) -> Result<String, TemplateError> {
    match arguments.get(at) {
        None => Err(wrong(format!("argument {} is missing", at + 1))),
        Some(Value::Nil) => Ok(String::new()),
        Some(value) => Ok(value.to_string()),
    }
}

/// Argument `at` as a whole number, as cast's `ToInt64`: 0 for what is none.
pub(super) fn int(arguments: &[Value], at: usize) -> Result<i64, TemplateError> {
    match arguments.get(at) {
        None => Err(wrong(format!("argument {} is missing", at + 1))),
        Some(Value::Int(number)) => Ok(*number),
        Some(Value::Uint(number)) => Ok(i64::try_from(*number).unwrap_or(i64::MAX)),
        Some(Value::Float(number)) => Ok(*number as i64),
        Some(Value::Bool(yes)) => Ok(i64::from(*yes)),
        Some(Value::String(text)) => Ok(parse_int(text)),
        Some(_) => Ok(0),
    }
}

fn parse_int(text: &str) -> i64 {
    text.parse::<i64>().or_else(|_| text.parse::<f64>().map(|number| number as i64)).unwrap_or(0)
}

/// Argument `at` as a number with a fraction: 0 for what is none.
pub(super) fn float(arguments: &[Value], at: usize) -> Result<f64, TemplateError> {
    match arguments.get(at) {
        None => Err(wrong(format!("argument {} is missing", at + 1))),
        Some(Value::Float(number)) => Ok(*number),
        Some(Value::String(text)) => Ok(text.parse().unwrap_or(0.0)),
        Some(_) => int(arguments, at).map(|number| number as f64),
    }
}
