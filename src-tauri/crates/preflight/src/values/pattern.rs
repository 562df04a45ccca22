//! Regular expressions in the dialect of RE2 that Go's `regexp` reads, on the engine of this house.
//!
//! Both are close kin and match the same way (leftmost, first alternative), but `\w`, `\d`, `\s` and `\b` mean
//! ASCII to Go, `{` may be a plain letter, `\<` is one, and classes know no set operations. So a pattern is
//! rewritten before it is compiled.

use regex::bytes::Regex;

/// Compiles a pattern.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    let rewritten =
        rewrite(pattern).ok_or_else(|| format!("the regular expression {pattern:?} is malformed"))?;
    Regex::new(&rewritten).map_err(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!("the regular expression {pattern:?} is malformed: {last}")
    })
}

fn rewrite(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut repeated = false;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let was_repeated = std::mem::take(&mut repeated);
        rest = match first {
            '\\' => escape(after, &mut out, false)?,
            '[' => class(after, &mut out)?,
            '(' if after.starts_with('?') => group(after, &mut out)?,
            '*' | '+' | '?' => {
                if was_repeated {
                    return None;
                }
                repeated = true;
                out.push(first);
                lazy(after, &mut out)
            }
            '{' => match counted(rest) {
                Some(end) if was_repeated || !sane(&rest[..end]) => return None,
                Some(end) => {
                    repeated = true;
                    out.push_str(&rest[..end]);
                    lazy(&rest[end..], &mut out)
                }
                None => {
                    out.push_str(r"\{");
                    after
                }
            },
            '}' => {
                out.push_str(r"\}");
                after
            }
            plain => {
                out.push(plain);
                after
            }
        };
    }
    Some(out)
}

fn lazy<'a>(rest: &'a str, out: &mut String) -> &'a str {
    match rest.strip_prefix('?') {
        Some(rest) => {
            out.push('?');
            rest
        }
        None => rest,
    }
}

/// Length of `{2}`, `{2,}` or `{2,5}` at the start of a text; anything else is no repetition.
fn counted(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?.split_once('}')?.0;
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && digits(least) && digits(most)).then_some(inside.len() + 2)
}

/// Go repeats nothing more than a thousand times.
fn sane(repetition: &str) -> bool {
    let numbers = repetition.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.map(str::parse::<u32>).all(|number| number.is_ok_and(|number| number <= 1000))
}

/// `(?P<name>`, `(?<name>`, `(?:` and flags: only those that Go has.
fn group<'a>(after: &'a str, out: &mut String) -> Option<&'a str> {
    if after.starts_with("?P<") || after.starts_with("?<") {
        out.push('(');
        return Some(after);
    }
    let flags = after.find([':', ')'])?;
    if !after[1..flags].chars().all(|flag| "imsU-".contains(flag)) {
        return None;
    }
    out.push('(');
    out.push_str(&after[..=flags]);
    Some(&after[flags + 1..])
}

/// What follows a backslash.
fn escape<'a>(after: &'a str, out: &mut String, in_class: bool) -> Option<&'a str> {
    let letter = after.chars().next()?;
    let rest = &after[letter.len_utf8()..];
    let perl = match (letter, in_class) {
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('w', true) => "0-9A-Za-z_",
        ('w', false) => "[0-9A-Za-z_]",
        ('s', true) => r"\t\n\f\r ",
        ('s', false) => r"[\t\n\f\r ]",
        ('D', _) => "[^0-9]",
        ('W', _) => "[^0-9A-Za-z_]",
        ('S', _) => r"[^\t\n\f\r ]",
        ('b', false) => r"(?-u:\b)",
        ('B', false) => r"(?-u:\B)",
        _ => "",
    };
    if !perl.is_empty() {
        out.push_str(perl);
        return Some(rest);
    }
    match letter {
        'Q' if !in_class => {
            let (literal, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
            out.push_str(&regex::escape(literal));
            return Some(rest);
        }
        '0'..='7' => return octal(after, out),
        letter if letter.is_ascii_punctuation() => out.push_str(&regex::escape(&letter.to_string())),
        'a' | 'f' | 't' | 'n' | 'r' | 'v' => {
            out.push('\\');
            out.push(letter);
        }
        'x' | 'p' | 'P' => {
            out.push('\\');
            out.push(letter);
            let end = if rest.starts_with('{') { rest.find('}')? + 1 } else { 0 };
            out.push_str(&rest[..end]);
            return Some(&rest[end..]);
        }
        'A' | 'z' if !in_class => {
            out.push('\\');
            out.push(letter);
        }
        _ => return None,
    }
    Some(rest)
}

/// `\0` and `\123`; a single digit but zero would be a reference, which neither engine has.
fn octal<'a>(after: &'a str, out: &mut String) -> Option<&'a str> {
    let digits = after.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    if digits == 1 && !after.starts_with('0') {
        return None;
    }
    let value = u32::from_str_radix(&after[..digits], 8).ok()?;
    out.extend(["\\x{", &format!("{value:x}"), "}"]);
    Some(&after[digits..])
}

/// A bracketed class, up to its end.
fn class<'a>(after: &'a str, out: &mut String) -> Option<&'a str> {
    out.push('[');
    let mut rest = after;
    if let Some(negated) = rest.strip_prefix('^') {
        out.push('^');
        rest = negated;
    }
    let mut first = true;
    loop {
        let letter = rest.chars().next()?;
        let tail = &rest[letter.len_utf8()..];
        rest = match letter {
            ']' if !first => {
                out.push(']');
                return Some(tail);
            }
            '[' if tail.starts_with(':') && tail.contains(":]") => {
                let end = tail.find(":]")? + 2;
                out.push('[');
                out.push_str(&tail[..end]);
                &tail[end..]
            }
            '\\' => escape(tail, out, true)?,
            ']' | '[' | '&' | '~' => {
                out.push('\\');
                out.push(letter);
                tail
            }
            plain => {
                out.push(plain);
                tail
            }
        };
        first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialect_of_go() {
        for (pattern, text, matched) in [
            (r"^\w+$", "größe", false),
            (r"\d+", "٣", false),
            ("a{", "a{", true),
            ("a{,2}", "a{,2}", true),
            ("a{2}", "aa", true),
            (r"\<x\>", "<x>", true),
            ("[a&&b]", "&", true),
            ("[[]", "[", true),
            ("[]x]", "]", true),
            (r"[\d.]+", "1.2", true),
            (r"[^\s]x", "ax", true),
            (r"\Q1.2\E$", "102", false),
            (r"(?i)OK", "ok", true),
            (r"\bfail\b", "a fail b", true),
            ("[[:alpha:]]+", "abc", true),
            (r"\x41\101\x{42}", "AAB", true),
            (r"^\p{Greek}+$", "λόγος", true),
            ("end$", "end\n", false),
            ("(?m)end$", "end\n", true),
        ] {
            let compiled = compile(pattern).expect(pattern);
            assert_eq!(compiled.is_match(text.as_bytes()), matched, "{pattern} on {text:?}");
        }
        for pattern in [
            "(",
            "a**",
            r"\8",
            r"\y",
            "(?x)a",
            "[b-a]",
            "(?P<a>x)(?P<a>y)",
            "[",
            "x{2}{3}",
            "(?=a)",
            "a{1001}",
        ] {
            assert!(compile(pattern).is_err(), "{pattern} is malformed");
        }
    }

    #[test]
    fn groups_have_names() {
        let compiled = compile(r"(?P<Loss>\d+)% loss").expect("a pattern");
        let found = compiled.captures(b"0.5, 12% loss").expect("a match");
        assert_eq!(&found["Loss"], b"12");
    }
}
