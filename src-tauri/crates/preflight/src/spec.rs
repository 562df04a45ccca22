//! `troubleshoot.sh` Preflight specs.

use serde::Deserialize;
use serde_json::Value;

/// What one or more specs ask, joined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spec {
    /// Name of the first document.
    pub name: String,
    /// Items of `spec.collectors`.
    pub collectors: Vec<Value>,
    /// Items of `spec.analyzers`.
    pub analyzers: Vec<Value>,
}

/// A spec that is none.
#[derive(Debug, thiserror::Error)]
#[error("Preflight spec {file} cannot be read")]
pub struct SpecError {
    /// File in the release.
    pub file: String,
    /// Why.
    #[source]
    pub source: serde_norway::Error,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    spec: Body,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    collectors: Option<Vec<Value>>,
    #[serde(default)]
    analyzers: Option<Vec<Value>>,
}

/// Reads a spec.
///
/// # Errors
/// When it is no YAML, or of another shape.
pub fn parse(file: &str, text: &str) -> Result<Spec, SpecError> {
    let document: Document =
        serde_norway::from_str(text).map_err(|source| SpecError { file: file.to_owned(), source })?;
    Ok(Spec {
        name: document.metadata.name,
        collectors: document.spec.collectors.unwrap_or_default(),
        analyzers: document.spec.analyzers.unwrap_or_default(),
    })
}

impl Spec {
    /// Joins another spec to this one: lists appended, the first name kept.
    pub fn join(&mut self, other: Self) {
        if self.name.is_empty() {
            self.name = other.name;
        }
        self.collectors.extend(other.collectors);
        self.analyzers.extend(other.analyzers);
    }
}
