//! What a vendor says of a plain manifest in annotations: whether it is there, when it comes and goes, and what is waited
//! for. As KOTS takes them: quoted, a truth as Go's `strconv.ParseBool` reads one, phases from -9999 to 9999.

use serde_json::Value;

const EXCLUDE: &str = "kots.io/exclude";
const WHEN: &str = "kots.io/when";
const CREATION: &str = "kots.io/creation-phase";
const DELETION: &str = "kots.io/deletion-phase";
const READY: &str = "kots.io/wait-for-ready";
const PROPERTIES: &str = "kots.io/wait-for-properties";

/// An annotation that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("annotation {name} is {found:?}, and must be {wanted}")]
pub struct AnnotationError {
    /// Which.
    pub name: &'static str,
    /// What it says.
    pub found: String,
    /// What it may say.
    pub wanted: &'static str,
}

/// What is waited for before the next object is applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waits {
    /// The object is ready, as a status informer judges it.
    pub ready: bool,
    /// Places in the object, and the text that has to be there.
    pub properties: Vec<(String, String)>,
}

fn annotation(object: &Value, name: &str) -> Option<String> {
    match &object["metadata"]["annotations"][name] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn truth(object: &Value, name: &'static str) -> Result<Option<bool>, AnnotationError> {
    let Some(found) = annotation(object, name) else { return Ok(None) };
    match found.trim() {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Some(true)),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Some(false)),
        _ => Err(AnnotationError { name, found, wanted: "true or false" }),
    }
}

/// Whether an object is part of the release; `exclude` wins over `when`.
///
/// # Errors
/// When the annotation is no truth.
pub fn included(object: &Value) -> Result<bool, AnnotationError> {
    match truth(object, EXCLUDE)? {
        Some(excluded) => Ok(!excluded),
        None => Ok(truth(object, WHEN)?.unwrap_or(true)),
    }
}

fn phase(object: &Value, name: &'static str) -> Result<i32, AnnotationError> {
    let Some(found) = annotation(object, name) else { return Ok(0) };
    let number = found.trim().parse::<i32>().ok().filter(|number| (-9999..=9999).contains(number));
    number.ok_or(AnnotationError { name, found, wanted: "a whole number from -9999 to 9999" })
}

/// When an object is applied: lower phases first.
///
/// # Errors
/// When the annotation is no phase.
pub fn creation_phase(object: &Value) -> Result<i32, AnnotationError> {
    phase(object, CREATION)
}

/// When an object is removed: lower phases first. What is no phase counts as none: the object has to go.
pub fn deletion_phase(object: &Value) -> i32 {
    phase(object, DELETION).unwrap_or_default()
}

/// What is waited for after an object was applied.
///
/// # Errors
/// When an annotation means nothing.
pub fn waits(object: &Value) -> Result<Waits, AnnotationError> {
    let ready = truth(object, READY)?.unwrap_or_default();
    let Some(found) = annotation(object, PROPERTIES) else {
        return Ok(Waits { ready, properties: Vec::new() });
    };
    let mut properties = Vec::new();
    for pair in found.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((place, text)) = pair.split_once('=').filter(|(place, _)| !place.trim().is_empty()) else {
            let wanted = "a list of place=text, such as .status.phase=Running";
            return Err(AnnotationError { name: PROPERTIES, found, wanted });
        };
        properties.push((place.trim().to_owned(), text.trim().to_owned()));
    }
    Ok(Waits { ready, properties })
}

/// The text at a place such as `.status.conditions[0].type`; `None` when nothing is there.
pub fn text_at(object: &Value, place: &str) -> Option<String> {
    let mut value = object;
    let place = place.trim_start_matches('{').trim_end_matches('}').trim_start_matches('.');
    for step in place.split(['.', '[']).map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty())
    {
        value = match step.parse::<usize>() {
            Ok(index) if value.is_array() => value.get(index)?,
            _ => value.get(step)?,
        };
    }
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Waits, creation_phase, deletion_phase, included, text_at, waits};

    fn with(annotations: Value) -> Value {
        json!({ "metadata": { "annotations": annotations } })
    }

    #[test]
    fn exclude_wins_over_when() {
        for (annotations, wanted) in [
            (json!({}), Ok(true)),
            (json!({ "kots.io/exclude": "true" }), Ok(false)),
            (json!({ "kots.io/exclude": "0" }), Ok(true)),
            (json!({ "kots.io/when": "false" }), Ok(false)),
            (json!({ "kots.io/when": true }), Ok(true)),
            (json!({ "kots.io/exclude": "false", "kots.io/when": "false" }), Ok(true)),
            (json!({ "kots.io/exclude": "maybe", "kots.io/when": "true" }), Err("kots.io/exclude")),
            (json!({ "kots.io/when": "" }), Err("kots.io/when")),
        ] {
            let found = included(&with(annotations.clone())).map_err(|error| error.name);
            assert_eq!(found, wanted, "{annotations}");
        }
    }

    #[test]
    fn phases_are_numbers_within_bounds() {
        assert_eq!(creation_phase(&with(json!({}))), Ok(0));
        assert_eq!(creation_phase(&with(json!({ "kots.io/creation-phase": "-9999" }))), Ok(-9999));
        let refusal = creation_phase(&with(json!({ "kots.io/creation-phase": "10000" }))).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "annotation kots.io/creation-phase is \"10000\", and must be a whole number from -9999 to 9999"
        );
        assert_eq!(deletion_phase(&with(json!({ "kots.io/deletion-phase": "x" }))), 0);
    }

    #[test]
    fn what_is_waited_for() {
        let object = with(json!({
            "kots.io/wait-for-ready": "true",
            "kots.io/wait-for-properties": ".status.phase=Running, .status.parts[1].name=b",
        }));
        let properties = vec![
            (".status.phase".to_owned(), "Running".to_owned()),
            (".status.parts[1].name".to_owned(), "b".to_owned()),
        ];
        assert_eq!(waits(&object), Ok(Waits { ready: true, properties }));
        let live =
            json!({ "status": { "phase": "Running", "parts": [{ "name": "a" }, { "name": "b" }], "n": 3 } });
        assert_eq!(text_at(&live, ".status.parts[1].name").as_deref(), Some("b"));
        assert_eq!(text_at(&live, "{.status.n}").as_deref(), Some("3"));
        assert_eq!(text_at(&live, ".status.gone.deeper"), None);
        assert!(waits(&with(json!({ "kots.io/wait-for-properties": "phase" }))).is_err());
    }
}
