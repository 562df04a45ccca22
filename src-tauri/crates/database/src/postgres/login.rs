//! How a server is told who we are.

use md5::{Digest as _, Md5};

use super::scram::Scram;
use super::settings::Settings;
use super::{Failed, Message, message, receive};
use crate::Refused;
use crate::dial::Wire;

/// Version 3.0 of the protocol.
const PROTOCOL: u32 = 196_608;
const OK: u32 = 0;
const CLEAR: u32 = 3;
const MD5: u32 = 5;
const SASL: u32 = 10;

pub(super) async fn login(wire: &mut Wire, settings: &Settings) -> Result<(), Failed> {
    let failed = |refused: Refused| refused.while_doing("failed to write startup message");
    wire.send(&startup(settings)).await.map_err(failed)?;
    loop {
        let told = receive(wire).await.map_err(|failed| {
            let what = if failed.code.is_empty() { "failed to receive message" } else { "server error" };
            failed.while_doing(what)
        })?;
        match told.kind {
            b'R' => prove(wire, settings, &told.body).await?,
            b'Z' => return Ok(()),
            // The key to cancel with, and versions that the server would rather speak.
            b'K' | b'v' => {}
            _ => return Err(Refused::new("received unexpected message").into()),
        }
    }
}

fn startup(settings: &Settings) -> Vec<u8> {
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    let mut more = vec![("user", &*settings.user)];
    if !settings.database.is_empty() {
        more.push(("database", &settings.database));
    }
    for (name, value) in more {
        body.extend(format!("{name}\0{value}\0").bytes());
    }
    body.push(0);
    // The first message has no kind.
    message(0, &body).split_off(1)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn prove(wire: &mut Wire, settings: &Settings, body: &[u8]) -> Result<(), Failed> {
    let wrong = || Refused::new("the server asks for a password in a way that cannot be read");
    let (kind, rest) = body.split_at_checked(4).ok_or_else(wrong)?;
    match u32::from_be_bytes([kind[0], kind[1], kind[2], kind[3]]) {
        OK => Ok(()),
        CLEAR => password(wire, &settings.password).await,
        MD5 => {
            let first = hex(&[settings.password.as_bytes(), settings.user.as_bytes()]);
            password(wire, &format!("md5{}", hex(&[first.as_bytes(), rest]))).await
        }
        SASL => sasl(wire, settings, rest).await.map_err(|failed| failed.while_doing("failed SASL auth")),
        other => {
            Err(Refused(format!("the server asks for a proof of kind {other}, which is not known")).into())
        }
    }
}

fn hex(parts: &[&[u8]]) -> String {
    let mut digest = Md5::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn password(wire: &mut Wire, password: &str) -> Result<(), Failed> {
    let failed = |refused: Refused| refused.while_doing("failed to write password message");
    Ok(wire.send(&message(b'p', format!("{password}\0").as_bytes())).await.map_err(failed)?)
}

async fn sasl(wire: &mut Wire, settings: &Settings, ways: &[u8]) -> Result<(), Failed> {
    const WAY: &str = "SCRAM-SHA-256";
    if !ways.split(|byte| *byte == 0).any(|way| way == WAY.as_bytes()) {
        return Err(Refused(format!("server does not support {WAY}")).into());
    }
    let scram = Scram::new(&settings.password);
    let first = scram.first();
    let mut body = format!("{WAY}\0").into_bytes();
    body.extend((first.len() as u32).to_be_bytes());
    body.extend(first.bytes());
    wire.send(&message(b'p', &body)).await?;
    let (proof, signature) = scram.proof(&more(receive(wire).await?, 11)?)?;
    wire.send(&message(b'p', proof.as_bytes())).await?;
    let last = more(receive(wire).await?, 12)?;
    if last.strip_prefix("v=") == Some(&signature) {
        Ok(())
    } else {
        Err(Refused::new("invalid SCRAM server-final-message received from server").into())
    }
}

/// What a server says in the middle of a proof.
fn more(told: Message, wanted: u32) -> Result<String, Refused> {
    match told.body.split_at_checked(4) {
        Some((kind, rest)) if told.kind == b'R' && kind == wanted.to_be_bytes() => Ok(text(rest)),
        _ => Err(Refused::new("expected AuthenticationSASLContinue message but received unexpected message")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_the_servers() {
        // As `select 'md5' || md5('secret' || 'ada')` says.
        assert_eq!(hex(&[b"secret", b"ada"]), "2953f29bc314bd0a7ea7ddf6ccc1555f");
    }
}
