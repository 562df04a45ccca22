//! Versions and ranges of them, as the library reads them that upstream uses for cluster and host versions:
//! `>=1.20.0 <1.30.0`, `1.2.x`, `!=1.4.0 || >2.0.0`. A version needs all three parts there, and a range takes
//! pre-releases by plain order: `1.27.0-gke.100` is below `1.27.0`.

use std::cmp::Ordering;

pub(crate) use semver::Version;

/// Reads a version of exactly three parts.
pub(crate) fn strict(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|error| format!("{text:?} is no version of three numbers: {error}"))
}

/// Reads a version that may begin with `v`, be short and have leading zeros.
pub(crate) fn tolerant(text: &str) -> Result<Version, String> {
    let trimmed = text.trim();
    let mut parts: Vec<String> =
        trimmed.strip_prefix('v').unwrap_or(trimmed).splitn(3, '.').map(without_zeros).collect();
    if parts.len() < 3 && parts.last().is_some_and(|last| last.contains(['+', '-'])) {
        return Err(format!("{text:?} is short, so it may have no pre-release and no build"));
    }
    parts.resize(3, "0".to_owned());
    strict(&parts.join("."))
}

fn without_zeros(part: &str) -> String {
    if part.len() < 2 {
        return part.to_owned();
    }
    let rest = part.trim_start_matches('0');
    if rest.starts_with(|c: char| c.is_ascii_digit()) { rest.to_owned() } else { format!("0{rest}") }
}

/// A range: any of its lines, each holding when all of its comparisons do.
#[derive(Debug)]
pub(crate) struct Range(Vec<Vec<(Compare, Version)>>);

#[derive(Debug, Clone, Copy)]
enum Compare {
    Equal,
    Unequal,
    Greater,
    AtLeast,
    Less,
    AtMost,
}

impl Compare {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "" | "=" | "==" => Self::Equal,
            "!" | "!=" => Self::Unequal,
            ">" => Self::Greater,
            ">=" => Self::AtLeast,
            "<" => Self::Less,
            "<=" => Self::AtMost,
            _ => return None,
        })
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
        }
    }
}

impl Range {
    /// Reads a range.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let words = words(text);
        if words.first().is_none_or(|first| first == "||") || words.last().is_some_and(|last| last == "||") {
            return Err(format!("{text:?} is no range of versions"));
        }
        let lines = words.split(|word| word == "||").map(|line| {
            let expanded = line.iter().map(|word| expand(word)).collect::<Result<Vec<_>, _>>()?;
            expanded.concat().iter().map(|(operator, version)| comparison(operator, version)).collect()
        });
        Ok(Self(lines.collect::<Result<_, String>>()?))
    }

    /// Whether a version lies in it. Build metadata is ignored.
    pub(crate) fn holds(&self, version: &Version) -> bool {
        self.0
            .iter()
            .any(|line| line.iter().all(|(compare, bound)| compare.holds(version.cmp_precedence(bound))))
    }
}

fn comparison(operator: &str, version: &str) -> Result<(Compare, Version), String> {
    let compare = Compare::parse(operator).ok_or_else(|| format!("{operator:?} compares no versions"))?;
    Ok((compare, strict(version)?))
}

/// Splits at spaces, but not after an operator. Words of one letter vanish, as they do upstream.
fn words(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let (mut start, mut last) = (0, 0_u8);
    for (at, byte) in bytes.iter().copied().enumerate() {
        if byte == b' ' && !b"><=".contains(&last) {
            if start + 1 < at {
                words.push(text[start..at].replace(' ', ""));
            }
            start = at + 1;
        } else if byte != b' ' {
            last = byte;
        }
    }
    if start + 1 < bytes.len() {
        words.push(text[start..].replace(' ', ""));
    }
    words
}

fn split(word: &str) -> Result<(&str, &str), String> {
    let at =
        word.find(|c: char| c.is_ascii_digit()).ok_or_else(|| format!("{word:?} has no version in it"))?;
    Ok((word[..at].trim(), &word[at..]))
}

/// Writes a wildcard as the comparisons it stands for.
fn expand(word: &str) -> Result<Vec<(String, String)>, String> {
    let (operator, version) = split(word)?;
    if !word.contains('x') {
        return Ok(vec![(operator.to_owned(), version.to_owned())]);
    }
    let parts = version.split('.').count();
    let at = if version.ends_with(".x") || version == "x" { parts } else { 0 };
    let flat = flat(version);
    let next = || match at {
        3 => raised(&flat, 1),
        2 => raised(&flat, 0),
        _ => String::new(),
    };
    let one = |operator: &str, version: String| (operator.to_owned(), version);
    Ok(match operator {
        ">" => vec![one(">=", next())],
        ">=" => vec![one(">=", flat)],
        "<" => vec![one("<", flat)],
        "<=" => vec![one("<", next())],
        "" | "=" | "==" => vec![one(">=", flat.clone()), one("<", next())],
        "!=" | "!" => vec![one("<", flat.clone()), one(">=", next())],
        _ => vec![one("", flat)],
    })
}

fn flat(version: &str) -> String {
    let flat = version.replacen(".x.x", ".x", 1).replacen(".x", ".0", 1);
    if flat.split('.').count() == 2 { format!("{flat}.0") } else { flat }
}

/// The version with one part raised by one; empty, which is no version, when that part is no number.
fn raised(version: &str, part: usize) -> String {
    let mut parts: Vec<String> = version.split('.').map(str::to_owned).collect();
    let raised = parts.get(part).and_then(|part| part.parse::<u64>().ok());
    match (raised, parts.get_mut(part)) {
        (Some(number), Some(slot)) => *slot = (number + 1).to_string(),
        _ => return String::new(),
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, version, holds) in [
            (">=1.20.0 <1.30.0", "1.25.3", true),
            ("< 1.16.0", "1.15.9", true),
            ("1.27.0", "1.27.0+k3s1", true),
            ("< 1.27.0", "1.27.0-gke.100", true),
            ("1.27.x", "1.27.9", true),
            ("1.x", "2.0.0", false),
            ("> 1.27.x", "1.28.0", true),
            ("<= 1.27.x", "1.27.11", true),
            ("!= 1.27.x", "1.27.1", false),
            ("< 1.0.0 || > 2.0.0", "3.0.0", true),
            // A word of one letter vanishes.
            ("! 1.0.0", "1.0.0", true),
        ] {
            let parsed = Range::parse(range).expect(range);
            assert_eq!(parsed.holds(&strict(version).expect("a version")), holds, "{range} and {version}");
        }
        for range in ["", ">= 1.31", ">= v1.31.0", "=> 1.20.0", "|| 1.0.0", "1.0.0 ||", "latest", "~1.2.0"] {
            assert!(Range::parse(range).is_err(), "{range:?} is no range");
        }
    }

    #[test]
    fn tolerance() {
        for (text, version) in [
            ("v1", "1.0.0"),
            ("20.04", "20.4.0"),
            ("007", "7.0.0"),
            ("8.2.2004", "8.2.2004"),
            ("1.0.0-rc.1", "1.0.0-rc.1"),
        ] {
            assert_eq!(tolerant(text).expect(text).to_string(), version);
        }
        for text in ["", "1.2-rc", "trixie/sid", "1..2"] {
            assert!(tolerant(text).is_err(), "{text:?} is no version");
        }
    }
}
