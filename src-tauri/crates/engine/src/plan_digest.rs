//! A plan's digest: what an operator approves by looking at it, and what a run freezes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use longshore_contract::{Plan, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256, hexadecimal, over the plan as JSON with sorted keys, without its digest and its time.
pub fn digest(plan: &Plan) -> String {
    let plain = Plan { digest: String::new(), made_at: Timestamp::default(), ..plan.clone() };
    // A plan is made of string-keyed structs only, so it always has a JSON form.
    let json = serde_json::to_value(plain).unwrap_or(Value::Null);
    sha256(canonical(&json).as_bytes())
}

/// SHA-256, hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// JSON with sorted keys and no white space, so that equal values have equal texts.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            let members: Vec<String> = keys
                .into_iter()
                .map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&map[key])))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// A plan that cannot be executed. Such a plan is a defect of whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Two steps share an id.
    #[error("two steps of the plan are called {0}")]
    Twice(String),
    /// A step needs one that is not before it, which also rules out circles.
    #[error("step {step} needs {needs}, which is not before it in the plan")]
    NotBefore {
        /// Step.
        step: String,
        /// What it needs.
        needs: String,
    },
}

/// Checks that ids are unique and that every step only needs steps before it.
///
/// # Errors
/// The first step that breaks this.
pub fn check(plan: &Plan) -> Result<(), PlanError> {
    let mut before = BTreeSet::new();
    for step in &plan.steps {
        if let Some(needs) = step.needs.iter().find(|needs| !before.contains(needs.as_str())) {
            return Err(PlanError::NotBefore { step: step.id.clone(), needs: needs.clone() });
        }
        if !before.insert(step.id.as_str()) {
            return Err(PlanError::Twice(step.id.clone()));
        }
    }
    Ok(())
}
