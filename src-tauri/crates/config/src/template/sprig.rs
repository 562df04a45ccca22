//! sprig's functions, those that packages use most. None of them reads the machine.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gotmpl::{FuncMap, Value};
use rand::Rng as _;
use sha2::{Digest, Sha256};

use super::arguments::{Answer, int, string, text, wrong};

/// Adds them.
pub(super) fn add(functions: &mut FuncMap, generated: &Arc<AtomicBool>) {
    strings(functions);
    choices(functions);
    numbers(functions);
    lists(functions);
    encodings(functions);
    let mark = Arc::clone(generated);
    let alphanumeric = move |arguments: &[Value]| -> Answer {
        mark.store(true, Ordering::SeqCst);
        let length = usize::try_from(int(arguments, 0)?.clamp(0, 1 << 20)).unwrap_or(0);
        Ok(text(
            rand::rng()
                .sample_iter(rand::distr::Alphanumeric)
                .take(length)
                .map(char::from)
                .collect::<String>(),
        ))
    };
    functions.insert("randAlphaNum".into(), Arc::new(alphanumeric));
}

type Body = fn(&[Value]) -> Answer;

fn put(functions: &mut FuncMap, all: &[(&str, Body)]) {
    for (name, body) in all {
        functions.insert((*name).into(), Arc::new(*body));
    }
}

fn strings(functions: &mut FuncMap) {
    put(
        functions,
        &[
            ("upper", |a| Ok(text(string(a, 0)?.to_uppercase()))),
            ("lower", |a| Ok(text(string(a, 0)?.to_lowercase()))),
            ("trim", |a| Ok(text(string(a, 0)?.trim()))),
            ("trimAll", |a| {
                let cut = string(a, 0)?;
                Ok(text(string(a, 1)?.trim_matches(|c| cut.contains(c))))
            }),
            ("trimSuffix", |a| {
                let (cut, whole) = (string(a, 0)?, string(a, 1)?);
                Ok(text(whole.strip_suffix(&cut).unwrap_or(&whole)))
            }),
            ("trimPrefix", |a| {
                let (cut, whole) = (string(a, 0)?, string(a, 1)?);
                Ok(text(whole.strip_prefix(&cut).unwrap_or(&whole)))
            }),
            ("replace", |a| Ok(text(string(a, 2)?.replace(&string(a, 0)?, &string(a, 1)?)))),
            ("contains", |a| Ok(Value::Bool(string(a, 1)?.contains(&string(a, 0)?)))),
            ("hasPrefix", |a| Ok(Value::Bool(string(a, 1)?.starts_with(&string(a, 0)?)))),
            ("hasSuffix", |a| Ok(Value::Bool(string(a, 1)?.ends_with(&string(a, 0)?)))),
            ("quote", |a| Ok(text(quoted(a, |part| format!("{part:?}"))))),
            ("squote", |a| Ok(text(quoted(a, |part| format!("'{part}'"))))),
            ("indent", |a| Ok(text(indented(a)?))),
            ("nindent", |a| Ok(text(format!("\n{}", indented(a)?)))),
            ("trunc", |a| {
                let (length, whole) = (int(a, 0)?, string(a, 1)?);
                let most = usize::try_from(length).unwrap_or(usize::MAX);
                Ok(text(whole.chars().take(most).collect::<String>()))
            }),
            ("nospace", |a| Ok(text(string(a, 0)?.replace(char::is_whitespace, "")))),
            ("toString", |a| Ok(text(string(a, 0)?))),
        ],
    );
}

/// Arguments that are not nil, each wrapped, with spaces between.
fn quoted(arguments: &[Value], wrap: fn(String) -> String) -> String {
    let parts =
        arguments.iter().filter(|value| !matches!(value, Value::Nil)).map(|value| wrap(value.to_string()));
    parts.collect::<Vec<_>>().join(" ")
}

fn indented(arguments: &[Value]) -> Result<String, gotmpl::TemplateError> {
    let pad = " ".repeat(usize::try_from(int(arguments, 0)?.clamp(0, 1000)).unwrap_or(0));
    Ok(format!("{pad}{}", string(arguments, 1)?.replace('\n', &format!("\n{pad}"))))
}

