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
    let (patterns, names): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    // A malformed part counts even where an earlier one does not match.
    let found: Vec<bool> = patterns
        .iter()
        .enumerate()
        .map(|(at, pattern)| {
            let pattern: Vec<char> = pattern.chars().collect();
            let name: Vec<char> = names.get(at).copied().unwrap_or_default().chars().collect();
            part(&pattern, &name)
        })
        .collect::<Option<_>>()?;
    Some(patterns.len() == names.len() && found.iter().all(|found| *found))
}

fn part(pattern: &[char], name: &[char]) -> Option<bool> {
    let Some((first, rest)) = pattern.split_first() else { return Some(name.is_empty()) };
    match first {
        '*' => {
            let mut any = false;
            for skip in 0..=name.len() {
                any |= part(rest, &name[skip..])?;
            }
            Some(any)
        }
        '[' => class(rest, name),
        '\\' => {
            let (literal, rest) = rest.split_first()?;
            follow(name.first() == Some(literal), rest, name)
        }
        '?' => follow(!name.is_empty(), rest, name),
        literal => follow(name.first() == Some(literal), rest, name),
    }
}

fn follow(matched: bool, rest: &[char], name: &[char]) -> Option<bool> {
    let found = part(rest, name.get(1..).unwrap_or_default())?;
    Some(matched && found)
}

fn class(pattern: &[char], name: &[char]) -> Option<bool> {
    let negated = pattern.first() == Some(&'^');
    let mut rest = if negated { &pattern[1..] } else { pattern };
    let mut inside = false;
    let mut ranges = 0;
    loop {
        if rest.first() == Some(&']') && ranges > 0 {
            let matched = !name.is_empty() && inside != negated;
            return follow(matched, &rest[1..], name);
        }
        let (low, after) = member(rest)?;
        let (high, after) = match after.split_first() {
            Some(('-', after)) => member(after)?,
            _ => (low, after),
        };
        inside |= name.first().is_some_and(|found| (low..=high).contains(found));
        ranges += 1;
        rest = after;
    }
}

fn member(pattern: &[char]) -> Option<(char, &[char])> {
    let (first, rest) = pattern.split_first()?;
    match first {
        '-' | ']' => None,
        '\\' => rest.split_first().map(|(escaped, rest)| (*escaped, rest)),
        first => Some((*first, rest)),
    }
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
        ] {
            assert_eq!(matches(pattern, path), matched, "{pattern} on {path}");
        }
        assert_eq!(joined(&["", "a//b/./c/../d"]), "a/b/d");
    }
}
