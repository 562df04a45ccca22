//! From Go's syntax to that of the `regex` crate. Every literal comes out as a code point, so that nothing
//! Go takes literally can gain a meaning.

use crate::go::utf8;

/// Go's limit of a repetition, and of repetitions within repetitions.
const REPEAT: u32 = 1000;
/// Groups within groups; the crate refuses more than 250.
const NESTING: usize = 200;

/// A translated expression.
pub(super) struct Translated {
    pub(super) pattern: String,
    /// Names of groups; the first is the whole match.
    pub(super) names: Vec<Option<Vec<u8>>>,
}

struct Translator<'a> {
    whole: &'a [u8],
    at: usize,
    out: String,
    names: Vec<Option<Vec<u8>>>,
}

type Outcome<T> = Result<T, String>;

pub(super) fn translate(pattern: &[u8]) -> Outcome<Translated> {
    if let Err(error) = std::str::from_utf8(pattern) {
        return Err(failure("invalid UTF-8", &pattern[error.valid_up_to()..]));
    }
    let mut translator = Translator { whole: pattern, at: 0, out: String::new(), names: vec![None] };
    translator.alternatives(0)?;
    if translator.at < pattern.len() {
        return Err(failure("unexpected )", pattern));
    }
    Ok(Translated { pattern: translator.out, names: translator.names })
}

fn failure(what: &str, part: &[u8]) -> String {
    format!("error parsing regexp: {what}: `{}`", utf8::lossy(part))
}

/// A repetition read from the expression.
struct Repeat {
    least: i64,
    most: i64,
    text: String,
}

