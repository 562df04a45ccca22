//! Values whose key says that they are secret: `DB_PASSWORD=…`, `"token": "…"`, `client-key-data: …`, `--password …`.
//!
//! The same words stand in sentences ("token expired", "password: must be set") and beside names of objects. So how
//! the value is tied to its key decides how much it has to look like a secret.

use std::ops::Range;

use super::Sight;
use super::names::{self, Sure};
use super::scan::{block, is_quote, line_end, near_end, quoted, skip_blanks, skip_space};
use crate::redact::encoded;
use crate::redact::span::{Span, Style};

const RULE: &str = "values of secret keys";
/// Longer ones are no keys.
const KEY: usize = 200;

/// A key in the text.
struct Key {
    range: Range<usize>,
    sure: Sure,
    /// The quote before it, and whether it also follows.
    quote: Option<(u8, bool)>,
    /// It is an option of a command.
    flag: bool,
}

/// How a value is tied to its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// As in data and assignments.
    Data,
    /// `key: value` fills a line by itself.
    Line,
    /// A word, a colon, a blank: this may be a sentence.
    Prose,
}

/// A value, and where.
struct Value {
    range: Range<usize>,
    plain: bool,
    tie: Tie,
}

pub(super) fn find(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let Some(key) = key(sight) else { return };
    for value in values(sight, &key) {
        let content = &sight.text[value.range.clone()];
        if judged(content, &value, &key) {
            // A mask in place of a number of JSON needs quotes.
            let data = value.plain && matches!(key.quote, Some((b'"', true)));
            let style = if data { Style::Quoted } else { Style::Mask };
            out.push(Span { style, ..Span::own(value.range.start, value.range.end, RULE) });
        }
    }
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
}

fn key(sight: &Sight<'_>) -> Option<Key> {
    let text = sight.text;
    // One of the words has its quotes with it.
    let (start, end) =
        if text[sight.start] == b'"' { (sight.start + 1, sight.end - 1) } else { (sight.start, sight.end) };
    let before = text[..start].iter().rev().take(KEY).take_while(|byte| is_key(**byte)).count();
    let after = text[end..].iter().take(KEY).take_while(|byte| is_key(**byte) && **byte != b'/').count();
    let (mut first, last) = (start - before, end + after);
    let dashes = text[first..start].iter().take_while(|byte| **byte == b'-').count();
    first += dashes;
    let word = &text[sight.start..sight.end];
    let whole = if start == sight.start { &text[first..last] } else { word };
    let sure = names::sure(whole, word, &text[end..last])?;
    let quote = (first - dashes).checked_sub(1).map(|at| text[at]).filter(|byte| is_quote(*byte));
    let quote = quote.map(|quote| (quote, text.get(last) == Some(&quote)));
    Some(Key { range: first..last, sure, quote, flag: dashes > 0 })
}

/// The values that are tied to a key.
fn values(sight: &Sight<'_>, key: &Key) -> Vec<Value> {
    let text = sight.text;
    let closed = key.quote.is_some_and(|(_, closed)| closed);
    let end = key.range.end + usize::from(closed);
    let at = if closed { skip_space(text, end) } else { skip_blanks(text, end) };
    match text.get(at) {
        Some(b'=') if text.get(at + 1) != Some(&b'=') => {
            let at = at + 1 + usize::from(text.get(at + 1) == Some(&b'>'));
            value(text, skip_blanks(text, at), key, Tie::Data)
        }
        Some(b':') => {
            let at = at + 1 + usize::from(text.get(at + 1) == Some(&b'='));
            let begin = if closed { skip_space(text, at) } else { skip_blanks(text, at) };
            value(text, begin, key, tie(text, key, at, begin))
        }
        Some(b'>') if key.range.start > 0 && text[key.range.start - 1] == b'<' => {
            let end = text[at..near_end(text, at)].iter().position(|byte| *byte == b'<').map(|end| at + end);
            end.map(|end| Value { range: at + 1..end, plain: false, tie: Tie::Data }).into_iter().collect()
        }
        Some(b',') if key.flag && closed => next_item(text, skip_space(text, at + 1)),
        Some(b'\n' | b'\r') if key.flag && key.quote.is_none() => next_line(text, skip_space(text, at)),
        Some(letter) if at > end && key.flag && !closed && *letter != b'-' => {
            value(text, at, key, Tie::Prose)
        }
        Some(b'\'') if at > end && key.quote.is_none() => value(text, at, key, Tie::Data),
        Some(_) if at > end && after_login(text, key.range.start) => value(text, at, key, Tie::Data),
        _ => Vec::new(),
    }
}

