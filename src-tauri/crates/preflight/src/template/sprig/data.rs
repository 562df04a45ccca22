//! Functions of choice, and those that encode.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gotmpl::Value;
use serde_json::Value as Json;

use super::{Function, argument, string, text, wrong};

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("default", |a| Ok(a.get(1).filter(|value| value.is_truthy()).unwrap_or(argument(a, 0)?).clone())),
    ("empty", |a| Ok(Value::Bool(!a.first().is_some_and(Value::is_truthy)))),
    ("coalesce", |a| Ok(a.iter().find(|value| value.is_truthy()).cloned().unwrap_or(Value::Nil))),
    ("ternary", |a| Ok(argument(a, usize::from(!argument(a, 2)?.is_truthy()))?.clone())),
    ("fail", |a| Err(wrong(text(a, 0)?))),
    ("required", |a| match argument(a, 1)? {
        Value::Nil => Err(wrong(text(a, 0)?)),
        value => Ok(value.clone()),
    }),
    ("typeOf", |a| Ok(string(argument(a, 0)?.type_name()))),
    ("kindOf", |a| Ok(string(argument(a, 0)?.type_name()))),
    ("toJson", |a| Ok(string(json(argument(a, 0)?).to_string()))),
    ("toPrettyJson", |a| {
        serde_json::to_string_pretty(&json(argument(a, 0)?))
            .map(string)
            .map_err(|error| wrong(error.to_string()))
    }),
    ("fromJson", |a| {
        let found: Json = serde_json::from_str(&text(a, 0)?).map_err(|error| wrong(error.to_string()))?;
        Ok(crate::template::value(&crate::template::floats(&found)))
    }),
    ("b64enc", |a| Ok(string(STANDARD.encode(text(a, 0)?)))),
    ("b64dec", |a| {
        let decoded = STANDARD.decode(text(a, 0)?).map_err(|error| wrong(error.to_string()))?;
        Ok(string(String::from_utf8_lossy(&decoded)))
    }),
];

fn json(value: &Value) -> Json {
    match value {
        Value::Bool(value) => Json::from(*value),
        Value::Int(value) => Json::from(*value),
        Value::Uint(value) => Json::from(*value),
        Value::Float(value) if value.fract().abs() < f64::EPSILON => Json::from(*value as i64),
        Value::Float(value) => Json::from(*value),
        Value::String(text) => Json::from(text.as_ref()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(members) => {
            members.iter().map(|(name, member)| (name.to_string(), json(member))).collect()
        }
        _ => Json::Null,
    }
}
