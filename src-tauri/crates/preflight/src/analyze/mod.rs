//! Judging what was collected: one function per kind, over files, pure.

mod bundle;
mod cluster;
mod fields;
mod host;
mod outcome;
mod text;
mod verdict;

use std::cell::Cell;
use std::collections::BTreeSet;

use longshore_contract::{CheckResult, CheckState, Timestamp};
use serde_json::Value;

use crate::collect::Gathered;
use crate::kinds::{self, Scope};
use crate::values::number;
use bundle::Bundle;

pub(crate) use cluster::{distribution, is_unhealthy};

use verdict::Unjudged;

pub use bundle::Files;
pub use verdict::{Analysis, Gap, Verdict};

/// One check: its spec and what it may read.
pub(crate) struct Check<'a> {
    /// The analyzer's own fields.
    pub(crate) spec: &'a Value,
    /// What was collected.
    pub(crate) bundle: Bundle<'a>,
    /// When it is judged.
    pub(crate) at: Timestamp,
}

/// What a kind's function gives; `Ok(vec![])` where nothing to say is the right answer.
type Judged = Result<Vec<Verdict>, Unjudged>;
type Judge = fn(&Check<'_>) -> Judged;

/// How a check is called whose spec has no `checkName`.
#[derive(Clone, Copy)]
enum Title {
    /// So.
    Is(&'static str),
    /// By its collector's name; so when that has none.
    Collector(&'static str),
    /// By its fields.
    Made(fn(&Check<'_>) -> String),
}

/// A kind of analyzer and how it is judged.
struct Kind {
    name: &'static str,
    title: Title,
    /// Whether upstream passes `strict` on for every verdict of this kind.
    strict: bool,
    judge: Judge,
}

const fn kind(name: &'static str, title: Title, strict: bool, judge: Judge) -> Kind {
    Kind { name, title, strict, judge }
}

/// Every kind in the order in which upstream looks for one in an item.
fn table(scope: Scope) -> &'static [Kind] {
    match scope {
        Scope::Host => host::KINDS,
        Scope::Cluster => cluster::KINDS,
    }
}

/// Judges one item of a spec's analyzers.
pub fn analyze(item: &Value, scope: Scope, gathered: &Gathered, at: Timestamp) -> Analysis {
    analyzed(item, scope, Bundle { files: &gathered.files, refused: &gathered.refused, pending: None }, at)
}

fn analyzed(item: &Value, scope: Scope, bundle: Bundle<'_>, at: Timestamp) -> Analysis {
    let found = table(scope).iter().find_map(|kind| {
        let spec = item.get(kind.name).filter(|spec| !spec.is_null())?;
        Some((kind, Check { spec, bundle, at }))
    });
    let Some((kind, check)) = found else { return unknown(item, scope) };
    let title = check.title(kind.title);
    if let Err(reason) = kinds::well_typed(scope, kind.name, check.spec) {
        return Analysis::Unjudged { title, reason };
    }
    match check.excluded() {
        Ok(true) => return Analysis::Excluded { title },
        Err(reason) if scope == Scope::Cluster => return Analysis::Unjudged { title, reason },
        _ => {}
    }
    match (kind.judge)(&check) {
        Ok(mut verdicts) => {
            for verdict in verdicts.iter_mut().filter(|_| kind.strict) {
                verdict.strict = check.strict();
            }
            Analysis::Verdicts(verdicts)
        }
        // Upstream turns a host check that it cannot judge into a failure.
        Err(Unjudged::Wrong(why)) if scope == Scope::Host => Analysis::Verdicts(vec![failed(&title, &why)]),
        Err(Unjudged::Wrong(reason) | Unjudged::Silent(reason)) => Analysis::Unjudged { title, reason },
    }
}

fn failed(title: &str, why: &str) -> Verdict {
    Verdict::of(verdict::State::Fail, title, format!("Analyzer Failed: {why}"))
}

fn unknown(item: &Value, scope: Scope) -> Analysis {
    let named: Vec<&str> = item.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let reason = match named.as_slice() {
        [] => "the item names no kind of analyzer".to_owned(),
        [name, ..] if item[*name].is_null() => format!("{name} has no fields, so it is no analyzer"),
        [name, ..] => match kinds::nearest(scope, name) {
            Some(nearest) => format!("there is no kind of analyzer {name}; did you mean {nearest}?"),
            None => format!("there is no kind of analyzer {name}"),
        },
    };
    match scope {
        Scope::Host => Analysis::Verdicts(vec![failed("nil analyzer", &reason)]),
        Scope::Cluster => {
            Analysis::Unjudged { title: named.first().copied().unwrap_or("Analyzer").to_owned(), reason }
        }
    }
}

/// The results of one item, each of one state: `error` with the reason where there is no verdict.
pub fn results(item: &Value, scope: Scope, gathered: &Gathered, at: Timestamp) -> Vec<CheckResult> {
    told(item, analyze(item, scope, gathered, at))
}

/// The results of one item as soon as they can be told: nothing while it asks for a file that is still to come.
pub(crate) fn results_without(
    pending: &BTreeSet<String>,
    item: &Value,
    scope: Scope,
    gathered: &Gathered,
    at: Timestamp,
) -> Option<Vec<CheckResult>> {
    let touched = Cell::new(false);
    let pending = Some((pending, &touched));
    let bundle = Bundle { files: &gathered.files, refused: &gathered.refused, pending };
    let analysis = analyzed(item, scope, bundle, at);
    (!touched.get()).then(|| told(item, analysis))
}

fn told(item: &Value, analysis: Analysis) -> Vec<CheckResult> {
    let spec = item.as_object().into_iter().flatten().map(|(_, spec)| spec).find(|spec| spec.is_object());
    let strict = spec.is_some_and(|spec| switch(&spec["strict"]) == Ok(true));
    let plain = |title: String, state, message: String| CheckResult {
        title,
        state,
        message,
        uri: String::new(),
        strict,
        host: String::new(),
    };
    match analysis {
        Analysis::Excluded { title } => {
            vec![plain(title, CheckState::Skipped, "excluded by the spec".to_owned())]
        }
        Analysis::Unjudged { title, reason } => vec![plain(title, CheckState::Error, reason)],
        Analysis::Verdicts(verdicts) => verdicts.iter().map(|verdict| verdict.result(strict)).collect(),
    }
}

impl<'a> Check<'a> {
    /// A text field, empty when absent.
    pub(crate) fn text(&self, field: &str) -> &'a str {
        self.spec[field].as_str().unwrap_or_default()
    }

    /// A text field, or `default` when it is empty.
    pub(crate) fn text_or<'b>(&self, field: &str, default: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match self.text(field) {
            "" => default,
            text => text,
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&self, field: &str) -> Vec<&'a str> {
        self.spec[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A field that is true or false.
    pub(crate) fn flag(&self, field: &str) -> bool {
        self.spec[field] == true
    }

    /// `checkName`, or a default.
    pub(crate) fn named(&self, default: &str) -> String {
        self.text_or("checkName", default).to_owned()
    }

    fn title(&self, title: Title) -> String {
        match title {
            Title::Is(default) => self.named(default),
            Title::Collector(default) => self.named(self.text_or("collectorName", default)),
            Title::Made(made) => made(self),
        }
    }

    /// `strict`; what is no boolean is not strict.
    pub(crate) fn strict(&self) -> bool {
        switch(&self.spec["strict"]) == Ok(true)
    }

    fn excluded(&self) -> Result<bool, String> {
        switch(&self.spec["exclude"]).map_err(|found| format!("exclude is {found}; true or false is needed"))
    }
}

/// Whether an item excludes itself; what cannot be read as true or false otherwise.
pub(crate) fn excluded(body: &Value) -> Result<bool, String> {
    switch(&body["exclude"])
}

/// A field that is a boolean or a text that means one; the empty text means false.
fn switch(value: &Value) -> Result<bool, String> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(value) => Ok(*value),
        Value::String(text) if text.is_empty() => Ok(false),
        Value::String(text) => number::boolean(text).ok_or_else(|| format!("{text:?}")),
        other => Err(other.to_string()),
    }
}