fn tie(text: &[u8], key: &Key, colon: usize, value: usize) -> Tie {
    let begin = key.range.start - usize::from(key.quote.is_some());
    let before =
        text[..begin].iter().rev().take(KEY).find(|byte| !matches!(byte, b' ' | b'\t' | b'-' | b'?'));
    let alone = before.is_none_or(|byte| *byte == b'\n');
    match (alone, value > colon, key.quote) {
        (true, true, _) => Tie::Line,
        (_, _, Some(_)) | (_, false, _) => Tie::Data,
        (false, true, None) => Tie::Prose,
    }
}

/// `machine example.com login me password …`, as in a `.netrc`.
fn after_login(text: &[u8], at: usize) -> bool {
    let line = &text[super::scan::line_start(text, at)..at];
    let mut words = line.rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let _name = words.next();
    words.next() == Some(b"login")
}

/// The next item of a list in JSON.
fn next_item(text: &[u8], at: usize) -> Vec<Value> {
    let quoted = text.get(at).filter(|byte| is_quote(**byte)).map(|_| quoted(text, at));
    quoted.map(|range| Value { range, plain: false, tie: Tie::Data }).into_iter().collect()
}

/// The next item of a list in YAML.
fn next_line(text: &[u8], at: usize) -> Vec<Value> {
    if text.get(at) != Some(&b'-') || text.get(at + 1) != Some(&b' ') {
        return Vec::new();
    }
    let at = skip_blanks(text, at + 1);
    match text.get(at) {
        Some(byte) if is_quote(*byte) => next_item(text, at),
        Some(b'-') | None => Vec::new(),
        Some(_) => vec![Value { range: at..line_end(text, at), plain: true, tie: Tie::Line }],
    }
}

/// The value that begins at a place, by how it is written.
fn value(text: &[u8], at: usize, key: &Key, tie: Tie) -> Vec<Value> {
    let open = key.quote.filter(|(_, closed)| !closed).map(|(quote, _)| quote);
    let one = |range: Range<usize>, plain| vec![Value { range, plain, tie }];
    match text.get(at) {
        None | Some(b'\n' | b'\r') => Vec::new(),
        Some(byte) if open == Some(*byte) => Vec::new(),
        Some(byte) if is_quote(*byte) => one(quoted(text, at), false),
        Some(b'[') => listed(text, at),
        Some(b'{') if text.get(at + 1) != Some(&b'{') => Vec::new(),
        Some(b'|' | b'>') if tie == Tie::Line && near_end(text, at) - at <= 3 => {
            let begin = key.range.start - usize::from(key.quote.is_some());
            let indent = begin - super::scan::line_start(text, begin);
            let below = text[at..].iter().position(|byte| *byte == b'\n').map(|end| at + end + 1);
            below
                .and_then(|below| block(text, below, indent))
                .map(|range| one(range, false))
                .unwrap_or_default()
        }
        Some(_) if open.is_some() => one(until(text, at, open), false),
        Some(_) if tie == Tie::Line && key.quote.is_none() => one(at..plain_end(text, at), true),
        Some(_) if of_environment(text, key) => one(at..line_end(text, at), false),
        Some(_) => one(at..word_end(text, at), true),
    }
}

/// Strings of a list, which has to end on its line.
fn listed(text: &[u8], at: usize) -> Vec<Value> {
    let end = near_end(text, at);
    let Some(close) = text[at..end].iter().position(|byte| *byte == b']').map(|close| at + close) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut from = at + 1;
    while let Some(open) = text[from..close].iter().position(|byte| is_quote(*byte)).map(|open| from + open) {
        let range = quoted(text, open);
        from = (range.end + 1).min(close);
        found.push(Value { range, plain: false, tie: Tie::Data });
    }
    if found.is_empty() {
        found.push(Value { range: at + 1..close, plain: false, tie: Tie::Data });
    }
    found
}

