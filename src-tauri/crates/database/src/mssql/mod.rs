//! SQL Server: a login of its own, and `select @@VERSION`. It is spoken here because the one library that does (tiberius)
//! brings another implementation of cryptography for its TLS, and takes authorities and keys from files alone.

mod browser;
mod login;
mod packet;
mod settings;
mod token;
mod words;

use std::time::Duration;

use tokio::net::TcpStream;

use crate::dial::{Wire, dial};
use crate::{Answer, Asked, Refused, Tls};
use login::{Way, letters};
use packet::{BATCH, answer, packets};
use settings::{Place, Settings};
use token::Said;

const PORT: u16 = 1433;
/// How often one server may send us to another.
const ROUTES: usize = 3;
/// Before a statement: that it belongs to no transaction, and is the only one.
const ALONE: [u8; 22] = [22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];

pub(crate) async fn ask(asked: &Asked<'_>) -> Result<Answer, Refused> {
    if asked.uri.is_empty() {
        return Err(Refused::new("mssql uri cannot be empty"));
    }
    let settings = Settings::parse(asked.uri)?;
    let mut last = Refused::new("mssql: no server to connect to");
    for place in &settings.places {
        match one(&settings, place.clone(), asked.tls).await {
            Ok(said) => return Ok(told(&said)),
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

fn told(said: &str) -> Answer {
    let (version, error) = version(said).map_or_else(
        || ("Unknown".to_owned(), format!("mssql version did not match regex: {said:?}")),
        |version| (version, String::new()),
    );
    Answer { is_connected: true, version, error, ..Answer::default() }
}

/// What one server, or another to which it sends us, says of its version.
async fn one(settings: &Settings, mut place: Place, tls: Option<&Tls>) -> Result<String, Refused> {
    for _ in 0..ROUTES {
        let stream = connect(settings, &place).await?;
        let (mut wire, said) = Way { settings, place: &place, tls }.login(stream).await?;
        if let Some(failure) = said.failure {
            return Err(Refused(format!("mssql: login error: {failure}")));
        }
        let Some((server, port)) = said.route else {
            return query(&mut wire, settings, "select @@VERSION as version").await;
        };
        let (host, instance) = server.split_once('\\').unwrap_or((&server, ""));
        place = Place { host: host.to_owned(), instance: instance.to_owned(), port: Some(port) };
    }
    Err(Refused::new("mssql: one server sends us to the next"))
}

async fn connect(settings: &Settings, place: &Place) -> Result<TcpStream, Refused> {
    let port = match place.port {
        Some(port) => port,
        None if place.instance.is_empty() => PORT,
        None => browser::port(place, settings.dialling).await?,
    };
    let failed = |refused: Refused| {
        refused.while_doing(&format!("unable to open tcp connection with host '{}:{port}'", place.host))
    };
    within(settings.dialling, "dial tcp", dial(&place.host, port)).await.map_err(failed)
}

/// The one text that a statement gives.
async fn query(wire: &mut Wire, settings: &Settings, statement: &str) -> Result<String, Refused> {
    wire.send(&packets(BATCH, &[&ALONE[..], &letters(statement)].concat())).await?;
    let said = Said::read(&within(settings.answering, "read tcp", answer(wire)).await?)?;
    match said.failure {
        Some(failure) => Err(Refused(format!("mssql: {failure}"))),
        None => said.value.ok_or_else(|| Refused::new("sql: no rows in result set")),
    }
}

/// Does something within a time, if there is one.
async fn within<T>(
    limit: Option<Duration>,
    what: &str,
    work: impl Future<Output = Result<T, Refused>>,
) -> Result<T, Refused> {
    let Some(limit) = limit else { return work.await };
    let late = |_| Refused(format!("{what}: i/o timeout"));
    tokio::time::timeout(limit, work).await.map_err(late)?
}

/// The number after the last dash of the first line that has one and speaks of SQL.
fn version(said: &str) -> Option<String> {
    said.lines().find_map(|line| {
        let (_, rest) = line.split_once("SQL")?;
        rest.rmatch_indices('-').find_map(|(at, _)| {
            let after = &rest[at + 1..];
            let number = after.trim_start();
            let odd = |letter: char| !letter.is_ascii_digit() && letter != '.';
            let number = &number[..number.find(odd).unwrap_or(number.len())];
            (after.starts_with(char::is_whitespace) && !number.is_empty()).then(|| number.to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_among_the_rest() {
        for (said, found) in [
            (
                "Microsoft SQL Server 2022 (RTM-CU15) (KB5041321) - 16.0.4145.4 (X64) \n\tAug  7 2024 12:41:54 \n\t\
                 Copyright (C) 2022 Microsoft Corporation\n\tDeveloper Edition (64-bit) on Linux (Ubuntu) <X64>",
                Some("16.0.4145.4"),
            ),
            ("Microsoft SQL Azure (RTM) - 12.0.2000.8 \n\tMay  7 2026", Some("12.0.2000.8")),
            ("SQL - 1.0 -  2.0- 3", Some("3")),
            ("SQL -1.0\nother - 2.0\nSQL - 3.0", Some("3.0")),
            ("SQL Server -", None),
            ("Babelfish - 1.0", None),
            ("", None),
        ] {
            assert_eq!(version(said).as_deref(), found, "{said}");
        }
    }
}