fn choices(functions: &mut FuncMap) {
    put(
        functions,
        &[
            ("default", |a| {
                let given = a.get(1).filter(|value| value.is_truthy());
                Ok(given.or(a.first()).cloned().unwrap_or(Value::Nil))
            }),
            ("empty", |a| Ok(Value::Bool(!a.first().is_some_and(Value::is_truthy)))),
            ("coalesce", |a| Ok(a.iter().find(|value| value.is_truthy()).cloned().unwrap_or(Value::Nil))),
            ("ternary", |a| match a {
                [yes, no, test] => Ok(if test.is_truthy() { yes.clone() } else { no.clone() }),
                _ => Err(wrong("ternary takes three arguments")),
            }),
            ("fail", |a| Err(wrong(string(a, 0)?))),
            ("required", |a| match a.get(1) {
                Some(Value::Nil) | None => Err(wrong(string(a, 0)?)),
                Some(Value::String(given)) if given.is_empty() => Err(wrong(string(a, 0)?)),
                Some(given) => Ok(given.clone()),
            }),
        ],
    );
}

fn numbers(functions: &mut FuncMap) {
    put(
        functions,
        &[
            ("int", |a| Ok(Value::Int(int(a, 0)?))),
            ("int64", |a| Ok(Value::Int(int(a, 0)?))),
            ("atoi", |a| Ok(Value::Int(string(a, 0)?.parse().unwrap_or(0)))),
            ("add", |a| {
                (0..a.len()).try_fold(0i64, |sum, at| Ok(sum.wrapping_add(int(a, at)?))).map(Value::Int)
            }),
            ("mul", |a| {
                (0..a.len()).try_fold(1i64, |all, at| Ok(all.wrapping_mul(int(a, at)?))).map(Value::Int)
            }),
            ("sub", |a| Ok(Value::Int(int(a, 0)?.wrapping_sub(int(a, 1)?)))),
            ("div", |a| {
                int(a, 0)?.checked_div(int(a, 1)?).map(Value::Int).ok_or_else(|| wrong("division by zero"))
            }),
            ("mod", |a| {
                int(a, 0)?.checked_rem(int(a, 1)?).map(Value::Int).ok_or_else(|| wrong("division by zero"))
            }),
            ("max", |a| {
                (1..a.len()).try_fold(int(a, 0)?, |most, at| Ok(most.max(int(a, at)?))).map(Value::Int)
            }),
            ("min", |a| {
                (1..a.len()).try_fold(int(a, 0)?, |least, at| Ok(least.min(int(a, at)?))).map(Value::Int)
            }),
        ],
    );
}

fn lists(functions: &mut FuncMap) {
    put(
        functions,
        &[
            ("list", |a| Ok(Value::List(a.iter().cloned().collect()))),
            ("splitList", |a| {
                let (separator, whole) = (string(a, 0)?, string(a, 1)?);
                Ok(Value::List(whole.split(&separator).map(text).collect()))
            }),
            ("join", |a| {
                let separator = string(a, 0)?;
                let Some(Value::List(parts)) = a.get(1) else { return Ok(text(string(a, 1)?)) };
                Ok(text(parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(&separator)))
            }),
            ("has", |a| {
                let Some(Value::List(parts)) = a.get(1) else { return Ok(Value::Bool(false)) };
                let wanted = string(a, 0)?;
                Ok(Value::Bool(parts.iter().any(|part| part.to_string() == wanted)))
            }),
        ],
    );
}

fn encodings(functions: &mut FuncMap) {
    put(
        functions,
        &[
            ("b64enc", |a| Ok(text(STANDARD.encode(string(a, 0)?)))),
            ("b64dec", |a| {
                let decoded = STANDARD.decode(string(a, 0)?);
                Ok(text(decoded.map_or_else(
                    |error| error.to_string(),
                    |bytes| String::from_utf8_lossy(&bytes).into_owned(),
                )))
            }),
            ("sha256sum", |a| {
                let mut hex = String::new();
                for byte in Sha256::digest(string(a, 0)?) {
                    let _ = write!(hex, "{byte:02x}");
                }
                Ok(text(hex))
            }),
        ],
    );
}
