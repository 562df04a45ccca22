//! An application's config: its items, the templates in them, the values people give, and the charts and
//! manifests that are rendered with those values.
//!
//! Pure: no clock but the one passed in, no network, nothing of the machine (`env` does not exist in
//! templates). Values that people typed are never evaluated as templates.

mod chart;
mod context;
mod evaluate;
mod go;
mod merge;
mod model;
mod overlay;
mod repeat;
mod template;
mod validate;
mod values_file;
mod yaml;

pub use chart::{HelmChart, HelmChartError, install_order, resolve_chart};
pub use context::{Context, Domains, Proxy, Registry, ReleaseFacts};
pub use evaluate::{
    ConfigError, Effective, Evaluation, Evaluator, Problem, RenderedGroup, RenderedItem, Repetition, evaluate,
};
pub use merge::{apply_sent, notes, removed};
pub use model::{Config, Group, Item, RegexRule, RepeatTemplate, Scalar, Validation, Value, Values};
pub use overlay::{begun, differing, for_release, inherited, layered, overlay};
pub use repeat::repeat_manifest;
pub use template::{Engine, Lookup, TemplateFailure, Templates};
pub use values_file::{export_values, import_values};
pub use yaml::YamlError;
