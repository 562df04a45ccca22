//! Texts word by word: case styles, wrapping, abbreviating.

use crate::go::{unicode, utf8};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Signed, Type};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("abbrev", &[I, S], |call| {
        let (width, text) = (call.int(0), call.text(1));
        call.give(if width < 4 { text.to_vec() } else { abbreviated(text, 0, width) })
    }),
    fixed("abbrevboth", &[I, I, S], |call| {
        let (left, right, text) = (call.int(0), call.int(1), call.text(2));
        let is_narrow = right < 4 || (left > 0 && right < 7);
        call.give(if is_narrow { text.to_vec() } else { abbreviated(text, left, right) })
    }),
    fixed("nospace", &[S], |call| call.give(without_space(call.text(0)))),
    fixed("initials", &[S], |call| call.give(initials(call.text(0)))),
    fixed("untitle", &[S], |call| call.give(untitled(call.text(0)))),
    fixed("swapcase", &[S], |call| call.give(swapped(call.text(0)))),
    fixed("snakecase", &[S], |call| call.give(joined_words(call.text(0), '_'))),
    fixed("kebabcase", &[S], |call| call.give(joined_words(call.text(0), '-'))),
    fixed("camelcase", &[S], |call| call.give(pascal(call.text(0)))),
    fixed("wrap", &[I, S], |call| wrapped(call, call.int(0), b"\n", call.text(1), false)),
    fixed("wrapWith", &[I, S, S], |call| {
        let line_break = if call.text(1).is_empty() { b"\n" } else { call.text(1) };
        wrapped(call, call.int(0), line_break, call.text(2), true)
    }),
];

/// Bytes taken for characters, as the library that sprig uses does.
fn as_char(byte: u8) -> char {
    char::from(byte)
}

fn without_space(text: &[u8]) -> Vec<u8> {
    let kept: Vec<char> = text.iter().map(|byte| as_char(*byte)).filter(|c| !unicode::is_space(*c)).collect();
    if kept.len() == text.len() {
        return text.to_vec();
    }
    kept.into_iter().collect::<String>().into_bytes()
}

fn initials(text: &[u8]) -> Vec<u8> {
    let mut out = String::new();
    let mut after_gap = true;
    for character in text.iter().map(|byte| as_char(*byte)) {
        let is_gap = unicode::is_space(character);
        if !is_gap && after_gap {
            out.push(character);
        }
        after_gap = is_gap;
    }
    out.into_bytes()
}

