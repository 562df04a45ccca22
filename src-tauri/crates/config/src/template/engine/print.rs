//! Go's `fmt`: values as text, with verbs and flags.

use super::function::Fault;
use super::value::{Signed, Type, Unsigned, Value};
use crate::go::time::{DAYS, MONTHS};
use crate::go::{duration, float, layout, quote, unicode, utf8};

/// Bytes that one call may print.
const MOST: usize = 32 << 20;
/// Lists within lists that are printed; more holds itself or is hostile.
const NESTING: usize = 5_000;

/// Where everything is said to be: real addresses are nobody's business.
const ADDRESS: u64 = 0xc0_0000_0000;

/// Flags of a verb.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are the flags of the format language")]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) plus_v: bool,
    pub(super) sharp_v: bool,
}

/// Prints into a buffer.
pub(crate) struct Printer {
    pub(super) out: Vec<u8>,
    pub(super) flags: Flags,
    /// While a wrong verb is told, methods are not asked.
    telling: bool,
    overflown: bool,
}

/// A struct's fields, as Go would show them.
type Fields = Vec<(&'static str, Value)>;

impl Printer {
    pub(crate) fn new() -> Self {
        Self { out: Vec::new(), flags: Flags::default(), telling: false, overflown: false }
    }

    /// What was printed.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Fault> {
        if self.overflown {
            return Err("the text would be too long, or holds itself".into());
        }
        Ok(self.out)
    }

    /// As Go's `Print`: a space between two operands when neither is a text.
    pub(crate) fn print(&mut self, values: &[Value]) {
        let mut before = true;
        for (at, value) in values.iter().enumerate() {
            let is_text = matches!(value, Value::Text(_));
            if at > 0 && !is_text && !before {
                self.out.push(b' ');
            }
            self.argument(value, 'v');
            before = is_text;
        }
    }

    /// As Go's `Println`.
    pub(crate) fn println(&mut self, values: &[Value]) {
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.out.push(b' ');
            }
            self.argument(value, 'v');
        }
        self.out.push(b'\n');
    }

    pub(super) fn push(&mut self, text: &str) {
        self.extend(text.as_bytes());
    }

    fn extend(&mut self, text: &[u8]) {
        if self.out.len() + text.len() > MOST {
            self.overflown = true;
        } else {
            self.out.extend_from_slice(text);
        }
    }

    fn padding(&mut self, width: usize) {
        let pad = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        if self.out.len() + width > MOST {
            self.overflown = true;
        } else {
            self.out.resize(self.out.len() + width, pad);
        }
    }

    fn pad(&mut self, text: &[u8]) {
        let width = self.flags.width.unwrap_or(0).saturating_sub(utf8::count(text));
        if !self.flags.minus {
            self.padding(width);
        }
        self.extend(text);
        if self.flags.minus {
            self.padding(width);
        }
    }

    fn pad_without_zeros(&mut self, text: &[u8]) {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.pad(text);
        self.flags.zero = zero;
    }

    /// Prints an operand.
    pub(super) fn argument(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (Value::Nil, _) => self.wrong_verb(value, verb),
            (_, 'T') => self.text_as_is(value.type_name().as_bytes()),
            (_, 'p') => self.pointer(value, verb),
            _ => self.value(value, verb, 0),
        }
    }

    fn value(&mut self, value: &Value, verb: char, depth: usize) {
        if depth > NESTING || self.overflown {
            self.overflown = true;
            return;
        }
        if self.by_method(value, verb) {
            return;
        }
        match value {
            Value::Nil if self.flags.sharp_v => self.push("interface {}(nil)"),
            Value::Nil => self.push("<nil>"),
            Value::Bool(yes) if matches!(verb, 't' | 'v') => self.pad(yes.to_string().as_bytes()),
            Value::Bool(_) => self.wrong_verb(value, verb),
            Value::Int(_, number) => self.integer(value, *number as u64, true, verb),
            Value::Uint(_, number) => self.integer(value, *number, false, verb),
            Value::Float(number) => self.float(value, *number, verb),
            Value::Complex(real, imaginary) => self.complex(value, *real, *imaginary, verb),
            Value::Text(text) => self.text(value, text, verb),
            Value::List(list) => {
                let items: Vec<Value> = list.items.borrow().clone();
                self.list(value, &items, list.is_nil, verb, depth);
            }
            Value::Map(map) => {
                let entries: Vec<(Value, Value)> = map
                    .entries
                    .borrow()
                    .iter()
                    .map(|(key, value)| (Value::Text(key.clone()), value.clone()))
                    .collect();
                self.map(value, &entries, map.is_nil, verb, depth);
            }
            Value::Time(_) | Value::Zone(_) | Value::Version(..) | Value::Certificate(_) => {
                self.structure(value, verb, depth);
            }
        }
    }

    /// Types that know how they are shown.
    fn by_method(&mut self, value: &Value, verb: char) -> bool {
        if self.telling {
            return false;
        }
        if verb == 'w' {
            // Only errors are wrapped.
            self.wrong_verb(value, verb);
            return true;
        }
        if self.flags.sharp_v {
            if let Value::Time(time) = value {
                let text = go_string(time);
                self.text_as_is(text.as_bytes());
                return true;
            }
            return false;
        }
        if !matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            return false;
        }
        match string(value) {
            Some(text) => {
                self.text(value, text.as_bytes(), verb);
                true
            }
            None => false,
        }
    }

    fn wrong_verb(&mut self, value: &Value, verb: char) {
        let telling = std::mem::replace(&mut self.telling, true);
        self.push("%!");
        self.push(verb.encode_utf8(&mut [0; 4]));
        self.push("(");
        if matches!(value, Value::Nil) {
            self.push("<nil>");
        } else {
            self.push(value.type_name());
            self.push("=");
            self.value(value, 'v', 0);
        }
        self.push(")");
        self.telling = telling;
    }

    fn integer(&mut self, value: &Value, number: u64, signed: bool, verb: char) {
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.digits(number, 16, false, 'v', false);
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.digits(number, 10, signed, verb, false),
            'b' => self.digits(number, 2, signed, verb, false),
            'o' | 'O' => self.digits(number, 8, signed, verb, false),
            'x' => self.digits(number, 16, signed, verb, false),
            'X' => self.digits(number, 16, signed, verb, true),
            'c' => {
                let character = u32::try_from(number).ok().and_then(char::from_u32);
                self.pad(character.unwrap_or(utf8::REPLACEMENT).to_string().as_bytes());
            }
            'q' => {
                let code = u32::try_from(number).unwrap_or(u32::MAX);
                self.pad(&quote::quoted_char(code, self.flags.plus));
            }
            'U' => self.code_point(number),
            _ => self.wrong_verb(value, verb),
        }
    }

    fn pointer(&mut self, value: &Value, verb: char) {
        let address = match value {
            Value::List(list) if list.is_nil => 0,
            Value::Map(map) if map.is_nil => 0,
            Value::List(_) | Value::Map(_) => ADDRESS,
            _ if value.kind().is_some_and(|kind| kind.kind() == "ptr") => ADDRESS,
            _ => return self.wrong_verb(value, verb),
        };
        let sharp = self.flags.sharp;
        self.flags.sharp = !sharp;
        self.digits(address, 16, false, 'v', false);
        self.flags.sharp = sharp;
    }

    fn digits(&mut self, number: u64, base: u64, signed: bool, verb: char, upper: bool) {
        let is_negative = signed && (number as i64) < 0;
        let number = if is_negative { number.wrapping_neg() } else { number };
        let mut least = 0;
        if let Some(precision) = self.flags.precision {
            least = precision;
            if precision == 0 && number == 0 {
                let zero = std::mem::replace(&mut self.flags.zero, false);
                self.padding(self.flags.width.unwrap_or(0));
                self.flags.zero = zero;
                return;
            }
        } else if self.flags.zero && !self.flags.minus && self.flags.width.is_some() {
            least = self.flags.width.unwrap_or(0);
            if is_negative || self.flags.plus || self.flags.space {
                least = least.saturating_sub(1);
            }
        }
        let mut text = match (base, upper) {
            (2, _) => format!("{number:b}"),
            (8, _) => format!("{number:o}"),
            (16, true) => format!("{number:X}"),
            (16, false) => format!("{number:x}"),
            _ => number.to_string(),
        };
        if text.len() < least {
            text.insert_str(0, &"0".repeat(least - text.len()));
        }
        if self.flags.sharp {
            match base {
                2 => text.insert_str(0, "0b"),
                8 if !text.starts_with('0') => text.insert(0, '0'),
                16 => text.insert_str(0, if upper { "0X" } else { "0x" }),
                _ => {}
            }
        }
        if verb == 'O' {
            text.insert_str(0, "0o");
        }
        if is_negative {
            text.insert(0, '-');
        } else if self.flags.plus {
            text.insert(0, '+');
        } else if self.flags.space {
            text.insert(0, ' ');
        }
        self.pad_without_zeros(text.as_bytes());
    }

    fn code_point(&mut self, number: u64) {
        let width = self.flags.precision.unwrap_or(4).max(4);
        let mut text = format!("U+{number:0width$X}");
        let character = u32::try_from(number).ok().and_then(char::from_u32);
        if self.flags.sharp
            && let Some(character) = character.filter(|c| unicode::is_print(*c))
        {
            text.push_str(&format!(" '{character}'"));
        }
        self.pad_without_zeros(text.as_bytes());
    }

    fn float(&mut self, value: &Value, number: f64, verb: char) {
        match verb {
            'v' => self.format_float(number, b'g', -1),
            'b' | 'g' | 'G' | 'x' | 'X' => self.format_float(number, verb as u8, -1),
            'f' | 'e' | 'E' => self.format_float(number, verb as u8, 6),
            'F' => self.format_float(number, b'f', 6),
            _ => self.wrong_verb(value, verb),
        }
    }

    fn format_float(&mut self, number: f64, verb: u8, precision: i64) {
        let precision = self.flags.precision.map_or(precision, |precision| precision as i64);
        let mut text = float::format(number, verb, precision);
        if !matches!(text[0], b'-' | b'+') {
            text.insert(0, b'+');
        }
        if self.flags.space && text[0] == b'+' && !self.flags.plus {
            text[0] = b' ';
        }
        if matches!(text[1], b'I' | b'N') {
            let bare = text[1] == b'N' && !self.flags.space && !self.flags.plus;
            let start = usize::from(bare || (text[0] == b'+' && !self.flags.plus && text[1] != b'I'));
            self.pad_without_zeros(&text[start..]);
            return;
        }
        if self.flags.sharp && verb != b'b' {
            text = with_point(text, verb, precision);
        }
        if !self.flags.plus && text[0] == b'+' {
            self.pad(&text[1..]);
            return;
        }
        let width = self.flags.width.unwrap_or(0);
        if self.flags.zero && !self.flags.minus && width > text.len() {
            self.extend(&text[..1]);
            self.padding(width - text.len());
            self.extend(&text[1..]);
            return;
        }
        self.pad(&text);
    }

    fn complex(&mut self, value: &Value, real: f64, imaginary: f64, verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            self.wrong_verb(value, verb);
            return;
        }
        let plus = self.flags.plus;
        self.push("(");
        self.float(value, real, verb);
        self.flags.plus = true;
        self.float(value, imaginary, verb);
        self.push("i)");
        self.flags.plus = plus;
    }

    fn cut<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let end = utf8::chars(text).nth(precision).map_or(text.len(), |(at, _)| at);
        &text[..end]
    }

    fn text_as_is(&mut self, text: &[u8]) {
        let text = self.cut(text);
        self.pad(text);
    }

    fn text(&mut self, value: &Value, text: &[u8], verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => self.text_as_is(text),
            'x' | 'X' => self.hexadecimal(text, verb == 'X'),
            'q' => self.quoted(text),
            _ => self.wrong_verb(value, verb),
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        let text = self.cut(text);
        if self.flags.sharp && quote::can_backquote(text) {
            self.pad(&[b"`", text, b"`"].concat());
        } else if self.flags.plus {
            self.pad(&quote::quoted_ascii(text));
        } else {
            self.pad(&quote::quoted(text));
        }
    }

    fn hexadecimal(&mut self, text: &[u8], upper: bool) {
        let text = &text[..self.flags.precision.unwrap_or(text.len()).min(text.len())];
        let mark = if upper { "0X" } else { "0x" };
        let mut out = String::with_capacity(text.len() * 2);
        for (at, byte) in text.iter().enumerate() {
            if at > 0 && self.flags.space {
                out.push(' ');
            }
            if self.flags.sharp && (at == 0 || self.flags.space) {
                out.push_str(mark);
            }
            out.push_str(&if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(out.as_bytes());
    }

    fn separator(&mut self, at: usize) {
        if at > 0 {
            self.push(if self.flags.sharp_v { ", " } else { " " });
        }
    }

    fn list(&mut self, value: &Value, items: &[Value], is_nil: bool, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.push(value.type_name());
            if is_nil {
                self.push("(nil)");
                return;
            }
        }
        self.push(if self.flags.sharp_v { "{" } else { "[" });
        for (at, item) in items.iter().enumerate() {
            self.separator(at);
            self.deeper(item, verb, depth);
        }
        self.push(if self.flags.sharp_v { "}" } else { "]" });
    }

    fn map(&mut self, value: &Value, entries: &[(Value, Value)], is_nil: bool, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.push(value.type_name());
            if is_nil {
                self.push("(nil)");
                return;
            }
            self.push("{");
        } else {
            self.push("map[");
        }
        for (at, (key, item)) in entries.iter().enumerate() {
            self.separator(at);
            self.deeper(key, verb, depth);
            self.push(":");
            self.deeper(item, verb, depth);
        }
        self.push(if self.flags.sharp_v { "}" } else { "]" });
    }

    fn structure(&mut self, value: &Value, verb: char, depth: usize) {
        let is_pointer = value.kind().is_some_and(|kind| kind.kind() == "ptr");
        if is_pointer && depth > 0 {
            self.push(&format!("{ADDRESS:#x}"));
            return;
        }
        if is_pointer {
            self.push("&");
        }
        if self.flags.sharp_v {
            self.push(value.type_name().trim_start_matches('*'));
        }
        self.push("{");
        for (at, (name, field)) in fields(value).iter().enumerate() {
            self.separator(at);
            if self.flags.plus_v || self.flags.sharp_v {
                self.push(name);
                self.push(":");
            }
            self.deeper(field, verb, depth);
        }
        self.push("}");
    }

    fn deeper(&mut self, value: &Value, verb: char, depth: usize) {
        stacker::maybe_grow(128 << 10, 1 << 20, || self.value(value, verb, depth + 1));
    }
}

