//! ClickHouse: by its own protocol or by HTTP, whether it lets us in, and `SELECT version()`.

mod http;
mod native;
mod settings;

use crate::dial::{Wire, dial};
use crate::tls::{self, Trust};
use crate::{Answer, Asked, Refused, Tls};
use settings::Settings;

pub(crate) async fn ask(asked: &Asked<'_>) -> Result<Answer, Refused> {
    let unmade = |refused: Refused| refused.while_doing("failed to create clickhouse connection config");
    if asked.uri.is_empty() {
        return Err(unmade(Refused::new("clickhouse uri cannot be empty")));
    }
    let settings = Settings::parse(asked.uri)
        .map_err(|refused| unmade(refused.while_doing("couldn't parse clickhouse URI")))?;
    let mut last = Refused::new("clickhouse: no address to connect to");
    for place in &settings.places {
        match one(&settings, place, asked.tls).await {
            Ok(version) => return Ok(Answer { is_connected: true, version, ..Answer::default() }),
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

/// The version of one server.
async fn one(settings: &Settings, place: &str, given: Option<&Tls>) -> Result<String, Refused> {
    let mut wire = connect(settings, place, given).await?;
    if settings.http {
        return http::version(&mut wire, settings, place).await;
    }
    native::hello(&mut wire, settings, place).await?;
    native::version(&mut wire).await
}

async fn connect(settings: &Settings, place: &str, given: Option<&Tls>) -> Result<Wire, Refused> {
    let portless = || Refused(format!("dial tcp: address {place}: missing port in address"));
    let (host, port) = place.rsplit_once(':').ok_or_else(portless)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().map_err(|_| Refused(format!("dial tcp: address {port}: invalid port")))?;
    let stream = dial(host, port).await?;
    let own = Tls { skip_verify: settings.skip_verify, ..Tls::default() };
    let Some(tls) = given.or_else(|| settings.secure.then_some(&own)) else {
        return Ok(Wire(Box::new(stream)));
    };
    let trust = if tls.skip_verify { Trust::None } else { Trust::Full };
    // The spec's own settings know no other name.
    let named = Some(&*settings.server_name).filter(|name| given.is_none() && !name.is_empty());
    tls::begin(stream, named.unwrap_or(host), tls, trust).await
}