fn abbreviated(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let length = text.len() as i64;
    if length <= width {
        return text.to_vec();
    }
    let mut offset = offset.min(length);
    if length - offset < width - 3 {
        offset = length - (width - 3);
    }
    let part = |from: i64, to: i64| text.get(from as usize..to as usize).unwrap_or_default();
    if offset <= 4 {
        return [part(0, width - 3), b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < length {
        // The rest is itself abbreviated, unless too little is left of it to say anything.
        return [b"...".as_slice(), &abbreviated(part(offset, length), 0, width - 3)].concat();
    }
    [b"...".as_slice(), part(length - (width - 3), length)].concat()
}

fn untitled(text: &[u8]) -> Vec<u8> {
    let mut begins = true;
    crate::go::text::map(text, |character| {
        if unicode::is_space(character) {
            begins = true;
            return character;
        }
        if std::mem::take(&mut begins) { unicode::to_lower(character) } else { character }
    })
}

fn swapped(text: &[u8]) -> Vec<u8> {
    let mut after_space = true;
    crate::go::text::map(text, |character| {
        if unicode::is_upper(character) || unicode::is_title(character) {
            after_space = false;
            unicode::to_lower(character)
        } else if unicode::is_lower(character) {
            if std::mem::take(&mut after_space) {
                unicode::to_title(character)
            } else {
                unicode::to_upper(character)
            }
        } else {
            after_space = unicode::is_space(character);
            character
        }
    })
}

fn is_connector(character: char) -> bool {
    matches!(character, '-' | '_') || unicode::is_space(character)
}

fn pascal(text: &[u8]) -> Vec<u8> {
    let characters: Vec<char> = utf8::chars(text).map(|(_, character)| character).collect();
    let mut out = String::new();
    let Some(start) = characters.iter().position(|c| !is_connector(*c)) else {
        return characters.into_iter().collect::<String>().into_bytes();
    };
    // Connectors at the start stay.
    out.extend(&characters[..start]);
    let mut upper_run = unicode::is_upper(characters[start]);
    let mut current = unicode::to_upper(characters[start]);
    for next in &characters[start + 1..] {
        let before = current;
        current = *next;
        if is_connector(current) && is_connector(before) {
            out.push(before);
            continue;
        }
        if is_connector(before) {
            upper_run = unicode::is_upper(current);
            current = unicode::to_upper(current);
            continue;
        }
        if upper_run {
            if unicode::is_upper(current) {
                current = unicode::to_lower(current);
            } else {
                upper_run = false;
            }
        }
        out.push(before);
    }
    out.push(current);
    out.into_bytes()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    Upper,
    Letters,
    Connector,
    Punctuation,
    Other,
}

/// The next valid character and how many bytes it takes together with broken ones before it; `before` when
/// there is none.
fn valid_char(text: &[u8], before: char) -> (char, usize) {
    let mut size = 0;
    while size < text.len() {
        let (character, width) = utf8::decode(&text[size..]);
        size += width;
        if character != utf8::REPLACEMENT {
            return (character, size);
        }
    }
    (before, size)
}

/// Letters but those of Chinese, which are words of their own.
fn is_alphabet(character: char) -> bool {
    let is_chinese =
        matches!(character, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}');
    unicode::is_letter(character) && !is_chinese
}

/// Bytes of a run of characters that `holds` for, and the character that ends it.
fn run(text: &[u8], mut before: char, holds: impl Fn(char) -> bool) -> (usize, char) {
    let mut length = 0;
    while length < text.len() {
        let (character, size) = valid_char(&text[length..], before);
        before = character;
        if !holds(character) || size == 0 {
            break;
        }
        length += size;
    }
    (length, before)
}

fn next_word(text: &[u8]) -> (Word, &[u8], &[u8]) {
    if text.is_empty() {
        return (Word::Invalid, text, text);
    }
    let (first, size) = valid_char(text, utf8::REPLACEMENT);
    if first == utf8::REPLACEMENT {
        return (Word::Invalid, &text[..size], &text[size..]);
    }
    let rest = &text[size..];
    let (kind, more) = if is_connector(first) {
        (Word::Connector, run(rest, first, is_connector).0)
    } else if unicode::is_punctuation(first) {
        (Word::Punctuation, run(rest, first, unicode::is_punctuation).0)
    } else if unicode::is_upper(first) {
        (Word::Upper, upper_run(rest, first))
    } else if is_alphabet(first) {
        (Word::Letters, run(rest, first, |c| is_alphabet(c) && !unicode::is_upper(c)).0)
    } else if unicode::is_number(first) {
        (Word::Number, run(rest, first, unicode::is_number).0)
    } else {
        let ends =
            |c| is_connector(c) || is_alphabet(c) || unicode::is_number(c) || unicode::is_punctuation(c);
        (Word::Other, run(rest, first, |c| !ends(c)).0)
    };
    let end = size + more;
    (kind, &text[..end], &text[end..])
}

/// The rest of a word that begins in upper case: `HTTP` of `HTTPStatus`, or `ello` of `Hello`.
fn upper_run(rest: &[u8], first: char) -> usize {
    if rest.is_empty() {
        return 0;
    }
    let (second, _) = valid_char(rest, first);
    if unicode::is_upper(second) {
        let (length, end) = run(rest, first, unicode::is_upper);
        if length < rest.len() && is_alphabet(end) {
            // The last of them begins the next word.
            return length - utf8_last(&rest[..length]);
        }
        return length;
    }
    if is_alphabet(second) { run(rest, first, |c| is_alphabet(c) && !unicode::is_upper(c)).0 } else { 0 }
}

fn utf8_last(text: &[u8]) -> usize {
    text.len() - utf8::chars(text).last().map_or(0, |(at, _)| at)
}

fn add_lower(out: &mut Vec<u8>, kind: Word, text: &[u8], connector: char) {
    if !matches!(kind, Word::Upper | Word::Connector) {
        out.extend_from_slice(text);
        return;
    }
    for (_, character) in utf8::chars(text) {
        let lowered = match character {
            _ if is_connector(character) => connector,
            _ if unicode::is_upper(character) => unicode::to_lower(character),
            _ => character,
        };
        utf8::push(out, lowered);
    }
}

/// Adds letters and numbers up to the next other word.
fn add_mixed<'a>(
    out: &mut Vec<u8>,
    mut word: (Word, &'a [u8], &'a [u8]),
    connector: char,
) -> (Word, &'a [u8], &'a [u8]) {
    while matches!(word.0, Word::Letters | Word::Number) {
        add_lower(out, word.0, word.1, connector);
        word = next_word(word.2);
    }
    word
}

fn joined_words(text: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut word = next_word(text);
    let joins = |kind: Word| !matches!(kind, Word::Connector | Word::Punctuation);
    while !word.2.is_empty() {
        if word.0 != Word::Connector {
            add_lower(&mut out, word.0, word.1, connector);
        }
        let (before, last) = (word.0, word.1);
        word = next_word(word.2);
        match before {
            Word::Number => {
                word = add_mixed(&mut out, word, connector);
                if word.0 != Word::Invalid && joins(word.0) {
                    utf8::push(&mut out, connector);
                }
            }
            Word::Connector => add_lower(&mut out, before, last, connector),
            Word::Punctuation => {}
            _ if word.0 != Word::Number => {
                if joins(word.0) {
                    utf8::push(&mut out, connector);
                }
            }
            _ if word.2.is_empty() => {}
            _ => {
                let number = word.1;
                word = next_word(word.2);
                if word.0 == Word::Letters {
                    // Lower case behind a number keeps the number to itself: HTTP2xx is http_2xx.
                    utf8::push(&mut out, connector);
                    add_lower(&mut out, Word::Number, number, connector);
                    word = add_mixed(&mut out, word, connector);
                    if word.0 != Word::Invalid && joins(word.0) {
                        utf8::push(&mut out, connector);
                    }
                } else {
                    add_lower(&mut out, Word::Number, number, connector);
                    if joins(word.0) {
                        utf8::push(&mut out, connector);
                    }
                }
            }
        }
    }
    add_lower(&mut out, word.0, word.1, connector);
    out
}

fn wrapped(call: &Call<'_>, width: i64, line_break: &[u8], text: &[u8], cuts_words: bool) -> Answer {
    let width = usize::try_from(width.max(1)).map_err(|_| Fault::from("the width is too large"))?;
    call.session.bytes(text.len().saturating_add((text.len() / width).saturating_mul(line_break.len())))?;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while text.len() - at > width {
        if text[at] == b' ' {
            at += 1;
            continue;
        }
        let end = (at + width + 1).min(text.len());
        if let Some(space) = text[at..end].iter().rposition(|byte| *byte == b' ') {
            out.extend_from_slice(&text[at..at + space]);
            out.extend_from_slice(line_break);
            at += space + 1;
        } else if cuts_words {
            out.extend_from_slice(&text[at..at + width]);
            out.extend_from_slice(line_break);
            at += width;
        } else {
            match text[at + width..].iter().position(|byte| *byte == b' ') {
                None => {
                    out.extend_from_slice(&text[at..]);
                    at = text.len();
                }
                Some(space) => {
                    out.extend_from_slice(&text[at..at + width + space]);
                    out.extend_from_slice(line_break);
                    at += width + space + 1;
                }
            }
        }
    }
    out.extend_from_slice(&text[at..]);
    call.give(out)
}

#[cfg(test)]
mod tests {
    use super::{abbreviated, joined_words, pascal};

    #[test]
    fn case_styles_are_the_librarys() {
        for (given, wanted) in [
            ("FirstName HTTPServer fooBar", "first_name_http_server_foo_bar"),
            ("http2xx", "http_2xx"),
            ("HTTP20xOK", "http_20x_ok"),
            ("Duration2m3s", "duration_2m3s"),
            ("Bld4Floor3rd", "bld4_floor_3rd"),
            ("userID42", "user_id42"),
            ("GO_PATH", "go_path"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(String::from_utf8_lossy(&joined_words(given.as_bytes(), '_')), wanted, "{given}");
        }
        for (given, wanted) in [
            ("foo_bar__baz", "FooBar_Baz"),
            ("GOLANG_IS_GREAT", "GolangIsGreat"),
            ("_complex__case_", "_Complex_Case_"),
            ("some words", "SomeWords"),
        ] {
            assert_eq!(String::from_utf8_lossy(&pascal(given.as_bytes())), wanted, "{given}");
        }
    }

    #[test]
    fn abbreviations_keep_their_width() {
        assert_eq!(abbreviated(b"hello world", 0, 5), b"he...");
        assert_eq!(abbreviated(b"1234 5678 9123", 5, 10), b"...5678...");
    }
}
