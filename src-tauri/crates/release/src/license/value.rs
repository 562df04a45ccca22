//! Values in a license as Go reads and prints them: what is compared and signed is text.

use serde_json::Value;

/// A field as text; one that is not there is its zero value, which the vendor's tools leave out.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Bool(yes)) => Some(yes.to_string()),
        Some(Value::Number(number)) => whole(number).map(|number| number.to_string()),
        Some(_) => None,
    }
}

/// A whole number, however YAML spelled it: `1.232435e+06` is one.
fn whole(number: &serde_json::Number) -> Option<i64> {
    if let Some(number) = number.as_i64() {
        return Some(number);
    }
    let float = number.as_f64()?;
    let fits = float.fract() == 0.0 && float.abs() < 9.0e18;
    fits.then_some(float as i64)
}

/// The value of an entitlement as Go prints it, which is what is signed; one without a value is `<nil>`.
pub(super) fn printed(value: Option<&Value>) -> Option<String> {
    if value.is_none() { Some("<nil>".to_owned()) } else { text(value) }
}

/// A boolean field; one that is not there is false.
pub(super) fn flag(value: Option<&Value>) -> Option<bool> {
    match value {
        None | Some(Value::Null) => Some(false),
        Some(Value::Bool(yes)) => Some(*yes),
        Some(_) => None,
    }
}
