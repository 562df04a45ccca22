//! Judging what was collected: one function per kind, over files, pure.

mod message;
mod nodes;
mod outcome;
mod presence;
mod runtime;
mod version;
mod workload;

use std::collections::BTreeMap;

use longshore_contract::{CheckResult, CheckState};
use serde_json::Value;

use crate::collect::Gathered;
use outcome::Unjudged;

/// What was collected: path in the bundle → content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// One check: its spec and what it may read.
pub(crate) struct Check<'a> {
    /// The analyzer's own fields.
    pub(crate) spec: &'a Value,
    /// What was collected.
    pub(crate) files: &'a Files,
    /// What was not, and why.
    gathered: &'a Gathered,
}

/// What a kind's function gives; `Ok(vec![])` where nothing to say is the right answer.
type Judged = Result<Vec<CheckResult>, Unjudged>;
type Judge = fn(&Check<'_>) -> Judged;

/// Every kind that can be judged here.
const KINDS: &[(&str, Judge)] = &[
    ("clusterVersion", version::judge),
    ("nodeResources", nodes::judge),
    ("storageClass", presence::storage_class),
    ("ingressClass", presence::ingress_class),
    ("customResourceDefinition", presence::definition),
    ("ingress", presence::ingress),
    ("secret", presence::secret),
    ("configMap", presence::config_map),
    ("imagePullSecret", presence::pull_secret),
    ("deploymentStatus", workload::deployment),
    ("statefulsetStatus", workload::statefulset),
    ("replicasetStatus", workload::replicaset),
    ("jobStatus", workload::job),
    ("containerRuntime", runtime::container_runtime),
];

/// Judges one item of `spec.analyzers`.
pub fn analyze(item: &Value, gathered: &Gathered) -> Vec<CheckResult> {
    let named = item.as_object().and_then(|item| item.iter().find(|(_, spec)| spec.is_object()));
    let Some((kind, spec)) = named else {
        return vec![unjudged("Analyzer", "the item names no kind", false)];
    };
    let check = Check { spec, files: &gathered.files, gathered };
    match check.excluded() {
        Ok(true) => {
            return vec![CheckResult {
                state: CheckState::Skipped,
                ..unjudged(&check.title(kind), "excluded", false)
            }];
        }
        Ok(false) => {}
        Err(Unjudged(why)) => return vec![unjudged(&check.title(kind), &why, check.strict())],
    }
    let Some((_, judge)) = KINDS.iter().find(|(known, _)| known == kind) else {
        let why = format!("Longshore does not know analyzers of kind {kind}");
        return vec![unjudged(&check.title(kind), &why, check.strict())];
    };
    judge(&check).unwrap_or_else(|Unjudged(why)| vec![unjudged(&check.title(kind), &why, check.strict())])
}

fn unjudged(title: &str, why: &str, strict: bool) -> CheckResult {
    CheckResult {
        title: title.to_owned(),
        state: CheckState::Error,
        message: why.to_owned(),
        uri: String::new(),
        strict,
        host: String::new(),
    }
}

impl Check<'_> {
    /// A text field.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.spec[field].as_str().unwrap_or_default()
    }

    /// `checkName`, or `default`.
    pub(crate) fn title(&self, default: &str) -> String {
        let named = self.text("checkName");
        if named.is_empty() { default.to_owned() } else { named.to_owned() }
    }

    /// `strict`; what is no boolean is not strict.
    pub(crate) fn strict(&self) -> bool {
        boolean(&self.spec["strict"]) == Ok(true)
    }

    fn excluded(&self) -> Result<bool, Unjudged> {
        match &self.spec["exclude"] {
            Value::Null => Ok(false),
            value => boolean(value)
                .map_err(|found| Unjudged(format!("exclude is {found:?}; true or false is needed"))),
        }
    }

    /// A file as JSON.
    pub(crate) fn json(&self, path: &str) -> Result<Value, Unjudged> {
        let missing = || match self.gathered.refused.get(path) {
            Some(refusal) => Unjudged(refusal.words().to_owned()),
            None => Unjudged(format!("{path} was not collected")),
        };
        let bytes = self.files.get(path).ok_or_else(missing)?;
        serde_json::from_slice(bytes).map_err(|error| Unjudged(format!("{path} cannot be read: {error}")))
    }

    /// The objects of a file that holds a list, or an array.
    pub(crate) fn items(&self, path: &str) -> Result<Vec<Value>, Unjudged> {
        let found = self.json(path)?;
        Ok(found.as_array().or_else(|| found["items"].as_array()).cloned().unwrap_or_default())
    }
}

/// Go's `strconv.ParseBool` over what YAML gave.
pub(crate) fn boolean(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) => match text.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
            "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
            other => Err(other.to_owned()),
        },
        other => Err(other.to_string()),
    }
}
