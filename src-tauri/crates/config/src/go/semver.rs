//! Semantic versions and constraints, by the rules of the library sprig uses: loose versions, `x` places,
//! prereleases only where a constraint of the group has one.

use std::cmp::Ordering;
use std::sync::OnceLock;

use regex::Regex;

/// A version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Version {
    /// Major.
    pub major: u64,
    /// Minor.
    pub minor: u64,
    /// Patch.
    pub patch: u64,
    /// Prerelease, without the hyphen.
    pub prerelease: String,
    /// Metadata, without the plus.
    pub metadata: String,
    /// As it was written.
    pub original: String,
}

const LOOSE: &str = r"^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?$";
/// A version in a constraint; places may be `x`.
const PLACE: &str = r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
const OPERATORS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";

struct Patterns {
    loose: Regex,
    one: Regex,
    range: Regex,
    each: Regex,
    all: Regex,
}

fn patterns() -> Option<&'static Patterns> {
    static CELL: OnceLock<Option<Patterns>> = OnceLock::new();
    CELL.get_or_init(|| {
        let (ops, place) = (OPERATORS, PLACE);
        Some(Patterns {
            loose: Regex::new(LOOSE).ok()?,
            one: Regex::new(&format!(r"^\s*({ops})\s*({place})\s*$")).ok()?,
            range: Regex::new(&format!(r"\s*({place})\s+-\s+({place})\s*")).ok()?,
            each: Regex::new(&format!(r"({ops})\s*({place})")).ok()?,
            all: Regex::new(&format!(r"^(\s*({ops})\s*({place})\s*)((?:\s+|,\s*)({ops})\s*({place})\s*)*$"))
                .ok()?,
        })
    })
    .as_ref()
}

impl Version {
    /// Reads a version; missing places are 0.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        const INVALID: &str = "invalid semantic version";
        if text.len() > 256 {
            return Err("version string is too long (max 256 bytes)".to_owned());
        }
        let found = patterns().and_then(|patterns| patterns.loose.captures(text)).ok_or(INVALID)?;
        let group = |at: usize| found.get(at).map_or("", |group| group.as_str());
        let segment = |text: &str| match text.trim_start_matches('.') {
            "" => Ok(0),
            digits => digits.parse::<u64>().map_err(|_| {
                format!(
                    "error parsing version segment: strconv.ParseUint: parsing {digits:?}: value out of range"
                )
            }),
        };
        let version = Self {
            major: segment(group(1))?,
            minor: segment(group(2))?,
            patch: segment(group(3))?,
            prerelease: group(5).to_owned(),
            metadata: group(8).to_owned(),
            original: text.to_owned(),
        };
        valid_prerelease(&version.prerelease)?;
        Ok(version)
    }

    /// The order of versions; metadata does not count.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let places = |version: &Self| (version.major, version.minor, version.patch);
        places(self).cmp(&places(other)).then_with(|| {
            match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => order_prereleases(&self.prerelease, &other.prerelease),
            }
        })
    }

    /// The version with one place raised: 0 major, 1 minor, 2 patch.
    pub(crate) fn raised(&self, place: usize) -> Result<Self, String> {
        let mut next = Self { prerelease: String::new(), metadata: String::new(), ..self.clone() };
        let raise = |number: u64, name: &str| {
            number.checked_add(1).ok_or_else(|| format!("{name} version increment would overflow uint64"))
        };
        match place {
            0 => (next.major, next.minor, next.patch) = (raise(self.major, "major")?, 0, 0),
            1 => (next.minor, next.patch) = (raise(self.minor, "minor")?, 0),
            _ if self.prerelease.is_empty() => next.patch = raise(self.patch, "patch")?,
            _ => {}
        }
        next.rewrite(self);
        Ok(next)
    }

    /// The version with another prerelease.
    pub(crate) fn with_prerelease(&self, prerelease: &str) -> Result<Self, String> {
        valid_prerelease(prerelease)?;
        let mut next = Self { prerelease: prerelease.to_owned(), ..self.clone() };
        next.rewrite(self);
        Ok(next)
    }

    /// The version with other metadata.
    pub(crate) fn with_metadata(&self, metadata: &str) -> Result<Self, String> {
        if !metadata.is_empty() && !metadata.split('.').all(|part| !part.is_empty() && is_identifier(part)) {
            return Err("invalid metadata string".to_owned());
        }
        let mut next = Self { metadata: metadata.to_owned(), ..self.clone() };
        next.rewrite(self);
        Ok(next)
    }

    fn rewrite(&mut self, before: &Self) {
        let prefix = if before.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn is_identifier(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn valid_prerelease(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    for part in text.split('.') {
        if part.is_empty() || !is_identifier(part) {
            return Err("invalid prerelease string".to_owned());
        }
        if part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("version segment starts with 0".to_owned());
        }
    }
    Ok(())
}

fn order_prereleases(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        let (one, other) = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => (one.unwrap_or(""), other.unwrap_or("")),
        };
        if one == other {
            continue;
        }
        return match (one.is_empty(), other.is_empty(), one.parse::<u64>(), other.parse::<u64>()) {
            (true, ..) => Ordering::Less,
            (_, true, ..) => Ordering::Greater,
            (.., Err(_), Err(_)) => one.cmp(other),
            (.., Ok(_), Err(_)) => Ordering::Less,
            (.., Err(_), Ok(_)) => Ordering::Greater,
            (.., Ok(one), Ok(other)) if one > other => Ordering::Greater,
            _ => Ordering::Less,
        };
    }
}

