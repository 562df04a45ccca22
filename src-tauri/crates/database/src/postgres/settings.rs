//! Connection strings of PostgreSQL, as URLs and as words.

use std::collections::BTreeMap;

use url::Url;

use crate::redis::{host, plain};
use crate::tls::Trust;
use crate::{Refused, Tls};

/// A connection string, read. There is a password in it: only tests can show it.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Settings {
    pub(super) places: Vec<(String, u16)>,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
    /// Ways of connecting in their order: with TLS and so much trust, or without.
    pub(super) ways: Vec<Option<Trust>>,
}

impl Settings {
    pub(super) fn parse(text: &str, tls: Option<&Tls>) -> Result<Self, Refused> {
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let fields = if is_url { of_url(text)? } else { of_words(text)? };
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let hosts: Vec<&str> = match field("host") {
            "" => vec!["localhost"],
            hosts => hosts.split(',').collect(),
        };
        let ports: Vec<&str> = field("port").split(',').collect();
        let port = |at: usize| match ports.get(at).or(ports.last()).copied().unwrap_or_default() {
            "" => Ok(5432),
            port => port.parse::<u16>().map_err(|_| Refused::new("invalid port")),
        };
        let places = hosts.iter().enumerate().map(|(at, host)| Ok(((*host).to_owned(), port(at)?)));
        let user = match field("user") {
            "" => std::env::var("USER").unwrap_or_default(),
            user => user.to_owned(),
        };
        Ok(Self {
            places: places.collect::<Result<_, Refused>>()?,
            user,
            password: field("password").to_owned(),
            database: field("dbname").to_owned(),
            ways: ways(field("sslmode"), tls.is_some_and(|tls| !tls.authority.is_empty()))?,
        })
    }
}

fn ways(mode: &str, has_authority: bool) -> Result<Vec<Option<Trust>>, Refused> {
    Ok(match mode {
        "disable" => vec![None],
        "allow" => vec![None, Some(Trust::None)],
        "" | "prefer" => vec![Some(Trust::None), None],
        // With an authority at hand it is asked, as libpq does.
        "require" if has_authority => vec![Some(Trust::Authority)],
        "require" => vec![Some(Trust::None)],
        "verify-ca" => vec![Some(Trust::Authority)],
        "verify-full" => vec![Some(Trust::Full)],
        _ => return Err(Refused::new("failed to configure TLS (sslmode is invalid)")),
    })
}

type Fields = BTreeMap<String, String>;

/// Several hosts are no URL to anybody else: they are taken out first.
fn of_url(text: &str) -> Result<Fields, Refused> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let start = rest[..end].rfind('@').map_or(0, |at| at + 1);
    let mut fields = Fields::new();
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for place in rest[start..end].split(',') {
        let url = parsed(&format!("{scheme}://{}{place}{}", &rest[..start], &rest[end..]))?;
        hosts.push(host(&url, ""));
        ports.push(url.port().map(|port| port.to_string()).unwrap_or_default());
        fields.extend([
            ("user".to_owned(), plain(url.username())),
            ("password".to_owned(), plain(url.password().unwrap_or_default())),
            ("dbname".to_owned(), plain(url.path().trim_start_matches('/'))),
        ]);
        fields.extend(url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())));
    }
    for (name, values) in [("host", hosts), ("port", ports)] {
        if values.iter().any(|value| !value.is_empty()) {
            fields.insert(name.to_owned(), values.join(","));
        }
    }
    Ok(fields)
}

fn parsed(text: &str) -> Result<Url, Refused> {
    // The text holds a password and is not told.
    Url::parse(text)
        .map_err(|error| Refused(format!("cannot parse the uri: failed to parse as URL ({error})")))
}

/// `host=a user=b password='c d'`.
fn of_words(text: &str) -> Result<Fields, Refused> {
    let wrong =
        || Refused::new("cannot parse the uri: failed to parse as keyword/value (invalid keyword/value)");
    let mut fields = Fields::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(wrong)?;
        let after = after.trim_start();
        let quoted = after.strip_prefix('\'');
        let mut value = String::new();
        let mut letters = quoted.unwrap_or(after).char_indices();
        let mut end = None;
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
                '\'' if quoted.is_some() => end = Some(at + 2),
                _ if quoted.is_none() && letter.is_whitespace() => end = Some(at),
                _ => value.push(letter),
            }
            if end.is_some() {
                break;
            }
        }
        if quoted.is_some() && end.is_none() {
            return Err(wrong());
        }
        let name = match name.trim() {
            "" => return Err(wrong()),
            "database" => "dbname",
            name => name,
        };
        fields.insert(name.to_owned(), value);
        rest = after[end.unwrap_or(after.len())..].trim_start();
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let wanted = Settings {
            places: vec![("a".into(), 5433), ("b".into(), 5432)],
            user: "ada".into(),
            password: "p @'s".into(),
            database: "tides".into(),
            ways: vec![Some(Trust::Full)],
        };
        for text in [
            "postgres://ada:p%20%40's@a:5433,b:5432/tides?sslmode=verify-full",
            r"host=a,b port=5433,5432 user=ada password='p @\'s' dbname = tides sslmode=verify-full",
        ] {
            assert_eq!(Settings::parse(text, None).expect("it is read"), wanted, "{text}");
        }
    }

    #[test]
    fn errors_hold_no_password() {
        for text in
            ["postgres://ada:hunter2@a:port/", "password=hunter2 host", "password='hunter2", "hunter2"]
        {
            let error = Settings::parse(text, None).expect_err(text).to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        let error = Settings::parse("host=a sslmode=sometimes", None).expect_err("it is none of the modes");
        assert_eq!(error.to_string(), "failed to configure TLS (sslmode is invalid)");
    }
}