fn until(text: &[u8], at: usize, quote: Option<u8>) -> Range<usize> {
    let close = text[at..].iter().position(|byte| *byte == b'\n' || Some(*byte) == quote);
    at..close.map_or(text.len(), |close| at + close)
}

/// The end of a plain value of YAML, comments left out.
fn plain_end(text: &[u8], at: usize) -> usize {
    let line = &text[at..line_end(text, at)];
    let comment = line.windows(2).position(|pair| matches!(pair, b" #" | b"\t#"));
    let value = &line[..comment.unwrap_or(line.len())];
    at + value.trim_ascii_end().len()
}

/// `NAME=value` at the beginning of a line, where blanks belong to the value.
fn of_environment(text: &[u8], key: &Key) -> bool {
    let name = &text[key.range.clone()];
    let upper = name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
    upper
        && !key.flag
        && (key.range.start == 0 || text[key.range.start - 1] == b'\n')
        && text.get(key.range.end) == Some(&b'=')
}

/// The end of a value that is one word.
fn word_end(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(byte) = text.get(end) {
        let over = match byte {
            byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => true,
            b'"' | b'\'' | b'`' | b';' | b'&' | b'<' => true,
            b'\\' => text.get(end + 1).is_some_and(|next| is_quote(*next)),
            b',' => another_key(text, end + 1),
            _ => false,
        };
        if over {
            break;
        }
        end += 1;
    }
    trimmed(text, at, end)
}

/// Whether `name=` or `name:` begins at a place, or nothing at all.
fn another_key(text: &[u8], at: usize) -> bool {
    let name = text[at..].iter().take(KEY).take_while(|byte| is_key(**byte)).count();
    name > 0 && matches!(text.get(at + name), Some(b'=' | b':'))
}

/// Without what closes the sentence or the braces around the value.
fn trimmed(text: &[u8], at: usize, mut end: usize) -> usize {
    while end > at {
        let open = match text[end - 1] {
            b',' => None,
            b')' => Some(b'('),
            b']' => Some(b'['),
            b'}' => Some(b'{'),
            _ => break,
        };
        if open.is_some_and(|open| text[at..end].contains(&open)) {
            break;
        }
        end -= 1;
    }
    end
}

/// Whether a value is the secret that its key speaks of.
fn judged(content: &[u8], value: &Value, key: &Key) -> bool {
    let prose = value.tie == Tie::Prose || (value.plain && value.tie == Tie::Line) || content.contains(&b' ');
    if names::nothing(content) || (prose && names::saying(content)) {
        return false;
    }
    match key.sure {
        Sure::Surely => true,
        Sure::Mostly if value.tie == Tie::Prose => names::random(content) || key.flag,
        Sure::Mostly => {
            let number = content.len() < 6 && content.iter().all(u8::is_ascii_digit);
            !number && !names::path(content) && !named(content)
        }
        Sure::Perhaps => names::random(content) || pair_in_base64(content),
    }
}

/// The name of the object that holds the secret.
fn named(value: &[u8]) -> bool {
    let holds = |word: &[u8]| value.windows(word.len()).any(|part| part == word);
    names::object_name(value) && (holds(b"secret") || holds(b"cred") || holds(b"tls") || holds(b"token"))
}

/// `user:password`, as registries' configurations have it.
fn pair_in_base64(value: &[u8]) -> bool {
    encoded::decoded(value).is_some_and(|bytes| encoded::readable(&bytes) && bytes.contains(&b':'))
}

/// Words of other programs that a secret follows.
pub(super) const OTHERS: &[&str] =
    &["identified by", "requirepass", "masterauth", "--user ", "--user=", " -u "];

