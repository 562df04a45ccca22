//! Tokens and hashes that are known by their beginning.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::Sight;
use super::names;
use crate::redact::encoded;
use crate::redact::span::Span;

const RULE: &str = "tokens by their shape";

/// What a shape has to show besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// Nothing.
    None,
    /// Letters that nobody would choose as a name.
    Random,
    /// A first part that says which algorithm was used.
    Header,
}

/// Words at which a shape begins, in lower case; the shape from there on, of which the group is the secret if there is
/// one; and what else it has to show.
pub(super) struct Shape {
    pub(super) words: &'static [&'static str],
    pattern: &'static str,
    proof: Proof,
}

const fn shape(words: &'static [&'static str], pattern: &'static str) -> Shape {
    Shape { words, pattern, proof: Proof::None }
}

/// All shapes.
pub(super) const SHAPES: &[Shape] = &[
    // Amazon
    shape(&["akia", "asia"], r"A[KS]IA[0-9A-Z]{16}"),
    shape(&["x-amz-signature=", "x-goog-signature="], r"(?i-u:x-[a-z]+-signature=)([0-9a-fA-F]{32,})"),
    // GitHub, GitLab
    shape(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"gh[pousr]_[0-9A-Za-z]{30,}"),
    shape(&["github_pat_"], r"github_pat_[0-9A-Za-z_]{22,}"),
    shape(
        &["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-"],
        r"gl[a-z]+-[0-9A-Za-z_.-]{16,}",
    ),
    // Slack
    shape(
        &["xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"],
        r"xox[abeoprs]-[0-9A-Za-z-]{10,}",
    ),
    shape(&["xapp-"], r"xapp-[0-9A-Za-z-]{10,}"),
    shape(&["hooks.slack.com/"], r"hooks\.slack\.com/(?:services|workflows)/([0-9A-Za-z/]{20,})"),
    // Stripe
    shape(&["sk_live_", "sk_test_", "rk_live_", "rk_test_"], r"[sr]k_(?:live|test)_[0-9A-Za-z]{10,}"),
    shape(&["whsec_"], r"whsec_[0-9A-Za-z+/=]{16,}"),
    // Google
    shape(&["aiza"], r"AIza[0-9A-Za-z_-]{35}"),
    shape(&["ya29."], r"ya29\.[0-9A-Za-z_-]{20,}"),
    shape(&["gocspx-"], r"GOCSPX-[0-9A-Za-z_-]{20,}"),
    // Registries of packages and images
    shape(&["npm_"], r"npm_[0-9A-Za-z]{30,}"),
    shape(&["pypi-"], r"pypi-[0-9A-Za-z_-]{50,}"),
    shape(&["rubygems_"], r"rubygems_[0-9a-f]{40,}"),
    shape(&["dckr_pat_", "dckr_oat_"], r"dckr_[po]at_[0-9A-Za-z_-]{20,}"),
    // Services
    Shape { words: &["sk-"], pattern: r"sk-[0-9A-Za-z_-]{20,}", proof: Proof::Random },
    shape(&["sg."], r"SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),
    shape(&["hvs.", "hvb.", "hvr."], r"hv[sbr]\.[0-9A-Za-z_-]{20,}"),
    shape(&["dop_v1_", "doo_v1_", "dor_v1_"], r"do[por]_v1_[0-9a-f]{40,}"),
    shape(&["shpat_", "shpca_", "shppa_", "shpss_"], r"shp[a-z]{2}_[0-9a-fA-F]{32}"),
    shape(&["glsa_"], r"glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}"),
    shape(&["hf_"], r"hf_[0-9A-Za-z]{34}"),
    shape(&["tskey-"], r"tskey-[a-z]+-[0-9A-Za-z-]{16,}"),
    shape(&["sqp_", "squ_", "sqa_"], r"sq[pua]_[0-9a-f]{40}"),
    shape(&["atatt3"], r"ATATT3[0-9A-Za-z_=-]{50,}"),
    shape(&["sig="], r"(?i-u:sig=)([0-9A-Za-z%+/=]{40,})"),
    // Keys
    shape(&["age-secret-key-1"], r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    shape(&["private-lines: "], r"(?i-u:private-lines: )[0-9]+\r?\n((?:[0-9A-Za-z+/=]+\r?\n)+)"),
    // Tokens that say what they are
    Shape {
        words: &["eyj"],
        pattern: r"eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]*){1,3}",
        proof: Proof::Header,
    },
    // Hashes of passwords
    shape(&["$2a$", "$2b$", "$2x$", "$2y$"], r"\$2[abxy]\$[0-9]{2}\$[./0-9A-Za-z]{53}"),
    shape(&["$apr1$", "$1$"], r"\$(?:apr)?1\$[^$\s]{1,16}\$[./0-9A-Za-z]{22}"),
    shape(&["$5$", "$6$"], r"\$[56]\$(?:rounds=[0-9]+\$)?[^$\s]{1,16}\$[./0-9A-Za-z]{43,86}"),
    shape(&["$y$", "$gy$"], r"\$g?y\$[^$\s]+\$[^$\s]+\$[./0-9A-Za-z]{43}"),
    shape(&["$argon2", "$scrypt$", "$pbkdf2"], r"\$(?:argon2|scrypt|pbkdf2)[0-9A-Za-z$=,+/.-]{20,}"),
    shape(&["{sha", "{ssha"], r"\{S?SHA(?:256|384|512)?\}[0-9A-Za-z+/=]{20,}"),
    shape(&["scram-sha-"], r"SCRAM-SHA-[0-9]+\$[0-9]+:[0-9A-Za-z+/=]+\$[0-9A-Za-z+/=]+:[0-9A-Za-z+/=]+"),
];

/// The shapes' patterns, each bound to where it begins.
static PATTERNS: LazyLock<Vec<Option<Regex>>> =
    LazyLock::new(|| SHAPES.iter().map(|shape| compiled(shape.pattern)).collect());

fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})")).unicode(false).build().ok()
}

