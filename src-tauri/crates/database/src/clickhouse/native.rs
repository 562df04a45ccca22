//! ClickHouse's own protocol, in the revision of 2017: every server since then speaks it with whoever knows no newer one.

use crate::Refused;
use crate::dial::Wire;

use super::settings::Settings;

/// What we speak: client information and the server's time zone, and nothing that came later.
const REVISION: u64 = 54_058;
const NAME: &str = "longshore";
/// Bytes of a text.
const LONGEST: u64 = 64 << 10;

/// What we send.
mod ours {
    pub(super) const HELLO: u8 = 0;
    pub(super) const QUERY: u8 = 1;
    pub(super) const DATA: u8 = 2;
}

/// What the server sends.
mod theirs {
    pub(super) const HELLO: u64 = 0;
    pub(super) const DATA: u64 = 1;
    pub(super) const EXCEPTION: u64 = 2;
    pub(super) const PROGRESS: u64 = 3;
    pub(super) const END: u64 = 5;
    pub(super) const PROFILE: u64 = 6;
    pub(super) const TOTALS: u64 = 7;
    pub(super) const EXTREMES: u64 = 8;
}

fn number(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn text(bytes: &mut Vec<u8>, value: &str) {
    number(bytes, value.len() as u64);
    bytes.extend(value.bytes());
}

async fn read_number(wire: &mut Wire) -> Result<u64, Refused> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = wire.byte().await?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Refused::new("the server sends a number without an end"))
}

