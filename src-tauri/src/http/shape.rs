//! The shapes of requests, from their JSON Schemas: texts of a query become what the request wants, and
//! everything that is wrong with a request is said at once, where a parser would stop at the first.

use std::collections::HashMap;

use longshore_contract::{COMMANDS, FieldError};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// Shapes of all commands' requests.
pub(super) struct Shapes {
    requests: HashMap<&'static str, Value>,
    definitions: Map<String, Value>,
}

impl Shapes {
    /// From the command list.
    pub(super) fn new() -> Self {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let requests =
            COMMANDS.iter().map(|command| (command.name, (command.schemas)(&mut generator).0)).collect();
        Self { requests, definitions: generator.take_definitions(true) }
    }

    /// A query's texts as fields of the command's request.
    pub(super) fn of_query(&self, command: &str, query: &str) -> (Map<String, Value>, Vec<FieldError>) {
        let (mut fields, mut errors) = (Map::new(), Vec::new());
        let properties = self.requests.get(command).map(|schema| &self.resolve(schema)["properties"]);
        for (name, text) in url::form_urlencoded::parse(query.as_bytes()) {
            let schema = properties.and_then(|known| known.get(name.as_ref())).unwrap_or(&Value::Null);
            match fields.get_mut(name.as_ref()) {
                Some(Value::Array(list)) => list.push(Value::from(text)),
                Some(_) => errors.push(error(&name, "is given twice")),
                None => drop(fields.insert(name.into_owned(), self.typed(schema, &text))),
            }
        }
        (fields, errors)
    }

    /// A text as what the schema wants; left as text where it cannot be, which the check then tells.
    fn typed(&self, schema: &Value, text: &str) -> Value {
        let wants = |kind: &str| self.kinds(schema).contains(&kind);
        let parsed = serde_json::from_str::<Value>(text).ok();
        match parsed {
            Some(number @ Value::Number(_)) if wants("integer") || wants("number") => number,
            Some(yes @ Value::Bool(_)) if wants("boolean") => yes,
            _ if wants("array") => Value::Array(vec![Value::from(text)]),
            _ => Value::from(text),
        }
    }

    /// The kinds of values that a schema allows, as far as it says so itself or by reference.
    fn kinds<'a>(&'a self, schema: &'a Value) -> Vec<&'a str> {
        let schema = self.resolve(schema);
        match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => choices(schema).iter().flat_map(|choice| self.kinds(choice)).collect(),
        }
    }

    /// Everything that is wrong with a command's request.
    pub(super) fn errors(&self, command: &str, request: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if let Some(schema) = self.requests.get(command) {
            self.check(schema, request, "", &mut errors);
        }
        errors
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let named = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"));
        named.and_then(|name| self.definitions.get(name)).map_or(schema, |found| self.resolve(found))
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, errors: &mut Vec<FieldError>) {
        let schema = self.resolve(schema);
        if !choices(schema).is_empty() {
            return self.check_choices(choices(schema), value, at, errors);
        }
        let kinds = self.kinds(schema);
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_kind(value, kind)) {
            return errors.push(error(at, format!("must be {}", words(&kinds))));
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !value.is_null()
            && !allowed.contains(value)
        {
            return errors.push(error(at, format!("must be one of {}", list(allowed))));
        }
        match value {
            Value::Object(fields) => self.check_object(schema, fields, at, errors),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{at}[{index}]"), errors);
                }
            }
            Value::Number(number) if number.as_f64() < schema["minimum"].as_f64() => {
                errors.push(error(at, format!("must be at least {}", schema["minimum"])));
            }
            _ => {}
        }
    }

    fn check_object(
        &self,
        schema: &Value,
        fields: &Map<String, Value>,
        at: &str,
        errors: &mut Vec<FieldError>,
    ) {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| !fields.contains_key(*name)) {
            errors.push(error(&below(at, name), "is missing"));
        }
        for (name, value) in fields {
            match (properties.get(name), &schema["additionalProperties"]) {
                (None, Value::Bool(false)) => errors.push(error(&below(at, name), "is not known here")),
                (Some(schema), _) | (None, schema @ Value::Object(_)) => {
                    self.check(schema, value, &below(at, name), errors);
                }
                _ => {}
            }
        }
    }

    /// One of several must fit. When none does, the errors of the one that was meant are told: the one
    /// whose tag the value carries, or the only one that is not null.
    fn check_choices(&self, choices: &[Value], value: &Value, at: &str, errors: &mut Vec<FieldError>) {
        let tried: Vec<Vec<FieldError>> = choices
            .iter()
            .map(|choice| {
                let mut found = Vec::new();
                self.check(choice, value, at, &mut found);
                self.check_const(choice, value, at, &mut found);
                found
            })
            .collect();
        if tried.iter().any(Vec::is_empty) {
            return;
        }
        let constants: Vec<Value> =
            choices.iter().filter_map(|choice| choice.get("const").cloned()).collect();
        if constants.len() == choices.len() {
            return errors.push(error(at, format!("must be one of {}", list(&constants))));
        }
        let tags: Vec<Option<(&str, &Value)>> =
            choices.iter().map(|choice| tag(self.resolve(choice))).collect();
        let meant = tags.iter().position(|tag| tag.is_some_and(|(name, text)| value.get(name) == Some(text)));
        let only = choices.iter().position(|choice| choice["type"] != "null").filter(|_| choices.len() == 2);
        match (meant, tags.iter().flatten().next()) {
            (Some(index), _) => errors.extend(tried.into_iter().nth(index).unwrap_or_default()),
            (None, Some((name, _))) if value.is_object() => {
                let allowed: Vec<Value> = tags.iter().flatten().map(|(_, text)| (*text).clone()).collect();
                errors.push(error(&below(at, name), format!("must be one of {}", list(&allowed))));
            }
            _ => match only {
                Some(index) => errors.extend(tried.into_iter().nth(index).unwrap_or_default()),
                None => errors.push(error(at, "has none of the shapes it may have")),
            },
        }
    }

    fn check_const(&self, choice: &Value, value: &Value, at: &str, errors: &mut Vec<FieldError>) {
        let choice = self.resolve(choice);
        if choice.get("const").is_some_and(|wanted| wanted != value) {
            errors.push(error(at, format!("must be {}", choice["const"])));
        }
        if let Some((name, text)) = tag(choice)
            && value.get(name) != Some(text)
        {
            errors.push(error(&below(at, name), format!("must be {text}")));
        }
    }
}

