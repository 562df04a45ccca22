//! An application's config: its items, the templates in them, the values people give, and the charts and
//! manifests that are rendered with those values.
//!
//! Pure: no clock but the one passed in, no network, nothing of the machine (`env` does not exist in
//! templates). Values that people typed are never evaluated as templates.

mod chart;
mod context;
mod evaluate;
mod merge;
mod model;
mod template;
mod validate;

pub use chart::{HelmChart, HelmChartError, resolve_chart};
pub use context::{Context, Proxy, Registry, ReleaseFacts};
pub use evaluate::{ConfigError, Effective, Evaluation, RenderedGroup, RenderedItem, evaluate};
pub use merge::{apply_sent, notes, removed};
pub use model::{Config, Group, Item, Value, Values};
pub use template::{Engine, Lookup, TemplateFailure};
