//! The way to a host: name, connection, jumps, keys, login.

mod agent;
mod auth;
mod files;
mod handshake;
mod proxy;
mod tcp;

use std::os::fd::OwnedFd;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::config::{Route, Target};
use crate::error::RemoteError;
use crate::redact::Redactor;
use crate::secrets::Secrets;
use crate::session::{Guard, Link, Purpose, Shared, Wake, serve};
pub(crate) use proxy::{ProxyCommand, socket_of};

/// Who is asked for secrets, and who keeps them out of texts.
#[derive(Clone)]
pub(crate) struct Confidant {
    pub secrets: Arc<dyn Secrets>,
    pub redactor: Redactor,
}

/// Goes the whole way and logs in at each hop. To drop the future ends what was begun.
pub(crate) async fn connect(route: &Route, confidant: &Confidant) -> Result<Link, RemoteError> {
    let mut via: Option<Link> = None;
    for hop in &route.hops {
        let mut proxy = None;
        let socket = match (&via, &hop.proxy_command) {
            (Some(link), _) => {
                let purpose = Purpose::Tcp { host: hop.host.clone(), port: hop.port };
                let pipe = tcp::within(hop, "connecting", link.open(purpose)).await??;
                proxy::into_std(socket_of(pipe, Some(link.clone()), &hop.alias)?)?
            }
            (None, Some(command)) => {
                let (socket, child) = proxy::command(hop, command)?;
                proxy = Some(child);
                socket
            }
            (None, None) => tcp::connect(hop).await?,
        };
        via = Some(start(hop, socket, proxy, confidant).await?);
    }
    via.ok_or(RemoteError::Machine { what: "connect", why: "the route has no host".to_owned() })
}

/// A connection that ends before SSH has begun is the command's fault, not the host's.
async fn blame(proxy: Option<ProxyCommand>, error: RemoteError, redactor: &Redactor) -> RemoteError {
    let (RemoteError::Handshake { host, .. }, Some(mut proxy)) = (&error, proxy) else { return error };
    let (host, redactor) = (host.clone(), redactor.clone());
    let said = tokio::task::spawn_blocking(move || proxy.said(&redactor));
    match tokio::time::timeout(std::time::Duration::from_secs(1), said).await {
        Ok(Ok(Some(why))) => RemoteError::Proxy { host, why },
        _ => error,
    }
}

/// Closes the socket under a login that nobody waits for any more.
struct Abandon(Option<OwnedFd>);

impl Drop for Abandon {
    fn drop(&mut self) {
        if let Some(socket) = self.0.take() {
            let _ = rustix::net::shutdown(&socket, rustix::net::Shutdown::Both);
        }
    }
}

/// Starts the thread of a session and waits until it is logged in.
async fn start(
    target: &Target,
    socket: OwnedFd,
    proxy: Option<ProxyCommand>,
    confidant: &Confidant,
) -> Result<Link, RemoteError> {
    let machine =
        |error: std::io::Error| RemoteError::Machine { what: "open a session", why: error.to_string() };
    let wake = Arc::new(Wake::new().map_err(machine)?);
    let shared = Shared::new(&target.alias);
    let (requests, queue) = mpsc::unbounded_channel();
    let (told, outcome) = oneshot::channel();
    let mut abandon = Abandon(Some(socket.try_clone().map_err(machine)?));
    let (target, asked) = (target.clone(), confidant.clone());
    let (host, thread_shared, thread_wake) = (target.alias.clone(), Arc::clone(&shared), Arc::clone(&wake));
    let run = move || {
        let polled = match socket.try_clone() {
            Ok(polled) => polled,
            Err(error) => return drop(told.send(Err(machine(error)))),
        };
        let session = match handshake::login(&target, socket, &asked) {
            Ok(session) => session,
            Err(error) => return drop(told.send(Err(error))),
        };
        if told.send(Ok(())).is_ok() {
            serve(session, polled, thread_wake, thread_shared, queue, handshake::alive(&target));
        }
    };
    std::thread::Builder::new().name(format!("ssh {host}")).spawn(run).map_err(machine)?;
    // A thread that ends without a word has met what the library cannot read.
    let silent = |_| RemoteError::Handshake { host, why: "it sent what cannot be read".to_owned() };
    let outcome = outcome.await.map_err(silent).flatten();
    abandon.0 = None;
    match outcome {
        Ok(()) => {
            let guard = Arc::new(Guard { wake: Arc::clone(&wake), proxy });
            Ok(Link { requests, wake, shared, _guard: guard })
        }
        Err(error) => Err(blame(proxy, error, &confidant.redactor).await),
    }
}
