//! Names and passwords in URLs and connection strings.

use std::ops::Range;

use super::Sight;
use super::names;
use super::scan::{line_start, near_end, skip_blanks};
use crate::redact::span::Span;

const RULE: &str = "credentials in URLs";
const DSN_RULE: &str = "values of connection strings";

/// Between a scheme and what may be a name and a password.
pub(super) const SCHEME: &[&str] = &["://"];
/// Between a name and a password, and the socket that MySQL's driver is given.
pub(super) const SOCKET: &[&str] = &["@tcp(", "@tcp4(", "@tcp6(", "@unix(", "@udp("];
/// Keys of connection strings, as upstream masks them.
pub(super) const DSN: &[&str] = &[
    "data source",
    "location",
    "user id",
    "server",
    "database",
    "uid",
    "initial catalog",
    "username",
    "password",
    "pwd",
];

/// Bytes in which the credentials of a URL have to end.
const CREDENTIALS: usize = 1024;

pub(super) fn find(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let scheme = text[..sight.start].iter().rev().take(40).take_while(|byte| is_scheme(**byte)).count();
    if scheme == 0 {
        return;
    }
    let start = sight.end;
    let reach = &text[start..text.len().min(start + CREDENTIALS)];
    let end = start + reach.iter().position(|byte| ends(*byte)).unwrap_or(reach.len());
    let Some(at) = credentials_end(&text[start..end]).map(|at| start + at) else { return };
    match text[start..at].iter().position(|byte| *byte == b':').map(|colon| start + colon) {
        Some(colon) => {
            // Both are masked as upstream does it, the name too: it is half of what is needed.
            push(text, start..colon, out);
            push(text, colon + 1..at, out);
            let web = matches!(
                &text[sight.start - scheme..sight.start],
                b"http" | b"https" | b"ftp" | b"git" | b"ssh"
            );
            if !web {
                database(text, at + 1, end, out);
            }
        }
        None if names::random(&text[start..at]) => push(text, start..at, out),
        None => {}
    }
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-')
}

fn ends(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || byte.is_ascii_control()
        || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|')
}

/// Where the `@` after credentials is; a password may hold one as well, and slashes.
fn credentials_end(url: &[u8]) -> Option<usize> {
    let host = url.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(url.len());
    if let Some(at) = url[..host].iter().rposition(|byte| *byte == b'@') {
        return Some(at);
    }
    // A slash or `#` may belong to a password, unless what comes before is a port or there is no colon at all.
    let colon = url[..host].iter().position(|byte| *byte == b':').filter(|colon| *colon + 1 < host)?;
    let port = url[colon + 1..host].iter().all(u8::is_ascii_digit);
    let next = url.windows(3).position(|part| part == b"://").unwrap_or(url.len());
    let bracket = url.first() == Some(&b'[');
    if port || bracket { None } else { url[..next].iter().rposition(|byte| *byte == b'@') }
}

fn push(text: &[u8], range: Range<usize>, out: &mut Vec<Span>) {
    if !range.is_empty() && !names::nothing(&text[range.clone()]) {
        out.push(Span::own(range.start, range.end, RULE));
    }
}

/// The name of the database after the host, which upstream masks.
fn database(text: &[u8], host: usize, end: usize, out: &mut Vec<Span>) {
    let Some(slash) = text.get(host..end).and_then(|rest| rest.iter().position(|byte| *byte == b'/')) else {
        return;
    };
    let start = host + slash + 1;
    let name = text[start..end]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    push(text, start..start + name, out);
}

pub(super) fn socket(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let from = line_start(text, sight.start).max(sight.start.saturating_sub(CREDENTIALS));
    let begins = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
    let start = text[from..sight.start].iter().rposition(begins).map_or(from, |before| from + before + 1);
    let Some(colon) =
        text[start..sight.start].iter().position(|byte| *byte == b':').map(|colon| start + colon)
    else {
        return;
    };
    let name =
        text[start..colon].iter().rposition(|byte| *byte == b'=').map_or(start, |equals| start + equals + 1);
    push(text, name..colon, out);
    push(text, colon + 1..sight.start, out);
    let end = near_end(text, sight.end);
    if let Some(close) = text[sight.end..end].iter().position(|byte| *byte == b')') {
        database(text, sight.end + close, end, out);
    }
}

pub(super) fn dsn(sight: &Sight<'_>, out: &mut Vec<Span>) {
    let text = sight.text;
    let equals = skip_blanks(text, sight.end);
    if text.get(equals) != Some(&b'=')
        || sight.start.checked_sub(1).is_some_and(|before| text[before].is_ascii_alphanumeric())
    {
        return;
    }
    let start = skip_blanks(text, equals + 1);
    let line = near_end(text, start);
    let Some(end) = text[start..line].iter().position(|byte| *byte == b';').map(|end| start + end) else {
        return;
    };
    let quoted = text[start..end].iter().any(|byte| matches!(byte, b'"' | b'\'' | b'{' | b'}'));
    let begin = line_start(text, sight.start);
    if !quoted && keys(&text[begin..line]) >= 2 {
        out.push(Span::own(start, end, DSN_RULE));
    }
}

/// How many keys of connection strings a line holds.
fn keys(line: &[u8]) -> usize {
    let parts = line.split(|byte| matches!(byte, b';' | b'"' | b'\''));
    let named =
        parts.filter_map(|part| part.split(|byte| *byte == b'=').next().filter(|key| key.len() < part.len()));
    let known = |key: &[u8]| {
        let key = key.trim_ascii().to_ascii_lowercase();
        DSN.iter().any(|known| key.ends_with(known.as_bytes()))
    };
    named.filter(|key| known(key)).count()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};

    #[test]
    fn credentials() {
        const M: &str = "***HIDDEN***";
        for (text, masked) in [
            ("https://me:pw@host:8443/path", format!("https://{M}:{M}@host:8443/path")),
            ("postgres://me:p%40w@db:5432/app?x=1", format!("postgres://{M}:{M}@db:5432/{M}?x=1")),
            ("mongodb://u:p@a:1,b:2/admin", format!("mongodb://{M}:{M}@a:1,b:2/{M}")),
            ("redis://:pw@cache:6379/0", format!("redis://:{M}@cache:6379/{M}")),
            ("amqp://u:p/w@mq", format!("amqp://{M}:{M}@mq")),
            ("https://ghx0a1b2c3d4e5f6@host/x", format!("https://{M}@host/x")),
            ("dsn=me:pw@tcp(db:3306)/app", format!("dsn={M}:{M}@tcp(db:3306)/{M}")),
            (
                "Data Source = sql; Initial Catalog=app; User ID = me; Password = pw;",
                format!("Data Source = {M}; Initial Catalog={M}; User ID = {M}; Password = {M};"),
            ),
            (
                "Server=tcp:x,1433;Database=a;Uid=b;Pwd=c;",
                format!("Server={M};Database={M};Uid={M};Pwd={M};"),
            ),
        ] {
            masks(text, &masked);
        }
        for text in [
            "https://host:8443/path?mail=a@b.example",
            "http://[::1]:80/x@y",
            "ssh://git@github.com/x/y.git",
            "see https://host/a, mail me@host.example",
            "server=one two; three",
            "proxy_set_header Server = x;",
            "oci://registry.example/app@sha256:0123",
        ] {
            keeps(text);
        }
    }
}
