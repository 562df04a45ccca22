//! A command that runs.

use bytes::Bytes;

use crate::error::RemoteError;
use crate::host::Exit;
use crate::pipe::{Input, Output, Outputs, Pipe};

/// What a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Says something on standard output.
    Stdout(Bytes),
    /// Says something on standard error.
    Stderr(Bytes),
    /// Ends. Nothing comes behind it.
    Ended(Exit),
}

/// A command that runs. To drop it ends the command.
pub struct Process {
    feed: Option<Feed>,
    output: Outputs,
}

impl std::fmt::Debug for Process {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Process")
    }
}

impl Process {
    pub(crate) fn new(pipe: Pipe) -> Self {
        Self { feed: Some(Feed(pipe.input)), output: pipe.output }
    }

    /// The way to the command's input, once.
    pub fn take_feed(&mut self) -> Option<Feed> {
        self.feed.take()
    }

    /// What the command does next.
    pub async fn next(&mut self) -> Result<Event, RemoteError> {
        loop {
            return Ok(match self.output.next().await {
                Output::Stdout(piece) => Event::Stdout(piece),
                Output::Stderr(piece) => Event::Stderr(piece),
                Output::Ended(exit) => Event::Ended(exit?),
                Output::Eof => continue,
            });
        }
    }
}

/// Feeds a command. To drop it tells the command that nothing more comes.
pub struct Feed(Input);

impl std::fmt::Debug for Feed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Feed")
    }
}

impl Feed {
    /// Puts a piece in and waits for room when the command reads slowly. `false` if it reads no more.
    pub async fn send(&self, piece: Bytes) -> bool {
        self.0.send(piece).await
    }
}
