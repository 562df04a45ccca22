//! Which blocks apply to a host: `Host` and `Match` lines.

use super::SshConfig;
use super::lines::words;
use super::options::Options;
use crate::glob::{host_list_matches, list_matches, matches};

/// What is matched against.
pub(super) struct Subject<'a> {
    pub config: &'a SshConfig,
    /// Host as it was named.
    pub alias: &'a str,
    /// The same, or what it stands for in the second reading.
    pub host: String,
    /// Whether this is the second reading, which `Match final` asks for.
    pub last: bool,
    /// Set when a `Match final` was seen.
    pub wants_last: bool,
}

/// `Host` with its patterns: one matches and no negated one does.
pub(super) fn host(name: &str, rest: &str) -> Result<bool, &'static str> {
    let patterns = words(rest).ok_or("a quote has no end")?;
    if patterns.is_empty() {
        return Err("Host wants a pattern");
    }
    let mut found = false;
    for pattern in &patterns {
        match pattern.strip_prefix('!') {
            Some(not) if matches(name, not) => return Ok(false),
            Some(_) => {}
            None => found |= matches(name, pattern),
        }
    }
    Ok(found)
}

/// `Match` with its conditions, all of which must hold.
pub(super) fn block(subject: &mut Subject<'_>, options: &Options, rest: &str) -> Result<bool, &'static str> {
    let conditions = words(&rest.replace('=', " ")).ok_or("a quote has no end")?;
    let mut conditions = conditions.iter();
    let mut result = true;
    let mut seen = false;
    while let Some(condition) = conditions.next() {
        let (negated, attribute) = match condition.strip_prefix('!') {
            Some(attribute) => (true, attribute.to_ascii_lowercase()),
            None => (false, condition.to_ascii_lowercase()),
        };
        let holds = match attribute.as_str() {
            "all" => {
                if negated || conditions.next().is_some() {
                    return Err("all stands alone, or behind final");
                }
                true
            }
            "final" | "canonical" => {
                subject.wants_last |= attribute == "final";
                subject.last
            }
            _ => {
                let value = conditions.next().ok_or("a condition of Match wants a value")?;
                // What would run a command, or what we do not know, does not hold, negated or not.
                let Some(holds) = holds(subject, options, &attribute, value)? else {
                    result = false;
                    seen = true;
                    continue;
                };
                holds
            }
        };
        seen = true;
        result &= holds != negated;
    }
    if seen { Ok(result) } else { Err("Match wants a condition") }
}

/// Whether a condition with a value holds. `None` if that cannot be told without running something.
fn holds(
    subject: &Subject<'_>,
    options: &Options,
    attribute: &str,
    value: &str,
) -> Result<Option<bool>, &'static str> {
    Ok(Some(match attribute {
        "host" => {
            let host = options
                .host_name
                .as_ref()
                .map_or_else(|| subject.host.clone(), |name| super::target::host_name(name, subject.alias));
            host_list_matches(&host, value)
        }
        "originalhost" => host_list_matches(subject.alias, value),
        "user" => {
            let user = options.user.as_deref().unwrap_or(&subject.config.local_user);
            list_matches(user, value.split(','))
        }
        "localuser" => list_matches(&subject.config.local_user, value.split(',')),
        "exec" | "localnetwork" | "tagged" | "command" | "version" | "sessiontype" => return Ok(None),
        _ => return Err("Match knows host, originalhost, user, localuser, final, canonical and all"),
    }))
}
