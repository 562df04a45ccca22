//! Data source names as Go's driver writes them: `user:password@tcp(host:port)/name?tls=true`.

use crate::Refused;
use crate::redis::plain;
use crate::tls::Trust;

/// One, read. There is a password in it: only tests can show it.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
    /// Whether TLS is spoken, and how far the certificate is looked at.
    pub(super) tls: Option<Trust>,
    /// Whether it goes on without TLS where the server has none.
    pub(super) or_plain: bool,
    /// Whether the password may be sent as it is.
    pub(super) cleartext: bool,
}

impl Settings {
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let slash = text
            .rfind('/')
            .ok_or_else(|| Refused::new("invalid DSN: missing the slash separating the database name"))?;
        let (before, after) = (&text[..slash], &text[slash + 1..]);
        let (login, place) = before.rsplit_once('@').unwrap_or(("", before));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = address(place)?;
        let (database, parameters) = after.split_once('?').unwrap_or((after, ""));
        let mut settings = Self {
            host,
            port,
            user: user.to_owned(),
            password: password.to_owned(),
            database: plain(database),
            tls: None,
            or_plain: false,
            cleartext: false,
        };
        for (name, value) in parameters.split('&').filter_map(|parameter| parameter.split_once('=')) {
            settings.set(name, value)?;
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        match name {
            "tls" => {
                let truth = boolean(value);
                (self.tls, self.or_plain) = match (truth, &*value.to_lowercase()) {
                    (Some(true), _) => (Some(Trust::Full), false),
                    (Some(false), _) => (None, false),
                    (None, "skip-verify") => (Some(Trust::None), false),
                    (None, "preferred") => (Some(Trust::None), true),
                    (None, _) => {
                        return Err(Refused(format!("invalid value / unknown config name: {value}")));
                    }
                };
            }
            "allowCleartextPasswords" => {
                let truth = boolean(value);
                self.cleartext = truth.ok_or_else(|| Refused(format!("invalid bool value: {value}")))?;
            }
            // The others are about statements that are not made here.
            _ => {}
        }
        Ok(())
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "TRUE" | "True" => Some(true),
        "0" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `tcp(host:port)`, each part of which may lack.
fn address(place: &str) -> Result<(String, u16), Refused> {
    let (network, inner) = match place.split_once('(') {
        Some((network, inner)) => (
            network,
            inner.strip_suffix(')').ok_or_else(|| {
                Refused::new("invalid DSN: network address not terminated (missing closing brace)")
            })?,
        ),
        None => (place, ""),
    };
    if !matches!(network, "" | "tcp") {
        return Err(Refused(format!("default addr for network '{network}' unknown")));
    }
    let bracketed = inner.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, rest)) => (host, rest.trim_start_matches(':')),
        None => inner.rsplit_once(':').unwrap_or((inner, "")),
    };
    let port = if port.is_empty() { Ok(3306) } else { port.parse() };
    let port = port.map_err(|_| Refused::new("invalid DSN: the port is no number"))?;
    Ok((if host.is_empty() { "127.0.0.1" } else { host }.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_upstreams_driver_does() {
        let found = Settings::parse("ada:p@ss/w:rd@tcp(db.example:3307)/tides?tls=skip-verify&x=y")
            .expect("it is one");
        let wanted = Settings {
            host: "db.example".into(),
            port: 3307,
            user: "ada".into(),
            password: "p@ss/w:rd".into(),
            database: "tides".into(),
            tls: Some(Trust::None),
            or_plain: false,
            cleartext: false,
        };
        assert_eq!(found, wanted);
        let found = Settings::parse("/").expect("all of it has defaults");
        assert_eq!((&*found.host, found.port, &*found.user), ("127.0.0.1", 3306, ""));
        let found = Settings::parse("a@tcp([::1]:1)/").expect("brackets are fine");
        assert_eq!((&*found.host, found.port), ("::1", 1));
        for (text, why) in [
            ("ada:hunter2@tcp(a)", "invalid DSN: missing the slash separating the database name"),
            ("ada:hunter2@tcp(a/", "invalid DSN: network address not terminated (missing closing brace)"),
            ("ada:hunter2@udp(a)/", "default addr for network 'udp' unknown"),
            ("ada:hunter2@tcp(a)/?allowCleartextPasswords=maybe", "invalid bool value: maybe"),
        ] {
            assert_eq!(Settings::parse(text).expect_err(text).to_string(), why);
        }
    }
}
