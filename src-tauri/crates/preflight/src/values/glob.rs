//! Patterns of file names, as Go's `filepath.Glob`: `*` and `?` stop at `/`, `[a-z]` is a class.

/// Cleans a path: no `.`, no empty parts, `..` taken back. As Go's `filepath.Join` does.
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut clean: Vec<&str> = Vec::new();
    for part in parts.iter().flat_map(|part| part.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean.join("/")
}

/// Whether a path matches a pattern; `None` when the pattern is malformed.
pub(crate) fn matches(pattern: &str, path: &str) -> Option<bool> {
    // A malformed part counts even where an earlier one does not match.
    let parts: Vec<Vec<Token>> = pattern.split('/').map(tokens).collect::<Option<_>>()?;
    let names: Vec<&str> = path.split('/').collect();
    Some(parts.len() == names.len() && parts.iter().zip(names).all(|(part, name)| part_matches(part, name)))
}

/// What one place of a pattern stands for.
enum Token {
    /// Any number of letters.
    Star,
    /// One letter of these, or of none of these.
    Class { negated: bool, ranges: Vec<(char, char)> },
    /// Any one letter.
    Any,
    /// This letter.
    Letter(char),
}

impl Token {
    fn takes(&self, letter: char) -> bool {
        match self {
            Self::Star | Self::Any => true,
            Self::Letter(own) => *own == letter,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter)) != *negated
            }
        }
    }
}

fn tokens(part: &str) -> Option<Vec<Token>> {
    let mut letters = part.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = letters.next() {
        tokens.push(match letter {
            '*' => Token::Star,
            '?' => Token::Any,
            '\\' => Token::Letter(letters.next()?),
            '[' => {
                let negated = letters.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                while ranges.is_empty() || letters.next_if_eq(&']').is_none() {
                    let low = member(&mut letters)?;
                    let high = if letters.next_if_eq(&'-').is_some() { member(&mut letters)? } else { low };
                    ranges.push((low, high));
                }
                Token::Class { negated, ranges }
            }
            letter => Token::Letter(letter),
        });
    }
    Some(tokens)
}

fn member(letters: &mut impl Iterator<Item = char>) -> Option<char> {
    match letters.next()? {
        '-' | ']' => None,
        '\\' => letters.next(),
        letter => Some(letter),
    }
}

/// Matches one part, going back to the last star only.
fn part_matches(tokens: &[Token], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() {
        match tokens.get(token) {
            Some(Token::Star) => {
                star = Some((token, at));
                token += 1;
            }
            Some(found) if found.takes(name[at]) => {
                token += 1;
                at += 1;
            }
            _ => {
                let Some((last, taken)) = star else { return false };
                star = Some((last, taken + 1));
                token = last + 1;
                at = taken + 1;
            }
        }
    }
    tokens[token..].iter().all(|token| matches!(token, Token::Star))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, matched) in [
            ("a/*.log", "a/b.log", Some(true)),
            ("a/*.log", "a/b/c.log", Some(false)),
            ("a/*/c.log", "a/b/c.log", Some(true)),
            ("a/[a-c]?.txt", "a/b1.txt", Some(true)),
            ("a/[^a-c]", "a/b", Some(false)),
            ("a/\\*", "a/*", Some(true)),
            ("a/[", "a/b", None),
            ("a/[]x]", "a/b", None),
            ("plain", "plain", Some(true)),
            ("*a*b*c", "xaxxbxc", Some(true)),
            ("*a*b*c", "xaxxbx", Some(false)),
        ] {
            assert_eq!(matches(pattern, path), matched, "{pattern} on {path}");
        }
        // Time does not grow with the number of stars.
        assert_eq!(matches(&"*a".repeat(50), &"a".repeat(5000).replace("aa", "ab")), Some(false));
        assert_eq!(joined(&["", "a//b/./c/../d"]), "a/b/d");
    }
}
