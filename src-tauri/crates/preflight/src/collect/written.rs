//! A list of objects as it is written, one after another: as values, all of them would take ten times the room.

use std::collections::BTreeMap;

use serde_json::Value;

use super::job::namespace;

/// A list that grows.
#[derive(Debug, Clone)]
pub(super) struct Written {
    bytes: Vec<u8>,
    tail: &'static str,
    count: usize,
}

impl Written {
    /// Nothing yet, between what begins the list and what ends it.
    pub(super) fn new(head: &str, tail: &'static str) -> Self {
        Self { bytes: head.as_bytes().to_vec(), tail, count: 0 }
    }

    /// An array.
    pub(super) fn array() -> Self {
        Self::new("[", "]")
    }

    pub(super) fn add(&mut self, object: &Value) {
        if self.count > 0 {
            self.bytes.push(b',');
        }
        self.count += 1;
        // Neither values nor memory fail to be written.
        let _ = serde_json::to_writer(&mut self.bytes, object);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All of it.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.bytes.extend(self.tail.bytes());
        self.bytes
    }
}

/// Lists of objects by their namespaces.
pub(super) struct ByNamespace {
    empty: Written,
    lists: BTreeMap<String, Written>,
}

impl ByNamespace {
    /// None yet; each begins as this one.
    pub(super) fn new(empty: Written) -> Self {
        Self { empty, lists: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, object: &Value) {
        let place = namespace(object);
        if !self.lists.contains_key(place) {
            self.lists.insert(place.to_owned(), self.empty.clone());
        }
        if let Some(list) = self.lists.get_mut(place) {
            list.add(object);
        }
    }

    /// The list of a namespace, an empty one where it has none. It is taken out.
    pub(super) fn take(&mut self, namespace: &str) -> Written {
        self.lists.remove(namespace).unwrap_or_else(|| self.empty.clone())
    }

    /// All of them, each with its namespace.
    pub(super) fn all(self) -> impl Iterator<Item = (String, Written)> {
        self.lists.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_the_list() {
        let mut lists = ByNamespace::new(Written::new(r#"{"items":["#, "]}"));
        for (place, name) in [("b", 1), ("a", 2), ("b", 3)] {
            lists.add(&json!({ "metadata": { "namespace": place }, "name": name }));
        }
        let read = |list: Written| -> Value { serde_json::from_slice(&list.end()).expect("JSON") };
        assert_eq!(read(lists.take("none")), json!({ "items": [] }));
        let all: Vec<(String, Value)> = lists.all().map(|(place, list)| (place, read(list))).collect();
        let of = |place: &str, name: i32| json!({ "metadata": { "namespace": place }, "name": name });
        assert_eq!(
            all,
            [
                ("a".to_owned(), json!({ "items": [of("a", 2)] })),
                ("b".to_owned(), json!({ "items": [of("b", 1), of("b", 3)] })),
            ]
        );
    }
}
