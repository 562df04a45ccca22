//! Writing YAML that readers of YAML 1.1 and of YAML 1.2 take for the same: what either would not read as a
//! text is quoted. Templates stand in single quotes or blocks, where nothing in them is escaped.

use serde_json::Value;

use super::plain::{Analysis, analyse, is_break, is_printable};
use super::resolve::{Scalar, is_base60, resolve, resolve_newer};

/// Whether a text is read as itself without quotes.
pub(crate) fn is_bare(text: &str) -> bool {
    resolve(text) == Scalar::Text && !is_base60(text) && analyse(text).plain
}

/// A document.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(&mut out, value, 0);
    out
}

/// A value, with the line end behind it; what has lines of its own starts on a new one.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, field) in fields {
                margin(out, indent);
                out.push_str(&scalar(key));
                out.push(':');
                follow(out, field, indent + 2);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                margin(out, indent);
                out.push('-');
                follow(out, item, indent + 2);
            }
        }
        _ => {
            out.push_str(&short(value, indent));
            out.push('\n');
        }
    }
}

fn follow(out: &mut String, value: &Value, indent: usize) {
    let has_lines = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    out.push(if has_lines { '\n' } else { ' ' });
    stacker::maybe_grow(64 << 10, 1 << 20, || block(out, value, indent));
}

fn margin(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn short(value: &Value, indent: usize) -> String {
    match value {
        Value::String(text) if is_block(text) => literal(text, indent),
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

fn scalar(text: &str) -> String {
    let is_read_as_text = is_bare(text) && resolve_newer(text, true) == Scalar::Text;
    if is_read_as_text && !matches!(text, "=" | "<<") {
        return text.to_owned();
    }
    if wide(text).single && !text.contains(is_break) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    double(text)
}

/// Whether a text of several lines can stand as a block.
fn is_block(text: &str) -> bool {
    let starts = text.starts_with([' ', '\n']);
    text.contains('\n')
        && !starts
        && !text.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\t'])
        && wide(text).block
}

/// What stands beyond the first plane is printable, which the older library does not know.
fn wide(text: &str) -> Analysis {
    analyse(&text.chars().map(|character| character.min('\u{fffd}')).collect::<String>())
}

fn literal(text: &str, indent: usize) -> String {
    let mark = match text.strip_suffix('\n') {
        None => "|-",
        Some(rest) if rest.ends_with('\n') => "|+",
        Some(_) => "|",
    };
    let mut out = mark.to_owned();
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            // A document that is one text has a margin as well.
            margin(&mut out, indent.max(2));
            out.push_str(line);
        }
    }
    out
}

/// A text in double quotes, as the vendor's library writes it.
pub(crate) fn double(text: &str) -> String {
    let mut out = String::from("\"");
    let has_mark = text.starts_with('\u{feff}');
    for character in text.chars() {
        let is_kept = is_printable(character) && !is_break(character) && !matches!(character, '"' | '\\');
        // A byte order mark at the start makes the library escape everything.
        if is_kept && !has_mark {
            out.push(character);
        } else {
            out.push_str(&escape(character));
        }
    }
    out.push('"');
    out
}

fn escape(character: char) -> String {
    let code = u32::from(character);
    let short = match character {
        '\0' => "0",
        '\x07' => "a",
        '\x08' => "b",
        '\t' => "t",
        '\n' => "n",
        '\x0b' => "v",
        '\x0c' => "f",
        '\r' => "r",
        '\x1b' => "e",
        '"' => "\"",
        '\\' => "\\",
        '\u{85}' => "N",
        '\u{a0}' => "_",
        '\u{2028}' => "L",
        '\u{2029}' => "P",
        _ if code <= 0xff => return format!("\\x{code:02X}"),
        _ if code <= 0xffff => return format!("\\u{code:04X}"),
        _ => return format!("\\U{code:08X}"),
    };
    format!("\\{short}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::write;
    use crate::yaml::parse;

    #[test]
    fn what_would_be_read_otherwise_is_quoted() {
        let written = write(&json!({
            "a": ["y", "0755", "plain text", "", "it's: x", 1, true, null],
            "on": {}, "b": [{"c": "l1\nl2\n"}, []], "t": "{{repl ConfigOption \"x\" }}", "q": "\t'",
        }));
        let wanted = "a:\n  - 'y'\n  - '0755'\n  - plain text\n  - ''\n  - 'it''s: x'\n  - 1\n  - true\n  - null\n'on': {}\nb:\n  -\n    c: |\n      l1\n      l2\n  - []\nt: '{{repl ConfigOption \"x\" }}'\nq: \"\\t'\"\n";
        assert_eq!(written, wanted);
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            proptest::sample::select(vec![
                "y",
                "n",
                "1:30",
                "0x1F",
                "- a",
                "# c",
                "a\n\nb\n\n",
                "\n",
                "  a",
                "~",
                "=",
                "<<",
                "1e3",
                "a: b"
            ])
            .prop_map(str::to_owned),
            any::<String>(),
            "[ -~\n]{0,12}",
        ];
        let leaf = prop_oneof![
            text.clone().prop_map(Value::String),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::Bool),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                proptest::collection::btree_map(text.clone(), inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in value()) {
            let written = write(&value);
            let read = parse(&written).map(|node| node.to_json());
            prop_assert_eq!(read, Ok(value), "{}", written);
        }
    }
}
