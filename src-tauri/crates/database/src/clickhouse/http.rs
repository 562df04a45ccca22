//! ClickHouse by HTTP: one statement in one request.

use tokio::io::AsyncReadExt as _;

use super::settings::Settings;
use crate::Refused;
use crate::dial::{Wire, words};

/// Bytes of an answer.
const LARGEST: u64 = 64 << 10;

pub(super) async fn version(wire: &mut Wire, settings: &Settings, place: &str) -> Result<String, Refused> {
    wire.send(request(settings, place)?.as_bytes()).await?;
    let mut answer = Vec::new();
    let read = (&mut wire.0).take(LARGEST).read_to_end(&mut answer).await;
    read.map_err(|error| Refused(words("read tcp", &error)))?;
    said(&String::from_utf8_lossy(&answer))
}

/// In the version of HTTP that ends an answer with the connection.
fn request(settings: &Settings, place: &str) -> Result<String, Refused> {
    let Settings { user, password, database, .. } = settings;
    let mut lines = vec![
        "GET /?query=SELECT%20version%28%29 HTTP/1.0".to_owned(),
        format!("Host: {place}"),
        format!("X-ClickHouse-User: {user}"),
    ];
    let more = [("X-ClickHouse-Key", password), ("X-ClickHouse-Database", database)];
    lines.extend(
        more.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}")),
    );
    if lines.iter().any(|line| line.chars().any(char::is_control)) {
        return Err(Refused::new("user, password and database have to be without line ends"));
    }
    Ok(lines.join("\r\n") + "\r\n\r\n")
}

fn said(answer: &str) -> Result<String, Refused> {
    let odd = || Refused::new("malformed HTTP response");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(odd)?;
    let status = head.split(' ').nth(1).filter(|_| head.starts_with("HTTP/")).ok_or_else(odd)?;
    match status {
        "200" => Ok(body.trim().to_owned()),
        _ => Err(Refused(format!("sendQuery: [HTTP {status}] response body: \"{}\"", body.trim()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        assert_eq!(said("HTTP/1.0 200 OK\r\nA: b\r\n\r\n24.3.1\n"), Ok("24.3.1".to_owned()));
        let denied = said("HTTP/1.1 403 Forbidden\r\n\r\nCode: 516\n").expect_err("it is refused");
        assert_eq!(denied.to_string(), "sendQuery: [HTTP 403] response body: \"Code: 516\"");
        for odd in ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n"] {
            assert_eq!(said(odd), Err(Refused::new("malformed HTTP response")), "{odd:?}");
        }
    }

    #[test]
    fn no_line_is_put_into_a_request() {
        let settings = Settings::parse("http://a%0d%0aX:b@h:1").expect("it is one");
        assert!(request(&settings, "h:1").is_err());
    }
}
