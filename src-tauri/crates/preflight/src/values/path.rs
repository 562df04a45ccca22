//! Dotted paths into documents: `spec.ports.[0].name`.

use serde_json::Value;

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Upstream answers with an error.
    Wrong(String),
    /// Upstream stops altogether.
    Beyond(String),
}

/// What lies at a path. A key that is not there is `null`, as it is upstream; what is no map has no keys.
pub(crate) fn at<'a>(document: &'a Value, path: &str) -> Result<&'a Value, Lost> {
    let mut here = document;
    for key in path.split('.') {
        here = match index(key) {
            Some(index) => element(here, key, index)?,
            None => match here {
                Value::Object(members) => members.get(key).unwrap_or(&Value::Null),
                _ => return Err(Lost::Wrong(format!("the path {path}: before {key} there is no map"))),
            },
        };
    }
    Ok(here)
}

fn index(key: &str) -> Option<&str> {
    (key.len() > 1).then(|| key.strip_prefix('[')?.strip_suffix(']'))?
}

fn element<'a>(here: &'a Value, key: &str, index: &str) -> Result<&'a Value, Lost> {
    let index = super::number::integer(index)
        .ok_or_else(|| Lost::Wrong(format!("{key} of the path is no position in a list")))?;
    let Value::Array(items) = here else {
        return Err(Lost::Wrong(format!("before {key} of the path there is no list")));
    };
    usize::try_from(index)
        .ok()
        .and_then(|index| items.get(index))
        .ok_or_else(|| Lost::Beyond(format!("{key} of the path lies outside a list of {}", items.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths() {
        let document = json!({ "a": { "b": [1, { "c": null }] } });
        assert_eq!(at(&document, "a.b.[0]"), Ok(&json!(1)));
        assert_eq!(at(&document, "a.nope"), Ok(&Value::Null));
        assert_eq!(at(&document, "a.b.[1].c"), Ok(&Value::Null));
        assert!(matches!(at(&document, "a.b.c"), Err(Lost::Wrong(_))), "a list has no keys");
        assert!(matches!(at(&document, "a.nope.c"), Err(Lost::Wrong(_))), "null has no keys");
        assert!(matches!(at(&document, "a.b.[9]"), Err(Lost::Beyond(_))), "the list is shorter");
        assert!(matches!(at(&document, "a.b.[x]"), Err(Lost::Wrong(_))), "x is no number");
        assert!(matches!(at(&document, "a.[0]"), Err(Lost::Wrong(_))), "a map has no positions");
    }
}
