//! Databases and buckets: whether they answer, and with which version.

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, unreadable};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::values::constraint;
use crate::values::number::boolean;
use crate::values::version::{Range, tolerant};

const FORM: &str = "`connected == true` or `version >= 10.0`";

/// How a kind differs from the others.
#[derive(Clone, Copy)]
struct Database {
    kind: &'static str,
    /// Whether a failure tells the driver's error.
    tells: bool,
    /// Whether versions may have any number of parts.
    long: bool,
}

pub(super) fn postgres(check: &Check<'_>) -> Judged {
    judge(check, Database { kind: "postgres", tells: true, long: false })
}

pub(super) fn mysql(check: &Check<'_>) -> Judged {
    judge(check, Database { kind: "mysql", tells: false, long: false })
}

pub(super) fn redis(check: &Check<'_>) -> Judged {
    judge(check, Database { kind: "redis", tells: false, long: false })
}

pub(super) fn s3_status(check: &Check<'_>) -> Judged {
    judge(check, Database { kind: "s3Status", tells: true, long: false })
}

pub(super) fn mssql(check: &Check<'_>) -> Judged {
    judge(check, Database { kind: "mssql", tells: true, long: true })
}

pub(super) fn clickhouse(check: &Check<'_>) -> Judged {
    judge(check, Database { kind: "clickhouse", tells: true, long: true })
}

fn judge(check: &Check<'_>, database: Database) -> Judged {
    let name = check.text_or("collectorName", database.kind);
    let title = check.named(name);
    let path = format!("{}/{name}.json", database.kind);
    let value = check.bundle.json(&path)?;
    let found = record(&path, &value)?;
    let error = found.text("error")?;
    found.unread(&["version"], &[])?;
    found.boolean("isConnected")?;
    found.all_texts("variables")?;
    for item in check.items() {
        let Some(outcome) = item.first() else { continue };
        // Upstream looks for the condition without which a MySQL warning applies in the pass outcome.
        let bare = match (database.kind, outcome.state, item.pass) {
            ("mysql", State::Warn, Some(pass)) => pass.when.is_empty(),
            ("mysql", State::Warn, None) => {
                let why = "upstream breaks off at a warn outcome of mysql whose item has no pass";
                return Err(Unjudged::Silent(why.to_owned()));
            }
            _ => outcome.when.is_empty(),
        };
        if bare {
            return Ok(vec![outcome.verdict(&title)]);
        }
        if holds(outcome.when, &found, database)? {
            let told = database.tells && outcome.state == State::Fail && !error.is_empty();
            let message =
                if told { format!("{} {error}", outcome.message) } else { outcome.message.to_owned() };
            return Ok(vec![outcome.verdict_saying(&title, message)]);
        }
    }
    Ok(vec![Verdict::limbo(title, NO_MATCH)])
}

fn holds(when: &str, found: &Record<'_>, database: Database) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, FORM);
    let connected = found.boolean("isConnected")?;
    match when.trim().split(' ').collect::<Vec<_>>()[..] {
        ["connected", operator, wanted] => {
            let wanted = boolean(wanted).ok_or_else(wrong)?;
            match operator {
                "=" | "==" | "===" => Ok(wanted == connected),
                "!=" | "!==" => Ok(wanted != connected),
                _ => Err(wrong()),
            }
        }
        ["version", operator, wanted] => {
            version(when, operator, wanted, found.text("version")?, database.long)
        }
        [_, _, _] => Ok(false),
        _ => Err(wrong()),
    }
}

fn version(when: &str, operator: &str, wanted: &str, actual: &str, long: bool) -> Result<bool, Unjudged> {
    let named = |why: String| Unjudged::Wrong(format!("`when: {when}`: {why}"));
    if long {
        let (wanted, actual) = (constraint::Version::parse(wanted), constraint::Version::parse(actual));
        let (wanted, actual) = (wanted.map_err(named)?, actual.map_err(named)?);
        return actual.compare(operator, &wanted).ok_or_else(|| unreadable(when, FORM));
    }
    let wanted = tolerant(&wanted.replace('x', "0")).map_err(named)?;
    let actual = tolerant(&actual.replace('x', "0")).map_err(named)?;
    Ok(Range::parse(&format!("{operator} {wanted}")).map_err(named)?.holds(&actual))
}
