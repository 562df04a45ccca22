//! What an analyzer says.

use longshore_contract::{CheckResult, CheckState};
use serde::Serialize;

/// One verdict. Upstream sets its three flags independently: a few kinds can set two at once, and some leave
/// all of them unset, which upstream then drops from every output. As JSON it is what upstream uploads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// A pass outcome applies.
    #[serde(rename = "isPass")]
    pub pass: bool,
    /// A warn outcome applies.
    #[serde(rename = "isWarn")]
    pub warn: bool,
    /// A fail outcome applies.
    #[serde(rename = "isFail")]
    pub fail: bool,
    /// Title.
    pub title: String,
    /// What was found and what to do.
    pub message: String,
    /// Where to read more, or empty.
    pub uri: String,
    /// Strict as upstream reports it; some kinds lose the spec's own word for it.
    pub strict: bool,
    /// Why there is no verdict, where there is none.
    #[serde(skip)]
    pub gap: Option<Gap>,
}

/// A verdict that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// Upstream has a result without any flag; why, in words.
    Limbo(String),
    /// Upstream has no result at all; why, in words.
    Dropped(String),
}

/// What became of one item of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Analysis {
    /// The spec excludes it.
    Excluded {
        /// Title.
        title: String,
    },
    /// Verdicts; none where nothing to say is the right answer.
    Verdicts(Vec<Verdict>),
    /// No verdict is possible.
    Unjudged {
        /// Title.
        title: String,
        /// Why, in words.
        reason: String,
    },
}

impl Analysis {
    /// The verdicts as upstream lists them, those without flags included.
    ///
    /// # Errors
    /// The reason, where no verdict is left. Nothing at all is right where the spec excludes the check, or where
    /// its kind speaks only of what is wrong.
    pub fn listed(self) -> Result<Vec<Verdict>, String> {
        match self {
            Self::Excluded { .. } => Ok(Vec::new()),
            Self::Unjudged { reason, .. } => Err(reason),
            Self::Verdicts(verdicts) => {
                let reason = verdicts.iter().find_map(|verdict| match &verdict.gap {
                    Some(Gap::Limbo(reason) | Gap::Dropped(reason)) => Some(reason.clone()),
                    None => None,
                });
                match reason {
                    Some(reason) if !verdicts.iter().any(Verdict::judged) => Err(reason),
                    _ => Ok(verdicts
                        .into_iter()
                        .filter(|verdict| !matches!(verdict.gap, Some(Gap::Dropped(_))))
                        .collect()),
                }
            }
        }
    }
}

/// Why an analyzer has no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unjudged {
    /// Upstream's analyzer ends with an error too. For hosts it shows that as a failure.
    Wrong(String),
    /// Upstream says nothing, or breaks off altogether.
    Silent(String),
}

impl From<String> for Unjudged {
    fn from(why: String) -> Self {
        Self::Wrong(why)
    }
}

impl From<&str> for Unjudged {
    fn from(why: &str) -> Self {
        Self::Wrong(why.to_owned())
    }
}

/// One of the three outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Fail,
    Warn,
    Pass,
}

impl Verdict {
    /// A verdict of one state.
    pub(crate) fn of(state: State, title: impl Into<String>, message: impl Into<String>) -> Self {
        let mut verdict = Self { title: title.into(), message: message.into(), ..Self::default() };
        verdict.set(state);
        verdict
    }

    pub(crate) fn set(&mut self, state: State) {
        match state {
            State::Fail => self.fail = true,
            State::Warn => self.warn = true,
            State::Pass => self.pass = true,
        }
    }

    /// The same with a place to read more.
    pub(crate) fn uri(mut self, uri: &str) -> Self {
        uri.clone_into(&mut self.uri);
        self
    }

    /// No verdict where upstream has a result without flags.
    pub(crate) fn limbo(title: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { title: title.into(), gap: Some(Gap::Limbo(reason.into())), ..Self::default() }
    }

    /// No verdict where upstream has none.
    pub(crate) fn dropped(title: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { title: title.into(), gap: Some(Gap::Dropped(reason.into())), ..Self::default() }
    }

    /// Whether it says anything.
    pub fn judged(&self) -> bool {
        self.pass || self.warn || self.fail
    }

    /// As a result of one state. With several flags it is the one that decides upstream's exit code: warn, then
    /// fail, then pass. The spec's `strict` always counts here, also for kinds where upstream forgets it.
    pub(crate) fn result(&self, strict: bool) -> CheckResult {
        let (state, message) = match &self.gap {
            Some(Gap::Limbo(reason) | Gap::Dropped(reason)) => (CheckState::Error, reason),
            None if self.warn => (CheckState::Warn, &self.message),
            None if self.fail => (CheckState::Fail, &self.message),
            None => (CheckState::Pass, &self.message),
        };
        CheckResult {
            title: self.title.clone(),
            state,
            message: message.clone(),
            uri: self.uri.clone(),
            strict: strict || self.strict,
            host: String::new(),
        }
    }
}
