//! `troubleshoot.sh` specs: Preflight, HostPreflight, SupportBundle and what belongs to them, in all versions.
//!
//! One file may hold many documents, and documents may lie in Secrets and ConfigMaps. Upstream skips what it
//! cannot read; here that is an error, because a check that is not run is a check that passes.

mod document;
mod wrapped;

use serde_json::{Value, json};

use crate::template::{About, render};
use crate::yaml::{self, Node};

pub use crate::yaml::YamlError;
pub(crate) use document::{Document, KINDS, Kind, VERSIONS, documents};

/// What one or more specs ask, joined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spec {
    /// Name of the first document.
    pub name: String,
    /// Collectors of clusters.
    pub collectors: Vec<Value>,
    /// Analyzers of clusters.
    pub analyzers: Vec<Value>,
    /// Collectors of hosts.
    pub host_collectors: Vec<Value>,
    /// Analyzers of hosts.
    pub host_analyzers: Vec<Value>,
    /// Places where newer versions of the documents may be. Nothing is fetched from them here.
    pub uris: Vec<String>,
}

/// A spec that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// It is no YAML.
    #[error("preflight spec {file} is no YAML")]
    Yaml {
        /// File in the release.
        file: String,
        /// Where and why.
        #[source]
        source: YamlError,
    },
    /// A part of it is not what it should be.
    #[error("preflight spec {file}, line {line}: {path} {reason}")]
    Shape {
        /// File in the release.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Where in the document.
        path: String,
        /// What is wrong, and what is needed.
        reason: String,
    },
    /// It is a template, and there are no values for it.
    #[error(
        "preflight spec {file} is a v1beta3 template; it needs values, given as a file or with the package"
    )]
    NeedsValues {
        /// File in the release.
        file: String,
    },
    /// It is a template that fails.
    #[error("preflight spec {file} cannot be rendered: {reason}")]
    Template {
        /// File in the release.
        file: String,
        /// Why.
        reason: String,
    },
    /// It holds no document that asks for checks.
    #[error("{file} holds no Preflight, HostPreflight or SupportBundle")]
    Nothing {
        /// File in the release.
        file: String,
    },
}

/// Reads a spec that is no template.
///
/// # Errors
/// When it is no YAML, of another shape, or needs values.
pub fn parse(file: &str, text: &str) -> Result<Spec, SpecError> {
    parse_with(file, text, None)
}

/// Reads a spec; one of version v1beta3 is rendered with `values` first, as `.Values` of a chart.
///
/// # Errors
/// When it cannot be rendered, is no YAML, or of another shape.
pub fn parse_with(file: &str, text: &str, values: Option<&Value>) -> Result<Spec, SpecError> {
    let rendered = rendered(file, text, values)?;
    let nodes =
        yaml::documents(&rendered).map_err(|source| SpecError::Yaml { file: file.to_owned(), source })?;
    let documents = documents(&nodes).map_err(|(line, path, reason)| SpecError::Shape {
        file: file.to_owned(),
        line,
        path,
        reason,
    })?;
    let mut spec = Spec::default();
    let mut any = false;
    for document in &documents {
        any |= document.kind.asks();
        spec.join(read(file, document)?);
    }
    if any { Ok(spec) } else { Err(SpecError::Nothing { file: file.to_owned() }) }
}

/// The text with its template rendered, if it is one of version v1beta3.
pub(crate) fn rendered(file: &str, text: &str, values: Option<&Value>) -> Result<String, SpecError> {
    let newer = text.lines().any(|line| {
        line.strip_prefix("apiVersion:")
            .is_some_and(|rest| rest.trim().trim_matches(['"', '\'']).ends_with("/v1beta3"))
    });
    if !newer || !text.contains("{{") {
        return Ok(text.to_owned());
    }
    let values = values.ok_or_else(|| SpecError::NeedsValues { file: file.to_owned() })?;
    let about = json!({ "Values": values, "Release": { "Name": "preflight", "Namespace": "default" } });
    render(text, About::Document(&about))
        .map_err(|reason| SpecError::Template { file: file.to_owned(), reason })
}

