//! The HTTPS server: the declared commands under their declared routes, sessions, streams, upload, and the
//! user interface for a browser.
//!
//! It parses, calls and renders. What a request may do is decided below the command list, for every shell
//! alike; what is decided here is only what a network adds: who may call at all, how much may be sent, and
//! which pages of other origins are kept away.

mod answer;
pub mod auth;
mod download;
mod gate;
mod request;
mod router;
mod server;
mod shape;
mod site_route;
mod stream;
mod tls;
mod ui;
mod upload;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use longshore_contract::{Caller, Door, Timestamp};
use tokio::sync::{Semaphore, watch};

use crate::app::App;
use answer::Refusal;
use auth::Sessions;
use shape::Shapes;
use ui::Assets;
use upload::Uploads;

pub use server::{ServeError, Server};
pub use tls::Security;

/// What the time is; passed in, so that a test need not wait for a session to end.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How a server is set up.
pub struct Settings {
    /// Address it listens on; port 0 takes any that is free.
    pub listen: std::net::SocketAddr,
    /// TLS, or none on loopback.
    pub security: Security,
    /// Names, with or without port, under which browsers reach it besides `localhost` and IP addresses.
    pub hosts: Vec<String>,
    /// Bytes that an uploaded bundle may have.
    pub upload_limit: u64,
    /// What the time is.
    pub clock: Clock,
}

/// The machine's clock.
pub fn clock() -> Clock {
    Arc::new(|| Timestamp(jiff::Timestamp::now().as_millisecond()))
}

/// Streams that may be open at once; a browser tab has two.
const STREAMS: usize = 256;

/// Everything that requests share.
struct Shell {
    app: Arc<App>,
    sessions: Sessions,
    shapes: Shapes,
    uploads: Uploads,
    assets: Assets,
    hosts: Vec<String>,
    /// Whether clients reach it over TLS.
    secure: bool,
    streams: Arc<Semaphore>,
    /// Becomes true when the server stops, which ends streams.
    stopping: watch::Receiver<bool>,
}

/// The client's address, put into each request by its connection.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

/// Who sent a request.
struct Known {
    caller: Caller,
    session: String,
}

fn peer(parts: &Parts) -> IpAddr {
    let unknown = IpAddr::from([0, 0, 0, 0]);
    parts.extensions.get::<Peer>().map_or(unknown, |peer| peer.0.to_canonical())
}

fn caller(parts: &Parts) -> Caller {
    Caller { who: format!("operator@{}", peer(parts)), door: Door::Http }
}

impl Shell {
    /// Who sent the request.
    ///
    /// # Errors
    /// When no session is named, or one that is over.
    fn known(&self, parts: &Parts) -> Result<Known, Refusal> {
        let session = self.sessions.of(&parts.headers)?;
        Ok(Known { caller: caller(parts), session })
    }
}
