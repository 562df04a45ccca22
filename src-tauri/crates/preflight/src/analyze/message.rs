//! Messages that are templates.

use gotmpl::{Template, Value};

use super::outcome::Unjudged;

/// Renders a message over its data.
pub(crate) fn render(message: &str, data: &serde_json::Value) -> Result<String, Unjudged> {
    if !message.contains("{{") {
        return Ok(message.to_owned());
    }
    let failed = |error: gotmpl::TemplateError| Unjudged(format!("the message cannot be rendered: {error}"));
    let template = Template::new("message").parse(message).map_err(failed)?;
    let mut out = String::new();
    template.execute_fmt(&mut out, &value(data)).map_err(failed)?;
    Ok(out)
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int)
        }
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        serde_json::Value::Object(members) => Value::from(
            members
                .iter()
                .map(|(name, member)| (name.clone(), value(member)))
                .collect::<std::collections::BTreeMap<_, _>>(),
        ),
    }
}