fn read(file: &str, document: &Document) -> Result<Spec, SpecError> {
    let list = |field: &str| -> Result<Vec<Value>, SpecError> {
        match document.value["spec"].get(field) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.clone()),
            Some(_) => Err(SpecError::Shape {
                file: file.to_owned(),
                line: document.node.line_of(&format!("spec.{field}")),
                path: format!("spec.{field}"),
                reason: "is no list".to_owned(),
            }),
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut spec = Spec { name: text(&document.value["metadata"]["name"]), ..Spec::default() };
    match document.kind {
        Kind::HostPreflight | Kind::HostCollector => {
            spec.host_collectors = list("collectors")?;
            spec.host_analyzers = list("analyzers")?;
        }
        Kind::Preflight | Kind::SupportBundle | Kind::Collector | Kind::Analyzer => {
            spec.collectors = list("collectors")?;
            spec.analyzers = list("analyzers")?;
            spec.host_collectors = list("hostCollectors")?;
            spec.host_analyzers = list("hostAnalyzers")?;
        }
        Kind::RemoteCollector | Kind::Redactor => {}
    }
    spec.uris =
        Some(text(&document.value["spec"]["uri"])).filter(|uri| !uri.is_empty()).into_iter().collect();
    Ok(spec)
}

impl Spec {
    /// Joins another spec to this one: lists appended, the first name kept.
    pub fn join(&mut self, other: Self) {
        if self.name.is_empty() {
            self.name = other.name;
        }
        self.collectors.extend(other.collectors);
        self.analyzers.extend(other.analyzers);
        self.host_collectors.extend(other.host_collectors);
        self.host_analyzers.extend(other.host_analyzers);
        self.uris.extend(other.uris);
    }
}

/// Joins specs, with what two of them ask in the same words asked once: the built-in checks of hosts and a release's
/// own repeat each other.
pub fn merged(specs: impl IntoIterator<Item = Spec>) -> Spec {
    let mut all = Spec::default();
    specs.into_iter().for_each(|spec| all.join(spec));
    for items in [&mut all.host_collectors, &mut all.host_analyzers] {
        let mut kept: Vec<Value> = Vec::new();
        for item in items.drain(..) {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        *items = kept;
    }
    all
}

/// A node and the value it holds, without the marks of keys that are no texts.
fn valued(node: &Node) -> (Node, Value) {
    (node.clone(), node.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflight\nmetadata: {name: h}\nspec:\n  \
                        collectors: [{cpu: {}}]\n  analyzers: [{cpu: {}}, {memory: {}}]\n";

    #[test]
    fn documents_are_joined() {
        let text = format!(
            "{HOST}---\napiVersion: troubleshoot.replicated.com/v1beta1\nkind: Preflight\nmetadata: {{name: p}}\nspec:\n  \
             uri: https://vendor.example/spec.yaml\n  analyzers: [{{clusterVersion: {{}}}}]\n---\nkind: Service\n---\n"
        );
        let spec = parse("a.yaml", &text).expect("a spec");
        assert_eq!(spec.name, "h", "the first name is kept");
        assert_eq!((spec.host_analyzers.len(), spec.analyzers.len(), spec.host_collectors.len()), (2, 1, 1));
        assert_eq!(spec.uris, ["https://vendor.example/spec.yaml"]);
    }

    #[test]
    fn specs_lie_in_secrets_and_config_maps() {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(HOST);
        let indented = HOST.replace('\n', "\n    ");
        for text in [
            format!("apiVersion: v1\nkind: Secret\ndata:\n  preflight.yaml: {encoded}\n"),
            format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  preflight-spec: |\n    {indented}\n"),
            format!("apiVersion: v1\nkind: Secret\nstringData:\n  support-bundle-spec: |\n    {indented}\n"),
        ] {
            assert_eq!(parse("s.yaml", &text).expect(&text).host_analyzers.len(), 2, "{text}");
        }
    }

    #[test]
    fn a_template_is_rendered_with_values() {
        let text = "apiVersion: troubleshoot.sh/v1beta3\nkind: Preflight\nmetadata: {name: t}\nspec:\n  analyzers:\n\
                    {{- if .Values.db.enabled }}\n  - postgres: {collectorName: {{ .Values.db.name | quote }}}\n\
                    {{- end }}\n  - clusterVersion: {}\n";
        let values = serde_json::json!({ "db": { "enabled": true, "name": "main" } });
        assert_eq!(parse_with("t.yaml", text, Some(&values)).expect("rendered").analyzers.len(), 2);
        let nothing = serde_json::json!({});
        assert_eq!(parse_with("t.yaml", text, Some(&nothing)).expect("rendered").analyzers.len(), 1);
        assert!(matches!(parse("t.yaml", text), Err(SpecError::NeedsValues { .. })));
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        assert!(matches!(parse("a.yaml", "a: ["), Err(SpecError::Yaml { .. })));
        assert!(matches!(parse("a.yaml", "kind: Service\n"), Err(SpecError::Nothing { .. })));
        let text = "apiVersion: troubleshoot.sh/v1beta2\nkind: Preflight\nspec:\n  analyzers: 5\n";
        let error = parse("a.yaml", text).expect_err("5 is no list").to_string();
        assert_eq!(error, "preflight spec a.yaml, line 4: spec.analyzers is no list");
    }
}
