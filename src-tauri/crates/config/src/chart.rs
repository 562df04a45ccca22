//! `kots.io` HelmChart: from the vendor's document to merged values.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::template::{Engine, TemplateFailure};

/// A HelmChart, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct HelmChart {
    /// Name of the object.
    pub name: String,
    /// Chart name.
    pub chart: String,
    /// Chart version.
    pub version: String,
    /// Helm release name.
    pub release: String,
    /// Namespace, or empty for the application's.
    pub namespace: String,
    /// Weight.
    pub weight: i64,
    /// Vendor's flags for `helm upgrade`.
    pub flags: Vec<String>,
    /// Switched off.
    pub excluded: bool,
    /// Merged values.
    pub values: Value,
}

/// Why a HelmChart is refused.
#[derive(Debug, thiserror::Error)]
pub enum HelmChartError {
    /// Its templates.
    #[error("The HelmChart in {file} cannot be rendered")]
    Template {
        /// File.
        file: String,
        /// Why.
        #[source]
        source: TemplateFailure,
    },
    /// Its shape.
    #[error("The HelmChart in {file} cannot be read once it is rendered")]
    Content {
        /// File.
        file: String,
        /// Why.
        #[source]
        source: serde_norway::Error,
    },
    /// A `when` that is no boolean.
    #[error("The HelmChart in {file} has a `{field}` that is {found:?}; true or false is needed")]
    NoBoolean {
        /// File.
        file: String,
        /// Field.
        field: &'static str,
        /// What it is.
        found: String,
    },
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    metadata: Metadata,
    spec: Spec,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    chart: ChartRef,
    #[serde(default)]
    release_name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    weight: i64,
    #[serde(default)]
    exclude: Option<serde_norway::Value>,
    #[serde(default)]
    helm_upgrade_flags: Vec<String>,
    #[serde(default)]
    values: Option<Map<String, Value>>,
    #[serde(default)]
    optional_values: Vec<Optional>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChartRef {
    name: String,
    #[serde(default)]
    chart_version: String,
    #[serde(default)]
    release_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Optional {
    #[serde(default)]
    when: String,
    #[serde(default)]
    recursive_merge: bool,
    #[serde(default)]
    values: Option<Map<String, Value>>,
}

/// Resolves a HelmChart document: rendered, read, optional values merged in order.
///
/// # Errors
/// When its templates fail or it is not of its shape.
pub fn resolve_chart(file: &str, text: &str, engine: &Engine) -> Result<HelmChart, HelmChartError> {
    let rendered =
        engine.render(text).map_err(|source| HelmChartError::Template { file: file.to_owned(), source })?;
    let document: Document = serde_norway::from_str(&rendered)
        .map_err(|source| HelmChartError::Content { file: file.to_owned(), source })?;
    let spec = document.spec;
    let excluded = match &spec.exclude {
        None | Some(serde_norway::Value::Null) => false,
        Some(serde_norway::Value::Bool(yes)) => *yes,
        Some(other) => {
            let found = other.as_str().unwrap_or("not text");
            !found.is_empty() && go_bool(file, "exclude", found)?
        }
    };
    let mut values = spec.values.unwrap_or_default();
    for optional in spec.optional_values {
        if go_bool(file, "when", &optional.when)? {
            let more = optional.values.unwrap_or_default();
            if optional.recursive_merge { merge(&mut values, more) } else { values.extend(more) }
        }
    }
    values.retain(|_, value| !value.is_null());
    let release = [spec.release_name, spec.chart.release_name, spec.chart.name.clone()];
    Ok(HelmChart {
        name: document.metadata.name,
        version: spec.chart.chart_version,
        release: release.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
        chart: spec.chart.name,
        namespace: spec.namespace,
        weight: spec.weight,
        flags: spec.helm_upgrade_flags,
        excluded,
        values: Value::Object(values),
    })
}

/// As Go's `strconv.ParseBool`.
fn go_bool(file: &str, field: &'static str, text: &str) -> Result<bool, HelmChartError> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(HelmChartError::NoBoolean { file: file.to_owned(), field, found: text.to_owned() }),
    }
}

/// Maps are merged; a scalar, list or null laid over a map is ignored, as upstream's merge does.
fn merge(base: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Object(base)), Value::Object(over)) => merge(base, over),
            (Some(Value::Object(_)), _) => {}
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}
