//! Messages that are templates: Go's `text/template` with the functions of sprig.

mod kubernetes;
mod sprig;

use std::collections::BTreeMap;
use std::fmt::Write;

use gotmpl::{MissingKey, Template, Value};
use serde_json::Value as Json;

use crate::values::number;

pub(crate) use kubernetes::{event, pod};

/// Bytes a rendered message may have.
const OUTPUT: usize = 1 << 20;
/// Turns all loops of one message may make together.
const TURNS: u64 = 100_000;

/// What a template is about, which decides what a name means that is not there.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// A document: an unknown key is `<no value>`.
    Document(&'a Json),
    /// A record of fixed fields: an unknown one is an error.
    Record(&'a Json),
}

/// Renders a template.
///
/// # Errors
/// When it does not parse or fails, in words.
pub(crate) fn render(text: &str, about: About<'_>) -> Result<String, String> {
    if !text.contains("{{") {
        return Ok(text.to_owned());
    }
    let (data, missing) = match about {
        About::Document(data) => (data, MissingKey::Invalid),
        About::Record(data) => (data, MissingKey::Error),
    };
    let mut out = Bounded(String::new());
    parsed(text, missing)?.execute_fmt(&mut out, &value(data)).map_err(|error| failed(text, &error))?;
    Ok(out.0.replace(crate::yaml::NOT_TEXT, ""))
}

/// Whether a text is a template, and knows only functions that exist.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if !text.contains("{{") {
        return Ok(());
    }
    parsed(text, MissingKey::Invalid)?;
    match render(text, About::Document(&Json::Null)) {
        Err(why) if why.contains("undefined function") => Err(why),
        _ => Ok(()),
    }
}

fn parsed(text: &str, missing: MissingKey) -> Result<Template, String> {
    if !balanced(text) {
        return Err(format!("the template {text:?} closes what was not opened"));
    }
    let template = Template::new("data").funcs(sprig::functions()).missing_key(missing);
    template.max_range_iters(TURNS).parse(text).map_err(|error| failed(text, &error))
}

fn failed(text: &str, error: &gotmpl::TemplateError) -> String {
    format!("the template {text:?} cannot be rendered: {error}")
}

/// The engine is lenient with an `end` or `else` that closes nothing; Go is not.
fn balanced(text: &str) -> bool {
    let mut open = 0_usize;
    for action in text.split("{{").skip(1) {
        let inside = action.trim_start_matches('-').trim_start();
        match inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default() {
            "if" | "range" | "with" | "block" | "define" => open += 1,
            "else" | "end" if open == 0 => return false,
            "end" => open -= 1,
            _ => {}
        }
    }
    true
}

/// JSON as templates see it. Where the engine shows a float otherwise than Go does, Go's text stands for it.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(found) => {
            found.as_i64().map_or_else(|| float(found.as_f64().unwrap_or_default()), Value::Int)
        }
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Json::Object(members) => Value::from(
            members.iter().map(|(name, member)| (name.clone(), value(member))).collect::<BTreeMap<_, _>>(),
        ),
    }
}

fn float(found: f64) -> Value {
    let shown = number::shown(found);
    if Value::Float(found).to_string() == shown { Value::Float(found) } else { Value::from(shown.as_str()) }
}

/// Every number of a document as a float, as Go's `encoding/json` reads them.
pub(crate) fn floats(json: &Json) -> Json {
    match json {
        Json::Number(found) => {
            found.as_f64().and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number)
        }
        Json::Array(items) => items.iter().map(floats).collect(),
        Json::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), floats(member))).collect()
        }
        other => other.clone(),
    }
}

/// Refuses to grow without end.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if self.0.len() + text.len() > OUTPUT {
            return Err(std::fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_and_records() {
        let data = json!({ "name": "a", "n": 8_589_934_592.0, "list": [1.0, "b"], "map": { "x": null } });
        for (text, rendered) in [
            ("{{ .name | upper }}", "A"),
            ("{{ .n }}", "8.589934592e+09"),
            ("{{ .list }}", "[1 b]"),
            ("{{ .nope }}", "<no value>"),
            ("{{ range .list }}{{ . }};{{ end }}", "1;b;"),
            ("{{ if eq .name \"a\" }}yes{{ end }}", "yes"),
        ] {
            assert_eq!(render(text, About::Document(&data)).as_deref(), Ok(rendered), "{text}");
        }
        assert!(render("{{ .Nope }}", About::Record(&data)).is_err(), "a record has no such field");
        assert!(render("{{ if }}", About::Document(&data)).is_err(), "no condition");
        assert!(render("{{ nosuch .name }}", About::Document(&data)).is_err(), "no such function");
    }
}
