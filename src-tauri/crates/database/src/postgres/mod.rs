//! PostgreSQL: a login as the server wants it, and `select version()`.

mod login;
mod scram;
mod settings;

use std::net::SocketAddr;

use crate::dial::{Wire, dial_address, resolved};
use crate::tls::{self, Trust};
use crate::{Answer, Asked, Refused, Tls};
use settings::Settings;

/// Failures after which no other way of connecting is tried: the password, the database and the right to it.
const FINAL: &[&str] = &["28P01", "3D000", "42501"];

/// A message of the server: its kind and content.
struct Message {
    kind: u8,
    body: Vec<u8>,
}

/// Why a way of connecting failed, and with which code where the server told one.
struct Failed {
    refused: Refused,
    code: String,
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        Self { refused, code: String::new() }
    }
}

impl Failed {
    fn while_doing(self, what: &str) -> Self {
        Self { refused: self.refused.while_doing(what), ..self }
    }
}

pub(crate) async fn ask(asked: &Asked<'_>) -> Result<Answer, Refused> {
    if asked.uri.is_empty() {
        return Err(Refused::new("postgres uri cannot be empty"));
    }
    let settings = Settings::parse(asked.uri, asked.tls)
        .map_err(|refused| refused.while_doing("failed to parse postgres config"))?;
    let mut wire = connect(&settings, asked.tls).await?;
    let said = query(&mut wire, "select version()").await.map_err(|failed| failed.refused)?;
    let (version, error) = version(&said).map_or_else(
        || ("Unknown".to_owned(), format!("postgres version did not match regex: {said:?}")),
        |version| (version, String::new()),
    );
    // It is over either way.
    drop(wire.send(&message(b'X', b"")).await);
    Ok(Answer { is_connected: true, version, error, ..Answer::default() })
}

/// Connects in the first way that works; otherwise tells of each why it did not.
async fn connect(settings: &Settings, given: Option<&Tls>) -> Result<Wire, Refused> {
    let told = |errors: Vec<String>| {
        let about = format!("failed to connect to `user={} database={}`:", settings.user, settings.database);
        Refused(match errors.as_slice() {
            [one] if !one.contains('\n') => format!("{about} {one}"),
            all => format!("{about}\n\t{}", all.join("\n").replace('\n', "\n\t")),
        })
    };
    let mut errors = Vec::new();
    for (host, port) in &settings.places {
        for trust in &settings.ways {
            let addresses = match resolved(host, *port).await {
                Ok(addresses) => addresses,
                Err(refused) => {
                    errors.push(format!("hostname resolving error: {refused}"));
                    continue;
                }
            };
            for address in addresses {
                match one(settings, host, address, *trust, given).await {
                    Ok(wire) => return Ok(wire),
                    Err(failed) => {
                        errors.push(format!("{address} ({host}): {}", failed.refused));
                        if FINAL.contains(&&*failed.code) {
                            return Err(told(errors));
                        }
                    }
                }
            }
        }
    }
    errors.dedup_by(|one, other| one == other && one.starts_with("hostname"));
    Err(told(errors))
}

/// Connects in one way: with TLS and so much trust, or without.
async fn one(
    settings: &Settings,
    host: &str,
    address: SocketAddr,
    trust: Option<Trust>,
    given: Option<&Tls>,
) -> Result<Wire, Failed> {
    let stream = dial_address(address).await.map_err(|refused| refused.while_doing("dial error"))?;
    let mut wire = Wire(Box::new(stream));
    if let Some(trust) = trust {
        let failed = |refused: Refused| refused.while_doing("tls error");
        wire.send(&[0, 0, 0, 8, 4, 210, 22, 47]).await.map_err(failed)?;
        if wire.byte().await.map_err(failed)? != b'S' {
            return Err(Refused::new("tls error: server refused TLS connection").into());
        }
        let own = Tls::default();
        // It is the handshake of the first message that fails, in upstream's eyes.
        let failed = |refused: Refused| refused.while_doing("failed to write startup message");
        wire = tls::begin(wire.0, host, given.unwrap_or(&own), trust).await.map_err(failed)?;
    }
    login::login(&mut wire, settings).await?;
    Ok(wire)
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend((body.len() as u32 + 4).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// The next message that says something to us.
async fn receive(wire: &mut Wire) -> Result<Message, Failed> {
    loop {
        let kind = wire.byte().await?;
        let length = wire.bytes(4).await?;
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let length = length.checked_sub(4).ok_or_else(|| Refused::new("invalid message length"))?;
        let body = wire.bytes(length).await?;
        match kind {
            b'E' => return Err(failure(&body)),
            // What the server wants to be known, and settings of it.
            b'N' | b'S' => {}
            _ => return Ok(Message { kind, body }),
        }
    }
}

/// What the server says of a failure.
fn failure(body: &[u8]) -> Failed {
    let field = |wanted: u8| {
        let mut fields = body.split(|byte| *byte == 0).filter(|field| field.first() == Some(&wanted));
        fields.next().map(|field| String::from_utf8_lossy(&field[1..]).into_owned()).unwrap_or_default()
    };
    let code = field(b'C');
    Failed { refused: Refused(format!("{}: {} (SQLSTATE {code})", field(b'S'), field(b'M'))), code }
}

/// The one value that a statement gives.
async fn query(wire: &mut Wire, statement: &str) -> Result<String, Failed> {
    wire.send(&message(b'Q', format!("{statement}\0").as_bytes())).await?;
    let mut found = None;
    loop {
        let Message { kind, body } = receive(wire).await?;
        match kind {
            b'D' => found = found.or(value(&body)),
            b'Z' => return found.ok_or_else(|| Refused::new("no rows in result set").into()),
            _ => {}
        }
    }
}

/// The first value of a row.
fn value(row: &[u8]) -> Option<String> {
    let length = u32::from_be_bytes(row.get(2..6)?.try_into().ok()?) as usize;
    Some(String::from_utf8_lossy(row.get(6..6usize.checked_add(length)?)?).into_owned())
}

fn version(said: &str) -> Option<String> {
    let rest = &said[said.find("PostgreSQL ")? + "PostgreSQL ".len()..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_is_read() {
        assert_eq!(version("PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64").as_deref(), Some("15.14"));
        assert_eq!(version("CockroachDB"), None);
        let failed = failure(b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0");
        assert_eq!(failed.refused.to_string(), "FATAL: password authentication failed (SQLSTATE 28P01)");
        assert_eq!(failed.code, "28P01");
        assert_eq!(value(&[0, 1, 0, 0, 0, 2, b'o', b'k']).as_deref(), Some("ok"));
        for broken in [&[][..], &[0, 1, 0, 0], &[0, 1, 255, 255, 255, 255], &[0, 1, 0, 0, 0, 9, b'x']] {
            assert_eq!(value(broken), None, "{broken:?}");
        }
    }
}
