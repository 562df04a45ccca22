//! Go's `net/url`: escaping, parsing and writing of addresses.

use super::utf8;

/// What is escaped where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A whole path.
    Path,
    /// One segment of a path.
    Segment,
    /// A key or value of a query; a space is `+`.
    Query,
    /// User or password.
    User,
    /// A host name or address.
    Host,
    /// A fragment.
    Fragment,
}

fn is_kept(byte: u8, mode: Mode) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return true;
    }
    let more: &[u8] = match mode {
        Mode::Path => b"$&+,/:;=@",
        Mode::Segment => b"$&+:=@",
        Mode::Query => b"",
        Mode::User => b"$&+,;=",
        Mode::Host => b"!$&'()*+,;=:[]<>\"",
        Mode::Fragment => b"$&+,/:;=?@!()*",
    };
    more.contains(&byte)
}

/// Escapes.
pub(crate) fn escape(text: &[u8], mode: Mode) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if *byte == b' ' && mode == Mode::Query {
            out.push(b'+');
        } else if is_kept(*byte, mode) {
            out.push(*byte);
        } else {
            out.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    out
}

/// Takes escapes back; the error is Go's.
fn unescape(text: &[u8], mode: Mode) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'%' {
            let is_odd = mode == Mode::Host && text[at] < 0x80 && !is_kept(text[at], mode);
            if is_odd {
                let shown = utf8::lossy(&super::quote::quoted(&text[at..=at]));
                return Err(format!("invalid character {shown} in host name"));
            }
            out.push(text[at]);
            at += 1;
            continue;
        }
        let code = text.get(at + 1..at + 3).and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
            u8::from_str_radix(digits, 16).ok()
        });
        let escape = &text[at..text.len().min(at + 3)];
        let shown = utf8::lossy(&super::quote::quoted(escape));
        let Some(code) = code else { return Err(format!("invalid URL escape {shown}")) };
        if mode == Mode::Host && code < 0x80 && escape != b"%25" {
            return Err(format!("invalid URL escape {shown}"));
        }
        out.push(code);
        at += 3;
    }
    Ok(out)
}

/// User and, if there is one, password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// Name.
    pub name: Vec<u8>,
    /// Password.
    pub password: Option<Vec<u8>>,
}

impl User {
    /// As it stands in an address.
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Mode::User);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Mode::User));
        }
        out
    }
}

/// An address in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Url {
    /// Scheme, in lower case.
    pub scheme: Vec<u8>,
    /// What follows the scheme of an address without slashes.
    pub opaque: Vec<u8>,
    /// User.
    pub user: Option<User>,
    /// Host and port.
    pub host: Vec<u8>,
    /// Path, without escapes.
    pub path: Vec<u8>,
    /// Query, as it was written.
    pub query: Vec<u8>,
    /// Fragment, without escapes.
    pub fragment: Vec<u8>,
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(position) => (&text[..position], Some(&text[position + 1..])),
        None => (text, None),
    }
}

impl Url {
    /// Reads an address; the error is Go's.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let (before, fragment) = cut(text, b'#');
        let shown =
            |text: &[u8], why: String| format!("parse {}: {why}", utf8::lossy(&super::quote::quoted(text)));
        let mut url = Self::parse_before(before).map_err(|why| shown(before, why))?;
        if let Some(fragment) = fragment {
            url.fragment = unescape(fragment, Mode::Fragment).map_err(|why| shown(text, why))?;
        }
        Ok(url)
    }

    fn parse_before(text: &[u8]) -> Result<Self, String> {
        if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Self::default();
        if text == b"*" {
            url.path = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = cut(rest, b'?');
        url.query = query.unwrap_or_default().to_vec();
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let mut path = rest;
        let has_authority = !url.scheme.is_empty() || !rest.starts_with(b"///");
        if has_authority && rest.starts_with(b"//") {
            let length = rest[2..].iter().position(|byte| *byte == b'/').unwrap_or(rest.len() - 2);
            url.authority(&rest[2..2 + length])?;
            path = &rest[2 + length..];
        }
        url.path = unescape(path, Mode::Path)?;
        Ok(url)
    }

    fn authority(&mut self, text: &[u8]) -> Result<(), String> {
        let at = text.iter().rposition(|byte| *byte == b'@');
        let is_web = matches!(self.scheme.as_slice(), b"http" | b"https");
        self.host = host(at.map_or(text, |at| &text[at + 1..]), is_web)?;
        let Some(at) = at else { return Ok(()) };
        let info = &text[..at];
        let is_valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !info.iter().all(is_valid) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let (name, password) = cut(info, b':');
        let password = password.map(|password| unescape(password, Mode::User)).transpose()?;
        self.user = Some(User { name: unescape(name, Mode::User)?, password });
        Ok(())
    }

    /// The host without port and brackets.
    pub(crate) fn host_name(&self) -> Vec<u8> {
        if self.host.starts_with(b"[")
            && let Some(end) = self.host.iter().position(|byte| *byte == b']')
        {
            return self.host[1..end].to_vec();
        }
        match self.host.iter().rposition(|byte| *byte == b':') {
            Some(colon) if is_port(&self.host[colon..]) => self.host[..colon].to_vec(),
            _ => self.host.clone(),
        }
    }

    fn escaped_path(&self) -> Vec<u8> {
        if self.path == b"*" { b"*".to_vec() } else { escape(&self.path, Mode::Path) }
    }

    /// Writes the address.
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            if !self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some() {
                if !self.host.is_empty() || !self.path.is_empty() || self.user.is_some() {
                    out.extend_from_slice(b"//");
                }
                if let Some(user) = &self.user {
                    out.extend(user.text());
                    out.push(b'@');
                }
                out.extend(escape(&self.host, Mode::Host));
            }
            let path = self.escaped_path();
            if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
                out.push(b'/');
            }
            // A relative path whose first part looks like a scheme.
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                out.extend_from_slice(b"./");
            }
            out.extend(path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Mode::Fragment));
        }
        out
    }
}

fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn is_port(text: &[u8]) -> bool {
    text.is_empty() || (text[0] == b':' && text[1..].iter().all(u8::is_ascii_digit))
}

fn host(text: &[u8], is_web: bool) -> Result<Vec<u8>, String> {
    let port = |text: &[u8]| {
        if is_port(text) {
            return Ok(());
        }
        Err(format!("invalid port {} after host", utf8::lossy(&super::quote::quoted(text))))
    };
    match text.iter().rposition(|byte| *byte == b'[') {
        Some(0) => {
            let end = text.iter().rposition(|byte| *byte == b']').ok_or("missing ']' in host")?;
            port(&text[end + 1..])?;
            return bracketed(&text[1..end], &text[end..]);
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    let is_colon = |byte: &u8| *byte == b':';
    let colon = if is_web { text.iter().position(is_colon) } else { text.iter().rposition(is_colon) };
    if let Some(colon) = colon {
        port(&text[colon..])?;
    }
    unescape(text, Mode::Host)
}

fn bracketed(inner: &[u8], tail: &[u8]) -> Result<Vec<u8>, String> {
    let (address, zone) = match super::text::find(inner, b"%25") {
        Some(at) => (&inner[..at], [b"%", &inner[at + 3..]].concat()),
        None => (inner, Vec::new()),
    };
    let mut name = unescape(address, Mode::Host)?;
    let text = utf8::lossy(&name);
    if text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err("invalid IP-literal".to_owned());
    }
    if text.parse::<std::net::Ipv6Addr>().is_err() {
        return Err(format!("invalid host: ParseAddr({text:?}): unable to parse IP"));
    }
    name.extend(zone);
    Ok([b"[", name.as_slice(), tail].concat())
}

#[cfg(test)]
mod tests {
    use super::{Mode, Url, escape};

    #[test]
    fn addresses_go_round() {
        for text in [
            "http://admin:secret@server.com:8080/api?list=false#anchor",
            "mailto:a@b",
            "/rel/path?x=1",
            "http://[::1]:80/",
            "//h/p",
        ] {
            let url = Url::parse(text.as_bytes()).expect("an address");
            assert_eq!(String::from_utf8(url.text()).expect("text"), text);
        }
        assert_eq!(Url::parse(b"http://[::1]:80/").expect("an address").host_name(), b"::1");
    }

    #[test]
    fn errors_are_gos() {
        for (text, wanted) in [
            ("http://h:x/", r#"parse "http://h:x/": invalid port ":x" after host"#),
            ("a:b:c d\n", r#"parse "a:b:c d\n": net/url: invalid control character in URL"#),
            ("1:2", r#"parse "1:2": first path segment in URL cannot contain colon"#),
            (":x", r#"parse ":x": missing protocol scheme"#),
            ("http://a[b]", r#"parse "http://a[b]": invalid IP-literal"#),
            ("/%zz", r#"parse "/%zz": invalid URL escape "%zz""#),
        ] {
            assert_eq!(Url::parse(text.as_bytes()), Err(wanted.to_owned()));
        }
    }

    #[test]
    fn each_place_escapes_its_own() {
        assert_eq!(escape(b"a b/c+&", Mode::Query), b"a+b%2Fc%2B%26");
        assert_eq!(escape(b"a b/c+&,", Mode::Segment), b"a%20b%2Fc+&%2C");
    }
}
