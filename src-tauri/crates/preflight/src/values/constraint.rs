//! Versions of any number of parts and comparisons of them, as databases report them: `15.0.2000.1565 >= 15.0`.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

/// A version: its numbers, at least three, and what comes before the release.
#[derive(Debug)]
pub(crate) struct Version {
    numbers: Vec<i64>,
    pre: String,
}

static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let tail = r"[0-9A-Za-z\-~]";
    Regex::new(&format!(
        r"^v?([0-9]+(?:\.[0-9]+)*?)(?:-([0-9]+{tail}*(?:\.{tail}+)*)|(?:-?([A-Za-z\-~]+{tail}*(?:\.{tail}+)*)))?(?:\+{tail}+(?:\.{tail}+)*)?$"
    ))
    .ok()
});

impl Version {
    /// Reads one; `x` counts as zero.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no version");
        let zeroed = text.replace('x', "0");
        let found = FORM.as_ref().and_then(|form| form.captures(&zeroed)).ok_or_else(wrong)?;
        let group = |at: usize| found.get(at).map_or("", |group| group.as_str());
        let mut numbers: Vec<i64> =
            group(1).split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        if numbers.len() < 3 {
            numbers.resize(3, 0);
        }
        let pre = if group(3).is_empty() { group(2) } else { group(3) };
        Ok(Self { numbers, pre: pre.to_owned() })
    }

    fn order(&self, other: &Self) -> Ordering {
        if self.numbers.len() == other.numbers.len() {
            return self.numbers.cmp(&other.numbers).then_with(|| match (&*self.pre, &*other.pre) {
                ("", "") => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (left, right) => prereleases(left, right),
            });
        }
        let longest = self.numbers.len().max(other.numbers.len());
        let padded = |version: &Self| {
            let mut numbers = version.numbers.clone();
            numbers.resize(longest, 0);
            numbers
        };
        padded(self).cmp(&padded(other))
    }

    /// Whether `self <operator> wanted` holds; `None` for an unknown operator. A pre-release lies in a range
    /// only where the bound is one of the same numbers.
    pub(crate) fn compare(&self, operator: &str, wanted: &Self) -> Option<bool> {
        let order = self.order(wanted);
        let ranged = self.pre.is_empty() || (!wanted.pre.is_empty() && self.numbers == wanted.numbers);
        Some(match operator {
            "=" | "==" | "===" => order.is_eq(),
            "!=" | "!==" => order.is_ne(),
            "<" => ranged && order.is_lt(),
            "<=" => ranged && order.is_le(),
            ">" => ranged && order.is_gt(),
            ">=" => ranged && order.is_ge(),
            "~>" => ranged && self.close(wanted, order),
            _ => return None,
        })
    }

    fn close(&self, wanted: &Self, order: Ordering) -> bool {
        let last = wanted.numbers.len() - 1;
        (wanted.pre.is_empty() || !self.pre.is_empty())
            && order.is_ge()
            && self.numbers.len() > last
            && self.numbers[..last] == wanted.numbers[..last]
            && self.numbers[last] >= wanted.numbers[last]
    }
}

fn prereleases(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.split('.').collect(), right.split('.').collect());
    for at in 0..left.len().max(right.len()) {
        let part = |parts: &[&str]| parts.get(at).copied().unwrap_or_default().to_owned();
        let order = prerelease_part(&part(&left), &part(&right));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn prerelease_part(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let (left_number, right_number) = (left.parse::<i64>().ok(), right.parse::<i64>().ok());
    match (left_number, right_number) {
        (_, number) if left.is_empty() => {
            if number.is_some() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (number, _) if right.is_empty() => {
            if number.is_some() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons() {
        for (actual, operator, wanted, holds) in [
            ("15.0.2000.1565", ">=", "15.0", true),
            ("15.0.2000.1565", "=", "15.0.2000.1565", true),
            ("15.0.0.0", "=", "15", true),
            ("14.0", ">", "15.x", false),
            ("15.0.0-beta", ">=", "14.0", false),
            ("15.0.0-beta", "<", "15.0.0-rc", true),
            ("22.3.2", "!=", "22.3.2", false),
            ("1.4.5", "~>", "1.4.0", true),
        ] {
            let (left, right) =
                (Version::parse(actual).expect(actual), Version::parse(wanted).expect(wanted));
            assert_eq!(left.compare(operator, &right), Some(holds), "{actual} {operator} {wanted}");
        }
        assert!(Version::parse("ten").is_err(), "a word is no version");
        let one = Version::parse("1").expect("a version");
        assert_eq!(one.compare("=>", &one), None, "=> is no operator");
    }
}