async fn read_text(wire: &mut Wire) -> Result<String, Refused> {
    let length = read_number(wire).await?;
    if length > LONGEST {
        return Err(Refused(format!("the server sends a text of {length} bytes")));
    }
    let bytes = wire.bytes(usize::try_from(length).unwrap_or_default()).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Tells who we are, and hears whether that is enough.
pub(super) async fn hello(wire: &mut Wire, settings: &Settings, place: &str) -> Result<(), Refused> {
    let mut bytes = vec![ours::HELLO];
    text(&mut bytes, NAME);
    for value in [1, 0, REVISION] {
        number(&mut bytes, value);
    }
    for value in [&settings.database, &settings.user, &settings.password] {
        text(&mut bytes, value);
    }
    wire.send(&bytes).await?;
    let unread = |refused: Refused| {
        let database = &settings.database;
        refused.while_doing(&format!(
            "handshake: failed to read packet from {place} (conn_id=1, auth_db={database})"
        ))
    };
    match read_number(wire).await.map_err(unread)? {
        theirs::HELLO => {}
        theirs::EXCEPTION => return Err(exception(wire).await?),
        other => return Err(Refused(format!("[handshake] unexpected packet [{other}] from server"))),
    }
    read_text(wire).await?;
    read_number(wire).await?;
    read_number(wire).await?;
    if read_number(wire).await? >= REVISION {
        // Its time zone.
        read_text(wire).await?;
    }
    Ok(())
}

/// What the server says of a failure; others that led to it follow, of which nothing is told.
async fn exception(wire: &mut Wire) -> Result<Refused, Refused> {
    let code = wire.bytes(4).await?;
    let code = i32::from_le_bytes([code[0], code[1], code[2], code[3]]);
    let (name, message) = (read_text(wire).await?, read_text(wire).await?);
    let message = message.strip_prefix(&format!("{name}:")).unwrap_or(&message).trim();
    Ok(Refused(format!("code: {code}, message: {message}")))
}

/// A statement, followed by no data of ours.
fn query(statement: &str) -> Vec<u8> {
    let mut bytes = vec![ours::QUERY];
    text(&mut bytes, "");
    // The first of its kind, for nobody else, by TCP.
    bytes.push(1);
    for value in ["", "", "0.0.0.0:0"] {
        text(&mut bytes, value);
    }
    bytes.push(1);
    for value in ["", "", NAME] {
        text(&mut bytes, value);
    }
    for value in [1, 0, REVISION] {
        number(&mut bytes, value);
    }
    // No settings; all of the answer, not compressed.
    text(&mut bytes, "");
    for value in [2, 0] {
        number(&mut bytes, value);
    }
    text(&mut bytes, statement);
    bytes.push(ours::DATA);
    text(&mut bytes, "");
    bytes.extend([1, 0, 2, 255, 255, 255, 255, 0, 0, 0]);
    bytes
}

pub(super) async fn version(wire: &mut Wire) -> Result<String, Refused> {
    wire.send(&query("SELECT version()")).await?;
    let mut found = None;
    loop {
        match read_number(wire).await? {
            theirs::DATA | theirs::TOTALS | theirs::EXTREMES => found = found.or(block(wire).await?),
            theirs::EXCEPTION => return Err(exception(wire).await?),
            theirs::PROGRESS => {
                for _ in 0..3 {
                    read_number(wire).await?;
                }
            }
            theirs::PROFILE => {
                for _ in 0..3 {
                    read_number(wire).await?;
                }
                wire.byte().await?;
                read_number(wire).await?;
                wire.byte().await?;
            }
            theirs::END => return found.ok_or_else(|| Refused::new("sql: no rows in result set")),
            other => return Err(Refused(format!("unexpected packet {other}"))),
        }
    }
}

/// The first text of a block of texts; none of one without rows.
async fn block(wire: &mut Wire) -> Result<Option<String>, Refused> {
    read_text(wire).await?;
    loop {
        match read_number(wire).await? {
            0 => break,
            1 => drop(wire.byte().await?),
            _ => drop(wire.bytes(4).await?),
        }
    }
    let (columns, rows) = (read_number(wire).await?, read_number(wire).await?);
    if columns > 1 || rows > 1 {
        return Err(Refused(format!("the server answers with {columns} columns and {rows} rows")));
    }
    let mut found = None;
    for _ in 0..columns {
        read_text(wire).await?;
        let kind = read_text(wire).await?;
        if kind != "String" {
            return Err(Refused(format!("the server's version is of type {kind}")));
        }
        if rows == 1 {
            found = Some(read_text(wire).await?);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    async fn said(bytes: &[u8]) -> Result<String, String> {
        let (ours, mut theirs) = tokio::io::duplex(1 << 20);
        theirs.write_all(bytes).await.expect("there is room");
        theirs.shutdown().await.expect("it ends");
        version(&mut Wire(Box::new(ours))).await.map_err(|refused| refused.to_string())
    }

    fn data(rows: &[&str]) -> Vec<u8> {
        let mut bytes = vec![1, 0, 1, 0, 2, 255, 255, 255, 255, 0];
        number(&mut bytes, 1);
        number(&mut bytes, rows.len() as u64);
        ["version()", "String"]
            .into_iter()
            .chain(rows.iter().copied())
            .for_each(|value| text(&mut bytes, value));
        bytes
    }

    #[tokio::test]
    async fn answers_are_read() {
        let whole = [data(&[]), vec![3, 1, 1, 0], data(&["24.3.1"]), vec![6, 1, 1, 12, 0, 0, 1, 5]].concat();
        assert_eq!(said(&whole).await, Ok("24.3.1".to_owned()));
        assert_eq!(said(&[5]).await, Err("sql: no rows in result set".to_owned()));
        let mut failed = vec![2, 60, 0, 0, 0];
        for value in ["DB::Exception", "DB::Exception: no such table. ", "", ""] {
            text(&mut failed, value);
        }
        assert_eq!(said(&failed).await, Err("code: 60, message: no such table.".to_owned()));
        assert_eq!(said(&[99]).await, Err("unexpected packet 99".to_owned()));
        assert_eq!(
            said(&[1, 0, 0, 9, 9]).await,
            Err("the server answers with 9 columns and 9 rows".to_owned())
        );
    }

    #[tokio::test]
    async fn what_is_cut_or_without_end_is_refused() {
        let whole = data(&["24.3.1"]);
        for length in 0..whole.len() {
            assert!(said(&whole[..length]).await.is_err(), "cut after {length}");
        }
        assert!(said(&[0xff; 40]).await.is_err(), "a number without an end");
        assert!(said(&[1, 0xff, 0xff, 0xff, 0xff, 0x0f]).await.is_err(), "a text of gigabytes");
    }
}
