//! Documents that lie in Secrets and ConfigMaps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::document::{Document, Fault, documents as plain};
use crate::yaml::{self, Node};

/// Keys that hold specs.
const KEYS: &[&str] = &["preflight.yaml", "preflight-spec", "support-bundle-spec", "redactor-spec"];

/// The documents of a Secret or ConfigMap; none of anything else.
pub(super) fn documents(node: &Node, value: &Value) -> Result<Vec<Document>, Fault> {
    let encoded = match value["kind"].as_str() {
        Some("Secret") => true,
        Some("ConfigMap") => false,
        _ => return Ok(Vec::new()),
    };
    let mut found = Vec::new();
    for (member, encoded) in [("data", encoded), ("stringData", false)] {
        for key in KEYS {
            let Some(text) = value[member].get(*key).and_then(Value::as_str) else { continue };
            let path = format!("{member}.{key}");
            let line = node.line_of(&path);
            let fault = |reason: String| (line, path.clone(), reason);
            let text = if encoded { decoded(text).map_err(fault)? } else { text.to_owned() };
            let nodes = yaml::documents(&text).map_err(|error| fault(format!("is no YAML: {error}")))?;
            // Lines inside are counted from the beginning of the text that is wrapped.
            found.extend(plain(&nodes).map_err(|(_, _, reason)| fault(reason))?);
        }
    }
    Ok(found)
}

fn decoded(text: &str) -> Result<String, String> {
    let compact: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(compact).map_err(|error| format!("is not base64: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "is no text".to_owned())
}
