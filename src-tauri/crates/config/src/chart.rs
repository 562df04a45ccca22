//! `kots.io` HelmChart, v1beta1 and v1beta2: from the vendor's document to merged values.
//!
//! The document is rendered as text before it is read, as upstream does: charts are written with templates
//! that make whole lines.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::go::number;
use crate::model::Scalar;
use crate::template::{Engine, TemplateFailure};
use crate::yaml::{self, Fields, Node, Shape, YamlError};

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
    /// Merged values; empty when the chart is switched off.
    pub values: Value,
    /// Values for finding images when a bundle is made.
    pub builder: Value,
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
        source: YamlError,
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

type Values = IndexMap<String, Node>;

#[derive(Default)]
struct Spec {
    chart: ChartRef,
    release_name: String,
    namespace: String,
    weight: i64,
    exclude: Scalar,
    flags: Vec<String>,
    values: Values,
    optional: Vec<Option<Optional>>,
    builder: Values,
}

#[derive(Default)]
struct ChartRef {
    name: String,
    version: String,
    release_name: String,
}

struct Optional {
    when: String,
    recursive: bool,
    values: Values,
}

impl Shape for ChartRef {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self {
            name: fields.read("name")?,
            version: fields.read("chartVersion")?,
            release_name: fields.read("releaseName")?,
        })
    }
}

impl Shape for Optional {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self {
            when: fields.read("when")?,
            recursive: fields.read("recursiveMerge")?,
            values: fields.read("values")?,
        })
    }
}

impl Shape for Spec {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        // One that is written and empty is a boolean; one that is not there is an empty text.
        let exclude = fields.find("exclude").map_or(Ok(Scalar::default()), |_| fields.read("exclude"))?;
        Ok(Self {
            chart: fields.read("chart")?,
            release_name: fields.read("releaseName")?,
            namespace: fields.read("namespace")?,
            weight: fields.read("weight")?,
            exclude,
            flags: fields.read("helmUpgradeFlags")?,
            values: fields.read("values")?,
            optional: fields.read("optionalValues")?,
            builder: fields.read("builder")?,
        })
    }
}

impl Default for Optional {
    fn default() -> Self {
        Self { when: String::new(), recursive: false, values: Values::new() }
    }
}

fn read(text: &str) -> Result<(String, Spec), YamlError> {
    let node = yaml::parse(text)?;
    let document = Fields::of(&node, "")?;
    let metadata = document.find("metadata").unwrap_or(&Node::Null);
    let name = Fields::of(metadata, "metadata")?.read("name")?;
    let mut spec: Spec = document.read("spec")?;
    let version: String = document.read("apiVersion")?;
    if version != "kots.io/v1beta1" {
        // Only the older kind names the release beside the chart.
        spec.chart.release_name.clear();
    }
    Ok((name, spec))
}

/// Resolves a HelmChart document: rendered, read, optional values merged in order.
///
/// # Errors
/// When its templates fail, it is not of its shape, or one of its conditions is no boolean.
pub fn resolve_chart(file: &str, text: &str, engine: &Engine) -> Result<HelmChart, HelmChartError> {
    let rendered =
        engine.render(text).map_err(|source| HelmChartError::Template { file: file.to_owned(), source })?;
    let (name, spec) =
        read(&rendered).map_err(|source| HelmChartError::Content { file: file.to_owned(), source })?;
    let excluded = match &spec.exclude {
        Scalar::Bool(yes) => *yes,
        Scalar::Text(text) => !text.is_empty() && go_bool(file, "exclude", text)?,
    };
    let mut values = spec.values;
    // The conditions of a chart that is switched off are nobody's business.
    let optional = if excluded { Vec::new() } else { spec.optional };
    for optional in optional.into_iter().flatten() {
        if go_bool(file, "when", &optional.when)? {
            if optional.recursive {
                merge(&mut values, optional.values);
            } else {
                values.extend(optional.values);
            }
        }
    }
    let release = [spec.release_name, spec.chart.release_name, spec.chart.name.clone()];
    Ok(HelmChart {
        name,
        version: spec.chart.version,
        release: release.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
        chart: spec.chart.name,
        namespace: spec.namespace,
        weight: spec.weight,
        flags: spec.flags,
        excluded,
        values: json(&if excluded { Values::new() } else { values }),
        builder: json(&spec.builder),
    })
}

fn json(values: &Values) -> Value {
    Value::Object(values.iter().map(|(name, value)| (name.clone(), value.to_json())).collect::<Map<_, _>>())
}

/// As Go's `strconv.ParseBool`.
fn go_bool(file: &str, field: &'static str, text: &str) -> Result<bool, HelmChartError> {
    number::boolean(text.as_bytes()).ok_or_else(|| HelmChartError::NoBoolean {
        file: file.to_owned(),
        field,
        found: text.to_owned(),
    })
}

/// Maps are merged; a scalar, list or null laid over a map is ignored, as upstream's merge does.
fn merge(base: &mut Values, over: Values) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Node::Map(base)), Node::Map(over)) => merge(base, over),
            (Some(Node::Map(_)), _) => {}
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// The order of installation: by weight, then by chart; charts switched off are left out. Uninstalling goes
/// the other way round.
pub fn install_order(charts: &[HelmChart]) -> Vec<&HelmChart> {
    let mut order: Vec<&HelmChart> = charts.iter().filter(|chart| !chart.excluded).collect();
    order.sort_by(|one, other| (one.weight, &one.chart).cmp(&(other.weight, &other.chart)));
    order
}
