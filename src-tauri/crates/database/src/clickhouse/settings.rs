//! Data source names as Go's driver writes them: `clickhouse://user:password@host:9000,other:9000/name?secure=true`.

use crate::Refused;
use crate::redis::plain;

/// One, read. There is a password in it: only tests can show it.
#[derive(Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Settings {
    /// `host:port` of each server, in the order in which they are tried.
    pub(super) places: Vec<String>,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
    /// Whether TLS is spoken.
    pub(super) secure: bool,
    pub(super) skip_verify: bool,
    /// Whose certificate it has to be; the host's when empty.
    pub(super) server_name: String,
    /// Whether it is asked by HTTP.
    pub(super) http: bool,
}

impl Settings {
    pub(super) fn parse(uri: &str) -> Result<Self, Refused> {
        let nowhere = || Refused::new("parse dsn address failed");
        let (uri, _) = uri.split_once('#').unwrap_or((uri, ""));
        let (scheme, rest) = uri.split_once("://").ok_or_else(nowhere)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, places) = place.rsplit_once('@').unwrap_or(("", place));
        if places.is_empty() {
            return Err(nowhere());
        }
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let mut settings = Self {
            places: places.split(',').map(str::to_owned).collect(),
            user: plain(user),
            password: plain(password),
            database: plain(database),
            http: matches!(&*scheme.to_lowercase(), "http" | "https"),
            ..Self::default()
        };
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            settings.set(name, &plain(&value.replace('+', " ")))?;
        }
        if settings.user.is_empty() {
            "default".clone_into(&mut settings.user);
        }
        match (&*scheme.to_lowercase(), settings.secure) {
            ("http", true) => Err(Refused::new("clickhouse [dsn parse]: http with TLS specify")),
            ("https", false) => Err(Refused::new("clickhouse [dsn parse]: https without TLS")),
            _ if !settings.server_name.is_empty() && !settings.secure => {
                Err(Refused::new("clickhouse [dsn parse]: tls_server_name requires secure=true"))
            }
            _ => Ok(settings),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        match name {
            "secure" => self.secure = switch("secure", value)?,
            "skip_verify" => self.skip_verify = switch("verify", value)?,
            "tls_server_name" => value.trim().clone_into(&mut self.server_name),
            "username" => value.clone_into(&mut self.user),
            "password" => value.clone_into(&mut self.password),
            "database" => value.clone_into(&mut self.database),
            // The others are about statements that are not made here.
            _ => {}
        }
        Ok(())
    }
}

/// True without a value.
fn switch(name: &str, value: &str) -> Result<bool, Refused> {
    match value {
        "" | "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(Refused(format!(
            "clickhouse [dsn parse]:{name}: strconv.ParseBool: parsing {value:?}: invalid syntax"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_upstreams_driver_does() {
        let uri =
            "clickhouse://ada:p%40ss@one:9000,[::1]:9440/tides?secure&skip_verify=true&max_open_conns=3#x";
        let wanted = Settings {
            places: vec!["one:9000".into(), "[::1]:9440".into()],
            user: "ada".into(),
            password: "p@ss".into(),
            database: "tides".into(),
            secure: true,
            skip_verify: true,
            ..Settings::default()
        };
        assert_eq!(Settings::parse(uri).expect("it is one"), wanted);
        let found =
            Settings::parse("tcp://h:1?username=bob&password=a%26b&database=d").expect("all in its query");
        assert_eq!((&*found.user, &*found.password, &*found.database), ("bob", "a&b", "d"));
        let found = Settings::parse("https://h:8443?secure=true").expect("by HTTP");
        assert_eq!((found.http, &*found.user), (true, "default"));
        for (uri, why) in [
            ("ada:hunter2@h:9000", "parse dsn address failed"),
            ("clickhouse:///tides", "parse dsn address failed"),
            ("http://h:1?secure=true", "clickhouse [dsn parse]: http with TLS specify"),
            ("https://h:1", "clickhouse [dsn parse]: https without TLS"),
            (
                "clickhouse://ada:hunter2@h:1?secure=maybe",
                "clickhouse [dsn parse]:secure: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            ),
        ] {
            assert_eq!(Settings::parse(uri).expect_err(uri).to_string(), why);
        }
    }
}
