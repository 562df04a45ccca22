//! Secrets whose name stands beside them: `{"name": "DB_PASSWORD", "value": "…"}` in JSON, in one line or in several,
//! either of them first, and the same in YAML. What upstream masks by the name is masked here.

use std::ops::Range;

use super::Sight;
use super::names;
use super::scan::{
    block, is_quote, line_end, line_start, near_end, quoted, quoted_back, skip_blanks, skip_space,
    skip_space_back,
};
use crate::redact::span::Span;

const RULE: &str = "values of environment variables";
const CEPH_RULE: &str = "keys of Ceph";

/// Where a pair may be.
pub(super) const WORDS: &[&str] = &["\"value\"", "value:"];
/// Where one of Ceph's may be.
pub(super) const CEPH: &[&str] = &["\"entity\"", "key = aq"];

pub(super) fn find(sight: &Sight<'_>, out: &mut Vec<Span>) {
    if sight.text[sight.start] == b'"' {
        out.extend(in_json(sight.text, sight.start, sight.end));
    } else {
        out.extend(in_yaml(sight.text, sight.start, sight.end));
    }
}

/// The value after a key and a colon.
fn member(text: &[u8], end: usize) -> Option<Range<usize>> {
    let colon = skip_space(text, end);
    let at = skip_space(text, (text.get(colon) == Some(&b':')).then_some(colon + 1)?);
    (text.get(at) == Some(&b'"')).then(|| quoted(text, at))
}

fn in_json(text: &[u8], start: usize, end: usize) -> Option<Span> {
    let value = member(text, end)?;
    let named = name_before(text, start).or_else(|| name_after(text, value.end + 1));
    let secret = names::paired(&text[named?]) && !names::nothing(&text[value.clone()]);
    secret.then(|| Span::own(value.start, value.end, RULE))
}

/// The name before a key: `"name": "X",`.
fn name_before(text: &[u8], start: usize) -> Option<Range<usize>> {
    let comma = skip_space_back(text, start).checked_sub(1).filter(|comma| text[*comma] == b',')?;
    let name = quoted_back(text, skip_space_back(text, comma))?;
    let colon = skip_space_back(text, name.start - 1).checked_sub(1).filter(|colon| text[*colon] == b':')?;
    let key = quoted_back(text, skip_space_back(text, colon))?;
    is_name(&text[key]).then_some(name)
}

/// The name after a value: `, "name": "X"`.
fn name_after(text: &[u8], end: usize) -> Option<Range<usize>> {
    let comma = skip_space(text, end.min(text.len()));
    let at = skip_space(text, (text.get(comma) == Some(&b',')).then_some(comma + 1)?);
    let key = (text.get(at) == Some(&b'"')).then(|| quoted(text, at))?;
    if is_name(&text[key.clone()]) { member(text, key.end + 1) } else { None }
}

fn is_name(key: &[u8]) -> bool {
    ["name", "key", "variable"].iter().any(|name| key.eq_ignore_ascii_case(name.as_bytes()))
}

fn in_yaml(text: &[u8], start: usize, colon: usize) -> Option<Span> {
    let line = line_start(text, start);
    let lead = &text[line..start];
    if lead.iter().any(|byte| !matches!(byte, b' ' | b'-')) {
        return None;
    }
    let name = line_before(text, line).and_then(|before| named(text, before));
    let name = name.or_else(|| line_after(text, colon).and_then(|after| named(text, after)));
    if !names::paired(&text[name?]) {
        return None;
    }
    let at = skip_blanks(text, colon);
    let end = line_end(text, at);
    let range = match text.get(at) {
        Some(byte) if is_quote(*byte) => quoted(text, at),
        Some(b'|' | b'>') if near_end(text, at) - at <= 3 => {
            let below = text[at..].iter().position(|byte| *byte == b'\n')? + at + 1;
            block(text, below, start - line)?
        }
        _ => at..end,
    };
    let secret = !range.is_empty() && !names::nothing(&text[range.clone()]);
    secret.then(|| Span::own(range.start, range.end, RULE))
}

