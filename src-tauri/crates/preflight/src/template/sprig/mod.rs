//! The functions of sprig that make sense in a message: texts, lists, numbers, versions, encodings.
//!
//! What asks for the time, chance, the environment or the network is left out on purpose: a verdict depends on
//! what was collected and nothing else.

mod data;
mod lists;
mod numbers;
mod texts;

use std::sync::Arc;

use gotmpl::{FuncMap, TemplateError, Value};

/// A function over its arguments.
type Function = fn(&[Value]) -> gotmpl::Result<Value>;

/// Functions that also exist as `mustX`.
const STRICT: &[&str] = &[
    "toJson",
    "toPrettyJson",
    "fromJson",
    "regexMatch",
    "regexFind",
    "regexFindAll",
    "regexSplit",
    "regexReplaceAll",
    "first",
    "last",
    "rest",
    "initial",
    "append",
    "prepend",
    "reverse",
    "uniq",
    "without",
    "has",
    "compact",
    "slice",
    "merge",
];

/// All of them.
pub(crate) fn functions() -> FuncMap {
    let mut map = FuncMap::new();
    for (name, function) in [texts::FUNCTIONS, lists::FUNCTIONS, numbers::FUNCTIONS, data::FUNCTIONS].concat()
    {
        map.insert(name.to_owned(), Arc::new(function));
        // The same under the name of its strict twin: here all of them end with an error.
        if STRICT.contains(&name) {
            let twin = format!("must{}{}", name[..1].to_uppercase(), &name[1..]);
            map.insert(twin, Arc::new(function));
        }
    }
    map
}

fn wrong(why: impl Into<String>) -> TemplateError {
    TemplateError::Exec(why.into())
}

fn argument(arguments: &[Value], at: usize) -> gotmpl::Result<&Value> {
    arguments.get(at).ok_or_else(|| wrong(format!("argument {} is missing", at + 1)))
}

/// An argument as text, whatever it is.
fn text(arguments: &[Value], at: usize) -> gotmpl::Result<String> {
    argument(arguments, at).map(shown)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Nil => String::new(),
        value => value.to_string(),
    }
}

/// An argument as a whole number, texts read as such; what is none counts as zero.
fn integer(arguments: &[Value], at: usize) -> gotmpl::Result<i64> {
    Ok(match argument(arguments, at)? {
        Value::Int(value) => *value,
        Value::Uint(value) => i64::try_from(*value).unwrap_or(i64::MAX),
        Value::Float(value) => *value as i64,
        Value::Bool(value) => i64::from(*value),
        other => other.to_string().trim().parse().unwrap_or(0),
    })
}

fn number(arguments: &[Value], at: usize) -> gotmpl::Result<f64> {
    Ok(match argument(arguments, at)? {
        Value::Int(value) => *value as f64,
        Value::Uint(value) => *value as f64,
        Value::Float(value) => *value,
        other => other.to_string().trim().parse().unwrap_or(0.0),
    })
}

fn items(arguments: &[Value], at: usize) -> gotmpl::Result<Vec<Value>> {
    match argument(arguments, at)? {
        Value::List(items) => Ok(items.to_vec()),
        other => Err(wrong(format!("{} is no list", other.type_name()))),
    }
}

fn string(text: impl AsRef<str>) -> Value {
    Value::from(text.as_ref())
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::List(items.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use crate::template::{About, render};
    use serde_json::json;

    #[test]
    fn functions() {
        let data = json!({ "v": "1.2.3-1", "l": ["b", "a", "a"], "n": 7, "m": { "k": "v" }, "t": "  Text " });
        for (text, rendered) in [
            (r#"{{ semverCompare ">= 1.2" (.v | trunc 5) }}"#, "true"),
            (r#"{{ .l | join "+" }}"#, "b+a+a"),
            (r"{{ .l | uniq | sortAlpha | first }}", "a"),
            (r"{{ .t | trim | quote }}", "\"Text\""),
            (r#"{{ default "x" .nope }}"#, "x"),
            (r"{{ add .n 1 2 }} {{ mod .n 4 }} {{ max 1 .n }}", "10 3 7"),
            (r#"{{ ternary "y" "n" (gt .n 3) }}"#, "y"),
            (r#"{{ replace "T" "t" .t }}"#, "  text "),
            (r"{{ .m | toJson }}", r#"{"k":"v"}"#),
            (r#"{{ regexMatch "^1\\." .v }}"#, "true"),
            (r#"{{ "aGk=" | b64dec }} {{ "hi" | b64enc }}"#, "hi aGk="),
            (r#"{{ (split "." .v)._1 }}"#, "2"),
            (r#"{{ hasKey .m "k" }} {{ get .m "k" }}"#, "true v"),
            (r#"{{ contains "ex" .t }}{{ hasPrefix "1" .v }}"#, "truetrue"),
            (r#"{{ len .l }} {{ has "a" .l }}"#, "3 true"),
        ] {
            assert_eq!(render(text, About::Document(&data)).as_deref(), Ok(rendered), "{text}");
        }
    }
}