/// A number with the point and the zeros that `#` asks for.
fn with_point(text: Vec<u8>, verb: u8, precision: i64) -> Vec<u8> {
    let mut digits = match verb {
        b'g' | b'G' | b'x' if precision < 0 => 6,
        b'g' | b'G' | b'x' => precision,
        _ => 0,
    };
    let is_hex = matches!(verb, b'x' | b'X');
    let tail = text.iter().enumerate().skip(1).find(|(_, byte)| match byte {
        b'p' | b'P' => true,
        b'e' | b'E' => !is_hex,
        _ => false,
    });
    let end = tail.map_or(text.len(), |(at, _)| at);
    let (mut out, tail) = (text[..end].to_vec(), text[end..].to_vec());
    let mut significant = false;
    for byte in out.iter().skip(1).filter(|byte| **byte != b'.') {
        significant |= *byte != b'0';
        digits -= i64::from(significant);
    }
    if !out.contains(&b'.') {
        if out.len() == 2 && out[1] == b'0' {
            digits -= 1;
        }
        out.push(b'.');
    }
    out.resize(out.len() + usize::try_from(digits.max(0)).unwrap_or(0), b'0');
    out.extend(tail);
    out
}

/// What a value says of itself.
pub(crate) fn string(value: &Value) -> Option<String> {
    Some(match value {
        Value::Int(Signed::Duration, number) => duration::format(*number),
        Value::Int(Signed::Month, number) => named(&MONTHS, *number, 1, "%!Month("),
        Value::Int(Signed::Weekday, number) => named(&DAYS, *number, 0, "%!Weekday("),
        Value::Time(time) => utf8::lossy(&layout::format(time, b"2006-01-02 15:04:05.999999999 -0700 MST")),
        Value::Zone(zone) => zone.name().to_owned(),
        Value::Version(version, _) => version.to_string(),
        _ => return None,
    })
}

