//! A host that answers as it was told to: for faults that a real host does not have on demand.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::error::RemoteError;
use crate::host::{Command, Duplex, Exit, Host, Stdin};
use crate::pipe::{Ends, Output, pipe};
use crate::process::Process;
use crate::redact::Redactor;

#[derive(Debug, Clone)]
enum Step {
    Out(Bytes),
    Err(Bytes),
    Take(u64),
    Hang,
    Cut,
    End(Exit),
}

/// What is answered to commands that hold a text.
#[derive(Debug, Clone)]
pub struct Answer {
    part: String,
    steps: Vec<Step>,
    times: Option<usize>,
}

impl Answer {
    /// To every command whose script holds this text. It takes all input and ends with status 0, unless told
    /// otherwise.
    pub fn to(part: impl Into<String>) -> Self {
        Self { part: part.into(), steps: Vec::new(), times: None }
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Says this on standard output.
    #[must_use]
    pub fn says(self, text: impl Into<Bytes>) -> Self {
        self.step(Step::Out(text.into()))
    }

    /// Says this on standard error.
    #[must_use]
    pub fn complains(self, text: impl Into<Bytes>) -> Self {
        self.step(Step::Err(text.into()))
    }

    /// Takes so many bytes of input first.
    #[must_use]
    pub fn takes(self, bytes: u64) -> Self {
        self.step(Step::Take(bytes))
    }

    /// Does nothing more, and does not end.
    #[must_use]
    pub fn hangs(self) -> Self {
        self.step(Step::Hang)
    }

    /// The link is lost.
    #[must_use]
    pub fn cuts(self) -> Self {
        self.step(Step::Cut)
    }

    /// Ends with this status.
    #[must_use]
    pub fn ends(self, status: i32) -> Self {
        self.step(Step::End(Exit::Status(status)))
    }

    /// Ends by this signal, without "SIG".
    #[must_use]
    pub fn dies(self, signal: &str) -> Self {
        self.step(Step::End(Exit::Signal(signal.to_owned())))
    }

    /// Takes so many bytes of input, and then its disk is full.
    #[must_use]
    pub fn fills_up(self, bytes: u64) -> Self {
        self.takes(bytes).complains("write error: No space left on device\n").ends(1)
    }

    /// Answers so often only; then the next answer that fits is given.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }
}

/// A host that answers as it was told to.
#[derive(Debug, Clone)]
pub struct ScriptedHost {
    name: String,
    answers: Arc<Mutex<Vec<Answer>>>,
    seen: Arc<Mutex<Vec<String>>>,
    redactor: Redactor,
    round_trip: Option<Duration>,
    far: Option<SocketAddr>,
}

impl ScriptedHost {
    /// A host without answers: every command ends with status 127.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            answers: Arc::default(),
            seen: Arc::default(),
            redactor: Redactor::default(),
            round_trip: None,
            far: None,
        }
    }

    /// Adds an answer. The first that fits is given.
    #[must_use]
    pub fn answer(self, answer: Answer) -> Self {
        if let Ok(mut answers) = self.answers.lock() {
            answers.push(answer);
        }
        self
    }

    /// Pretends to be so far away.
    #[must_use]
    pub fn far_away(mut self, round_trip: Duration) -> Self {
        self.round_trip = Some(round_trip);
        self
    }

    /// Every tunnel leads here; without, tunnels are refused.
    #[must_use]
    pub fn tunnels_to(mut self, address: SocketAddr) -> Self {
        self.far = Some(address);
        self
    }

    /// Scripts of all commands so far, in order.
    pub fn commands(&self) -> Vec<String> {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }

    fn steps(&self, script: &str) -> Vec<Step> {
        let none =
            || vec![Step::Err(Bytes::from_static(b"no answer was scripted\n")), Step::End(Exit::Status(127))];
        let Ok(mut answers) = self.answers.lock() else { return none() };
        let found =
            answers.iter_mut().find(|answer| answer.times != Some(0) && script.contains(&answer.part));
        let Some(answer) = found else { return none() };
        answer.times = answer.times.map(|times| times - 1);
        answer.steps.clone()
    }
}

/// Plays an answer. What hangs does so until nobody listens any more.
async fn play(steps: Vec<Step>, stdin: Stdin, ends: Ends, cut: RemoteError) {
    let Ends { mut input, output } = ends;
    let mut given = if let Stdin::Given(bytes) = stdin { bytes } else { Bytes::new() };
    for step in steps {
        let sent = match step {
            Step::Out(piece) => output.send(Output::Stdout(piece)).await,
            Step::Err(piece) => output.send(Output::Stderr(piece)).await,
            Step::Take(bytes) => {
                take(&mut given, &mut input, bytes).await;
                Ok(())
            }
            Step::Hang => {
                output.closed().await;
                return;
            }
            Step::Cut => {
                let _ = output.send(Output::Ended(Err(cut))).await;
                return;
            }
            Step::End(exit) => {
                let _ = output.send(Output::Ended(Ok(exit))).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
    take(&mut given, &mut input, u64::MAX).await;
    let _ = output.send(Output::Ended(Ok(Exit::Status(0)))).await;
}

async fn take(given: &mut Bytes, input: &mut mpsc::Receiver<Bytes>, mut bytes: u64) {
    loop {
        if bytes <= given.len() as u64 {
            let _ = given.split_to(bytes as usize);
            return;
        }
        bytes -= given.len() as u64;
        match input.recv().await {
            Some(piece) => *given = piece,
            None => return given.clear(),
        }
    }
}

#[async_trait]
impl Host for ScriptedHost {
    fn name(&self) -> &str {
        &self.name
    }

    fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    async fn start(&self, command: &Command) -> Result<Process, RemoteError> {
        if let Ok(mut seen) = self.seen.lock() {
            seen.push(command.script.clone());
        }
        let host = self.name.clone();
        let lost = move || RemoteError::LinkLost {
            host: host.clone(),
            during: "a command was running".to_owned(),
            why: "it was cut".to_owned(),
        };
        let cut = lost();
        let (mut process, ends) = pipe(Arc::new(|| {}), lost);
        if let Stdin::Given(_) = command.stdin {
            process.input.finish();
        }
        tokio::spawn(play(self.steps(&command.script), command.stdin.clone(), ends, cut));
        Ok(Process::new(process))
    }

    async fn tunnel(&self, host: &str, port: u16) -> Result<Box<dyn Duplex>, RemoteError> {
        let failed = |why: String| RemoteError::Channel {
            host: self.name.clone(),
            what: format!("a tunnel to {host}:{port}"),
            why,
        };
        let far = self.far.ok_or_else(|| failed("no tunnel was scripted".to_owned()))?;
        Ok(Box::new(TcpStream::connect(far).await.map_err(|error| failed(error.to_string()))?))
    }
}
