//! Functions over numbers and versions.

use gotmpl::Value;
use semver::{Version, VersionReq};

use super::{Function, integer, number, text, wrong};

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("int", |a| Ok(Value::Int(integer(a, 0)?))),
    ("int64", |a| Ok(Value::Int(integer(a, 0)?))),
    ("atoi", |a| Ok(Value::Int(text(a, 0)?.parse().unwrap_or(0)))),
    ("float64", |a| Ok(Value::Float(number(a, 0)?))),
    ("add", |a| folded(a, i64::wrapping_add)),
    ("add1", |a| Ok(Value::Int(integer(a, 0)?.wrapping_add(1)))),
    ("mul", |a| folded(a, i64::wrapping_mul)),
    ("max", |a| folded(a, i64::max)),
    ("min", |a| folded(a, i64::min)),
    ("biggest", |a| folded(a, i64::max)),
    ("sub", |a| Ok(Value::Int(integer(a, 0)?.wrapping_sub(integer(a, 1)?)))),
    ("div", |a| divided(integer(a, 0)?.checked_div(integer(a, 1)?))),
    ("mod", |a| divided(integer(a, 0)?.checked_rem(integer(a, 1)?))),
    ("floor", |a| Ok(Value::Float(number(a, 0)?.floor()))),
    ("ceil", |a| Ok(Value::Float(number(a, 0)?.ceil()))),
    ("round", |a| {
        let scale = 10_f64.powi(i32::try_from(integer(a, 1)?.clamp(0, 15)).unwrap_or(0));
        Ok(Value::Float((number(a, 0)? * scale).round() / scale))
    }),
    ("semverCompare", |a| {
        let version = version(&text(a, 1)?).ok_or_else(|| wrong("Invalid Semantic Version"))?;
        holds(&text(a, 0)?, &version).map(Value::Bool).ok_or_else(|| wrong("improper constraint"))
    }),
];

fn folded(arguments: &[Value], fold: fn(i64, i64) -> i64) -> gotmpl::Result<Value> {
    let first = integer(arguments, 0)?;
    (1..arguments.len()).try_fold(first, |sum, at| Ok(fold(sum, integer(arguments, at)?))).map(Value::Int)
}

fn divided(result: Option<i64>) -> gotmpl::Result<Value> {
    result.map(Value::Int).ok_or_else(|| wrong("division by zero"))
}

/// Reads a version that may be short and begin with `v`.
fn version(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, tail) = text.split_at(end);
    let missing = 2_usize.checked_sub(numbers.matches('.').count())?;
    Version::parse(&format!("{numbers}{}{tail}", ".0".repeat(missing))).ok()
}

/// Whether any of the alternatives holds: `>= 1.2, < 2 || 3.x`.
fn holds(constraint: &str, version: &Version) -> Option<bool> {
    let mut any = false;
    for line in constraint.split("||") {
        any |= line_holds(line, version)?;
    }
    Some(any)
}

fn line_holds(line: &str, version: &Version) -> Option<bool> {
    let mut all = true;
    for single in singles(line) {
        let (negated, single) = match single.strip_prefix("!=") {
            Some(rest) => (true, format!("={rest}")),
            None if single.starts_with(|c: char| c.is_ascii_digit() || c == 'v') => {
                (false, format!("={single}"))
            }
            None => (false, single.replacen("=>", ">=", 1).replacen("=<", "<=", 1).replacen("~>", "~", 1)),
        };
        let found = VersionReq::parse(&single.replace('v', "")).ok()?.matches(version);
        all &= found != negated;
    }
    Some(all)
}

/// Comparisons of a line, split at commas and spaces, an operator kept with what follows it.
fn singles(line: &str) -> Vec<String> {
    let mut singles: Vec<String> = Vec::new();
    let mut open = false;
    for word in line.split([',', ' ']).filter(|word| !word.is_empty()) {
        match singles.last_mut().filter(|_| open) {
            Some(last) => last.push_str(word),
            None => singles.push(word.to_owned()),
        }
        open = word.ends_with(['<', '>', '=', '~', '^', '!']);
    }
    singles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints() {
        for (constraint, text, found) in [
            (">= 1.2", "1.2.3", true),
            (">=1.2, <2", "2.0.0", false),
            ("^1.2.0 || 3.x", "3.4.5", true),
            ("!= 1.2.3", "1.2.3", false),
            ("1.2", "1.2.9", true),
            ("~1.2.0", "v1.2.7", true),
        ] {
            assert_eq!(holds(constraint, &version(text).expect(text)), Some(found), "{constraint} of {text}");
        }
        assert_eq!(version("twelve"), None, "a word is no version");
    }
}
