//! Both directions of a channel, as bounded queues: what a session's thread or a local process fills and empties.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::RemoteError;
use crate::host::Exit;

/// Pieces that may wait in a queue. A piece is at most [`PIECE`] bytes, so a channel holds 2 MiB each way.
pub(crate) const QUEUE: usize = 16;
/// Bytes of a piece.
pub(crate) const PIECE: usize = 128 * 1024;

/// What comes out of a channel.
#[derive(Debug)]
pub(crate) enum Output {
    Stdout(Bytes),
    Stderr(Bytes),
    /// No more comes out, while more may go in: the far end of a tunnel has said all it had to say.
    Eof,
    /// The other side closed it. Always the last.
    Ended(Result<Exit, RemoteError>),
}

/// Told when something was put into or taken out of a queue.
pub(crate) type Nudge = Arc<dyn Fn() + Send + Sync>;

/// A channel.
pub(crate) struct Pipe {
    pub input: Input,
    pub output: Outputs,
}

/// The way in.
pub(crate) struct Input {
    queue: Option<mpsc::Sender<Bytes>>,
    nudge: Nudge,
}

impl Input {
    /// Puts a piece in, when there is room. `false` if the other side takes no more.
    pub(crate) async fn send(&self, piece: Bytes) -> bool {
        let Some(queue) = &self.queue else { return false };
        let taken = queue.send(piece).await.is_ok();
        (self.nudge)();
        taken
    }

    /// Nothing more comes.
    pub(crate) fn finish(&mut self) {
        self.queue = None;
        (self.nudge)();
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The way out.
pub(crate) struct Outputs {
    queue: mpsc::Receiver<Output>,
    nudge: Nudge,
    lost: Arc<dyn Fn() -> RemoteError + Send + Sync>,
}

impl Outputs {
    /// The next piece. After an end there is only that end.
    pub(crate) async fn next(&mut self) -> Output {
        let next = self.queue.recv().await;
        (self.nudge)();
        next.unwrap_or_else(|| Output::Ended(Err((self.lost)())))
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        self.queue.close();
        (self.nudge)();
    }
}

/// The far ends of a [`Pipe`].
pub(crate) struct Ends {
    pub input: mpsc::Receiver<Bytes>,
    pub output: mpsc::Sender<Output>,
}

/// A pipe and its far ends. `lost` makes the error for a far end that went away without a word.
pub(crate) fn pipe(nudge: Nudge, lost: impl Fn() -> RemoteError + Send + Sync + 'static) -> (Pipe, Ends) {
    let (input_sender, input) = mpsc::channel(QUEUE);
    let (output, output_receiver) = mpsc::channel(QUEUE);
    let pipe = Pipe {
        input: Input { queue: Some(input_sender), nudge: Arc::clone(&nudge) },
        output: Outputs { queue: output_receiver, nudge, lost: Arc::new(lost) },
    };
    (pipe, Ends { input, output })
}