fn named(names: &[&str], number: i64, first: i64, otherwise: &str) -> String {
    let name = usize::try_from(number - first).ok().and_then(|at| names.get(at));
    name.map_or_else(|| format!("{otherwise}{number})"), |name| (*name).to_owned())
}

fn go_string(time: &crate::go::time::Time) -> String {
    use crate::go::time::Zone;
    let civil = time.civil();
    let zone = match &time.zone {
        Zone::Utc => "time.UTC".to_owned(),
        Zone::Local => "time.Local".to_owned(),
        other => format!("time.Location({:?})", other.name()),
    };
    let month = MONTHS[(civil.month - 1).clamp(0, 11) as usize];
    format!(
        "time.Date({}, time.{month}, {}, {}, {}, {}, {}, {zone})",
        civil.year, civil.day, civil.hour, civil.minute, civil.second, time.nanoseconds
    )
}

fn fields(value: &Value) -> Fields {
    let long = |number: u64| Value::Uint(Unsigned::Long, number);
    match value {
        Value::Version(version, _) => vec![
            ("major", long(version.major)),
            ("minor", long(version.minor)),
            ("patch", long(version.patch)),
            ("pre", Value::text(&version.prerelease)),
            ("metadata", Value::text(&version.metadata)),
            ("original", Value::text(&version.original)),
        ],
        Value::Certificate(certificate) => {
            vec![
                ("Cert", Value::Text(certificate.cert.clone())),
                ("Key", Value::Text(certificate.key.clone())),
            ]
        }
        Value::Time(time) => vec![
            ("wall", long(u64::from(time.nanoseconds))),
            ("ext", Value::int64(time.seconds.wrapping_add(62_135_596_800))),
            ("loc", Type::Zone.nil()),
        ],
        _ => Vec::new(),
    }
}

/// A value as `%v` shows it.
pub(crate) fn shown(value: &Value) -> Result<Vec<u8>, Fault> {
    if let Value::Text(text) = value {
        return Ok(text.to_vec());
    }
    let mut printer = Printer::new();
    printer.argument(value, 'v');
    printer.finish()
}