fn line_before(text: &[u8], line: usize) -> Option<Range<usize>> {
    let end = line.checked_sub(1)?;
    Some(line_start(text, end)..end)
}

fn line_after(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = text[at..].iter().take(4 << 10).position(|byte| *byte == b'\n')? + at + 1;
    Some(start..line_end(text, start))
}

/// The name in a line such as `- name: X`.
fn named(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let content = &text[line.clone()];
    let lead = content.iter().take_while(|byte| matches!(byte, b' ' | b'-')).count();
    let name = content[lead..].strip_prefix(b"name:").or_else(|| content[lead..].strip_prefix(b"key:"))?;
    let start = line.end - name.len();
    let value = name.trim_ascii();
    let start = start + (name.len() - name.trim_ascii_start().len());
    Some(start..start + value.len())
}

pub(super) fn ceph(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let range = if text[sight.start] == b'"' {
        let Some(entity) = member(text, sight.end) else { return };
        let Some(key) = name_after(text, entity.end + 1) else { return };
        key
    } else {
        let start = sight.end - 2;
        start..line_end(text, start)
    };
    // Forty letters of base64.
    if range.len() >= 38 && text[range.clone()].ends_with(b"==") {
        out.push(Span::own(range.start, range.end, CEPH_RULE));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};

    #[test]
    fn pairs() {
        let pretty = "{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"x\\\"y\"\n}";
        let hidden = "{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"***HIDDEN***\"\n}";
        for (text, masked) in [
            (r#"[{"name":"DB_PASSWORD","value":"x"}]"#, r#"[{"name":"DB_PASSWORD","value":"***HIDDEN***"}]"#),
            (r#"[{"value":"x","name":"API_TOKEN"}]"#, r#"[{"value":"***HIDDEN***","name":"API_TOKEN"}]"#),
            (r#"{"Name":"DB_USER","Value":"app"}"#, r#"{"Name":"DB_USER","Value":"***HIDDEN***"}"#),
            (pretty, hidden),
            (
                "- name: DB_PASSWORD\n  value: x y\n- name: B\n",
                "- name: DB_PASSWORD\n  value: ***HIDDEN***\n- name: B\n",
            ),
            ("- name: \"DATABASE\"\n  value: 'x'\n", "- name: \"DATABASE\"\n  value: '***HIDDEN***'\n"),
            ("- value: x\n  name: DB_PASSWORD\n", "- value: ***HIDDEN***\n  name: DB_PASSWORD\n"),
            (
                "- name: A_SECRET\n  value: |\n    a\n    b\n",
                "- name: A_SECRET\n  value: |\n    ***HIDDEN***\n",
            ),
            (
                r#"{"name":"AWS_ACCESS_KEY_ID","value":"x"}"#,
                r#"{"name":"AWS_ACCESS_KEY_ID","value":"***HIDDEN***"}"#,
            ),
            (r#"{"name":"OWNER_ACCOUNT","value":"1"}"#, r#"{"name":"OWNER_ACCOUNT","value":"***HIDDEN***"}"#),
            (
                "{\"entity\": \"client.admin\",\n \"key\": \"AQBzVh1fAAAAABAAc2VjcmV0c2VjcmV0c2VjcmV0==\"}",
                "{\"entity\": \"client.admin\",\n \"key\": \"***HIDDEN***\"}",
            ),
        ] {
            masks(text, masked);
        }
        for text in [
            r#"[{"name":"LOG_LEVEL","value":"debug"}]"#,
            "- name: LOG_LEVEL\n  value: debug\n",
            "- name: X_TOKEN_ENABLED\n  value: \"true\"\n",
            r#"{"value":"x"}"#,
            "the value: of it",
        ] {
            keeps(text);
        }
    }
}
