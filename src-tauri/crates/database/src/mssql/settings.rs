//! What the words of a connection string ask for.

use std::str::FromStr;
use std::time::Duration;

use super::words::{Words, read};
use crate::Refused;

/// Letters that a server takes of a name or a password.
const LONGEST: usize = 128;

/// What is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// The login, where the server can.
    Login,
    /// All of it.
    All,
    /// Nothing that the server does not insist on.
    Nothing,
    /// All of it from the first byte on.
    Strict,
}

/// A server, and the instance on it that is meant where no port is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) instance: String,
    pub(super) port: Option<u16>,
}

/// A connection string, read. There is a password in it: only tests can show it.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Settings {
    /// The server, and who stands in for it.
    pub(super) places: Vec<Place>,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
    pub(super) application: String,
    pub(super) encryption: Encryption,
    /// Whether any certificate is accepted.
    pub(super) any_certificate: bool,
    /// Whose certificate it has to be; the host's when empty.
    pub(super) server_name: String,
    /// Whether a copy that can only be read from will do.
    pub(super) read_only: bool,
    /// How long a connection may take to come about.
    pub(super) dialling: Option<Duration>,
    /// How long the server may take for each of its answers.
    pub(super) answering: Option<Duration>,
}

impl Settings {
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let words = read(text)?;
        refuse(&words)?;
        let word = |name: &str| words.get(name).map(String::as_str).unwrap_or_default();
        let (encryption, any_certificate) = encryption(&words)?;
        let settings = Self {
            places: places(&words)?,
            user: word("user id").to_owned(),
            password: word("password").to_owned(),
            database: word("database").to_owned(),
            application: words.get("app name").map_or("longshore", String::as_str).to_owned(),
            encryption,
            any_certificate,
            server_name: word("hostnameincertificate").to_owned(),
            read_only: word("applicationintent") == "ReadOnly",
            dialling: seconds(&words, "dial timeout")?,
            answering: seconds(&words, "connection timeout")?,
        };
        if settings.read_only && settings.database.is_empty() {
            return Err(Refused::new("database must be specified when ApplicationIntent is ReadOnly"));
        }
        settings.short()
    }

    /// They are never longer on a server, and with that a login is never longer than a packet.
    fn short(self) -> Result<Self, Refused> {
        let own = [
            ("user id", &self.user),
            ("password", &self.password),
            ("database", &self.database),
            ("app name", &self.application),
        ];
        let hosts = self.places.iter().map(|place| ("server", &place.host));
        let instances = self.places.iter().map(|place| ("instance", &place.instance));
        for (name, value) in own.into_iter().chain(hosts).chain(instances) {
            if value.encode_utf16().count() > LONGEST {
                return Err(Refused(format!("{name}: at most {LONGEST} letters are possible")));
            }
        }
        Ok(self)
    }
}

/// Says no to what would be done otherwise than the spec means it.
fn refuse(words: &Words) -> Result<(), Refused> {
    if let Some(protocol) = words.get("protocol").filter(|protocol| *protocol != "tcp") {
        return Err(Refused(format!("No protocol handler is available for protocol: '{protocol}'")));
    }
    if words.contains_key("authenticator") || words.get("user id").is_some_and(|user| user.contains('\\')) {
        return Err(Refused::new("logins of Windows are not known here, only those of SQL Server itself"));
    }
    for name in ["certificate", "servercertificate"] {
        if words.get(name).is_some_and(|file| !file.is_empty()) {
            return Err(Refused(format!("{name} names a file; the authority goes into tls.cacert")));
        }
    }
    Ok(())
}

fn places(words: &Words) -> Result<Vec<Place>, Refused> {
    let port = |name: &str, what: &str| match words.get(name) {
        Some(value) => number::<u16>(value, what).map(|port| Some(port).filter(|port| *port > 0)),
        None => Ok(None),
    };
    let first = place(words.get("server").map_or("", String::as_str), port("port", "tcp port")?);
    let Some(partner) = words.get("failoverpartner").filter(|partner| !partner.is_empty()) else {
        return Ok(vec![first]);
    };
    let port = port("failoverport", "failover port")?.or(first.port);
    let partner = Place { host: partner.clone(), port, ..first.clone() };
    Ok(vec![first, partner])
}

/// `host\instance`; a host of several names that is this machine.
fn place(server: &str, port: Option<u16>) -> Place {
    let (host, instance) = server.split_once('\\').unwrap_or((server, ""));
    let host = match &*host.to_uppercase() {
        "" | "." | "(LOCAL)" => "localhost",
        _ => host,
    };
    Place { host: host.to_owned(), instance: instance.to_owned(), port }
}

