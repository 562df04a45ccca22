//! Connections, and what goes wrong with them in the words of Go's network package.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};

use crate::Refused;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// Bytes that a server may send as one piece.
const LARGEST: usize = 1 << 20;

/// Two ways at once.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection, with TLS on it or without.
pub(crate) struct Wire(pub(crate) Box<dyn Duplex>);

impl Wire {
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.0.write_all(bytes).await.map_err(|error| Refused(words("write tcp", &error)))?;
        self.0.flush().await.map_err(|error| Refused(words("write tcp", &error)))
    }

    pub(crate) async fn byte(&mut self) -> Result<u8, Refused> {
        Ok(self.bytes(1).await?[0])
    }

    pub(crate) async fn bytes(&mut self, count: usize) -> Result<Vec<u8>, Refused> {
        if count > LARGEST {
            return Err(Refused::new(format!("the server sends {count} bytes at once")));
        }
        let mut bytes = vec![0; count];
        match self.0.read_exact(&mut bytes).await {
            Ok(_) => Ok(bytes),
            Err(error) => Err(Refused(words("read tcp", &error))),
        }
    }

    /// A line without its end.
    pub(crate) async fn line(&mut self) -> Result<String, Refused> {
        let mut line = Vec::new();
        loop {
            match self.byte().await? {
                b'\n' => break,
                _ if line.len() == LARGEST => {
                    return Err(Refused::new("the server sends a line without an end"));
                }
                byte => line.push(byte),
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
    }
}

/// Addresses of a host, those of version 4 first.
pub(crate) async fn resolved(host: &str, port: u16) -> Result<Vec<SocketAddr>, Refused> {
    let none = || Refused::new(format!("lookup {host}: no such host"));
    let mut found: Vec<SocketAddr> = lookup_host((host, port)).await.map_err(|_| none())?.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    if found.is_empty() { Err(none()) } else { Ok(found) }
}

/// Connects to the first address of a host that takes us.
pub(crate) async fn dial(host: &str, port: u16) -> Result<TcpStream, Refused> {
    let mut first = None;
    for address in resolved(host, port).await.map_err(|refused| refused.while_doing("dial tcp"))? {
        match dial_address(address).await {
            Ok(stream) => return Ok(stream),
            Err(refused) => first = first.or(Some(refused)),
        }
    }
    Err(first.unwrap_or_else(|| Refused::new(format!("dial tcp: lookup {host}: no such host"))))
}

pub(crate) async fn dial_address(address: SocketAddr) -> Result<TcpStream, Refused> {
    match tokio::time::timeout(CONNECT, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(Refused(format!("dial tcp {address}: {}", words("connect", &error)))),
        Err(_) => Err(Refused::new(format!("dial tcp {address}: i/o timeout"))),
    }
}

/// A failure as Go tells it.
pub(crate) fn words(what: &str, error: &io::Error) -> String {
    let said = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "connection reset by peer",
        io::ErrorKind::HostUnreachable => "no route to host",
        io::ErrorKind::NetworkUnreachable => "network is unreachable",
        io::ErrorKind::BrokenPipe => "broken pipe",
        io::ErrorKind::TimedOut => "i/o timeout",
        io::ErrorKind::UnexpectedEof => return "EOF".to_owned(),
        // TLS tells what it minds in its own words.
        io::ErrorKind::InvalidData => return format!("tls: {error}"),
        _ => return format!("{what}: {error}"),
    };
    format!("{what}: {said}")
}
