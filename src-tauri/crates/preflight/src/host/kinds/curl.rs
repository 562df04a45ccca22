//! What is common to requests made with the host's own `curl`.

/// A line of a configuration for curl. Everything goes to it over stdin: arguments are seen by every user of the host.
pub(super) fn line(option: &str, value: &str) -> String {
    let escaped = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
        .replace('\t', "\\t")
        .replace('\x0b', "\\v")
        .replace('\0', "");
    format!("{option} = \"{escaped}\"\n")
}

/// The last response in what `curl -i` prints, those before it (redirects, a proxy's, 100 Continue) left out.
pub(super) fn response(bytes: &[u8]) -> Option<Response> {
    let mut rest = bytes;
    let mut found = None;
    while rest.starts_with(b"HTTP/") {
        let end = rest.windows(4).position(|window| window == b"\r\n\r\n").map(|at| (at, at + 4));
        let end = end.or_else(|| rest.windows(2).position(|window| window == b"\n\n").map(|at| (at, at + 2)));
        let (head, body) = end?;
        let text = String::from_utf8_lossy(&rest[..head]).into_owned();
        let status = text.split_whitespace().nth(1)?.parse().ok()?;
        rest = &rest[body..];
        found = Some((status, text));
    }
    let (status, head) = found?;
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (canonical(name.trim()), value.trim().to_owned())).collect();
    Some(Response { status, headers, body: rest.to_vec() })
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// A header's name as Go writes it.
fn canonical(name: &str) -> String {
    let mut first = true;
    name.chars()
        .map(|c| {
            let cased = if first { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            first = c == '-';
            cased
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_response_counts() {
        let said = b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /b\r\n\r\nHTTP/2 200\r\ncontent-type: text/plain\r\nx-a: 1\r\n\r\nbody\n\nmore";
        let found = response(said).expect("a response");
        assert_eq!((found.status, found.body.as_slice()), (200, &b"body\n\nmore"[..]));
        assert_eq!(found.headers[0], ("Content-Type".to_owned(), "text/plain".to_owned()));
        assert_eq!(response(b"curl: (7)"), None);
    }

    #[test]
    fn values_stay_on_their_line() {
        assert_eq!(line("url", "a\"b\\c\nd"), "url = \"a\\\"b\\\\c\\nd\"\n");
    }
}
