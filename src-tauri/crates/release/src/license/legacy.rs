//! The old form of a signature: over some fields of the license, spelled as a JSON object of texts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::LicenseError;
use super::value::{flag, printed, text};
use crate::meta::License;

/// What was signed, made again from what is written.
///
/// # Errors
/// When a field is of another type than it must be.
pub(super) fn message(license: &License, spec: &Value) -> Result<String, LicenseError> {
    let unreadable = |field: &str| LicenseError::Unreadable(format!("{field} is neither text nor number"));
    let field = |name: &str| text(spec.get(name)).ok_or_else(|| unreadable(name));
    let airgap = flag(spec.get("isAirgapSupported")).ok_or_else(|| unreadable("isAirgapSupported"))?;
    let mut fields = BTreeMap::from([
        ("apiVersion".to_owned(), license.api_version.clone()),
        ("kind".to_owned(), "License".to_owned()),
        ("metadata.name".to_owned(), license.name.clone()),
        ("spec.isAirgapSupported".to_owned(), airgap.to_string()),
    ]);
    for name in ["licenseID", "appSlug", "channelName", "endpoint"] {
        fields.insert(format!("spec.{name}"), field(name)?);
    }
    let sequence = field("licenseSequence")?;
    if sequence.parse::<i64>().is_ok_and(|number| number > 0) {
        fields.insert("spec.licenseSequence".to_owned(), sequence);
    }
    for (name, entitlement) in spec.get("entitlements").and_then(Value::as_object).into_iter().flatten() {
        let mut said = BTreeMap::new();
        for part in ["title", "description", "value"] {
            let read = if part == "value" { printed } else { text };
            let value = read(entitlement.get(part));
            said.insert(part.to_owned(), value.ok_or_else(|| unreadable(&format!("entitlements[{name}]")))?);
        }
        fields.insert(format!("spec.entitlements.{name}"), object(&said));
    }
    Ok(object(&fields))
}

/// An object of texts as Go's encoder writes it: keys sorted, no spaces, and what HTML gives a meaning escaped.
fn object(fields: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

fn quoted(text: &str) -> String {
    let plain = Value::from(text).to_string();
    plain
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_spelled_as_go_spells_them() {
        assert_eq!(quoted("a<b>&\"c\u{2028}é"), "\"a\\u003cb\\u003e\\u0026\\\"c\\u2028é\"");
    }
}
