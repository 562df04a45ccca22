//! Encodings, digests and JSON.

use sha2::Digest as _;

use super::dates::rfc3339;
use crate::go::base;
use crate::go::json::{self, Json, write_number, write_text};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Type, Value};

const S: Type = Type::Text;
const A: Type = Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("b64enc", &[S], |call| call.give(base::encode64(call.text(0)))),
    fixed("b64dec", &[S], |call| decoded(call, base::decode64(call.text(0)), 64)),
    fixed("b32enc", &[S], |call| call.give(base::encode32(call.text(0)))),
    fixed("b32dec", &[S], |call| decoded(call, base::decode32(call.text(0)), 32)),
    fixed("sha1sum", &[S], |call| call.give(hex(&sha1::Sha1::digest(call.text(0))))),
    fixed("sha256sum", &[S], |call| call.give(hex(&sha2::Sha256::digest(call.text(0))))),
    fixed("sha512sum", &[S], |call| call.give(hex(&sha2::Sha512::digest(call.text(0))))),
    fixed("adler32sum", &[S], |call| call.give(adler32(call.text(0)).to_string().into_bytes())),
    fixed("toJson", &[A], |call| call.give(to_json(call, None, true).unwrap_or_default())),
    fixed("mustToJson", &[A], |call| call.give(to_json(call, None, true)?)),
    fixed("toRawJson", &[A], |call| call.give(to_json(call, None, false)?)),
    fixed("mustToRawJson", &[A], |call| call.give(to_json(call, None, false)?)),
    fixed("toPrettyJson", &[A], |call| call.give(to_json(call, Some(0), true).unwrap_or_default())),
    fixed("mustToPrettyJson", &[A], |call| call.give(to_json(call, Some(0), true)?)),
    fixed("fromJson", &[S], |call| match json::parse(call.text(0)) {
        Ok((found, _)) => value(call, found),
        Err(_) => Ok(Value::Nil),
    }),
    fixed("mustFromJson", &[S], |call| match json::parse(call.text(0))? {
        (found, None) => value(call, found),
        (_, Some(error)) => Err(Fault(error)),
    }),
];

fn decoded(call: &Call<'_>, found: Result<Vec<u8>, usize>, bits: u8) -> Answer {
    let told = |at| format!("illegal base{bits} data at input byte {at}").into_bytes();
    call.give(found.unwrap_or_else(told))
}

pub(super) fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    high << 16 | low
}

fn to_json(call: &Call<'_>, indent: Option<usize>, html: bool) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    write(call, &mut out, call.value(0), indent, html, 0)?;
    Ok(out)
}

fn line(out: &mut Vec<u8>, indent: Option<usize>) {
    if let Some(level) = indent {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', level * 2));
    }
}

fn write(
    call: &Call<'_>,
    out: &mut Vec<u8>,
    value: &Value,
    indent: Option<usize>,
    html: bool,
    depth: usize,
) -> Result<(), Fault> {
    if depth > 5_000 {
        return Err("json: unsupported value: encountered a cycle".into());
    }
    call.session.step(1)?;
    if out.len() > 64 << 20 {
        return Err("the JSON would be too long".into());
    }
    let inner = indent.map(|level| level + 1);
    let mut deeper = |out: &mut Vec<u8>, value: &Value| {
        stacker::maybe_grow(64 << 10, 1 << 20, || write(call, out, value, inner, html, depth + 1))
    };
    match value {
        Value::Nil => out.extend(b"null"),
        Value::List(list) if list.is_nil => out.extend(b"null"),
        Value::Map(map) if map.is_nil => out.extend(b"null"),
        Value::Bool(yes) => out.extend(yes.to_string().into_bytes()),
        Value::Int(_, number) => out.extend(number.to_string().into_bytes()),
        Value::Uint(_, number) => out.extend(number.to_string().into_bytes()),
        Value::Float(number) => write_number(out, *number)?,
        Value::Complex(..) => return Err("json: unsupported type: complex128".into()),
        Value::Text(text) => write_text(out, text, html),
        Value::List(list) => {
            let items = list.items.borrow().clone();
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                line(out, inner);
                deeper(out, item)?;
            }
            if !items.is_empty() {
                line(out, indent);
            }
            out.push(b']');
        }
        Value::Map(map) => {
            let entries: Vec<_> =
                map.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            object(out, &entries, indent, html, &mut deeper)?;
        }
        Value::Certificate(certificate) => {
            let field = |name: &str, text: &crate::template::engine::value::Text| {
                (name.as_bytes().into(), Value::Text(text.clone()))
            };
            let fields = [field("Cert", &certificate.cert), field("Key", &certificate.key)];
            object(out, &fields, indent, html, &mut deeper)?;
        }
        Value::Time(time) => write_text(out, &rfc3339(time)?, html),
        Value::Version(version, _) => write_text(out, version.to_string().as_bytes(), html),
        Value::Zone(_) => out.extend(b"{}"),
    }
    Ok(())
}

/// Writes what lies one level down.
type Deeper<'a> = &'a mut dyn FnMut(&mut Vec<u8>, &Value) -> Result<(), Fault>;

fn object(
    out: &mut Vec<u8>,
    entries: &[(crate::template::engine::value::Text, Value)],
    indent: Option<usize>,
    html: bool,
    deeper: Deeper<'_>,
) -> Result<(), Fault> {
    out.push(b'{');
    for (at, (key, value)) in entries.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        line(out, indent.map(|level| level + 1));
        write_text(out, key, html);
        out.extend(if indent.is_some() { b": ".as_slice() } else { b":" });
        deeper(out, value)?;
    }
    if !entries.is_empty() {
        line(out, indent);
    }
    out.push(b'}');
    Ok(())
}

fn value(call: &Call<'_>, found: Json) -> Answer {
    Ok(match found {
        Json::Null => Value::Nil,
        Json::Bool(yes) => Value::Bool(yes),
        Json::Number(number) => Value::Float(number),
        Json::Text(text) => Value::text(text),
        Json::List(items) => {
            let items = items.into_iter().map(|item| deeper(call, item)).collect::<Result<Vec<_>, _>>()?;
            call.give_list(items)?
        }
        Json::Object(fields) => {
            call.session.items(fields.len())?;
            let entries = fields.into_iter().map(|(name, field)| Ok((name.into(), deeper(call, field)?)));
            Value::map(entries.collect::<Result<_, Fault>>()?)
        }
    })
}

fn deeper(call: &Call<'_>, found: Json) -> Answer {
    stacker::maybe_grow(64 << 10, 1 << 20, || value(call, found))
}