fn choices(schema: &Value) -> &[Value] {
    let list = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
    list.map(Vec::as_slice).unwrap_or_default()
}

/// The field that tells a variant from its siblings, and what it must say.
fn tag(schema: &Value) -> Option<(&str, &Value)> {
    let properties = schema["properties"].as_object()?;
    properties.iter().find_map(|(name, schema)| Some((name.as_str(), schema.get("const")?)))
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn words(kinds: &[&str]) -> String {
    let words: Vec<&str> = kinds
        .iter()
        .map(|kind| match *kind {
            "null" => "null",
            "boolean" => "true or false",
            "integer" => "a whole number",
            "number" => "a number",
            "string" => "a text",
            "array" => "a list",
            _ => "an object",
        })
        .collect();
    words.join(" or ")
}

fn list(allowed: &[Value]) -> String {
    let texts: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
    texts.join(", ")
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn error(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(command: &str, request: &Value) -> Vec<String> {
        let errors = Shapes::new().errors(command, request);
        errors.into_iter().map(|error| format!("{} {}", error.field, error.message)).collect()
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let request = json!({ "workflow": "upgraid", "revision": "two", "extra": 1 });
        let expected = [
            "site is missing",
            "workflow must be one of install, upgrade, rollback, preflight, reset, restore",
            "revision must be a whole number or null",
            "extra is not known here",
        ];
        assert_eq!(told("run_create", &request), expected, "four things are wrong with it");
    }

    #[test]
    fn nested_shapes_are_checked_to_their_ends() {
        let cases = [
            (json!({ "kubeconfig": { "type": "environment" } }), vec![]),
            (json!({ "kubeconfig": { "type": "file" } }), vec!["kubeconfig.path is missing"]),
            (
                json!({ "kubeconfig": { "type": "ftp" } }),
                vec!["kubeconfig.type must be one of environment, file, pasted"],
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(told("context_list", &request), expected, "for {request}");
        }
        let values = json!({ "run": "r", "values": { "host": { "type": "set", "value": 5 } } });
        assert_eq!(told("config_set", &values), ["values.host.value must be a text"], "in a map");
    }

    #[test]
    fn a_query_becomes_what_the_request_wants() {
        let shapes = Shapes::new();
        let (fields, errors) = shapes.of_query("run_log", "from=7&search=a%20b&step=5&limit=many");
        assert_eq!(
            Value::Object(fields),
            json!({ "from": 7, "search": "a b", "step": "5", "limit": "many" }),
            "numbers where numbers are wanted"
        );
        assert!(errors.is_empty(), "nothing is given twice");
        let (_, errors) = shapes.of_query("run_log", "from=1&from=2");
        assert_eq!(errors[0].field, "from", "one field, two values");
    }

    #[test]
    fn what_serde_takes_passes() {
        let settings = serde_json::to_value(longshore_contract::Settings::default()).expect("is JSON");
        assert_eq!(told("settings_set", &settings), Vec::<String>::new(), "the default settings");
        assert_eq!(told("run_cancel", &json!({ "run": "r" })), Vec::<String>::new(), "defaults are left out");
    }
}
