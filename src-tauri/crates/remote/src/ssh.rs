//! A host over SSH.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::config::{Route, Target};
use crate::dial::{Confidant, connect, socket_of};
use crate::error::RemoteError;
use crate::host::{Command, Duplex, Host};
use crate::pipe::Pipe;
use crate::privilege::{Privilege, Rights};
use crate::process::Process;
use crate::redact::Redactor;
use crate::secrets::Secrets;
use crate::session::{Link, Purpose};
use crate::shell::{Opener, Openers};

/// A host over SSH. Connects when something is first asked of it, and again when the link was lost.
pub struct SshHost {
    route: Route,
    rights: Rights,
    link: Mutex<Option<Link>>,
}

impl std::fmt::Debug for SshHost {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SshHost({})", self.route.target().alias)
    }
}

#[async_trait]
impl Opener for Link {
    fn host(&self) -> &str {
        &self.shared.host
    }

    async fn open(&self, line: String, pty: bool) -> Result<Pipe, RemoteError> {
        Link::open(self, Purpose::Exec { line, pty }).await
    }
}

impl SshHost {
    /// A host and the way to it, and who is asked for passwords. Nothing is connected yet.
    pub fn new(route: Route, secrets: Arc<dyn Secrets>) -> Self {
        let confidant = Confidant { secrets, redactor: Redactor::default() };
        let user = route.target().user.clone();
        Self { route, rights: Rights::new(confidant, user), link: Mutex::default() }
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        self.route.target()
    }

    /// Connects and logs in, if that is not done yet. The error tells what to do, or asks about the host's key.
    pub async fn connect(&self) -> Result<(), RemoteError> {
        self.link().await.map(drop)
    }

    /// By what commands of this host become root.
    pub async fn privilege(&self) -> Result<Privilege, RemoteError> {
        let opener: Openers = Arc::new(self.link().await?);
        Ok(self.rights.root(&opener).await?.0)
    }

    /// Whether a link is up, as far as is known without asking the host.
    pub async fn is_connected(&self) -> bool {
        self.link.lock().await.as_ref().is_some_and(|link| !link.is_lost())
    }

    /// Ends the link. The next command makes a new one.
    pub async fn disconnect(&self) {
        *self.link.lock().await = None;
    }

    async fn link(&self) -> Result<Link, RemoteError> {
        let mut held = self.link.lock().await;
        if let Some(link) = held.as_ref().filter(|link| !link.is_lost()) {
            return Ok(link.clone());
        }
        let link = connect(&self.route, &self.rights.confidant).await?;
        *held = Some(link.clone());
        Ok(link)
    }
}

#[async_trait]
impl Host for SshHost {
    fn name(&self) -> &str {
        &self.route.target().alias
    }

    fn redactor(&self) -> &Redactor {
        &self.rights.confidant.redactor
    }

    fn round_trip(&self) -> Option<Duration> {
        self.link.try_lock().ok()?.as_ref()?.round_trip()
    }

    async fn start(&self, command: &Command) -> Result<Process, RemoteError> {
        let opener: Openers = Arc::new(self.link().await?);
        self.rights.start(&opener, command).await
    }

    fn another(&self) -> Option<Box<dyn Host>> {
        let rights = Rights::new(self.rights.confidant.clone(), self.rights.user.clone());
        Some(Box::new(Self { route: self.route.clone(), rights, link: Mutex::default() }))
    }

    async fn tunnel(&self, host: &str, port: u16) -> Result<Box<dyn Duplex>, RemoteError> {
        let link = self.link().await?;
        let pipe = link.open(Purpose::Tcp { host: host.to_owned(), port }).await?;
        Ok(Box::new(socket_of(pipe, Some(link), self.name())?))
    }
}