/// What is encrypted, and whether any certificate is accepted: it is where nobody speaks of encryption.
fn encryption(words: &Words) -> Result<(Encryption, bool), Refused> {
    let asked = words.get("encrypt").map(|asked| asked.to_lowercase());
    let encryption = match asked.as_deref() {
        Some("mandatory" | "yes" | "1" | "t" | "true") => Encryption::All,
        Some("disable") => Encryption::Nothing,
        Some("strict") => Encryption::Strict,
        None | Some("optional" | "no" | "0" | "f" | "false") => Encryption::Login,
        Some(other) => return Err(Refused(format!("invalid encrypt '{other}'"))),
    };
    let any = match words.get("trustservercertificate").map(String::as_str) {
        None => asked.is_none(),
        Some("1" | "t" | "T" | "true" | "TRUE" | "True") => true,
        Some("0" | "f" | "F" | "false" | "FALSE" | "False") => false,
        Some(other) => return Err(Refused(format!("invalid trust server certificate '{other}'"))),
    };
    Ok((encryption, any && encryption != Encryption::Strict))
}

fn number<T: FromStr>(value: &str, what: &str) -> Result<T, Refused> {
    value.parse().map_err(|_| Refused(format!("invalid {what} '{value}'")))
}

/// None where there is no end.
fn seconds(words: &Words, name: &str) -> Result<Option<Duration>, Refused> {
    let found = words.get(name).map(|value| number::<u32>(value, name)).transpose()?;
    Ok(found.filter(|found| *found > 0).map(|found| Duration::from_secs(found.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str, instance: &str, port: Option<u16>) -> Place {
        Place { host: host.to_owned(), instance: instance.to_owned(), port }
    }

    #[test]
    fn all_that_upstreams_driver_heeds_is_heeded() {
        let text = "sqlserver://ada:p@h:1500/one?database=tides&app+name=check&encrypt=TRUE&hostNameInCertificate=db\
                    &ApplicationIntent=ReadOnly&dial+timeout=3&connection+timeout=4&failoverpartner=b&keepAlive=9";
        let wanted = Settings {
            places: vec![place("h", "one", Some(1500)), place("b", "one", Some(1500))],
            user: "ada".into(),
            password: "p".into(),
            database: "tides".into(),
            application: "check".into(),
            encryption: Encryption::All,
            any_certificate: false,
            server_name: "db".into(),
            read_only: true,
            dialling: Some(Duration::from_secs(3)),
            answering: Some(Duration::from_secs(4)),
        };
        assert_eq!(Settings::parse(text).expect("it is one"), wanted);
        for (text, wanted) in [
            ("", place("localhost", "", None)),
            ("server=.", place("localhost", "", None)),
            ("server=(Local)\\SQLEXPRESS", place("localhost", "SQLEXPRESS", None)),
            ("server=tcp:h,1500", place("h", "", Some(1500))),
            ("sqlserver://h:0", place("h", "", None)),
        ] {
            assert_eq!(Settings::parse(text).expect(text).places, [wanted], "{text}");
        }
    }

    #[test]
    fn what_is_encrypted_is_said_in_many_words() {
        for (text, encryption, any) in [
            ("", Encryption::Login, true),
            ("encrypt=optional", Encryption::Login, false),
            ("encrypt=false;TrustServerCertificate=true", Encryption::Login, true),
            ("encrypt=Mandatory", Encryption::All, false),
            ("encrypt=yes;trustservercertificate=1", Encryption::All, true),
            ("trustservercertificate=F", Encryption::Login, false),
            ("encrypt=DISABLE", Encryption::Nothing, false),
            ("encrypt=strict;trustservercertificate=true", Encryption::Strict, false),
        ] {
            let found = Settings::parse(text).expect(text);
            assert_eq!((found.encryption, found.any_certificate), (encryption, any), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        let long = format!("password={}", "x".repeat(129));
        for (text, why) in [
            ("port=high", "invalid tcp port 'high'"),
            ("port=65536", "invalid tcp port '65536'"),
            ("failoverpartner=b;failoverport=", "invalid failover port ''"),
            ("connection timeout=soon", "invalid connection timeout 'soon'"),
            ("dial timeout=-1", "invalid dial timeout '-1'"),
            ("encrypt=maybe", "invalid encrypt 'maybe'"),
            ("trustservercertificate=maybe", "invalid trust server certificate 'maybe'"),
            ("protocol=np", "No protocol handler is available for protocol: 'np'"),
            ("server=admin:h", "No protocol handler is available for protocol: 'admin'"),
            ("authenticator=krb5", "logins of Windows are not known here, only those of SQL Server itself"),
            ("user id=SITE\\ada", "logins of Windows are not known here, only those of SQL Server itself"),
            ("certificate=/a.pem", "certificate names a file; the authority goes into tls.cacert"),
            ("applicationintent=ReadOnly", "database must be specified when ApplicationIntent is ReadOnly"),
            (&long, "password: at most 128 letters are possible"),
        ] {
            assert_eq!(Settings::parse(text).expect_err(text).to_string(), why, "{text}");
        }
    }
}
