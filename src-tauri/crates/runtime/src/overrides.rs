//! What a vendor changes of the configuration: YAML documents with a `kind`, laid over ours as RFC 7396 says.

use serde::Deserialize as _;
use serde_json::Value;

use crate::RuntimeError;

const HINT: &str = "Ask the vendor for a package whose cluster configuration is right.";

fn refused(what: String) -> RuntimeError {
    RuntimeError::Unsupported { what, hint: HINT.to_owned() }
}

/// The documents, in order. Where there is one kind only, it need not be said.
pub(crate) fn parse(text: &str, kinds: &[&str]) -> Result<Vec<(String, Value)>, RuntimeError> {
    let mut parsed = Vec::new();
    for document in serde_norway::Deserializer::from_str(text) {
        let value = Value::deserialize(document).map_err(|error| {
            refused(format!("The vendor's changes to the cluster configuration are no YAML: {error}"))
        })?;
        if value.is_null() {
            continue;
        }
        let alone = if kinds.len() == 1 { kinds[0] } else { "" };
        let kind = value.get("kind").map_or(alone, |kind| kind.as_str().unwrap_or_default());
        if !kinds.contains(&kind) {
            return Err(refused(format!(
                "The vendor's changes to the cluster configuration have the kind {kind:?}; {} are known",
                kinds.join(", ")
            )));
        }
        parsed.push((kind.to_owned(), value));
    }
    Ok(parsed)
}

/// Lays `patch` over `target`: maps are merged, null removes, all else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn merging() {
        // The table of RFC 7396, appendix A, where the target is a map.
        let table = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ];
        for (mut target, patch, expected) in table {
            let before = target.clone();
            merge(&mut target, &patch);
            assert_eq!(target, expected, "{patch} over {before}");
        }
    }

    #[test]
    fn refusals() {
        let kinds = ["InitConfiguration", "ClusterConfiguration"];
        let error = |text: &str| parse(text, &kinds).expect_err("it is refused").to_string();
        insta::assert_snapshot!(
            error("kind: Pod"),
            @r#"The vendor's changes to the cluster configuration have the kind "Pod"; InitConfiguration, ClusterConfiguration are known"#
        );
        assert!(error("a: [").contains("are no YAML"), "broken YAML is not told");
        assert!(error("apiServer: {}").contains("the kind \"\""), "a document without a kind is not told");
        assert_eq!(parse("---\n---\n", &kinds).expect("nothing is nothing"), [], "empty documents are none");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,120}") {
            let _ = parse(&text, &["ClusterConfiguration"]);
        }
    }
}
