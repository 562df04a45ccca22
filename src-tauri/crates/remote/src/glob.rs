//! Patterns as OpenSSH has them: `*`, `?`, lists with commas, and negation.

/// Whether `text` matches a pattern of literal characters, `*` and `?`, as `Host` lines take it.
pub fn matches(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut at, mut want) = (0, 0);
    // Where to go on after the last `*`: that it swallows one more character.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(want) {
            Some(b'*') => {
                retry = Some((at, want + 1));
                want += 1;
            }
            Some(&expected) if expected == b'?' || expected == text[at] => {
                at += 1;
                want += 1;
            }
            _ => match retry {
                Some((from, after)) => {
                    retry = Some((from + 1, after));
                    at = from + 1;
                    want = after;
                }
                None => return false,
            },
        }
    }
    pattern[want..].iter().all(|&byte| byte == b'*')
}

/// Whether a list of patterns matches: one does, and none that starts with `!` does.
pub(crate) fn list_matches<'a>(text: &str, patterns: impl IntoIterator<Item = &'a str>) -> bool {
    let mut found = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(not) if matches(text, not) => return false,
            Some(_) => {}
            None => found |= matches(text, pattern),
        }
    }
    found
}

/// As [`list_matches`], for a list written with commas about a host's name, which has no case.
pub(crate) fn host_list_matches(host: &str, list: &str) -> bool {
    let list = list.to_ascii_lowercase();
    list_matches(&host.to_ascii_lowercase(), list.split(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_names() {
        for (name, pattern, wanted) in [
            ("north-1", "north-*", true),
            ("north-1", "*", true),
            ("north-1", "north-?", true),
            ("north-12", "north-?", false),
            ("north", "south", false),
            ("", "*", true),
        ] {
            assert_eq!(matches(name, pattern), wanted, "{name} {pattern}");
        }
    }

    #[test]
    fn patterns() {
        let table = [
            ("abc", "abc", true),
            ("abc", "a*", true),
            ("abc", "*c", true),
            ("abc", "a?c", true),
            ("abc", "a?", false),
            ("", "*", true),
            ("", "?", false),
            ("aXbXc", "a*X*c", true),
            ("aaab", "*aab", true),
            ("abc", "abcd", false),
        ];
        for (text, pattern, expected) in table {
            assert_eq!(matches(text, pattern), expected, "{text:?} against {pattern:?}");
        }
    }

    #[test]
    fn a_negation_wins_over_what_else_matches() {
        assert!(!host_list_matches("db.lab", "*.lab,!db.*"), "the negation is not seen");
        assert!(!host_list_matches("db.lab", "!db.*,*.lab"), "its place matters");
        assert!(host_list_matches("WEB.lab", "*.LAB,!db.*"), "host names have no case");
        assert!(!host_list_matches("x", "!y"), "a negation alone matches nothing");
    }
}