/// Bytes of which a shape is made at the most.
const LONGEST: usize = 16 << 10;

pub(super) fn find(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let word = text[sight.start..sight.end].to_ascii_lowercase();
    let inside = sight.start.checked_sub(1).is_some_and(|before| text[before].is_ascii_alphanumeric());
    // A hash follows its method at once; a token does not begin within a word.
    if inside && word.first().is_some_and(u8::is_ascii_alphanumeric) {
        return;
    }
    let known = SHAPES.iter().position(|shape| shape.words.iter().any(|known| known.as_bytes() == word));
    let Some((shape, Some(pattern))) = known.map(|at| (&SHAPES[at], &PATTERNS[at])) else { return };
    let reach = &text[sight.start..text.len().min(sight.start + LONGEST)];
    let Some(groups) = pattern.captures(reach) else { return };
    let Some(secret) = groups.get(1).or_else(|| groups.get(0)) else { return };
    let proven = match shape.proof {
        Proof::None => true,
        Proof::Random => names::random(secret.as_bytes()),
        Proof::Header => algorithm(secret.as_bytes()),
    };
    if proven {
        let end = secret.as_bytes().trim_ascii_end().len();
        out.push(Span::own(sight.start + secret.start(), sight.start + secret.start() + end, RULE));
    }
}

/// Whether the first part of a token names an algorithm.
fn algorithm(token: &[u8]) -> bool {
    let first = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    encoded::decoded(first).is_some_and(|head| head.windows(5).any(|part| part == b"\"alg\""))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for (shape, pattern) in SHAPES.iter().zip(PATTERNS.iter()) {
            assert!(pattern.is_some(), "{}", shape.pattern);
            assert!(shape.words.iter().all(|word| *word == word.to_lowercase()), "{:?}", shape.words);
        }
    }

    #[test]
    fn tokens() {
        let a = |count: usize| "aB3".repeat(count.div_ceil(3))[..count].to_owned();
        for token in [
            format!("AKIA{}", &"A7".repeat(8)),
            format!("ghp_{}", a(36)),
            format!("github_pat_{}", a(40)),
            format!("glpat-{}", a(20)),
            format!("xoxb-{}", a(20)),
            format!("sk_live_{}", a(24)),
            format!("AIza{}", a(35)),
            format!("npm_{}", a(36)),
            format!("sk-proj-{}", a(40)),
            format!("hvs.{}", a(30)),
            format!("$2y$10${}", a(53)),
            format!("$apr1$abcdefgh${}", a(22)),
            format!("$6$rounds=5000$abcdefgh${}", a(86)),
            format!("{{SSHA}}{}", a(32)),
            format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.{}", a(43)),
        ] {
            masks(&format!("a {token} b"), "a ***HIDDEN*** b");
            masks(&format!("me:{token}"), "me:***HIDDEN***");
        }
        masks(
            &format!("https://hooks.slack.com/services/T0/B0/{}", a(24)),
            "https://hooks.slack.com/services/***HIDDEN***",
        );
        for text in [
            "task-0123456789abcdef0123456789",
            "sk-of-many-words-that-are-names",
            "malaysia1234567890ABCDEF",
            "$1$ and $2$",
        ] {
            keeps(text);
        }
    }
}
