//! Base64 in a text: where it is, and what it says if it says something that can be read.

use std::cell::Cell;
use std::io::Read as _;
use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::GzDecoder;

/// Fewer letters hide nothing worth a look: 15 bytes.
const SHORT: usize = 20;
/// Bytes that a compressed value is unpacked to. What is larger counts as a secret.
const UNPACKED: usize = 8 << 20;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// What a value says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A text.
    Text(Vec<u8>),
    /// A private key in binary form, or more than can be looked at.
    Secret,
}

/// One value: a run of letters, or several that fill lines one after another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) runs: Vec<Range<usize>>,
}

/// Whether a byte may be part of a value, the padding left out.
pub(crate) fn letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The whole of the run of letters around a place, with its padding.
pub(crate) fn around(text: &[u8], start: usize, end: usize) -> Range<usize> {
    let start = text[..start].iter().rposition(|byte| !letter(*byte)).map_or(0, |before| before + 1);
    let end = end + text[end..].iter().take_while(|byte| letter(**byte)).count();
    start..end + padding(text, end)
}

fn padding(text: &[u8], end: usize) -> usize {
    text[end..].iter().take(2).take_while(|byte| **byte == b'=').count()
}

/// Values in a text, in order.
pub(crate) fn values(text: &[u8]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut from = 0;
    // Every run that is long enough has a letter at one of these places.
    let mut at = SHORT - 1;
    while at < text.len() {
        if !letter(text[at]) {
            from = at + 1;
            at += SHORT;
            continue;
        }
        let start =
            text[from..at].iter().rposition(|byte| !letter(*byte)).map_or(from, |before| from + before + 1);
        let end = at + text[at..].iter().take_while(|byte| letter(**byte)).count();
        if end - start >= SHORT {
            add(text, &mut found, start..end + padding(text, end));
        }
        from = end;
        at = end + SHORT;
    }
    found
}

/// Adds a run, to the value before it if both fill a line each.
fn add(text: &[u8], found: &mut Vec<Value>, run: Range<usize>) {
    let goes_on = |value: &Value| {
        let Some(last) = value.runs.last() else { return false };
        let gap = &text[last.end..run.start];
        let full = (last.end - last.start).is_multiple_of(4) && text[last.end - 1] != b'=';
        full && gap.len() < 100 && gap.contains(&b'\n') && gap.iter().all(u8::is_ascii_whitespace)
    };
    match found.last_mut() {
        Some(value) if goes_on(value) => value.runs.push(run),
        _ => found.push(Value { runs: vec![run] }),
    }
}

impl Value {
    /// What the value says; `None` if that is nothing that can be read. What it is unpacked to is taken from `left`.
    pub(crate) fn said(&self, text: &[u8], left: &Cell<usize>) -> Option<Said> {
        let letters: Vec<u8> = self.runs.iter().flat_map(|run| &text[run.clone()]).copied().collect();
        read(decoded(&letters)?, left)
    }
}

/// The bytes behind letters of either alphabet. A rest that makes no byte is left out.
pub(crate) fn decoded(letters: &[u8]) -> Option<Vec<u8>> {
    let unpadded = letters.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let whole = if unpadded % 4 == 1 { unpadded - 1 } else { unpadded };
    let letters = &letters[..whole];
    let safe = letters.iter().any(|byte| matches!(byte, b'-' | b'_'));
    if safe && letters.iter().any(|byte| matches!(byte, b'+' | b'/')) {
        return None;
    }
    if safe { URL_SAFE.decode(letters) } else { STANDARD.decode(letters) }.ok()
}

fn read(bytes: Vec<u8>, left: &Cell<usize>) -> Option<Said> {
    if private(&bytes) {
        return Some(Said::Secret);
    }
    if bytes.starts_with(&[0x1f, 0x8b, 8]) {
        let most = UNPACKED.min(left.get());
        let mut unpacked = Vec::new();
        // What can be unpacked of a damaged one is looked at.
        let _ = GzDecoder::new(bytes.as_slice()).take(most as u64 + 1).read_to_end(&mut unpacked);
        left.set(left.get().saturating_sub(unpacked.len()));
        return Some(if unpacked.len() > most { Said::Secret } else { Said::Text(unpacked) });
    }
    readable(&bytes).then_some(Said::Text(bytes))
}

/// Whether bytes are a text. Its ends may be cut in the middle of a letter.
pub(crate) fn readable(bytes: &[u8]) -> bool {
    if bytes.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
        return false;
    }
    let start = bytes.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    match std::str::from_utf8(&bytes[start..]) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// Whether bytes begin as a private key does in DER: PKCS#8, PKCS#1 or SEC 1.
fn private(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(&[0x30]) else { return false };
    let head = match rest.first() {
        Some(0x82) => 3,
        Some(0x81) => 2,
        Some(0..=0x7f) => 1,
        _ => return false,
    };
    let Some(body) = rest.get(head..) else { return false };
    let pkcs8 =
        body.starts_with(&[2, 1, 0, 0x30]) && body.get(5..7).is_some_and(|kind| kind[0] == 6 || kind[1] == 6);
    pkcs8
        || body.starts_with(&[2, 1, 0, 2, 0x82])
        || body.starts_with(&[2, 1, 0, 2, 0x81])
        || body.starts_with(&[2, 1, 1, 4, 0x20])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_they_are() {
        let long = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";
        for (text, count) in [
            (long.to_owned(), 1),
            (format!("key: {long}\n"), 1),
            (format!("{long} {long}"), 2),
            ("short words only, none of them long enough to be a value".to_owned(), 0),
            (format!("  {}\n  {}\n", &long[..24], &long[24..]), 1),
            (format!("{}\n  aGVsbG8gd29ybGQsIGhlbGxv\n", &long[..24]), 1),
        ] {
            let found = values(text.as_bytes());
            assert_eq!(found.len(), count, "{text}: {found:?}");
        }
    }

    #[test]
    fn values_say_what_they_say() {
        let said = |letters: &str| {
            Value { runs: std::iter::once(0..letters.len()).collect() }
                .said(letters.as_bytes(), &Cell::new(1 << 20))
        };
        assert_eq!(said("aGVsbG8gd29ybGQsIGhlbGxv"), Some(Said::Text(b"hello world, hello".to_vec())));
        assert_eq!(said("aGVsbG8gd29ybGQsIGhlbGxvIQ"), Some(Said::Text(b"hello world, hello!".to_vec())));
        assert_eq!(said("usr/share/nginx/html/index"), None);
        assert_eq!(
            said("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw"),
            Some(Said::Secret),
            "a private key in binary form"
        );
        assert_eq!(said("MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG"), None, "a certificate");
    }
}
