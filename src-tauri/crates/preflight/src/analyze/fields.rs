//! Reading collected JSON the way Go's `encoding/json` fills a record.
//!
//! Names are found whatever their case, what is absent or `null` is empty, and a value of another type makes
//! the whole file unreadable. Verdicts depend on all three.

use serde_json::{Map, Value};

/// A JSON object whose members are read by name.
#[derive(Clone)]
pub(crate) struct Record<'a>(Option<&'a Map<String, Value>>);

/// A value of the wrong type, in words.
pub(crate) type Found<T> = Result<T, String>;

impl<'a> Record<'a> {
    /// Sees a value as a record; `null` is one without members.
    pub(crate) fn of(value: &'a Value) -> Found<Self> {
        match value {
            Value::Null => Ok(Self(None)),
            Value::Object(members) => Ok(Self(Some(members))),
            other => Err(format!("an object is expected, not {}", kind(other))),
        }
    }

    /// A member, if it is there and not `null`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        let members = self.0?;
        let found = members.get(name).or_else(|| {
            members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        });
        found.filter(|value| !value.is_null())
    }

    /// A text, empty when absent.
    pub(crate) fn text(&self, name: &str) -> Found<&'a str> {
        self.typed(name, "a text", Value::as_str).map(Option::unwrap_or_default)
    }

    /// A whole number, zero when absent.
    pub(crate) fn integer(&self, name: &str) -> Found<i64> {
        self.typed(name, "a whole number", Value::as_i64).map(Option::unwrap_or_default)
    }

    /// A whole number, if it is there.
    pub(crate) fn integer_if(&self, name: &str) -> Found<Option<i64>> {
        self.typed(name, "a whole number", Value::as_i64)
    }

    /// A whole number not below zero, zero when absent.
    pub(crate) fn unsigned(&self, name: &str) -> Found<u64> {
        self.typed(name, "a whole number not below zero", Value::as_u64).map(Option::unwrap_or_default)
    }

    /// A number, zero when absent.
    pub(crate) fn float(&self, name: &str) -> Found<f64> {
        self.typed(name, "a number", Value::as_f64).map(Option::unwrap_or_default)
    }

    /// True or false, false when absent.
    pub(crate) fn boolean(&self, name: &str) -> Found<bool> {
        self.typed(name, "true or false", Value::as_bool).map(Option::unwrap_or_default)
    }

    /// A list, empty when absent.
    pub(crate) fn list(&self, name: &str) -> Found<&'a [Value]> {
        self.typed(name, "a list", |value| value.as_array().map(Vec::as_slice)).map(Option::unwrap_or_default)
    }

    /// A list of texts.
    pub(crate) fn texts(&self, name: &str) -> Found<Vec<&'a str>> {
        let text = |value: &'a Value| match value {
            Value::Null => Ok(""),
            value => value.as_str().ok_or_else(|| format!("{name}: a text is expected, not {}", kind(value))),
        };
        self.list(name)?.iter().map(text).collect()
    }

    /// A record below this one, without members when absent.
    pub(crate) fn record(&self, name: &str) -> Found<Self> {
        self.get(name).map_or(Ok(Self(None)), |value| Self::of(value).map_err(|why| format!("{name}: {why}")))
    }

    /// Records in a list.
    pub(crate) fn records(&self, name: &str) -> Found<Vec<Self>> {
        self.list(name)?.iter().map(|value| Self::of(value).map_err(|why| format!("{name}: {why}"))).collect()
    }

    /// Whether fields that nothing reads have their types, too: one that has not spoils the whole file.
    pub(crate) fn unread(&self, texts: &[&str], integers: &[&str]) -> Found<()> {
        texts.iter().try_for_each(|name| self.text(name).map(drop))?;
        integers.iter().try_for_each(|name| self.integer(name).map(drop))
    }

    /// Whether all members of a record below are texts.
    pub(crate) fn all_texts(&self, name: &str) -> Found<()> {
        let record = self.record(name)?;
        record.members().try_for_each(|(name, _)| record.text(name).map(drop))
    }

    /// Members by their own names.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        self.0.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    fn typed<T>(&self, name: &str, wanted: &str, read: impl Fn(&'a Value) -> Option<T>) -> Found<Option<T>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| format!("{name}: {wanted} is expected, not {}", kind(value)))
    }
}

/// What a value is, in words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_read_as_go_reads_them() {
        let value = json!({ "Error": null, "Response": { "status": 200 }, "n": 8.0, "s": 1 });
        let record = Record::of(&value).expect("an object");
        assert!(record.get("error").is_none(), "null is absent");
        assert_eq!(record.record("response").and_then(|found| found.integer("Status")), Ok(200));
        assert_eq!(record.text("absent"), Ok(""));
        assert!(record.integer("n").is_err(), "8.0 is no whole number");
        assert!(record.text("s").is_err(), "1 is no text");
        assert!(Record::of(&json!([])).is_err(), "a list is no object");
    }
}
