//! One text as a YAML document, written as the vendor's library writes it.

use crate::go::{base, utf8};
use crate::yaml::plain::{analyse, is_break};
use crate::yaml::resolve::{Scalar, is_base60, resolve, resolve_newer};
use crate::yaml::write::double;

/// Writes a text with a line break behind it.
pub(super) fn scalar(bytes: &[u8]) -> Vec<u8> {
    let mut out = match std::str::from_utf8(bytes) {
        Ok(text) => styled(text, false),
        Err(_) => format!("!!binary {}", styled(&wrapped_base64(bytes), true)),
    };
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.into_bytes()
}

/// Base64 in lines of 70 when it needs more than one.
fn wrapped_base64(bytes: &[u8]) -> String {
    let all = base::encode64(bytes);
    // The library counts one line too many at exact multiples.
    if all.len() < 70 {
        return utf8::lossy(&all);
    }
    all.chunks(70).map(|line| format!("{}\n", utf8::lossy(line))).collect()
}

fn styled(text: &str, is_tagged: bool) -> String {
    let analysis = analyse(text);
    if text.contains('\n') {
        return if analysis.block { literal(text) } else { double(text) };
    }
    let is_old_bool = matches!(resolve(text), Scalar::Bool(_));
    let reads_as_text = resolve_newer(text, true) == Scalar::Text && !is_base60(text) && !is_old_bool;
    match (analysis.plain, analysis.single) {
        _ if !is_tagged && !reads_as_text => double(text),
        (true, _) => text.to_owned(),
        (false, true) => single(text),
        (false, false) => double(text),
    }
}

fn single(text: &str) -> String {
    let mut out = String::from("'");
    let mut after_break = false;
    for character in text.chars() {
        if after_break && !is_break(character) && character != ' ' {
            out.push_str("    ");
            after_break = false;
        }
        after_break |= is_break(character);
        if character == '\'' {
            out.push('\'');
        }
        out.push(character);
    }
    out.push('\'');
    out
}

fn literal(text: &str) -> String {
    let mut out = String::from("|");
    if text.starts_with(' ') || text.starts_with(is_break) {
        out.push('4');
    }
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        (Some(end), _) if !is_break(end) => out.push('-'),
        (Some(_), None) => out.push('+'),
        (Some(_), Some(before)) if is_break(before) => out.push('+'),
        _ => {}
    }
    out.push('\n');
    let mut starts = true;
    for character in text.chars() {
        if is_break(character) {
            out.push(character);
            starts = true;
        } else {
            if starts {
                out.push_str("    ");
            }
            out.push(character);
            starts = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn texts_are_written_as_the_library_does() {
        for (given, wanted) in [
            ("a: b", "'a: b'\n"),
            ("yes", "\"yes\"\n"),
            ("0x1F", "\"0x1F\"\n"),
            ("tab\there", "\"tab\\there\"\n"),
            ("plain text", "plain text\n"),
            ("", "\"\"\n"),
            ("it's", "it's\n"),
            ("'q'", "'''q'''\n"),
            ("a\nb", "|-\n    a\n    b\n"),
            ("  two\n  lines\n", "|4\n      two\n      lines\n"),
            ("a\n\n", "|+\n    a\n\n"),
            ("=", "=\n"),
            ("1:30", "\"1:30\"\n"),
            ("2001-01-01", "\"2001-01-01\"\n"),
            ("<<", "<<\n"),
            ("\u{feff}a b", "\"\\uFEFF\\x61\\x20\\x62\"\n"),
            ("a\u{2028}b", "'a\u{2028}    b'\n"),
        ] {
            assert_eq!(String::from_utf8_lossy(&scalar(given.as_bytes())), wanted, "{given:?}");
        }
        assert_eq!(scalar(b"\xff\xfe"), b"!!binary //4=\n");
    }
}
