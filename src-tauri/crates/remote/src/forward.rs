//! A port of this machine that leads to a port as a host sees it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use crate::error::RemoteError;
use crate::host::Host;

/// A port of this machine. To drop it closes the port and every connection through it.
#[derive(Debug)]
pub struct Forward {
    address: SocketAddr,
    task: AbortHandle,
}

impl Forward {
    /// What to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Opens a free port on 127.0.0.1; each connection to it goes to `to` and `port` as the host sees them.
pub async fn forward(host: Arc<dyn Host>, to: &str, port: u16) -> Result<Forward, RemoteError> {
    let place = format!("{to}:{port}");
    let failed = |error: std::io::Error| RemoteError::LocalPort { to: place.clone(), why: error.to_string() };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let to = to.to_owned();
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((near, _)) = listener.accept().await {
            let (host, to) = (Arc::clone(&host), to.clone());
            connections.spawn(async move { carry(host.as_ref(), near, &to, port).await });
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Forward { address, task: task.abort_handle() })
}

async fn carry(host: &dyn Host, mut near: TcpStream, to: &str, port: u16) {
    match host.tunnel(to, port).await {
        // An error here is the end of the connection, which both programs see.
        Ok(mut far) => drop(tokio::io::copy_bidirectional(&mut near, &mut far).await),
        Err(error) => tracing::warn!(host = host.name(), %error, "a tunnel could not be opened"),
    }
}
