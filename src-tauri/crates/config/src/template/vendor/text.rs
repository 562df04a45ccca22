//! Texts, encodings and what is made at random.

use rand::{Rng as _, RngCore as _};

use super::yaml;
use crate::go::url::{Mode, escape};
use crate::go::{base, regex, text, utf8};
use crate::template::engine::function::{Answer, Call, Function, fixed, variadic};
use crate::template::engine::value::{Type, Unsigned, Value};

const S: Type = Type::Text;
const U: Type = Type::Unsigned(Unsigned::Long);
/// Letters of random texts when the vendor names none.
const CLASS: &[u8] = b"[_A-Za-z0-9]";

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("ToLower", &[S], |call| call.give(text::lower(call.text(0)))),
    fixed("ToUpper", &[S], |call| call.give(text::upper(call.text(0)))),
    fixed("TrimSpace", &[S], |call| call.give(text::trim_space(call.text(0)))),
    variadic("Trim", &[S], S, |call| match call.arguments.len() {
        1 => call.give(text::trim_space(call.text(0))),
        _ => call.give(text::trim_set(call.text(0), call.text(1))),
    }),
    fixed("Split", &[S, S], |call| call.give_texts(text::split(call.text(0), call.text(1), -1))),
    fixed("UrlEncode", &[S], |call| call.give(escape(call.text(0), Mode::Query))),
    fixed("UrlPathEscape", &[S], |call| call.give(escape(call.text(0), Mode::Segment))),
    fixed("Base64Encode", &[S], |call| call.give(base::encode64(call.text(0)))),
    fixed("Base64Decode", &[S], |call| call.give(base::decode64(call.text(0)).unwrap_or_default())),
    fixed("YamlEscape", &[S], escaped),
    variadic("RandomString", &[U], S, random_text),
    fixed("RandomBytes", &[U], |call| {
        call.world.made_random();
        let length = usize::try_from(call.uint(0)).unwrap_or(usize::MAX);
        call.session.bytes(length)?;
        let mut bytes = vec![0; length];
        rand::rng().fill_bytes(&mut bytes);
        call.give(base::encode64(&bytes))
    }),
];

/// As YAML, indented far enough to stand below any key.
fn escaped(call: &Call<'_>) -> Answer {
    let pad = [b' '; 20];
    let mut out = pad.to_vec();
    for byte in yaml::scalar(call.text(0)) {
        out.push(byte);
        if byte == b'\n' {
            out.extend(pad);
        }
    }
    call.give(out)
}

/// What is no class of characters gives nothing.
fn random_text(call: &Call<'_>) -> Answer {
    call.world.made_random();
    let class = if call.arguments.len() > 1 { call.text(1) } else { CLASS };
    let Some(ranges) = regex::class(class) else { return call.give(*b"") };
    let length = usize::try_from(call.uint(0)).unwrap_or(usize::MAX);
    call.session.bytes(length)?;
    let all: u32 = ranges.iter().map(|(first, last)| last - first + 1).sum();
    let mut random = rand::rng();
    let mut out = Vec::with_capacity(length);
    for _ in 0..length {
        let mut nth = random.random_range(0..all);
        for (first, last) in &ranges {
            if nth <= last - first {
                utf8::push(&mut out, char::from_u32(first + nth).unwrap_or(utf8::REPLACEMENT));
                break;
            }
            nth -= last - first + 1;
        }
    }
    Ok(Value::text(out))
}
