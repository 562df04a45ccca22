//! Private keys in PEM, whole and cut: a log that was rotated may hold only the end of one.

use std::ops::Range;

use super::Sight;
use super::scan::{line_start, skip_blanks};
use crate::redact::encoded;
use crate::redact::span::Span;

const RULE: &str = "private keys";

/// How every PEM text begins.
pub(super) const BEGIN: &[&str] = &["-----begin ", "---- begin ssh2 encrypted private key"];
/// How a private key ends.
pub(super) const END: &[&str] = &["private key-----", "private key block-----"];

/// Bytes in which the words after the dashes have to end.
const HEAD: usize = 80;
/// Bytes of a line in which a key has to end.
const LINE: usize = 64 << 10;

pub(super) fn begin(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let head = &text[sight.start..text.len().min(sight.end + HEAD)];
    let head = &head[..head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len())];
    let upper = head.to_ascii_uppercase();
    let private =
        END.iter().chain(&["PRIVATE KEY ----"]).find_map(|end| find(&upper, &end.to_ascii_uppercase()));
    let Some(Range { end, .. }) = private else { return };
    let body = sight.start + end;
    out.push(Span::own(sight.start, end_of(text, body), RULE));
}

fn find(text: &[u8], word: &str) -> Option<Range<usize>> {
    let at = text.windows(word.len()).position(|window| window == word.as_bytes())?;
    Some(at..at + word.len())
}

/// Where a key ends: after its last line, or if that is missing, where its letters end.
fn end_of(text: &[u8], body: usize) -> usize {
    let mut at = body;
    let mut last = body;
    while at < text.len() {
        let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| at + end);
        let line = &text[at..end.min(at + LINE)];
        if let Some(close) = find(line, "-----END ").or_else(|| find(line, "---- END ")) {
            let dashes = line[close.end..].windows(4).position(|part| part == b"----");
            let after = dashes.map_or(line.len(), |dashes| close.end + dashes);
            return at + after + line[after..].iter().take_while(|byte| **byte == b'-').count();
        }
        if at > body && !of_key(line) {
            return last;
        }
        last = at + line.trim_ascii_end().len();
        at = end + 1;
    }
    last.max(body)
}

/// Whether a line may stand within a key: letters of base64, one of its headers, or nothing.
fn of_key(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let letters = line.iter().all(|byte| encoded::letter(*byte) || *byte == b'=');
    letters
        || (line.len() < HEAD
            && [&b"Proc-Type:"[..], b"DEK-Info:", b"Comment:", b"Version:"]
                .iter()
                .any(|head| line.starts_with(head)))
}

/// The end of a key whose beginning is not there. One whose beginning is there has been found from it.
pub(super) fn end(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let start = line_start(text, sight.start);
    let lead = skip_blanks(text, start);
    if !text[lead..].starts_with(b"-----END ") {
        return;
    }
    let mut first = lead;
    let mut line = start;
    while line > 0 {
        let before = line_start(text, line - 1);
        let content = text[before..line].trim_ascii();
        if content.is_empty() || !content.iter().all(|byte| encoded::letter(*byte) || *byte == b'=') {
            break;
        }
        first = skip_blanks(text, before);
        line = before;
    }
    out.push(Span::own(first, sight.end, RULE));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};

    const KEY: &str =
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcd+/==\nMIIEabcd\n-----END RSA PRIVATE KEY-----";

    #[test]
    fn private_keys() {
        masks(&format!("a\n{KEY}\nb"), "a\n***HIDDEN***\nb");
        masks(
            &format!("tls.key: |\n  {}\nb: 1", KEY.replace('\n', "\n  ")),
            "tls.key: |\n  ***HIDDEN***\nb: 1",
        );
        masks(&format!("{{\"k\":\"{}\\n\"}}", KEY.replace('\n', "\\n")), "{\"k\":\"***HIDDEN***\\n\"}");
        masks(&format!("K={} x", KEY.replace('\n', "\\n")), "K=***HIDDEN*** x");
        masks(&KEY.replace('\n', "\r\n"), "***HIDDEN***");
        masks(&KEY[..50], "***HIDDEN***");
        masks(&format!("{}\nan ordinary line: x\n", &KEY[..50]), "***HIDDEN***\nan ordinary line: x\n");
        masks(&format!("log: x\n{}\nlog: y", &KEY[40..]), "log: x\n***HIDDEN***\nlog: y");
        let encrypted =
            KEY.replace("KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nM");
        masks(&encrypted, "***HIDDEN***");
        keeps(
            "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG\n-----END CERTIFICATE-----\n",
        );
        keeps("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n");
    }
}
