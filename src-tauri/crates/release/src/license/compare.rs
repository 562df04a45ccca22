//! What is written against what was signed, field by field.

use serde_json::Value;

use super::error::LicenseError;
use super::value::{flag, text};

/// Texts and numbers of `spec`.
const TEXTS: &[&str] = &[
    "appSlug",
    "endpoint",
    "replicatedProxyDomain",
    "customerID",
    "customerName",
    "customerEmail",
    "channelID",
    "channelName",
    "licenseID",
    "licenseType",
];
/// Switches of `spec`.
const FLAGS: &[&str] = &[
    "isAirgapSupported",
    "isGitOpsSupported",
    "isIdentityServiceSupported",
    "isGeoaxisSupported",
    "isSnapshotSupported",
    "isDisasterRecoverySupported",
    "isSupportBundleUploadSupported",
    "isSemverRequired",
    "isEmbeddedClusterDownloadEnabled",
    "isEmbeddedClusterMultiNodeEnabled",
];
const CHANNEL_TEXTS: &[&str] =
    &["channelID", "channelName", "channelSlug", "endpoint", "replicatedProxyDomain"];
const CHANNEL_FLAGS: &[&str] = &["isDefault", "isSemverRequired"];
const ENTITLEMENT_TEXTS: &[&str] = &["title", "description", "valueType"];

/// Compares both `spec`s.
///
/// # Errors
/// `Changed` with the first field that is another.
pub(super) fn unchanged(outer: &Value, signed: &Value) -> Result<(), LicenseError> {
    texts("", TEXTS, outer, signed)?;
    number("licenseSequence", outer.get("licenseSequence"), signed.get("licenseSequence"))?;
    flags("", FLAGS, outer, signed)?;
    channels(outer, signed)?;
    entitlements(outer, signed)
}

fn texts(prefix: &str, names: &[&str], outer: &Value, signed: &Value) -> Result<(), LicenseError> {
    for name in names {
        same(&format!("{prefix}{name}"), outer.get(name), signed.get(name), text)?;
    }
    Ok(())
}

fn flags(prefix: &str, names: &[&str], outer: &Value, signed: &Value) -> Result<(), LicenseError> {
    for name in names {
        let word = |value: Option<&Value>| flag(value).map(|yes| yes.to_string());
        same(&format!("{prefix}{name}"), outer.get(name), signed.get(name), word)?;
    }
    Ok(())
}

fn number(name: &str, outer: Option<&Value>, signed: Option<&Value>) -> Result<(), LicenseError> {
    let zero =
        |value: Option<&Value>| text(value).map(|text| if text.is_empty() { "0".to_owned() } else { text });
    same(name, outer, signed, zero)
}

fn channels(outer: &Value, signed: &Value) -> Result<(), LicenseError> {
    let (outer, signed) = (list(outer.get("channels")), list(signed.get("channels")));
    count("channels", outer.len(), signed.len())?;
    for (at, (outer, signed)) in outer.iter().zip(signed).enumerate() {
        let prefix = format!("channels[{at}].");
        texts(&prefix, CHANNEL_TEXTS, outer, signed)?;
        flags(&prefix, CHANNEL_FLAGS, outer, signed)?;
    }
    Ok(())
}

fn entitlements(outer: &Value, signed: &Value) -> Result<(), LicenseError> {
    let empty = serde_json::Map::new();
    let of = |spec: &'_ Value| spec.get("entitlements").and_then(Value::as_object).cloned();
    let (outer, signed) = (of(outer).unwrap_or_else(|| empty.clone()), of(signed).unwrap_or(empty));
    count("entitlements", outer.len(), signed.len())?;
    for (name, outer) in &outer {
        let prefix = format!("entitlements[{name}].");
        let Some(signed) = signed.get(name) else {
            return Err(changed(&format!("entitlements[{name}]"), "(there)", "(missing)"));
        };
        texts(&prefix, ENTITLEMENT_TEXTS, outer, signed)?;
        flags(&prefix, &["isHidden"], outer, signed)?;
        // A value is of a type: the text \"1\" is not the number 1.
        let (kind, was) = (kind(outer.get("value")), kind(signed.get("value")));
        if kind != was {
            return Err(changed(&format!("{prefix}value"), kind, was));
        }
        same(&format!("{prefix}value"), outer.get("value"), signed.get("value"), text)?;
    }
    Ok(())
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None | Some(Value::Null) => "(missing)",
        Some(Value::String(_)) => "a text",
        Some(Value::Bool(_)) => "true or false",
        Some(Value::Number(_)) => "a number",
        Some(_) => "something else",
    }
}

fn count(name: &str, outer: usize, signed: usize) -> Result<(), LicenseError> {
    if outer == signed {
        return Ok(());
    }
    Err(changed(&format!("the number of {name}"), &outer.to_string(), &signed.to_string()))
}

fn same(
    field: &str,
    outer: Option<&Value>,
    signed: Option<&Value>,
    read: impl Fn(Option<&Value>) -> Option<String>,
) -> Result<(), LicenseError> {
    let (found, was) = (read(outer), read(signed));
    if found.is_some() && found == was {
        return Ok(());
    }
    let word = |text: Option<String>| text.unwrap_or_else(|| "something else".to_owned());
    Err(changed(field, &word(found), &word(was)))
}

/// The id of a license is the password of the vendor's registries: of it, only the beginning is told.
fn changed(field: &str, found: &str, signed: &str) -> LicenseError {
    let told = |text: &str| match field {
        "licenseID" if !text.is_empty() => format!("{}…", text.chars().take(4).collect::<String>()),
        _ => text.to_owned(),
    };
    LicenseError::Changed { field: field.to_owned(), found: told(found), signed: told(signed) }
}
