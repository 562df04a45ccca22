//! Outcomes: what a spec says of what was found.

use serde_json::Value;

use super::Check;
use super::verdict::{State, Unjudged, Verdict};

/// One outcome of a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome<'a> {
    pub(crate) state: State,
    pub(crate) when: &'a str,
    pub(crate) message: &'a str,
    pub(crate) uri: &'a str,
}

/// An item of a list of outcomes. It should hold one, and may hold three.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) fail: Option<Outcome<'a>>,
    pub(crate) warn: Option<Outcome<'a>>,
    pub(crate) pass: Option<Outcome<'a>>,
}

/// Said where no outcome applies.
pub(crate) const NO_MATCH: &str =
    "no outcome of the spec applies to what was found; an outcome without `when` at the end would catch it";

impl<'a> Item<'a> {
    fn of(item: &'a Value) -> Self {
        let outcome = |name: &str, state| {
            let body = item.get(name).filter(|body| !body.is_null())?;
            let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
            Some(Outcome { state, when: text("when"), message: text("message"), uri: text("uri") })
        };
        Self {
            fail: outcome("fail", State::Fail),
            warn: outcome("warn", State::Warn),
            pass: outcome("pass", State::Pass),
        }
    }

    /// The one that upstream reads: fail before warn before pass.
    pub(crate) fn first(&self) -> Option<Outcome<'a>> {
        self.fail.or(self.warn).or(self.pass)
    }
}

impl<'a> Check<'a> {
    /// Items of the spec's list, in order.
    pub(crate) fn items(&self) -> Vec<Item<'a>> {
        self.spec["outcomes"].as_array().into_iter().flatten().map(Item::of).collect()
    }

    /// The outcome of each item that upstream reads; items without one left out.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = Outcome<'a>> {
        self.items().into_iter().filter_map(|item| item.first())
    }

    /// The same where an item without an outcome is an error.
    pub(crate) fn full_outcomes(&self) -> Vec<Result<Outcome<'a>, Unjudged>> {
        let empty = || Unjudged::Wrong("an outcome of the spec holds none of pass, warn and fail".to_owned());
        self.items().iter().map(|item| item.first().ok_or_else(empty)).collect()
    }

    /// The first outcome whose `when` is empty or holds.
    pub(crate) fn first(
        &self,
        holds: impl Fn(&str) -> Result<bool, Unjudged>,
    ) -> Result<Option<Outcome<'a>>, Unjudged> {
        for outcome in self.outcomes() {
            if outcome.when.is_empty() || holds(outcome.when)? {
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }

    /// The first outcome that applies as the only verdict, or a verdict without flags.
    pub(crate) fn first_or_limbo(
        &self,
        title: &str,
        holds: impl Fn(&str) -> Result<bool, Unjudged>,
    ) -> Result<Vec<Verdict>, Unjudged> {
        let verdict = match self.first(holds)? {
            Some(outcome) => outcome.verdict(title),
            None => Verdict::limbo(title, NO_MATCH),
        };
        Ok(vec![verdict])
    }
}

impl Outcome<'_> {
    /// A verdict of this outcome.
    pub(crate) fn verdict(&self, title: &str) -> Verdict {
        self.verdict_saying(title, self.message)
    }

    /// The same with a message of its own.
    pub(crate) fn verdict_saying(&self, title: &str, message: impl Into<String>) -> Verdict {
        Verdict::of(self.state, title, message).uri(self.uri)
    }

    /// `when` as a boolean, with what it means when it is empty.
    pub(crate) fn boolean(&self) -> Result<bool, Unjudged> {
        match self.when {
            "" => Ok(self.state == State::Pass),
            when => crate::values::number::boolean(when).ok_or_else(|| {
                Unjudged::Wrong(format!("`when: {when}` cannot be read; true or false is the form"))
            }),
        }
    }
}

/// Compares by one of the operators that every numeric `when` knows; `None` for another one.
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

/// The same, with `!=` and `!==`.
pub(crate) fn compare_or_differ<T: PartialOrd>(left: &T, operator: &str, right: &T) -> Option<bool> {
    match operator {
        "!=" | "!==" => Some(left != right),
        operator => compare(left, operator, right),
    }
}

/// Says that a `when` cannot be read, and what can.
pub(crate) fn unreadable(when: &str, form: &str) -> Unjudged {
    Unjudged::Wrong(format!("`when: {when}` cannot be read; {form} is the form"))
}
