//! What can be asked of a host, whoever it is.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::RemoteError;
use crate::process::{Event, Process};
use crate::redact::Redactor;
use longshore_shell::words;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// With this status.
    Status(i32),
    /// By this signal, without "SIG".
    Signal(String),
}

impl Exit {
    /// Whether it ended with status 0.
    pub fn is_success(&self) -> bool {
        *self == Self::Status(0)
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(out, "status {status}"),
            Self::Signal(signal) => write!(out, "signal {signal}"),
        }
    }
}

/// Where a command's input comes from.
#[derive(Debug, Clone)]
pub(crate) enum Stdin {
    Given(Bytes),
    /// Fed piece by piece; how many bytes in all.
    Fed(u64),
}

/// A command: a script of POSIX sh.
#[derive(Debug, Clone)]
pub struct Command {
    pub(crate) script: String,
    pub(crate) stdin: Stdin,
    pub(crate) root: bool,
    pub(crate) limit: Option<Duration>,
    pub(crate) idempotent: bool,
}

impl Command {
    /// A script of POSIX sh, run by `/bin/sh`. Must not hold a secret: give that by [`stdin`](Self::stdin).
    pub fn script(script: impl Into<String>) -> Self {
        let stdin = Stdin::Given(Bytes::new());
        Self { script: script.into(), stdin, root: false, limit: None, idempotent: false }
    }

    /// A program and its arguments, quoted.
    pub fn program<I>(line: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Self::script(words(line))
    }

    /// Gives it these bytes to read.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Bytes>) -> Self {
        self.stdin = Stdin::Given(bytes.into());
        self
    }

    /// Lets the caller feed it exactly `length` bytes by [`Process::take_feed`].
    #[must_use]
    pub fn fed(mut self, length: u64) -> Self {
        self.stdin = Stdin::Fed(length);
        self
    }

    /// Runs it as root, by whatever way the host has.
    #[must_use]
    pub fn as_root(mut self) -> Self {
        self.root = true;
        self
    }

    /// As root or not.
    #[must_use]
    pub fn root(mut self, root: bool) -> Self {
        self.root = root;
        self
    }

    /// Ends it after this time.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Doing it twice is as good as once: when the link is lost it is done again over a new one.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }
}

/// One of a command's two ways to say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Takes what a command says while it runs.
pub trait Sink: Send {
    /// A piece of output. The command waits while this runs, when enough has piled up.
    fn piece(&mut self, stream: Stream, bytes: &[u8]);
    /// The command begins anew over a new link: what was said before does not count.
    fn restarted(&mut self) {}
}

/// Keeps the first bytes of each stream and counts the rest.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    /// Bytes kept of each stream at most.
    pub limit: usize,
    /// Standard output, byte for byte.
    pub stdout: Vec<u8>,
    /// Standard error, byte for byte.
    pub stderr: Vec<u8>,
    /// Bytes of standard output that were not kept.
    pub stdout_left_out: u64,
    /// Bytes of standard error that were not kept.
    pub stderr_left_out: u64,
    redactor: Redactor,
}

impl Captured {
    /// Keeps at most `limit` bytes of each stream.
    pub fn new(limit: usize, redactor: &Redactor) -> Self {
        Self { limit, redactor: redactor.clone(), ..Self::default() }
    }

    /// A stream for a reader: secrets hidden, bytes that are no text replaced, and what was left out said.
    pub fn text(&self, stream: Stream) -> String {
        let (bytes, left_out) = match stream {
            Stream::Stdout => (&self.stdout, self.stdout_left_out),
            Stream::Stderr => (&self.stderr, self.stderr_left_out),
        };
        let mut text = self.redactor.scrub(&String::from_utf8_lossy(bytes));
        if left_out > 0 {
            text.push_str(&format!("\n[{left_out} bytes left out]\n"));
        }
        text
    }
}

impl Sink for Captured {
    fn piece(&mut self, stream: Stream, bytes: &[u8]) {
        let (kept, left_out) = match stream {
            Stream::Stdout => (&mut self.stdout, &mut self.stdout_left_out),
            Stream::Stderr => (&mut self.stderr, &mut self.stderr_left_out),
        };
        let fitting = bytes.len().min(self.limit.saturating_sub(kept.len()));
        kept.extend_from_slice(&bytes[..fitting]);
        *left_out += (bytes.len() - fitting) as u64;
    }

    fn restarted(&mut self) {
        *self = Self::new(self.limit, &self.redactor);
    }
}

/// A command that has ended, and what it said.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How it ended.
    pub exit: Exit,
    /// What it said.
    pub output: Captured,
}

impl Finished {
    /// Standard output for a reader.
    pub fn stdout(&self) -> String {
        self.output.text(Stream::Stdout)
    }

    /// Standard error for a reader.
    pub fn stderr(&self) -> String {
        self.output.text(Stream::Stderr)
    }
}

/// Both directions of a tunnel.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A Linux host: over SSH, this machine, or scripted.
#[async_trait]
pub trait Host: Send + Sync {
    /// How it was named.
    fn name(&self) -> &str;

    /// Hides this host's secrets in texts about it.
    fn redactor(&self) -> &Redactor;

    /// The fastest round trip seen so far; `None` before the first, or where there is no network in between.
    fn round_trip(&self) -> Option<Duration>;

    /// Starts a command. Its time limit and its repetition are [`exec`](Self::exec)'s, not this one's.
    async fn start(&self, command: &Command) -> Result<Process, RemoteError>;

    /// A connection to a port as the host sees it.
    async fn tunnel(&self, host: &str, port: u16) -> Result<Box<dyn Duplex>, RemoteError>;

    /// The same host over a link of its own, which is made when something is first asked of it; `None` where more
    /// links would bring nothing. One connection carries no more in a round trip than its socket's buffer holds.
    fn another(&self) -> Option<Box<dyn Host>> {
        None
    }

    /// Runs a command to its end. To drop the future ends the command.
    async fn exec(&self, command: &Command, sink: &mut dyn Sink) -> Result<Exit, RemoteError> {
        let first = within(self.name(), command, attempt(self.start(command), sink)).await;
        match first {
            Err(error) if error.is_link_lost() && command.idempotent => {
                sink.restarted();
                within(self.name(), command, attempt(self.start(command), sink)).await
            }
            other => other,
        }
    }

    /// Runs a command to its end and keeps at most `limit` bytes of each stream.
    async fn run(&self, command: &Command, limit: usize) -> Result<Finished, RemoteError> {
        let mut output = Captured::new(limit, self.redactor());
        let exit = self.exec(command, &mut output).await?;
        Ok(Finished { exit, output })
    }
}

async fn within<T>(
    host: &str,
    command: &Command,
    work: impl Future<Output = Result<T, RemoteError>>,
) -> Result<T, RemoteError> {
    let Some(limit) = command.limit else { return work.await };
    let timeout = RemoteError::CommandTimeout { host: host.to_owned(), limit };
    tokio::time::timeout(limit, work).await.unwrap_or(Err(timeout))
}

async fn attempt(
    start: impl Future<Output = Result<Process, RemoteError>>,
    sink: &mut dyn Sink,
) -> Result<Exit, RemoteError> {
    let mut process = start.await?;
    loop {
        match process.next().await? {
            Event::Stdout(piece) => sink.piece(Stream::Stdout, &piece),
            Event::Stderr(piece) => sink.piece(Stream::Stderr, &piece),
            Event::Ended(exit) => return Ok(exit),
        }
    }
}
