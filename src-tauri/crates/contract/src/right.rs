//! Rights of a credential in a cluster: asked for before anything begins, and named when they lack.

/// A right that work on a cluster needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// `create`, `get`, …
    pub verb: String,
    /// API group; empty for the core.
    pub group: String,
    /// Plural, with the subresource where there is one: `pods/log`.
    pub resource: String,
    /// Namespace; empty for the whole cluster.
    pub namespace: String,
}

impl Right {
    /// A right.
    pub fn new(verb: &str, group: &str, resource: &str, namespace: &str) -> Self {
        Self {
            verb: verb.into(),
            group: group.into(),
            resource: resource.into(),
            namespace: namespace.into(),
        }
    }

    /// In words: `create deployments.apps in namespace web`.
    pub fn words(&self) -> String {
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let place = match self.namespace.as_str() {
            "" => "in the whole cluster".to_owned(),
            namespace => format!("in namespace {namespace}"),
        };
        format!("{} {}{group} {place}", self.verb, self.resource)
    }
}
