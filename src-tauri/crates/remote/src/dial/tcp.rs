//! Name, addresses, connection.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use tokio::net::{TcpStream, lookup_host};

use crate::config::Target;
use crate::error::RemoteError;

/// Bounds something by the target's connect timeout.
pub(super) async fn within<T>(
    target: &Target,
    during: &str,
    work: impl Future<Output = T>,
) -> Result<T, RemoteError> {
    let limit = target.connect_timeout;
    tokio::time::timeout(limit, work).await.map_err(|_| RemoteError::Timeout {
        host: target.alias.clone(),
        during: during.to_owned(),
        limit,
    })
}

/// Connects to the first address that answers.
pub(super) async fn connect(target: &Target) -> Result<OwnedFd, RemoteError> {
    let stream = within(target, "connecting", any_address(target)).await??;
    let machine =
        |error: std::io::Error| RemoteError::Machine { what: "use a connection", why: error.to_string() };
    stream.set_nodelay(true).map_err(machine)?;
    let stream = stream.into_std().map_err(machine)?;
    stream.set_nonblocking(false).map_err(machine)?;
    Ok(stream.into())
}

async fn any_address(target: &Target) -> Result<TcpStream, RemoteError> {
    let dns = |why: String| RemoteError::Dns { host: target.host.clone(), why };
    let place = (target.host.as_str(), target.port);
    let addresses: Vec<SocketAddr> = lookup_host(place).await.map_err(|error| dns(reason(&error)))?.collect();
    let mut failed = dns("it is known without an address".to_owned());
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = unreachable(target, address, &error),
        }
    }
    Err(failed)
}

fn unreachable(target: &Target, address: SocketAddr, error: &std::io::Error) -> RemoteError {
    let (host, address) = (target.alias.clone(), address.to_string());
    match error.kind() {
        ErrorKind::ConnectionRefused => RemoteError::Refused { host, address },
        _ => RemoteError::Unreachable { host, address, why: reason(error) },
    }
}

/// What the system said, without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
    text.split(" (os error").next().unwrap_or(text).to_owned()
}
