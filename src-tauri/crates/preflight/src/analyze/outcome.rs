//! Outcomes: the first whose `when` holds is the result.

use longshore_contract::{CheckResult, CheckState};
use serde_json::Value;

use super::Check;

/// Why a check has no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unjudged(pub(crate) String);

/// One outcome of a spec.
#[derive(Debug, Clone)]
pub(crate) struct Outcome<'a> {
    pub(crate) state: CheckState,
    pub(crate) when: &'a str,
    pub(crate) message: &'a str,
    pub(crate) uri: &'a str,
}

impl<'a> Check<'a> {
    /// The outcomes in order. An item that holds several is read as its worst.
    pub(crate) fn outcomes(&self) -> Vec<Outcome<'a>> {
        let items = self.spec["outcomes"].as_array().map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| {
                let states =
                    [("fail", CheckState::Fail), ("warn", CheckState::Warn), ("pass", CheckState::Pass)];
                let (body, state) =
                    states.into_iter().find_map(|(name, state)| item.get(name).map(|body| (body, state)))?;
                let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
                Some(Outcome { state, when: text("when"), message: text("message"), uri: text("uri") })
            })
            .collect()
    }

    /// The first outcome whose `when` is empty or holds.
    pub(crate) fn first(
        &self,
        holds: impl Fn(&str) -> Result<bool, Unjudged>,
    ) -> Result<Outcome<'a>, Unjudged> {
        for outcome in self.outcomes() {
            if outcome.when.is_empty() || holds(outcome.when)? {
                return Ok(outcome);
            }
        }
        Err(Unjudged("no outcome matches what was found; the spec needs one without `when`".to_owned()))
    }

    /// A result from an outcome.
    pub(crate) fn result(&self, title: &str, outcome: &Outcome<'_>) -> CheckResult {
        CheckResult {
            title: title.to_owned(),
            state: outcome.state,
            message: outcome.message.to_owned(),
            uri: outcome.uri.to_owned(),
            strict: self.strict(),
            host: String::new(),
        }
    }

    /// A result in our words.
    pub(crate) fn canned(&self, title: &str, state: CheckState, message: &str) -> CheckResult {
        self.result(title, &Outcome { state, when: "", message, uri: "" })
    }
}

/// Compares by one of the operators that every numeric `when` knows.
pub(crate) fn compare<T: PartialOrd>(left: &T, operator: &str, right: &T) -> Option<bool> {
    Some(match operator {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        "=" | "==" | "===" => left == right,
        _ => return None,
    })
}
