//! The server itself: a socket, TLS, connections, and their end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use longshore_store::StoreError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::auth::Sessions;
use super::router::router;
use super::shape::Shapes;
use super::tls::{Identity, Security, identity};
use super::ui::Assets;
use super::upload::Uploads;
use super::{Peer, STREAMS, Settings, Shell};
use crate::app::App;

/// Connections open at once.
const CONNECTIONS: usize = 1024;
/// How long a client may take for a TLS handshake, and for the head of a request.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long requests may go on once the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// Pause after a connection could not be accepted, which means that files have run out.
const BREATH: Duration = Duration::from_millis(100);

/// Why a server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Plain HTTP would send passwords over a network.
    #[error(
        "{0} is reachable from elsewhere, where passwords must not travel in the clear; leave --plain-http out"
    )]
    PlainElsewhere(SocketAddr),
    /// A certificate or key cannot be used.
    #[error("{path} cannot be used for TLS: {why}")]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A file or folder.
    #[error("{path} cannot be {what}")]
    File {
        /// Which.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The store.
    #[error("The store failed")]
    Store(#[from] StoreError),
}

impl ServeError {
    pub(super) fn file(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, what, source }
    }
}

/// A running server.
pub struct Server {
    address: SocketAddr,
    fingerprint: Option<String>,
    shell: Arc<Shell>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts to serve. Until a password is set, nobody can log in.
    ///
    /// # Errors
    /// When the certificate cannot be used or the address is taken.
    pub async fn start(app: Arc<App>, settings: Settings) -> Result<Self, ServeError> {
        let listen = settings.listen;
        if settings.security == Security::Plain && !listen.ip().is_loopback() {
            return Err(ServeError::PlainElsewhere(listen));
        }
        let identity = identity(&settings.security, app.data(), listen, &settings.hosts)?;
        let failed = |source| ServeError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopping) = watch::channel(false);
        let shell = Arc::new(Shell {
            sessions: Sessions::new(app.store().clone(), settings.clock)?,
            shapes: Shapes::new(),
            uploads: Uploads::open(app.data(), settings.upload_limit)?,
            assets: Assets::built(),
            hosts: settings.hosts,
            secure: identity.is_some(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            stopping: stopping.clone(),
            app,
        });
        let (tls, fingerprint) = match identity {
            Some(Identity { config, fingerprint }) => (Some(TlsAcceptor::from(config)), Some(fingerprint)),
            None => (None, None),
        };
        let accepting = tokio::spawn(accept(listener, tls, router(&shell), stopping));
        Ok(Self { address, fingerprint, shell, stop, accepting })
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        let scheme = if self.fingerprint.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// SHA-256 of its certificate, as browsers show it; `None` without TLS.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Streams of events that are open now.
    pub fn open_streams(&self) -> usize {
        STREAMS - self.shell.streams.available_permits()
    }

    /// Stops to accept, ends streams, and waits a while for requests under way. Runs are told nothing: they
    /// are durable.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.accepting.await {
            tracing::error!(error = %error, "the server did not end well");
        }
    }
}

/// Returns once the server is to stop. What `wait_for` lends holds a lock, and must not live across an await.
async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let (mut connections, room) = (JoinSet::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, peer, place) = tokio::select! {
            () = told_to_stop(&mut stopping) => break,
            _ = connections.join_next(), if !connections.is_empty() => continue,
            accepted = next => match accepted {
                (Ok((stream, peer)), place) => (stream, peer, place),
                (Err(error), _) => {
                    tracing::warn!(error = %error, "a connection could not be accepted");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
        };
        let (tls, router, stopping) = (tls.clone(), router.clone(), stopping.clone());
        connections.spawn(async move {
            let _place = place;
            connection(stream, tls, router, Peer(peer.ip()), stopping).await;
        });
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, ended).await.is_err() {
        tracing::warn!("some requests were broken off at the end");
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    peer: Peer,
    stopping: watch::Receiver<bool>,
) {
    // Events are small and must not wait for more of them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %error, "a connection could not be set up");
    }
    match tls {
        None => talk(stream, router, peer, stopping).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => talk(stream, router, peer, stopping).await,
            Ok(Err(error)) => tracing::debug!(error = %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

async fn talk<S>(stream: S, router: Router, peer: Peer, mut stopping: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        TowerToHyperService::new(router.clone()).call(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HANDSHAKE);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => Some(ended),
        () = told_to_stop(&mut stopping) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        serving.as_mut().graceful_shutdown();
        serving.await
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection broke off");
    }
}
