//! `clusterVersion`: version ranges as the Go library upstream uses reads them.

use semver::Version;

use super::outcome::Unjudged;
use super::{Check, Judged};

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let found = check.json("cluster-info/cluster_version.json")?;
    let text = found["string"].as_str().or(found["info"]["gitVersion"].as_str()).unwrap_or_default();
    // EKS puts a build of its own behind the version.
    let text = text.trim_start_matches('v');
    let text = text.split_once("-eks-").map_or(text, |(version, _)| version);
    let version = Version::parse(text)
        .map_err(|error| Unjudged(format!("the cluster's version {text:?} cannot be read: {error}")))?;
    let outcome = check.first(|when| in_range(&version, when))?;
    Ok(vec![check.result(&check.title("Required Kubernetes Version"), &outcome)])
}

/// Whether a version is in a range: `>=1.20.0 <1.30.0 || 1.31.x`. Build metadata does not count.
fn in_range(version: &Version, range: &str) -> Result<bool, Unjudged> {
    let wrong = |part: &str| {
        Unjudged(format!("`when: {range}` cannot be read at {part:?}; a version has three numbers"))
    };
    let mut any = false;
    for alternative in range.split("||") {
        let mut all = true;
        for part in parts(alternative) {
            all &= holds(version, &part).ok_or_else(|| wrong(&part))?;
        }
        any |= all && !alternative.trim().is_empty();
    }
    Ok(any)
}

/// Comparators with their versions; a comparator may stand apart from its version.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut open = String::new();
    for word in text.split_whitespace() {
        open.push_str(word);
        if open.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            parts.push(std::mem::take(&mut open));
        }
    }
    if !open.is_empty() {
        parts.push(open);
    }
    parts
}

fn holds(version: &Version, part: &str) -> Option<bool> {
    let at = part.find(|letter: char| letter.is_ascii_digit() || letter == 'x')?;
    let (operator, text) = part.split_at(at);
    let fields: Vec<&str> = text.split('.').collect();
    if fields.iter().any(|field| *field == "x") {
        return wildcard(version, operator, &fields);
    }
    let wanted = Version::parse(text).ok()?;
    let order = version.cmp_precedence(&wanted);
    Some(match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "" | "=" | "==" => order.is_eq(),
        "!" | "!=" => order.is_ne(),
        _ => return None,
    })
}

/// `1.31.x` is a stretch of versions; a comparator is about its edges.
fn wildcard(version: &Version, operator: &str, fields: &[&str]) -> Option<bool> {
    let (low, high) = match *fields {
        [major, "x"] | [major, "x", "x"] => {
            let major = major.parse::<u64>().ok()?;
            (Version::new(major, 0, 0), Version::new(major + 1, 0, 0))
        }
        [major, minor, "x"] => {
            let (major, minor) = (major.parse::<u64>().ok()?, minor.parse::<u64>().ok()?);
            (Version::new(major, minor, 0), Version::new(major, minor + 1, 0))
        }
        _ => return None,
    };
    Some(match operator {
        "" | "=" | "==" => *version >= low && *version < high,
        "!" | "!=" => *version < low || *version >= high,
        "<" => *version < low,
        "<=" => *version < high,
        ">" => *version >= high,
        ">=" => *version >= low,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let version = Version::parse("1.31.2+k3s1").expect("parses");
        for (range, expected) in [
            ("< 1.16.0", Some(false)),
            (">= 1.20.0", Some(true)),
            (">=1.20.0 <1.30.0", Some(false)),
            ("<1.20.0 || >=1.31.0", Some(true)),
            ("1.31.x", Some(true)),
            ("!1.31.2", Some(false)),
            ("1.31.2", Some(true)),
            ("=> 1.20.0", None),
            (">= 1.31", None),
            (">= v1.31.0", None),
        ] {
            assert_eq!(in_range(&version, range).ok(), expected, "{range}");
        }
        let early = Version::parse("1.27.0-gke.100").expect("parses");
        assert_eq!(in_range(&early, "< 1.27.0"), Ok(true), "a pre-release comes before its release");
    }
}
