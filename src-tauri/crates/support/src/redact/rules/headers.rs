//! Credentials in headers of HTTP, in requests, logs and code alike.

use std::ops::Range;

use super::Sight;
use super::names;
use super::scan::{is_quote, near_end, skip_blanks};
use crate::redact::encoded;
use crate::redact::span::Span;

const RULE: &str = "credentials in headers";
const COOKIES: &str = "cookies";

/// The header.
pub(super) const AUTHORIZATION: &[&str] = &["authorization"];
/// The scheme of tokens.
pub(super) const BEARER: &[&str] = &["bearer "];
/// The scheme of names and passwords.
pub(super) const BASIC: &[&str] = &["basic "];
/// The headers of sessions.
pub(super) const COOKIE: &[&str] = &["cookie"];

/// Schemes whose word may stay.
const SCHEMES: &[&str] =
    &["basic ", "bearer ", "token ", "digest ", "negotiate ", "apikey ", "aws4-hmac-sha256 "];

/// What a header holds, after its name and what there may be of quotes and brackets.
fn content(text: &[u8], end: usize) -> Option<Range<usize>> {
    let quote = text.get(end).copied().filter(|byte| is_quote(*byte));
    let at = skip_blanks(text, end + usize::from(quote.is_some()));
    let at = skip_blanks(text, (matches!(text.get(at), Some(b':' | b'='))).then_some(at + 1)?);
    let open = text
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(3)
        .take_while(|byte| is_quote(**byte) || matches!(byte, b'[' | b' '))
        .count();
    let start = at + open;
    let line = near_end(text, start.min(text.len()));
    let stop = |byte: &u8| is_quote(*byte) || (open > 0 && *byte == b']') || (*byte == b'\\');
    let end = text.get(start..line)?.iter().position(stop).map_or(line, |stop| start + stop);
    (start < end).then_some(start..end)
}

pub(super) fn authorization(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let Some(range) = content(sight.text, sight.end) else { return };
    let value = &sight.text[range.clone()];
    let lower = value.to_ascii_lowercase();
    let scheme =
        SCHEMES.iter().find(|scheme| lower.starts_with(scheme.as_bytes())).map_or(0, |scheme| scheme.len());
    let secret = &value[scheme..];
    if scheme == 0 && !names::random(secret) || names::nothing(secret) || names::saying(secret) {
        return;
    }
    out.push(Span::own(range.start + scheme, range.end, RULE));
}

pub(super) fn bearer(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let start = skip_blanks(sight.text, sight.end);
    let length = sight.text[start..]
        .iter()
        .take_while(|byte| encoded::letter(**byte) || matches!(byte, b'.' | b'~' | b'='))
        .count();
    let token = &sight.text[start..start + length];
    if length >= 12 && (names::random(token) || token.iter().any(u8::is_ascii_digit)) {
        out.push(Span::own(start, start + length, RULE));
    }
}

pub(super) fn basic(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let start = skip_blanks(sight.text, sight.end);
    let run = encoded::around(sight.text, start, start);
    if run.start != start || run.len() < 4 {
        return;
    }
    let bytes = encoded::decoded(&sight.text[run.clone()]);
    if bytes.is_some_and(|bytes| encoded::readable(&bytes) && bytes.contains(&b':')) {
        out.push(Span::own(run.start, run.end, RULE));
    }
}

pub(super) fn cookie(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let Some(range) = content(sight.text, sight.end) else { return };
    let value = &sight.text[range.clone()];
    let equals =
        value.iter().position(|byte| *byte == b'=').filter(|equals| !value[..*equals].contains(&b' '));
    let Some(equals) = equals.filter(|equals| *equals + 1 < value.len()) else { return };
    out.push(Span::own(range.start + equals + 1, range.end, COOKIES));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};

    #[test]
    fn headers() {
        for (text, masked) in [
            ("Authorization: Basic bWU6cHc=\r\nHost: x", "Authorization: Basic ***HIDDEN***\r\nHost: x"),
            ("curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: Bearer ***HIDDEN***' x"),
            (r#""Authorization":["Bearer abc"]"#, r#""Authorization":["Bearer ***HIDDEN***"]"#),
            ("authorization=0a1b2c3d4e5f6g7h", "authorization=***HIDDEN***"),
            ("sent Bearer 0a1b2c3d4e5f6g7h.x", "sent Bearer ***HIDDEN***"),
            ("sent basic bWU6cGFzcw== to it", "sent basic ***HIDDEN*** to it"),
            ("Set-Cookie: sid=abc; Path=/", "Set-Cookie: sid=***HIDDEN***"),
            ("X-Api-Key: abc\n", "X-Api-Key: ***HIDDEN***\n"),
            ("'X-Vault-Token: abc'", "'X-Vault-Token: ***HIDDEN***'"),
        ] {
            masks(text, masked);
        }
        for text in [
            "Basic authentication is off",
            "bearer authentication required",
            "authorization: enabled",
            "--authorization-mode=Node,RBAC",
            "apiVersion: rbac.authorization.k8s.io/v1",
            "cookie: not found in request",
            "basic settings: ok",
        ] {
            keeps(text);
        }
    }
}