impl Translator<'_> {
    fn rest(&self) -> &[u8] {
        &self.whole[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.whole.get(self.at).copied()
    }

    fn literal(&mut self, character: char) {
        self.out.push_str(&format!("\\x{{{:X}}}", u32::from(character)));
    }

    /// Alternatives up to a closing parenthesis; the largest product of repetitions within.
    fn alternatives(&mut self, depth: usize) -> Outcome<u32> {
        if depth > NESTING {
            return Err(failure("expression nests too deeply", self.whole));
        }
        let mut factor = 1;
        // Start of the last thing that may be repeated, and whether it is a repetition already.
        let mut atom: Option<(usize, u32)> = None;
        let mut repeated: Option<usize> = None;
        while let Some(byte) = self.peek() {
            let start = self.out.len();
            match byte {
                b')' => break,
                b'|' => {
                    self.at += 1;
                    self.out.push('|');
                    (atom, repeated) = (None, None);
                }
                b'*' | b'+' | b'?' => {
                    let operator = self.at;
                    let repeat = self.operator(byte);
                    let from = repeated.replace(operator);
                    atom = Some(self.repeat(atom, from, operator, &repeat)?);
                }
                b'{' => {
                    if let Some(repeat) = self.counted() {
                        let operator = self.at - repeat.text.len();
                        self.check_count(operator, &repeat)?;
                        let from = repeated.replace(operator);
                        atom = Some(self.repeat(atom, from, operator, &repeat)?);
                    } else {
                        self.at += 1;
                        self.literal('{');
                        (atom, repeated) = (Some((start, 1)), None);
                    }
                }
                b'(' => {
                    let inner = self.group(depth)?;
                    if let Some(inner) = inner {
                        atom = Some((start, inner));
                    }
                    repeated = None;
                }
                _ => {
                    self.single(byte)?;
                    (atom, repeated) = (Some((start, 1)), None);
                }
            }
            factor = factor.max(atom.map_or(1, |(_, factor)| factor));
        }
        Ok(factor)
    }

    /// `*`, `+` or `?`, lazy or not.
    fn operator(&mut self, byte: u8) -> Repeat {
        self.at += 1;
        let mut text = char::from(byte).to_string();
        if self.peek() == Some(b'?') {
            self.at += 1;
            text.push('?');
        }
        Repeat { least: 0, most: 1, text }
    }

    /// `{2}`, `{2,}` or `{2,3}`, lazy or not; `None` when the brace is literal.
    fn counted(&mut self) -> Option<Repeat> {
        let text = self.rest();
        let close = text.iter().position(|byte| *byte == b'}')?;
        let inner = std::str::from_utf8(&text[1..close]).ok()?;
        let (least, most) = match inner.split_once(',') {
            None => (inner, inner),
            Some((least, most)) => (least, most),
        };
        let is_count = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // Leading zeros make it a literal, as in Go.
        let is_plain = |text: &str| is_count(text) && (text.len() == 1 || !text.starts_with('0'));
        if !is_plain(least) || !(most.is_empty() && inner.contains(',') || is_plain(most)) {
            return None;
        }
        let number = |text: &str| text.parse::<i64>().unwrap_or(i64::MAX).min(100_000_000);
        let (least, most) = (number(least), if most.is_empty() { -1 } else { number(most) });
        let mut length = close + 1;
        if text.get(length) == Some(&b'?') {
            length += 1;
        }
        let text = std::str::from_utf8(&text[..length]).ok()?.to_owned();
        self.at += length;
        Some(Repeat { least, most, text })
    }

    fn check_count(&self, operator: usize, repeat: &Repeat) -> Outcome<()> {
        let limit = i64::from(REPEAT);
        let (least, most) = (repeat.least, repeat.most);
        if least > limit || most > limit || (most >= 0 && least > most) {
            let text = &self.whole[operator..self.at];
            let text = text.strip_suffix(b"?").unwrap_or(text);
            return Err(failure("invalid repeat count", text));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        atom: Option<(usize, u32)>,
        before: Option<usize>,
        operator: usize,
        repeat: &Repeat,
    ) -> Outcome<(usize, u32)> {
        let Some((start, factor)) = atom else {
            return Err(failure("missing argument to repetition operator", &self.whole[operator..self.at]));
        };
        if let Some(before) = before {
            return Err(failure("invalid nested repetition operator", &self.whole[before..self.at]));
        }
        let times = if repeat.most < 0 { repeat.least } else { repeat.most }.max(1) as u32;
        let factor = factor.saturating_mul(times);
        if factor > REPEAT {
            return Err(failure("invalid repeat count", &self.whole[operator..self.at]));
        }
        // A group of its own, because what is repeated may have come out as several elements.
        self.out.insert_str(start, "(?:");
        self.out.push(')');
        self.out.push_str(&repeat.text);
        Ok((start, factor))
    }

    /// A group; `None` when it only sets flags.
    fn group(&mut self, depth: usize) -> Outcome<Option<u32>> {
        let text = self.rest();
        if text.starts_with(b"(?P<") || text.starts_with(b"(?<") {
            self.named()?;
        } else if text.starts_with(b"(?") {
            if self.flags()? {
                return Ok(None);
            }
        } else {
            self.at += 1;
            self.out.push('(');
            self.names.push(None);
        }
        let factor = self.alternatives(depth + 1)?;
        if self.peek() != Some(b')') {
            return Err(failure("missing closing )", self.whole));
        }
        self.at += 1;
        self.out.push(')');
        Ok(Some(factor))
    }

    fn named(&mut self) -> Outcome<()> {
        let text = self.rest();
        let start = if text[2] == b'P' { 4 } else { 3 };
        let Some(end) = text.iter().position(|byte| *byte == b'>') else {
            return Err(failure("invalid named capture", text));
        };
        let name = text.get(start..end).unwrap_or_default();
        let is_valid =
            !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if !is_valid {
            return Err(failure("invalid named capture", &text[..=end]));
        }
        let name = name.to_vec();
        self.names.push(Some(name));
        self.at += end + 1;
        self.out.push('(');
        Ok(())
    }

    /// `(?flags)` or `(?flags:`; true when the group ends with its flags.
    fn flags(&mut self) -> Outcome<bool> {
        let text = self.rest().to_vec();
        let text = text.as_slice();
        let (mut negated, mut seen) = (false, false);
        for (offset, character) in utf8::chars(&text[2..]) {
            let end = offset + 2 + character.len_utf8();
            match character {
                'i' | 'm' | 's' | 'U' => seen = true,
                '-' if !negated => (negated, seen) = (true, false),
                ':' | ')' if !negated || seen => {
                    let flags = std::str::from_utf8(&text[..end]).unwrap_or_default();
                    // Flags without names do nothing and are no valid syntax for the crate.
                    self.out.push_str(if flags == "(?)" { "(?:)" } else { flags });
                    self.at += end;
                    return Ok(character == ')');
                }
                _ => return Err(failure("invalid or unsupported Perl syntax", &text[..end])),
            }
        }
        Err(failure("missing closing )", self.whole))
    }

    /// Anything that stands for one character or none.
    fn single(&mut self, byte: u8) -> Outcome<()> {
        match byte {
            b'.' | b'^' | b'$' => {
                self.at += 1;
                self.out.push(char::from(byte));
                Ok(())
            }
            b'[' => self.class(),
            b'\\' => self.backslash(),
            _ => {
                let (character, width) = utf8::decode(self.rest());
                self.at += width;
                self.literal(character);
                Ok(())
            }
        }
    }

    fn backslash(&mut self) -> Outcome<()> {
        let kind = self.whole.get(self.at + 1).copied();
        let plain = match kind {
            Some(b'A') => Some(r"\A"),
            Some(b'z') => Some(r"\z"),
            Some(b'b') => Some(r"(?-u:\b)"),
            Some(b'B') => Some(r"(?-u:\B)"),
            _ => None,
        };
        if let Some(plain) = plain {
            self.at += 2;
            self.out.push_str(plain);
            return Ok(());
        }
        if kind == Some(b'Q') {
            let text = &self.whole[self.at + 2..];
            let length = crate::go::text::find(text, br"\E");
            let quoted: Vec<char> =
                utf8::chars(&text[..length.unwrap_or(text.len())]).map(|(_, character)| character).collect();
            self.at += 2 + length.map_or(text.len(), |length| length + 2);
            if quoted.is_empty() {
                self.out.push_str("(?:)");
            }
            for character in quoted {
                self.literal(character);
            }
            return Ok(());
        }
        if let Some(class) = self.shorthand()? {
            self.out.push_str(&class);
            return Ok(());
        }
        let character = self.escape()?;
        self.literal(character);
        Ok(())
    }

    /// `\d` and its kin, or a Unicode class; both stand within a class as well.
    fn shorthand(&mut self) -> Outcome<Option<String>> {
        let Some(kind) = self.whole.get(self.at + 1).copied() else { return Ok(None) };
        let class = match kind {
            b'd' => "[0-9]",
            b'D' => "[^0-9]",
            b's' => r"[\t\n\x0C\r ]",
            b'S' => r"[^\t\n\x0C\r ]",
            b'w' => "[0-9A-Za-z_]",
            b'W' => "[^0-9A-Za-z_]",
            b'p' | b'P' => return self.unicode_class(kind == b'P').map(Some),
            _ => return Ok(None),
        };
        self.at += 2;
        Ok(Some(class.to_owned()))
    }

    fn unicode_class(&mut self, mut negated: bool) -> Outcome<String> {
        let text = self.rest();
        let (name, length) = match text.get(2) {
            Some(b'{') => match text.iter().position(|byte| *byte == b'}') {
                Some(end) => (&text[3..end], end + 1),
                None => return Err(failure("invalid character class range", text)),
            },
            Some(_) => {
                let width = utf8::decode(&text[2..]).1;
                (&text[2..2 + width], 2 + width)
            }
            None => return Err(failure("invalid character class range", text)),
        };
        let name = name.strip_prefix(b"^").inspect(|_| negated = !negated).unwrap_or(name);
        let class = match name {
            b"Any" => r"[\x00-\x{10FFFF}]".to_owned(),
            _ => format!("\\p{{{}}}", utf8::lossy(name)),
        };
        let is_known =
            name.first().is_some_and(u8::is_ascii_uppercase) && regex_syntax::parse(&class).is_ok();
        if !is_known {
            return Err(failure("invalid character class range", &text[..length]));
        }
        self.at += length;
        Ok(if negated { format!("[^{class}]") } else { class })
    }

    /// An escaped character.
    fn escape(&mut self) -> Outcome<char> {
        let text = self.rest();
        let Some(kind) = text.get(1).copied() else {
            return Err(failure("trailing backslash at end of expression", b""));
        };
        let (code, length) = match kind {
            b'1'..=b'7' if !text.get(2).is_some_and(|byte| (b'0'..=b'7').contains(byte)) => (None, 2),
            b'0'..=b'7' => {
                let digits = text[1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(*byte));
                let digits: Vec<u32> = digits.map(|byte| u32::from(byte - b'0')).collect();
                (Some(digits.iter().fold(0, |all, digit| all * 8 + digit)), 1 + digits.len())
            }
            b'x' => hexadecimal(text),
            b'a' => (Some(7), 2),
            b'f' => (Some(12), 2),
            b'n' => (Some(10), 2),
            b'r' => (Some(13), 2),
            b't' => (Some(9), 2),
            b'v' => (Some(11), 2),
            _ if kind.is_ascii() && !kind.is_ascii_alphanumeric() => (Some(u32::from(kind)), 2),
            _ => (None, 1 + utf8::decode(&text[1..]).1),
        };
        match code.and_then(char::from_u32) {
            Some(character) => {
                self.at += length;
                Ok(character)
            }
            None => Err(failure("invalid escape sequence", &text[..length.min(text.len())])),
        }
    }

    fn class(&mut self) -> Outcome<()> {
        let start = self.at;
        self.at += 1;
        self.out.push('[');
        if self.peek() == Some(b'^') {
            self.at += 1;
            self.out.push('^');
        }
        let first = self.at;
        loop {
            match self.peek() {
                None => return Err(failure("missing closing ]", &self.whole[start..])),
                Some(b']') if self.at > first => break,
                Some(b'[') if self.rest().starts_with(b"[:") && self.posix()? => {}
                Some(b'\\') => match self.shorthand()? {
                    Some(class) => self.out.push_str(&class),
                    None => self.range(start)?,
                },
                Some(_) => self.range(start)?,
            }
        }
        self.at += 1;
        self.out.push(']');
        Ok(())
    }

    /// `[:alpha:]`; false when it is not of that form.
    fn posix(&mut self) -> Outcome<bool> {
        let text = self.rest();
        let Some(end) = crate::go::text::find(&text[2..], b":]") else { return Ok(false) };
        let class = &text[..end + 4];
        let name = text[2..end + 2].strip_prefix(b"^").unwrap_or(&text[2..end + 2]);
        let known: [&[u8]; 14] = [
            b"alnum", b"alpha", b"ascii", b"blank", b"cntrl", b"digit", b"graph", b"lower", b"print",
            b"punct", b"space", b"upper", b"word", b"xdigit",
        ];
        if !known.contains(&name) {
            return Err(failure("invalid character class range", class));
        }
        let class = utf8::lossy(class);
        self.at += class.len();
        self.out.push_str(&class);
        Ok(true)
    }

    fn range(&mut self, class: usize) -> Outcome<()> {
        let start = self.at;
        let first = self.class_character(class)?;
        let mut last = first;
        if self.rest().len() >= 2 && self.rest()[0] == b'-' && self.rest()[1] != b']' {
            self.at += 1;
            last = self.class_character(class)?;
            if last < first {
                return Err(failure("invalid character class range", &self.whole[start..self.at]));
            }
        }
        self.literal(first);
        if last != first {
            self.out.push('-');
            self.literal(last);
        }
        Ok(())
    }

    fn class_character(&mut self, class: usize) -> Outcome<char> {
        match self.peek() {
            None => Err(failure("missing closing ]", &self.whole[class..])),
            Some(b'\\') => self.escape(),
            Some(_) => {
                let (character, width) = utf8::decode(self.rest());
                self.at += width;
                Ok(character)
            }
        }
    }
}

/// The code point of `\x41` or `\x{1F600}` and the length of the escape.
fn hexadecimal(text: &[u8]) -> (Option<u32>, usize) {
    let digits = |text: &[u8]| {
        let text = std::str::from_utf8(text).ok()?;
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(text, 16).ok())
            .flatten()
    };
    if text.get(2) == Some(&b'{') {
        return match text.iter().position(|byte| *byte == b'}') {
            Some(end) => (digits(&text[3..end]), end + 1),
            None => (None, text.len()),
        };
    }
    (text.get(2..4).and_then(digits), 4)
}