pub(super) fn others(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let at = skip_blanks(text, sight.end);
    let blank = at > sight.end || matches!(text[sight.end - 1], b' ' | b'=');
    let Some(first) = text.get(at).filter(|byte| blank && !byte.is_ascii_whitespace()) else { return };
    let range = if is_quote(*first) { quoted(text, at) } else { at..word_end(text, at) };
    if text[sight.start..sight.end].contains(&b'-') {
        // `--user name:password`; what has no colon is a name.
        let content = &text[range.clone()];
        let colon = content.iter().position(|byte| *byte == b':').filter(|colon| *colon > 0);
        let Some(colon) = colon.filter(|colon| !content[*colon..].starts_with(b"://")) else { return };
        let secret = &content[colon + 1..];
        // Users of containers are numbers.
        if !secret.is_empty() && !secret.iter().all(u8::is_ascii_digit) {
            out.push(Span::own(range.start + colon + 1, range.end, RULE));
        }
    } else if !names::nothing(&text[range.clone()]) && !names::saying(&text[range.clone()]) {
        out.push(Span::own(range.start, range.end, RULE));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};

    #[test]
    fn secrets_of_keys() {
        for (text, masked) in [
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=***HIDDEN***"),
            ("export DB_PASSWORD='two words' # x", "export DB_PASSWORD='***HIDDEN***' # x"),
            ("A_PASSWORD=two words\nB=1", "A_PASSWORD=***HIDDEN***\nB=1"),
            (r#"{"password":"a\"b","user":"c"}"#, r#"{"password":"***HIDDEN***","user":"c"}"#),
            (r#"{"password" : 123456}"#, r#"{"password" : "***HIDDEN***"}"#),
            ("  password: my pass phrase # old\n", "  password: ***HIDDEN*** # old\n"),
            ("password: |\n  one\n  two\nnext: 1\n", "password: |\n  ***HIDDEN***\nnext: 1\n"),
            ("- --db-password\n- hunter2\n", "- --db-password\n- ***HIDDEN***\n"),
            (r#"["--db-password","hunter2","x"]"#, r#"["--db-password","***HIDDEN***","x"]"#),
            ("run --token abc123 --verbose", "run --token ***HIDDEN*** --verbose"),
            ("?access_token=abc&x=1", "?access_token=***HIDDEN***&x=1"),
            ("Server=a;Password=p w;X", "Server=***HIDDEN***;Password=***HIDDEN***;X"),
            ("login failed (password: hunter2)", "login failed (password: ***HIDDEN***)"),
            ("{Password:hunter2 Name:x}", "{Password:***HIDDEN*** Name:x}"),
            ("<password>hunter2</password>", "<password>***HIDDEN***</password>"),
            ("Environment=\"API_TOKEN=two words\" X=1", "Environment=\"API_TOKEN=***HIDDEN***\" X=1"),
            ("client-key-data: LS0tLS1C\r\n", "client-key-data: ***HIDDEN***\r\n"),
            (r#"{"auth":"bWU6cHc="}"#, r#"{"auth":"***HIDDEN***"}"#),
            ("passwords: ['a1', \"b2\"]", "passwords: ['***HIDDEN***', \"***HIDDEN***\"]"),
            ("machine m login me password hunter2", "machine m login me password ***HIDDEN***"),
            ("CREATE USER a IDENTIFIED BY 'pw'", "CREATE USER a IDENTIFIED BY '***HIDDEN***'"),
            ("requirepass hunter2", "requirepass ***HIDDEN***"),
            ("curl -u me:pw https://x", "curl -u me:***HIDDEN*** https://x"),
            ("AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***HIDDEN***"),
        ] {
            masks(text, masked);
        }
    }

    #[test]
    fn values_that_are_no_secrets() {
        for text in [
            "passwordPolicy: strong",
            "automountServiceAccountToken: true",
            "E1103 token expired: retry later",
            "invalid token: unexpected end",
            "Password: must contain 8 letters",
            "password: \"\"",
            "password: {{ .Values.password }}",
            "password: ${DB_PASSWORD}",
            "PWD=/root",
            "OLDPWD=/home/me",
            "secretName: tidewater-tls",
            "secret: ceph-secret",
            "existingSecret: db-credentials",
            "tokenReview: ok",
            "max_tokens: 4096",
            "--password-file=/etc/x",
            "docker run --user 1000:1000 image",
            "2 tests pass: 17 of them",
            "token=/var/run/secrets/kubernetes.io/serviceaccount/token",
            "\"token\": null,",
            "if password == other {",
        ] {
            keeps(text);
        }
    }
}
