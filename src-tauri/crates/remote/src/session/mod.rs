//! A session and its thread.
//!
//! libssh2 holds a lock for as long as a call blocks, so nothing here blocks: the thread asks each channel
//! what it can do now, and sleeps in `poll` on the session's socket and on a descriptor by which the rest of
//! the process wakes it. Between the thread and the rest stand bounded queues; a reader that does not read
//! fills its queue, then the channel's window, and then the host waits.

mod channel;
mod fault;
mod serve;
mod wake;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::dial::ProxyCommand;
use crate::error::RemoteError;
use crate::pipe::Pipe;
pub(crate) use fault::{is_broken, is_timeout};
pub(crate) use serve::{Alive, serve};
pub(crate) use wake::Wake;

/// What a channel is for.
#[derive(Debug, Clone)]
pub(crate) enum Purpose {
    /// Run a command line by the login shell.
    Exec { line: String, pty: bool },
    /// Lead to a port, as seen from the host.
    Tcp { host: String, port: u16 },
}

impl Purpose {
    fn what(&self) -> String {
        match self {
            Self::Exec { .. } => "a command".to_owned(),
            Self::Tcp { host, port } => format!("a tunnel to {host}:{port}"),
        }
    }
}

/// A channel that is wanted.
pub(crate) struct Request {
    pub purpose: Purpose,
    pub opened: oneshot::Sender<Result<Pipe, RemoteError>>,
}

/// What the thread tells about itself.
pub(crate) struct Shared {
    pub host: String,
    /// Why the link is gone, once it is.
    pub lost: Mutex<Option<String>>,
    /// Nanoseconds of the fastest round trip so far; 0 before the first.
    pub round_trip: AtomicU64,
}

impl Shared {
    pub(crate) fn new(host: &str) -> Arc<Self> {
        Arc::new(Self { host: host.to_owned(), lost: Mutex::default(), round_trip: AtomicU64::new(0) })
    }

    pub(crate) fn lose(&self, why: &str) {
        if let Ok(mut lost) = self.lost.lock() {
            lost.get_or_insert_with(|| why.to_owned());
        }
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.lost.lock().is_ok_and(|lost| lost.is_some())
    }

    pub(crate) fn error(&self, during: &str) -> RemoteError {
        let why = self.lost.lock().ok().and_then(|lost| lost.clone());
        let why = why.unwrap_or_else(|| "the session has ended".to_owned());
        RemoteError::LinkLost { host: self.host.clone(), during: during.to_owned(), why }
    }

    pub(crate) fn measured(&self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1);
        let before = self.round_trip.load(Ordering::Relaxed);
        if before == 0 || nanos < before {
            self.round_trip.store(nanos, Ordering::Relaxed);
        }
    }
}

/// A session that is logged in. The last clone that is dropped ends it.
#[derive(Clone)]
pub(crate) struct Link {
    pub requests: mpsc::UnboundedSender<Request>,
    pub wake: Arc<Wake>,
    pub shared: Arc<Shared>,
    /// Ends what belongs to the session when the last clone is gone.
    pub _guard: Arc<Guard>,
}

/// Ends the thread with the last clone of a link, and the command that was its connection.
pub(crate) struct Guard {
    pub wake: Arc<Wake>,
    pub proxy: Option<ProxyCommand>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.wake.end();
        drop(self.proxy.take());
    }
}

impl Link {
    /// Opens a channel.
    pub(crate) async fn open(&self, purpose: Purpose) -> Result<Pipe, RemoteError> {
        let during = format!("opening a channel for {}", purpose.what());
        let (opened, answer) = oneshot::channel();
        if self.is_lost() || self.requests.send(Request { purpose, opened }).is_err() {
            return Err(self.shared.error(&during));
        }
        self.wake.wake();
        answer.await.unwrap_or_else(|_| Err(self.shared.error(&during)))
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.shared.is_lost() || self.requests.is_closed()
    }

    /// The fastest round trip seen so far.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        let nanos = self.shared.round_trip.load(Ordering::Relaxed);
        (nanos > 0).then(|| Duration::from_nanos(nanos))
    }
}