/// One comparison.
struct Constraint {
    operator: String,
    version: Version,
    /// A place is missing or `x`.
    open: bool,
    open_minor: bool,
    open_patch: bool,
}

/// Whether `version` satisfies `constraint`.
pub(crate) fn satisfies(constraint: &str, version: &Version) -> Result<bool, String> {
    Ok(parse_constraints(constraint)?.iter().any(|group| {
        let prereleases = group.iter().any(|constraint| !constraint.version.prerelease.is_empty());
        let is_skipped = !version.prerelease.is_empty() && !prereleases;
        !is_skipped && group.iter().all(|constraint| constraint.check(version))
    }))
}

/// Whether a constraint can be read.
pub(crate) fn check_constraint(constraint: &str) -> Result<(), String> {
    parse_constraints(constraint).map(|_| ())
}

fn parse_constraints(text: &str) -> Result<Vec<Vec<Constraint>>, String> {
    if text.len() > 512 {
        return Err("constraint string is too long (max 512 bytes)".to_owned());
    }
    let patterns = patterns().ok_or("the patterns of versions cannot be read")?;
    let text = rewrite_ranges(text, patterns);
    let groups: Vec<&str> = text.split("||").collect();
    if groups.len() > 32 {
        return Err("too many constraint groups (max 32)".to_owned());
    }
    let mut all = Vec::new();
    for group in groups {
        if !patterns.all.is_match(group) {
            return Err(improper(group));
        }
        let parts = patterns.each.find_iter(group).map(|found| parse_constraint(found.as_str(), patterns));
        all.push(parts.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(all)
}

fn improper(text: &str) -> String {
    format!("improper constraint: {}", super::utf8::lossy(&super::quote::quoted(text.as_bytes())))
}

/// `1.2 - 1.4` is `>= 1.2, <= 1.4`.
fn rewrite_ranges(text: &str, patterns: &Patterns) -> String {
    let mut out = text.to_owned();
    for found in patterns.range.captures_iter(text) {
        let group = |at: usize| found.get(at).map_or("", |group| group.as_str());
        out = out.replacen(group(0), &format!(">= {}, <= {} ", group(1), group(11)), 1);
    }
    out
}

fn parse_constraint(text: &str, patterns: &Patterns) -> Result<Constraint, String> {
    let found = patterns.one.captures(text).ok_or_else(|| improper(text))?;
    let group = |at: usize| found.get(at).map_or("", |group| group.as_str());
    let is_open = |text: &str| matches!(text.trim_start_matches('.'), "" | "x" | "X" | "*");
    let (major, minor, patch, prerelease) = (group(3), group(4), group(5), group(6));
    let (version, open, open_minor, open_patch) = if is_open(major) {
        (format!("0.0.0{prerelease}"), true, false, false)
    } else if is_open(minor) {
        (format!("{major}.0.0{prerelease}"), true, true, false)
    } else if is_open(patch) {
        (format!("{major}{minor}.0{prerelease}"), true, false, true)
    } else {
        (group(2).to_owned(), false, false, false)
    };
    let version = Version::parse(&version).map_err(|_| "constraint parser error".to_owned())?;
    Ok(Constraint { operator: group(1).to_owned(), version, open, open_minor, open_patch })
}

impl Constraint {
    fn check(&self, version: &Version) -> bool {
        let order = version.order(&self.version);
        match self.operator.as_str() {
            "!=" => self.differs(version),
            ">" => self.greater(version),
            "<" => order == Ordering::Less,
            ">=" | "=>" => order != Ordering::Less,
            "<=" | "=<" => self.at_most(version),
            "~" | "~>" => self.tilde(version),
            "^" => self.caret(version),
            _ if self.open => self.tilde(version),
            _ => order == Ordering::Equal,
        }
    }

    fn differs(&self, version: &Version) -> bool {
        let own = &self.version;
        if self.open {
            if own.major != version.major {
                return true;
            }
            if own.minor != version.minor && !self.open_minor {
                return true;
            }
            if self.open_minor {
                return false;
            }
            if own.patch != version.patch && !self.open_patch {
                return true;
            }
            if self.open_patch {
                let has_prerelease = !version.prerelease.is_empty() || !own.prerelease.is_empty();
                return has_prerelease
                    && order_prereleases(&version.prerelease, &own.prerelease) != Ordering::Equal;
            }
        }
        version.order(own) != Ordering::Equal
    }

    fn greater(&self, version: &Version) -> bool {
        if !self.open || version.major != self.version.major {
            return if self.open {
                version.major > self.version.major
            } else {
                version.order(&self.version) == Ordering::Greater
            };
        }
        match (self.open_minor, self.open_patch) {
            (true, _) => false,
            (_, true) => version.minor > self.version.minor,
            _ => version.order(&self.version) == Ordering::Greater,
        }
    }

    fn at_most(&self, version: &Version) -> bool {
        if !self.open {
            return version.order(&self.version) != Ordering::Greater;
        }
        let own = &self.version;
        let beyond = version.major > own.major
            || (version.major == own.major && version.minor > own.minor && !self.open_minor);
        !beyond
    }

    fn tilde(&self, version: &Version) -> bool {
        let own = &self.version;
        if version.order(own) == Ordering::Less {
            return false;
        }
        let is_any = (own.major, own.minor, own.patch) == (0, 0, 0) && !self.open_minor && !self.open_patch;
        is_any || (version.major == own.major && (version.minor == own.minor || self.open_minor))
    }

    fn caret(&self, version: &Version) -> bool {
        let own = &self.version;
        if version.order(own) == Ordering::Less {
            return false;
        }
        if own.major > 0 || self.open_minor {
            return version.major == own.major;
        }
        if version.major > 0 {
            return false;
        }
        if own.minor > 0 || self.open_patch {
            return version.minor == own.minor;
        }
        version.minor == 0 && version.patch == own.patch
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, satisfies};

    #[test]
    fn constraints_are_those_of_the_library() {
        for (constraint, version, wanted) in [
            ("^1.2.0", "1.9.9", true),
            ("^0.2.3", "0.3.0", false),
            ("^0", "0.9.0", true),
            ("~1.2", "1.2.9", true),
            ("~1", "1.9.0", true),
            (">1.2", "1.2.5", false),
            ("<=1", "1.5.0", true),
            ("1.2 - 1.4", "1.4.9", true),
            ("!=1.2.x", "1.2.3", false),
            ("<1 || >3", "4.0.0", true),
            (">=1.0.0", "1.5.0-beta", false),
            (">=1.0.0-0", "1.5.0-beta", true),
            ("*", "1.0.0", true),
            (">1.2 <1.4", "1.3.5", true),
        ] {
            let version = Version::parse(version).expect("a version");
            assert_eq!(satisfies(constraint, &version), Ok(wanted), "{version} against {constraint}");
        }
        let any = Version::parse("1").expect("a version");
        assert_eq!(satisfies("nope", &any), Err("improper constraint: \"nope\"".to_owned()));
    }

    #[test]
    fn versions_are_loose() {
        assert_eq!(Version::parse("v1.2").expect("a version").to_string(), "1.2.0");
        assert_eq!(Version::parse("01.2").expect("a version").major, 1);
        assert!(Version::parse("1.2.3.4").is_err() && Version::parse("1.2.3-01").is_err());
        let raised = Version::parse("v1.2.3-rc.1").expect("a version").raised(2).expect("fits");
        assert_eq!((raised.to_string(), raised.original), ("1.2.3".to_owned(), "v1.2.3".to_owned()));
    }
}
