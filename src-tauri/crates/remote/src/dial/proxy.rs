//! Connections that are not sockets of the network: a channel of another session, a command.
//!
//! libssh2 wants a descriptor, so either gets one end of a pair of sockets.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::config::Target;
use crate::error::RemoteError;
use crate::pipe::{Output, PIECE, Pipe};
use crate::redact::Redactor;
use crate::session::Link;

fn machine(error: std::io::Error) -> RemoteError {
    RemoteError::Machine { what: "make a pair of sockets", why: error.to_string() }
}

/// A socket whose other end is a channel. `link` is held for as long as the channel is in use.
pub(crate) fn socket_of(pipe: Pipe, link: Option<Link>, host: &str) -> Result<UnixStream, RemoteError> {
    let (ours, theirs) = UnixStream::pair().map_err(machine)?;
    let (mut read, mut write) = theirs.into_split();
    let Pipe { mut input, mut output } = pipe;
    let host = host.to_owned();
    let into = async move {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(PIECE);
            match read.read_buf(&mut buffer).await {
                Ok(count) if count > 0 => {}
                _ => break,
            }
            let piece: Bytes = buffer.split().freeze();
            if !input.send(piece).await {
                break;
            }
        }
        input.finish();
    };
    let out = async move {
        loop {
            match output.next().await {
                Output::Stdout(piece) if write.write_all(&piece).await.is_ok() => {}
                Output::Stderr(_) => {}
                Output::Eof if write.shutdown().await.is_ok() => {}
                Output::Ended(Err(error)) => {
                    tracing::debug!(%host, %error, "a tunnel has ended");
                    break;
                }
                _ => break,
            }
        }
    };
    tokio::spawn(async move {
        // Either end gone ends both: what is half open here would never be closed by the host.
        let into = tokio::spawn(into);
        out.await;
        into.abort();
        drop(link);
    });
    Ok(ours)
}

/// The same socket outside of the runtime.
pub(super) fn into_std(socket: UnixStream) -> Result<OwnedFd, RemoteError> {
    let socket = socket.into_std().map_err(machine)?;
    socket.set_nonblocking(false).map_err(machine)?;
    Ok(socket.into())
}

/// A `ProxyCommand` that runs. It ends with the session whose connection it is.
pub(crate) struct ProxyCommand {
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
}

impl ProxyCommand {
    /// What it said on standard error, or how it ended.
    pub(super) fn said(&mut self, redactor: &Redactor) -> Option<String> {
        let ended = self.child.wait().ok()?;
        let said = self.said.lock().map(|said| redactor.said(&said)).unwrap_or_default();
        Some(if said.is_empty() { format!("it ended with {ended}") } else { said })
    }
}

impl Drop for ProxyCommand {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a `ProxyCommand` on one end of a pair of sockets.
pub(super) fn command(target: &Target, command: &str) -> Result<(OwnedFd, ProxyCommand), RemoteError> {
    let failed =
        |error: std::io::Error| RemoteError::Proxy { host: target.alias.clone(), why: error.to_string() };
    let (ours, theirs) = StdStream::pair().map_err(machine)?;
    let (input, output) = (theirs.try_clone().map_err(machine)?, theirs);
    // As OpenSSH: `exec`, so that no shell stays in between.
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(format!("exec {command}"))
        .stdin(Stdio::from(OwnedFd::from(input)))
        .stdout(Stdio::from(OwnedFd::from(output)))
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let said = Arc::new(Mutex::new(Vec::new()));
    if let Some(stderr) = child.stderr.take() {
        let said = Arc::clone(&said);
        let listen = move || listen(stderr, &said);
        std::thread::Builder::new().name("proxy command".to_owned()).spawn(listen).map_err(failed)?;
    }
    Ok((ours.into(), ProxyCommand { child, said }))
}

/// Keeps the first words of a command; reads all, or it would stand still.
fn listen(mut from: impl std::io::Read, said: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 1024];
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 {
            return;
        }
        if let Ok(mut said) = said.lock()
            && said.len() < 4096
        {
            said.extend_from_slice(&buffer[..count]);
        }
    }
}
