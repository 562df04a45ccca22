//! Go's format language.

use super::function::Fault;
use super::print::{Flags, Printer};
use super::value::Value;
use crate::go::utf8;

/// A width or precision beyond this is none.
const WIDEST: i64 = 1_000_000;

struct Format<'a> {
    printer: Printer,
    text: &'a [u8],
    values: &'a [Value],
    at: usize,
    value: usize,
    reordered: bool,
    good: bool,
    after_index: bool,
}

/// Prints values by a format.
pub(super) fn printf(format: &[u8], values: &[Value]) -> Result<Vec<u8>, Fault> {
    let mut format = Format {
        printer: Printer::new(),
        text: format,
        values,
        at: 0,
        value: 0,
        reordered: false,
        good: true,
        after_index: false,
    };
    while format.at < format.text.len() {
        format.verbatim();
        if format.at >= format.text.len() {
            break;
        }
        format.at += 1;
        if !format.verb() {
            break;
        }
    }
    format.extra();
    format.printer.finish()
}

impl Format<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn verbatim(&mut self) {
        self.good = true;
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        self.printer.out.extend_from_slice(&rest[..length]);
        self.at += length;
    }

    /// One verb; false when the format ends in it.
    fn verb(&mut self) -> bool {
        self.printer.flags = Flags::default();
        if self.simple() {
            return true;
        }
        self.index();
        self.width();
        self.precision();
        if !self.after_index {
            self.index();
        }
        if self.at >= self.text.len() {
            self.printer.push("%!(NOVERB)");
            return false;
        }
        let (verb, width) = utf8::decode(&self.text[self.at..]);
        self.at += width;
        let what = |text: &str| format!("%!{verb}({text})");
        if verb == '%' {
            self.printer.push("%");
        } else if !self.good {
            self.printer.push(&what("BADINDEX"));
        } else if let Some(value) = self.values.get(self.value) {
            self.print(value, verb);
        } else {
            self.printer.push(&what("MISSING"));
        }
        true
    }

    fn print(&mut self, value: &Value, verb: char) {
        let flags = &mut self.printer.flags;
        if matches!(verb, 'v' | 'w') {
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        self.printer.argument(value, verb);
        self.value += 1;
    }

    /// Flags, and the verb when nothing else stands between; true when it was printed.
    fn simple(&mut self) -> bool {
        while let Some(byte) = self.peek() {
            let flags = &mut self.printer.flags;
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                b'a'..=b'z' => {
                    let Some(value) = self.values.get(self.value) else { return false };
                    self.print(value, char::from(byte));
                    self.at += 1;
                    return true;
                }
                _ => return false,
            }
            self.at += 1;
        }
        false
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        let mut number = 0i64;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            if number > WIDEST {
                // Too long a number swallows the rest of the format, as in Go.
                self.at = self.text.len();
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some(number as usize)
    }

    /// The number that an operand is, for `*`.
    fn taken_from_value(&mut self) -> Option<i64> {
        let value = self.values.get(self.value)?;
        self.value += 1;
        let number = match value {
            Value::Int(_, number) => *number,
            Value::Uint(_, number) => i64::try_from(*number).ok()?,
            _ => return None,
        };
        (-WIDEST..=WIDEST).contains(&number).then_some(number)
    }

    fn width(&mut self) {
        if self.peek() == Some(b'*') {
            self.at += 1;
            let width = self.taken_from_value();
            let flags = &mut self.printer.flags;
            flags.width = width.map(|width| width.unsigned_abs() as usize);
            if width.is_some_and(|width| width < 0) {
                flags.minus = true;
                flags.zero = false;
            }
            if width.is_none() {
                self.printer.push("%!(BADWIDTH)");
            }
            self.after_index = false;
        } else {
            let width = self.number();
            self.printer.flags.width = width;
            if self.after_index && width.is_some() {
                self.good = false;
            }
        }
    }

    fn precision(&mut self) {
        if self.at + 1 >= self.text.len() || self.peek() != Some(b'.') {
            return;
        }
        self.at += 1;
        if self.after_index {
            self.good = false;
        }
        self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            let precision = self.taken_from_value().filter(|precision| *precision >= 0);
            self.printer.flags.precision = precision.map(|precision| precision as usize);
            if precision.is_none() {
                self.printer.push("%!(BADPREC)");
            }
            self.after_index = false;
        } else {
            self.printer.flags.precision = Some(self.number().unwrap_or(0));
        }
    }

    /// An explicit operand, such as `[2]`.
    fn index(&mut self) {
        self.after_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let rest = &self.text[self.at..];
        let end = if rest.len() < 3 { None } else { rest.iter().position(|byte| *byte == b']') };
        let Some(end) = end else {
            self.at += 1;
            self.good = false;
            return;
        };
        let digits = std::str::from_utf8(&rest[1..end]).unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<usize>().ok().filter(|number| is_number && *number <= 10_000_000);
        self.at += end + 1;
        match number {
            Some(number) if number >= 1 && number <= self.values.len() => {
                self.value = number - 1;
                self.after_index = true;
            }
            _ => {
                self.good = false;
                self.after_index = number.is_some();
            }
        }
    }

    fn extra(&mut self) {
        if self.reordered || self.value >= self.values.len() {
            return;
        }
        self.printer.flags = Flags::default();
        self.printer.push("%!(EXTRA ");
        for (at, value) in self.values[self.value..].iter().enumerate() {
            if at > 0 {
                self.printer.push(", ");
            }
            self.printer.push(value.type_name());
            if !matches!(value, Value::Nil) {
                self.printer.push("=");
                self.printer.argument(value, 'v');
            }
        }
        self.printer.push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::printf;
    use crate::template::engine::value::Value;

    fn print(format: &str, values: &[Value]) -> String {
        String::from_utf8(printf(format.as_bytes(), values).expect("prints")).expect("text")
    }

    #[test]
    fn verbs_flags_and_errors_are_gos() {
        let (int, text) = (Value::int, |text: &str| Value::text(text));
        for (format, values, wanted) in [
            (
                "%5d|%-5d|%05d|%+d|% d",
                vec![int(1), int(2), int(-3), int(4), int(5)],
                "    1|2    |-0003|+4| 5",
            ),
            (
                "%#x %#o %O %#b %U %#U",
                vec![int(255), int(8), int(8), int(5), int(65), int(65)],
                "0xff 010 0o10 0b101 U+0041 U+0041 'A'",
            ),
            (
                "%q %+q %#q %x % X",
                vec![text("é\n"), text("é"), text("a"), text("hi"), text("hi")],
                "\"é\\n\" \"\\u00e9\" `a` 6869 68 69",
            ),
            ("%[2]s %[1]s %[3]d", vec![text("a"), text("b")], "b a %!d(BADINDEX)"),
            ("%*d|%.*f", vec![int(-4), int(1), int(2), Value::Float(1.0)], "1   |1.00"),
            ("%d %s %z", vec![text("a"), int(1), Value::Nil], "%!d(string=a) %!s(int=1) %!z(<nil>)"),
            ("%!", vec![int(1)], "%!!(int=1)"),
            ("%", vec![], "%!(NOVERB)"),
            ("%d %d", vec![int(1)], "1 %!d(MISSING)"),
            ("x", vec![int(1), Value::Nil], "x%!(EXTRA int=1, <nil>)"),
            (
                "%#v %T",
                vec![Value::list(vec![int(1), text("a"), Value::Nil]), Value::Float(1.0)],
                "[]interface {}{1, \"a\", interface {}(nil)} float64",
            ),
            (
                "%6.2f|%#g|%+.1e|%08.3f",
                vec![Value::Float(3.1411), Value::Float(1.0), Value::Float(12345.0), Value::Float(-1.5)],
                "  3.14|1.00000|+1.2e+04|-001.500",
            ),
            (
                "%v %d",
                vec![Value::list(vec![text("a")]), Value::list(vec![text("a")])],
                "[a] [%!d(string=a)]",
            ),
            (
                "%5t|%-7v|%s",
                vec![Value::Bool(true), Value::Bool(false), Value::Bool(true)],
                " true|false  |%!s(bool=true)",
            ),
            ("%.2s|%5.1s|%c", vec![text("héllo"), text("é"), int(0x1F600)], "hé|    é|😀"),
        ] {
            assert_eq!(print(format, &values), wanted, "{format}");
        }
    }
}
