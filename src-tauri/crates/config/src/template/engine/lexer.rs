//! From text to tokens, by the rules of Go's text/template with `{{repl` and `}}` as delimiters.

use super::token::{Kind, Token};
use crate::go::{quote, unicode, utf8};

pub(super) const LEFT: &str = "{{repl";
const RIGHT: &str = "}}";
const MARKER: usize = 2;

/// Reads tokens one after the other.
pub(super) struct Lexer<'a> {
    input: &'a str,
    at: usize,
    start: usize,
    line: usize,
    start_line: usize,
    parens: usize,
    inside: bool,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || unicode::is_letter(character) || unicode::is_digit(character)
}

fn has_left_marker(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', space, ..] if is_space(*space))
}

fn has_right_marker(text: &str) -> bool {
    matches!(text.as_bytes(), [space, b'-', ..] if is_space(*space))
}

fn is_trimmed(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a str) -> Self {
        Self { input, at: 0, start: 0, line: 1, start_line: 1, parens: 0, inside: false }
    }

    fn rest(&self) -> &'a str {
        &self.input[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next_char(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn accept(&mut self, set: &str) -> bool {
        let found = self.peek().is_some_and(|next| set.contains(next));
        if found {
            self.next_char();
        }
        found
    }

    fn accept_run(&mut self, set: &str) {
        while self.accept(set) {}
    }

    /// Moves over text that holds line breaks.
    fn advance(&mut self, length: usize) {
        self.line += self.input[self.at..self.at + length].matches('\n').count();
        self.at += length;
    }

    fn ignore(&mut self) {
        self.start = self.at;
        self.start_line = self.line;
    }

    fn emit(&mut self, kind: Kind) -> Token {
        let text = self.input[self.start..self.at].to_owned();
        let token = Token { kind, at: self.start, text, line: self.start_line };
        self.ignore();
        token
    }

    fn error(&mut self, text: impl Into<String>) -> Token {
        let token = Token { kind: Kind::Error, at: self.start, text: text.into(), line: self.start_line };
        // Nothing follows an error.
        self.input = "";
        (self.at, self.start, self.inside) = (0, 0, false);
        token
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Token {
        if self.inside { self.inside_action() } else { self.outside() }
    }

    fn outside(&mut self) -> Token {
        loop {
            let Some(x) = self.rest().find(LEFT) else {
                let length = self.rest().len();
                self.advance(length);
                return if self.at > self.start { self.emit(Kind::Text) } else { self.emit(Kind::Eof) };
            };
            if x > 0 {
                let text = &self.rest()[..x];
                let trims = has_left_marker(&self.rest()[x + LEFT.len()..]);
                let kept = if trims { text.trim_end_matches(is_trimmed).len() } else { x };
                self.advance(kept);
                let token = self.emit(Kind::Text);
                self.advance(x - kept);
                self.ignore();
                if !token.text.is_empty() {
                    return token;
                }
            }
            if let Some(token) = self.left_delimiter() {
                return token;
            }
        }
    }

    /// The delimiter, or nothing when a comment stood there.
    fn left_delimiter(&mut self) -> Option<Token> {
        self.at += LEFT.len();
        let marker = if has_left_marker(self.rest()) { MARKER } else { 0 };
        if self.rest()[marker..].starts_with("/*") {
            self.advance(marker);
            self.ignore();
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelim);
        self.inside = true;
        self.advance(marker);
        self.ignore();
        self.parens = 0;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token> {
        let Some(end) = self.rest()[2..].find("*/") else { return Some(self.error("unclosed comment")) };
        self.advance(end + 4);
        match self.right_delimiter_here() {
            None => return Some(self.error("comment ends before closing delimiter")),
            Some(trims) => self.close(trims),
        }
        self.ignore();
        None
    }

    /// Whether a right delimiter stands here, and if so whether it trims what follows.
    fn right_delimiter_here(&self) -> Option<bool> {
        if has_right_marker(self.rest()) && self.rest()[MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        self.rest().starts_with(RIGHT).then_some(false)
    }

    fn close(&mut self, trims: bool) {
        if trims {
            self.advance(MARKER);
        }
        self.at += RIGHT.len();
        if trims {
            let length = self.rest().len() - self.rest().trim_start_matches(is_trimmed).len();
            self.advance(length);
        }
    }

    fn right_delimiter(&mut self) -> Token {
        let trims = self.right_delimiter_here().unwrap_or(false);
        if trims {
            self.advance(MARKER);
            self.ignore();
        }
        self.at += RIGHT.len();
        let token = self.emit(Kind::RightDelim);
        if trims {
            let length = self.rest().len() - self.rest().trim_start_matches(is_trimmed).len();
            self.advance(length);
            self.ignore();
        }
        self.inside = false;
        token
    }

    fn inside_action(&mut self) -> Token {
        if self.right_delimiter_here().is_some() {
            return if self.parens == 0 { self.right_delimiter() } else { self.error("unclosed left paren") };
        }
        let Some(next) = self.peek() else { return self.error("unclosed action") };
        if next.is_ascii() && is_space(next as u8) {
            return self.space();
        }
        if next == '+' || next == '-' || next.is_ascii_digit() {
            return self.number();
        }
        if is_alphanumeric(next) {
            return self.identifier();
        }
        self.next_char();
        match next {
            '=' => self.emit(Kind::Assign),
            ':' if self.next_char() == Some('=') => self.emit(Kind::Declare),
            ':' => self.error("expected :="),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted(),
            '`' => self.raw(),
            '$' if self.at_terminator() => self.emit(Kind::Variable),
            '$' => self.name(Kind::Variable),
            '\'' => self.char_constant(),
            '.' => self.dot(),
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen)
            }
            ')' if self.parens == 0 => self.error("unexpected right paren"),
            ')' => {
                self.parens -= 1;
                self.emit(Kind::RightParen)
            }
            _ if next.is_ascii() && unicode::is_print(next) => self.emit(Kind::Char),
            _ => self.error(format!("unrecognized character in action: {}", code_point(Some(next)))),
        }
    }

    fn space(&mut self) -> Token {
        let mut spaces = 0;
        while self.peek().is_some_and(|next| next.is_ascii() && is_space(next as u8)) {
            self.next_char();
            spaces += 1;
        }
        // The last space may belong to a trimming delimiter.
        let last = &self.input[self.at - 1..];
        if has_right_marker(last) && last[MARKER..].starts_with(RIGHT) {
            self.at -= 1;
            self.line -= usize::from(self.input.as_bytes()[self.at] == b'\n');
            if spaces == 1 {
                return self.right_delimiter();
            }
        }
        self.emit(Kind::Space)
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(next) if next.is_ascii() && is_space(next as u8) => true,
            Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(RIGHT),
        }
    }

    fn identifier(&mut self) -> Token {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next_char();
        }
        if !self.at_terminator() {
            let text = format!("bad character {}", code_point(self.peek()));
            return self.error(text);
        }
        let word = &self.input[self.start..self.at];
        match Kind::keyword(word) {
            Some(kind) => self.emit(kind),
            None if word == "true" || word == "false" => self.emit(Kind::Bool),
            None => self.emit(Kind::Identifier),
        }
    }

    fn dot(&mut self) -> Token {
        match self.rest().as_bytes().first() {
            Some(byte) if byte.is_ascii_digit() => {
                self.at -= 1;
                self.number()
            }
            Some(_) if self.at_terminator() => self.emit(Kind::Dot),
            Some(_) => self.name(Kind::Field),
            None => {
                self.at -= 1;
                self.number()
            }
        }
    }

    /// A field or variable; its first character is past.
    fn name(&mut self, kind: Kind) -> Token {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next_char();
        }
        if !self.at_terminator() {
            let text = format!("bad character {}", code_point(self.peek()));
            return self.error(text);
        }
        self.emit(kind)
    }

    fn char_constant(&mut self) -> Token {
        if self.closes('\'') {
            self.emit(Kind::CharConstant)
        } else {
            self.error("unterminated character constant")
        }
    }

    fn quoted(&mut self) -> Token {
        if self.closes('"') { self.emit(Kind::String) } else { self.error("unterminated quoted string") }
    }

    /// Moves behind the closing quote, if there is one on this line.
    fn closes(&mut self, quote: char) -> bool {
        loop {
            match self.next_char() {
                None | Some('\n') => return false,
                Some('\\') if matches!(self.next_char(), None | Some('\n')) => return false,
                Some(next) if next == quote => return true,
                Some(_) => {}
            }
        }
    }

    fn raw(&mut self) -> Token {
        loop {
            match self.next_char() {
                None => return self.error("unterminated raw quoted string"),
                Some('`') => return self.emit(Kind::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Token {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || !self.input[..self.at].ends_with('i') {
                return self.bad_number();
            }
            return self.emit(Kind::Complex);
        }
        self.emit(Kind::Number)
    }

    fn bad_number(&mut self) -> Token {
        let text = quote::quoted(&self.input.as_bytes()[self.start..self.at]);
        self.error(format!("bad number syntax: {}", utf8::lossy(&text)))
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if !exponent.is_empty() && self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next_char();
            return false;
        }
        true
    }
}

/// A character as `%#U` shows it; the end of the text is -1 in Go.
fn code_point(character: Option<char>) -> String {
    match character {
        None => "U+FFFFFFFFFFFFFFFF".to_owned(),
        Some(character) if unicode::is_print(character) => {
            format!("U+{:04X} '{character}'", u32::from(character))
        }
        Some(character) => format!("U+{:04X}", u32::from(character)),
    }
}
