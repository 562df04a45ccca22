//! One page of a list, whose objects are made one after another: all of them as values at once would take ten times the
//! room of their text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::api::{ApiError, ApiFault};

/// One page, as the API server wrote it.
#[derive(Debug, Clone)]
pub struct Page {
    pub(crate) what: String,
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    /// Bytes of it.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Gives its objects one after another, and then what the next page begins from; empty when there is none.
    ///
    /// # Errors
    /// `Other` when it is no list; some objects may have been given by then.
    pub fn give(self, take: &mut (dyn FnMut(Value) + Send)) -> Result<String, ApiError> {
        let mut text = serde_json::Deserializer::from_slice(&self.bytes);
        let next = List(take).deserialize(&mut text).and_then(|next| text.end().map(|()| next));
        next.map_err(|error| ApiError {
            what: self.what,
            fault: ApiFault::Other,
            said: format!("the answer is no JSON of a list: {error}"),
        })
    }
}

type Take<'t> = &'t mut (dyn FnMut(Value) + Send);

/// A list; what it comes to is where the next page begins.
struct List<'t>(Take<'t>);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<String, A::Error> {
        let mut next = String::new();
        while let Some(field) = fields.next_key::<String>()? {
            match field.as_str() {
                "items" => fields.next_value_seed(Items(&mut *self.0))?,
                "metadata" => {
                    let metadata: Value = fields.next_value()?;
                    metadata["continue"].as_str().unwrap_or_default().clone_into(&mut next);
                }
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(next)
    }
}

/// Its objects; null when there are none.
struct Items<'t>(Take<'t>);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("objects")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            (self.0)(item);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn given(text: &str) -> (Vec<Value>, Result<String, String>) {
        let page = Page { what: "GET /x".to_owned(), bytes: text.as_bytes().to_vec() };
        let mut all = Vec::new();
        let next = page.give(&mut |item| all.push(item)).map_err(|error| error.to_string());
        (all, next)
    }

    #[test]
    fn objects_come_in_their_order_whatever_is_around_them() {
        let some = r#"{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"abc"},"items":[{"a":1},{"a":2}]}"#;
        assert_eq!(given(some), (vec![json!({ "a": 1 }), json!({ "a": 2 })], Ok("abc".to_owned())));
        let turned = r#"{"items":[{"a":1}],"metadata":{}}"#;
        assert_eq!(given(turned), (vec![json!({ "a": 1 })], Ok(String::new())));
        for none in [r#"{"items":null,"metadata":{"continue":""}}"#, r#"{"items":[]}"#, "{}"] {
            assert_eq!(given(none), (vec![], Ok(String::new())), "{none}");
        }
    }

    #[test]
    fn what_is_no_list_is_told() {
        for text in ["", "[]", r#"{"items":[{"a":1},"#, r#"{"items":7}"#, "{} {}"] {
            let why = given(text).1.expect_err(text);
            assert!(why.starts_with("GET /x failed: the answer is no JSON of a list: "), "{why}");
        }
    }
}
