//! The three forms in which Go's driver takes the words of a connection string: a URL, ADO's and ODBC's.

use std::collections::BTreeMap;

use url::Url;

use crate::Refused;
use crate::redis::{host, plain};

/// Words by their names, which are in small letters.
pub(super) type Words = BTreeMap<String, String>;

/// Reads any of the forms. No error repeats any of it, for it may be the password.
pub(super) fn read(text: &str) -> Result<Words, Refused> {
    if text.starts_with("sqlserver://") {
        return of_url(text);
    }
    if let Some(rest) = text.strip_prefix("odbc:") {
        return of_odbc(rest);
    }
    match text.split_once("://") {
        // Words of ADO without any meaning to upstream, which would ask the machine it runs on.
        Some((scheme, _)) if scheme.chars().all(char::is_alphanumeric) => {
            Err(Refused(format!("scheme {scheme} is not recognized; sqlserver:// is the form")))
        }
        _ => Ok(of_ado(text)),
    }
}

/// `sqlserver://user:password@host:port/instance?name=value`.
fn of_url(text: &str) -> Result<Words, Refused> {
    let url = Url::parse(text)
        .map_err(|_| Refused::new("unable to parse connection string: invalid URL format"))?;
    let server = match url.path().strip_prefix('/') {
        Some(instance) => format!("{}\\{}", host(&url, ""), plain(instance)),
        None => host(&url, ""),
    };
    let mut words = Words::from([("server".to_owned(), server)]);
    if !url.username().is_empty() || url.password().is_some() {
        words.insert("user id".to_owned(), plain(url.username()));
    }
    if let Some(password) = url.password() {
        words.insert("password".to_owned(), plain(password));
    }
    if let Some(port) = url.port() {
        words.insert("port".to_owned(), port.to_string());
    }
    for (name, value) in url.query_pairs() {
        if words.insert(name.to_lowercase(), value.into_owned()).is_some() {
            return Err(Refused(format!("key {name:?} provided more than once")));
        }
    }
    Ok(words)
}

/// `server=tcp:host,port;user id=ada;password="a;b"`.
fn of_ado(text: &str) -> Words {
    let mut words = Words::new();
    let mut quoted = false;
    let parts = text.split(|letter| {
        quoted ^= letter == '"';
        letter == ';' && !quoted
    });
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim().to_lowercase(), unquoted(value.trim()));
        match usual(&name) {
            "" => {}
            "server" => words.extend(place(&value)),
            name => drop(words.insert(name.to_owned(), value)),
        }
    }
    words
}

fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| value.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// The name that Go's driver has for a word of ADO.
fn usual(name: &str) -> &str {
    match name {
        "application name" => "app name",
        "data source" | "address" | "network address" | "addr" => "server",
        "user" | "uid" => "user id",
        "pwd" => "password",
        "initial catalog" => "database",
        name => name,
    }
}

/// ADO's server may have a protocol and a port.
fn place(value: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut server = value;
    for protocol in ["tcp", "admin"] {
        if let Some(rest) = server.strip_prefix(protocol).and_then(|rest| rest.strip_prefix(':')) {
            words.push(("protocol".to_owned(), protocol.to_owned()));
            server = rest;
        }
    }
    if let Some((host, port)) =
        server.split_once(',').filter(|(_, port)| !port.is_empty() && !port.contains(','))
    {
        words.push(("port".to_owned(), port.to_owned()));
        server = host;
    }
    words.push(("server".to_owned(), server.to_owned()));
    words
}

/// `server=host;user id=ada;password={a;b}}c}`, where a brace that is meant stands twice.
fn of_odbc(text: &str) -> Result<Words, Refused> {
    let between = |letter: char| letter == ';' || letter.is_whitespace();
    let mut words = Words::new();
    let mut rest = text.trim_start_matches(between);
    while !rest.is_empty() {
        let (name, after) = rest.split_at(rest.find(['=', ';']).unwrap_or(rest.len()));
        if name.is_empty() {
            return Err(Refused::new("odbc: a value stands without a key"));
        }
        let value = after.strip_prefix('=').unwrap_or_default().trim_start();
        let (value, after) = match value.strip_prefix('{') {
            Some(inner) => braced(inner)?,
            None if after.starts_with('=') => {
                let (value, after) = value.split_at(value.find(';').unwrap_or(value.len()));
                (value.trim_end().to_owned(), after)
            }
            None => (String::new(), after),
        };
        words.insert(name.trim_end().to_lowercase(), value);
        rest = after.trim_start_matches(between);
    }
    Ok(words)
}

/// A value up to its closing brace, and what follows.
fn braced(inner: &str) -> Result<(String, &str), Refused> {
    let mut value = String::new();
    let mut rest = inner;
    loop {
        let (before, after) =
            rest.split_once('}').ok_or_else(|| Refused::new("odbc: a braced value has no end"))?;
        value.push_str(before);
        let Some(more) = after.strip_prefix('}') else {
            return match after.trim_start() {
                "" => Ok((value, "")),
                after if after.starts_with(';') => Ok((value, after)),
                _ => Err(Refused::new("odbc: a semicolon has to follow a braced value")),
            };
        };
        value.push('}');
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        read(text).expect(text).into_iter().collect()
    }

    fn words(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_form_is_read_as_upstreams_driver_does() {
        let login = [("database", "tides"), ("password", "p;a}s\"s"), ("port", "1500"), ("server", "h\\one")];
        let login = words(&[&login[..], &[("user id", "ada")]].concat());
        for text in [
            "sqlserver://ada:p;a%7Ds%22s@h:1500/one?database=tides",
            "Server=h\\one,1500; UID = ada ;pwd=\"p;a}s\"\"s\";Initial Catalog=tides;;",
            "odbc:server=h\\one; port=1500;;User Id = ada ;password={p;a}}s\"s} ;database=tides",
        ] {
            assert_eq!(found(text), login, "{text}");
        }
        for (text, wanted) in [
            ("sqlserver://h", words(&[("server", "h")])),
            ("sqlserver://[::1]:1/", words(&[("port", "1"), ("server", "::1\\")])),
            (
                "sqlserver://:x@h?App%20Name=a+b",
                words(&[("app name", "a b"), ("password", "x"), ("server", "h"), ("user id", "")]),
            ),
            ("addr=tcp:h", words(&[("protocol", "tcp"), ("server", "h")])),
            ("server=a,b,c", words(&[("server", "a,b,c")])),
            ("alone;=x;user=\"", words(&[("alone", ""), ("user id", "\"")])),
            ("odbc:a;b=;c={}", words(&[("a", ""), ("b", ""), ("c", "")])),
            ("", Vec::new()),
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_the_password() {
        for (text, why) in [
            ("sqlserver://sa:hun/ter2@h", "unable to parse connection string: invalid URL format"),
            ("sqlserver://sa:hunter2@h:port", "unable to parse connection string: invalid URL format"),
            ("sqlserver://sa:hunter2@h?user+id=a", "key \"user id\" provided more than once"),
            ("sqlserver://h?encrypt=1&Encrypt=0", "key \"Encrypt\" provided more than once"),
            ("mssql://sa:hunter2@h", "scheme mssql is not recognized; sqlserver:// is the form"),
            ("odbc:password={hunter2", "odbc: a braced value has no end"),
            ("odbc:password={hunter}2", "odbc: a semicolon has to follow a braced value"),
            ("odbc:=hunter2", "odbc: a value stands without a key"),
        ] {
            assert_eq!(read(text).expect_err(text).to_string(), why, "{text}");
        }
    }
}
