//! Patterns of file names as upstream has them in selectors: `*` and `?` stop at `/`, `**` does not, `{a,b}` is either.

use regex::bytes::Regex;

/// The pattern as a regular expression; `None` when it is malformed.
pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    let mut text = String::from("^(?s:");
    let mut letters = pattern.chars().peekable();
    let mut open = 0;
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.next_if_eq(&'*').is_some() => text.push_str(".*"),
            '*' => text.push_str("[^/]*"),
            '?' => text.push_str("[^/]"),
            '\\' => text.push_str(&regex::escape(&letters.next()?.to_string())),
            '[' => class(&mut letters, &mut text)?,
            '{' => {
                open += 1;
                text.push_str("(?:");
            }
            '}' if open > 0 => {
                open -= 1;
                text.push(')');
            }
            ',' if open > 0 => text.push('|'),
            letter => text.push_str(&regex::escape(&letter.to_string())),
        }
    }
    text.push_str(")$");
    (open == 0).then(|| Regex::new(&text).ok()).flatten()
}

fn class(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, text: &mut String) -> Option<()> {
    text.push('[');
    if letters.next_if(|letter| matches!(letter, '!' | '^')).is_some() {
        text.push('^');
    }
    let mut any = false;
    loop {
        match letters.next()? {
            ']' if any => break,
            '\\' => text.push_str(&regex::escape(&letters.next()?.to_string())),
            '-' if any && letters.peek() != Some(&']') => text.push('-'),
            '-' => text.push_str("\\-"),
            letter @ ('[' | '&' | '~' | ']' | '^') => text.extend(['\\', letter]),
            letter => text.push(letter),
        }
        any = true;
    }
    text.push(']');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, matched) in [
            ("a/*.log", "a/b.log", Some(true)),
            ("a/*.log", "a/b/c.log", Some(false)),
            ("a/**.log", "a/b/c.log", Some(true)),
            ("**/secret.json", "a/b/secret.json", Some(true)),
            ("a/?.txt", "a/1.txt", Some(true)),
            ("a/[a-c].txt", "a/b.txt", Some(true)),
            ("a/[!a-c].txt", "a/b.txt", Some(false)),
            ("{a,b/c}/x", "b/c/x", Some(true)),
            ("a.b", "axb", Some(false)),
            ("a\\*", "a*", Some(true)),
            ("a/[", "a/b", None),
            ("{a", "a", None),
            ("a\\", "a", None),
        ] {
            let found = compiled(pattern).map(|pattern| pattern.is_match(path.as_bytes()));
            assert_eq!(found, matched, "{pattern} on {path}");
        }
    }
}
