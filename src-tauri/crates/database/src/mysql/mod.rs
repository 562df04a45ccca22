//! MySQL and MariaDB: a login as the server wants it, `select version()`, and variables that a spec names.

mod login;
mod packet;
mod settings;

use crate::dial::dial;
use crate::{Answer, Asked, Refused};
use packet::{Packet, Packets};
use settings::Settings;

pub(crate) async fn ask(asked: &Asked<'_>) -> Result<Answer, Refused> {
    if asked.uri.is_empty() {
        return Err(Refused::new("mysql uri cannot be empty"));
    }
    let settings =
        Settings::parse(asked.uri).map_err(|refused| refused.while_doing("failed to parse mysql config"))?;
    let stream = dial(&settings.host, settings.port).await?;
    let mut packets = login::login(stream, &settings, asked.tls).await?;
    let rows = query(&mut packets, "select version()").await?;
    let version =
        rows.into_iter().flatten().next().ok_or_else(|| Refused::new("sql: no rows in result set"))?;
    let mut answer = Answer { is_connected: true, version, ..Answer::default() };
    if !asked.parameters.is_empty() {
        match query(&mut packets, "SHOW VARIABLES").await {
            Ok(rows) => {
                let pair = |row: Vec<String>| <[String; 2]>::try_from(row).ok().map(Into::into);
                answer.variables = rows.into_iter().filter_map(pair).collect();
                answer.variables.retain(|name, _| asked.parameters.contains(name));
            }
            Err(refused) => answer.error = refused.to_string(),
        }
    }
    // COM_QUIT; it is over either way.
    packets.restart();
    drop(packets.send(&[1]).await);
    Ok(answer)
}

/// Rows of a statement, as texts.
async fn query(packets: &mut Packets, statement: &str) -> Result<Vec<Vec<String>>, Refused> {
    packets.restart();
    packets.send(&[&[3], statement.as_bytes()].concat()).await?;
    let columns = Packet(&packets.receive().await?).number().ok_or_else(packet::odd)?;
    // Their descriptions, and the mark after them.
    for _ in 0..=columns {
        packets.receive().await?;
    }
    let mut rows = Vec::new();
    loop {
        let received = packets.receive().await?;
        if received.first() == Some(&0xfe) && received.len() < 9 {
            return Ok(rows);
        }
        let mut packet = Packet(&received);
        let row: Option<Vec<String>> = (0..columns).map(|_| packet.text()).collect();
        rows.push(row.ok_or_else(packet::odd)?);
    }
}
