//! SQL Server Browser: on which port a named instance is.

use std::time::Duration;

use tokio::net::UdpSocket;

use super::settings::Place;
use crate::Refused;
use crate::dial::resolved;

const PORT: u16 = 1434;
/// Asks for all instances.
const ALL: u8 = 3;
const ANSWER: u8 = 5;
/// Bytes of an answer.
const LARGEST: usize = 64 << 10;
/// How long an answer may take where nobody says it.
const USUAL: Duration = Duration::from_secs(10);

/// The port of an instance.
pub(super) async fn port(place: &Place, limit: Option<Duration>) -> Result<u16, Refused> {
    let unknown = || {
        let Place { host, instance, .. } = place;
        Refused(format!("no instance matching '{instance}' returned from host '{host}'"))
    };
    let told = tokio::time::timeout(limit.unwrap_or(USUAL), ask(&place.host)).await;
    let told = told.map_err(|_| unknown())?.map_err(|refused| refused.while_doing(&unknown().to_string()))?;
    found(&told, &place.instance).ok_or_else(unknown)
}

async fn ask(host: &str) -> Result<Vec<u8>, Refused> {
    let failed = |error: std::io::Error| Refused(format!("udp: {error}"));
    let addresses = resolved(host, PORT).await?;
    let own = if addresses[0].is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
    let socket = UdpSocket::bind(own).await.map_err(failed)?;
    // From here on nobody else is heard.
    socket.connect(addresses[0]).await.map_err(failed)?;
    socket.send(&[ALL]).await.map_err(failed)?;
    let mut bytes = vec![0; LARGEST];
    let count = socket.recv(&mut bytes).await.map_err(failed)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Finds an instance among `ServerName;db;InstanceName;ONE;IsClustered;No;Version;16.0;tcp;1500;;`, of which there is one
/// for each.
fn found(answer: &[u8], instance: &str) -> Option<u16> {
    let [ANSWER, _, _, text @ ..] = answer else { return None };
    let text = String::from_utf8_lossy(text);
    text.split(";;").find_map(|one| {
        let words: Vec<&str> = one.split(';').collect();
        let word = |name: &str| {
            let mut pairs = words.chunks_exact(2).filter(|pair| pair[0] == name);
            pairs.next().map(|pair| pair[1])
        };
        word("InstanceName").filter(|named| named.eq_ignore_ascii_case(instance))?;
        word("tcp")?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_found_by_their_names() {
        let told = b"\x05\x80\x00ServerName;db;InstanceName;ONE;IsClustered;No;Version;16.0;tcp;1500;;\
                     ServerName;db;InstanceName;TWO;np;\\\\db\\pipe;;ServerName;db;InstanceName;SIX;tcp;99999;;";
        assert_eq!(found(told, "One"), Some(1500), "letters may be small");
        for instance in ["TWO", "SIX", "NONE", ""] {
            assert_eq!(found(told, instance), None, "{instance} has no port of TCP");
        }
        for odd in [
            &[][..],
            &[5],
            &[5, 0, 0],
            b"\x06\x00\x00InstanceName;ONE;tcp;1;;",
            b"\x05\x00\x00InstanceName;;",
        ] {
            assert_eq!(found(odd, "ONE"), None, "{odd:?}");
        }
    }
}
