//! Single templates.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use longshore_config::{Engine, Lookup};
use serde_json::{Value, json};

/// `got`, or `got_base64` when the text is not UTF-8.
pub(super) fn answer(case: &Value) -> Result<Value> {
    let context = super::context(case)?;
    let lookup: Arc<dyn Lookup> = super::evaluation(case, &context)?;
    let template = case["template"].as_str().context("the case has no template")?;
    let engine = Engine::new(&lookup, &context, jiff::Timestamp::now());
    Ok(match String::from_utf8(engine.render_bytes(template)?) {
        Ok(text) => json!({ "got": text }),
        Err(error) => json!({ "got_base64": base64(error.as_bytes()) }),
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
