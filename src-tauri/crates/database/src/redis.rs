//! Redis: a password where there is one, and `INFO server`.

use url::Url;

use crate::dial::{Wire, dial};
use crate::tls::{self, Trust};
use crate::{Answer, Asked, Refused, Tls};

/// Where, and as whom. There is a password in it: only tests can show it.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
struct Place {
    host: String,
    port: u16,
    user: String,
    password: String,
    database: u32,
    encrypted: bool,
}

pub(crate) async fn ask(asked: &Asked<'_>) -> Result<Answer, Refused> {
    let place = place(asked.uri)?;
    let mut wire = connect(&place, asked.tls).await?;
    if !place.password.is_empty() {
        let words = [&*place.user, &*place.password];
        let words = if place.user.is_empty() { &words[1..] } else { &words[..] };
        call(&mut wire, &[&["AUTH"], words].concat()).await?;
    }
    if place.database > 0 {
        call(&mut wire, &["SELECT", &place.database.to_string()]).await?;
    }
    let said = call(&mut wire, &["INFO", "server"]).await?;
    Ok(Answer { is_connected: true, version: version(&said), ..Answer::default() })
}

fn place(uri: &str) -> Result<Place, Refused> {
    if uri.is_empty() {
        return Err(Refused::new("invalid redis URL scheme: "));
    }
    // What the parser says may hold what it could not parse.
    let url = Url::parse(uri).map_err(|error| Refused(format!("the uri is no URL: {error}")))?;
    if !matches!(url.scheme(), "redis" | "rediss") {
        return Err(Refused(format!("invalid redis URL scheme: {}", url.scheme())));
    }
    if url.query().is_some_and(|query| !query.is_empty()) {
        return Err(Refused::new("no options supported"));
    }
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let database = match parts[..] {
        [] => 0,
        [one] => one.parse().map_err(|_| Refused(format!("invalid redis database number: {one:?}")))?,
        _ => return Err(Refused(format!("invalid redis URL path: {}", url.path()))),
    };
    Ok(Place {
        host: host(&url, "localhost"),
        port: url.port().unwrap_or(6379),
        user: plain(url.username()),
        password: plain(url.password().unwrap_or_default()),
        database,
        encrypted: url.scheme() == "rediss",
    })
}

/// The host of a URL without the brackets of its own.
pub(crate) fn host(url: &Url, default: &str) -> String {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if host.is_empty() { default.to_owned() } else { plain(host) }
}

/// A part of a URL as it was meant.
pub(crate) fn plain(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = hex.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn connect(place: &Place, given: Option<&Tls>) -> Result<Wire, Refused> {
    let stream = dial(&place.host, place.port).await?;
    match given {
        Some(given) => {
            let trust = if given.skip_verify { Trust::None } else { Trust::Full };
            tls::begin(stream, &place.host, given, trust).await
        }
        None if place.encrypted => tls::begin(stream, &place.host, &Tls::default(), Trust::Full).await,
        None => Ok(Wire(Box::new(stream))),
    }
}

/// Sends a command and gives what it answers.
async fn call(wire: &mut Wire, words: &[&str]) -> Result<String, Refused> {
    let mut sent = format!("*{}\r\n", words.len());
    for word in words {
        sent.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    wire.send(sent.as_bytes()).await?;
    let line = wire.line().await?;
    let odd = || Refused(format!("redis: can't parse reply: {line:.100}"));
    match line.split_at_checked(1).ok_or_else(odd)? {
        ("+" | ":", said) => Ok(said.to_owned()),
        ("-", why) => Err(Refused::new(why)),
        ("$", length) => {
            let length = length.parse::<usize>().map_err(|_| odd())?;
            let bytes = wire.bytes(length + 2).await?;
            Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
        }
        _ => Err(odd()),
    }
}

fn version(info: &str) -> String {
    let mut found = info.lines().filter_map(|line| line.trim().strip_prefix("redis_version:"));
    found.next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_read_as_upstreams_driver_does() {
        let found = place("rediss://ada:p%40ss@[::1]:7000/3").expect("it is one");
        let wanted = Place {
            host: "::1".into(),
            port: 7000,
            user: "ada".into(),
            password: "p@ss".into(),
            database: 3,
            encrypted: true,
        };
        assert_eq!(found, wanted);
        let found = place("redis://").expect("all of it has defaults");
        assert_eq!((&*found.host, found.port, found.database), ("localhost", 6379, 0));
        for (uri, why) in [
            ("http://a", "invalid redis URL scheme: http"),
            ("redis://a/x", "invalid redis database number: \"x\""),
            ("redis://a/1/2", "invalid redis URL path: /1/2"),
            ("redis://a?db=1", "no options supported"),
        ] {
            assert_eq!(place(uri).expect_err(uri).to_string(), why);
        }
        let error = place("://hunter2").expect_err("it is none").to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn the_version_is_found_among_the_rest() {
        assert_eq!(version("# Server\r\nredis_version:7.0.15\r\nos:Linux\r\n"), "7.0.15");
        assert_eq!(version("# Server\r\n"), "");
    }
}
