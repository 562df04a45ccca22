//! This machine as a host: the same scripts, run without SSH.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::dial::Confidant;
use crate::error::{PrivilegeFault, RemoteError};
use crate::host::{Command, Duplex, Exit, Host};
use crate::pipe::{Ends, Output, PIECE, Pipe, pipe};
use crate::privilege::{Privilege, Rights};
use crate::process::Process;
use crate::redact::Redactor;
use crate::secrets::Secrets;
use crate::shell::{Opener, Openers};

const NAME: &str = "this machine";

/// This machine.
pub struct LocalHost {
    rights: Rights,
}

impl std::fmt::Debug for LocalHost {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("LocalHost")
    }
}

impl LocalHost {
    /// This machine, and who is asked for the password of sudo.
    pub fn new(secrets: Arc<dyn Secrets>) -> Self {
        let confidant = Confidant { secrets, redactor: Redactor::default() };
        Self { rights: Rights::new(confidant, crate::config::SshConfig::empty().local_user) }
    }

    /// By what commands become root.
    pub async fn privilege(&self) -> Result<Privilege, RemoteError> {
        let opener: Openers = Arc::new(Shell);
        Ok(self.rights.root(&opener).await?.0)
    }
}

/// Runs lines by this machine's `/bin/sh`.
struct Shell;

#[async_trait]
impl Opener for Shell {
    fn host(&self) -> &str {
        NAME
    }

    async fn open(&self, line: String, pty: bool) -> Result<Pipe, RemoteError> {
        if pty {
            let fault = PrivilegeFault::NoTerminal { tool: "sudo or doas" };
            return Err(RemoteError::Privilege { host: NAME.to_owned(), fault });
        }
        let failed =
            |error: std::io::Error| RemoteError::Machine { what: "start /bin/sh", why: error.to_string() };
        let mut child = tokio::process::Command::new("/bin/sh")
            .args(["-c", &line])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own, as sshd makes it, so that all of a command can be ended.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let lost = || RemoteError::Machine { what: "wait for a command", why: "it is gone".to_owned() };
        let (pipe, Ends { mut input, output }) = pipe(Arc::new(|| {}), lost);
        let stdin = child.stdin.take();
        let feeding = tokio::spawn(async move {
            let Some(mut stdin) = stdin else { return };
            while let Some(piece) = input.recv().await {
                if stdin.write_all(&piece).await.is_err() {
                    return;
                }
            }
        });
        let stdout = tokio::spawn(copy(child.stdout.take(), output.clone(), Output::Stdout));
        let stderr = tokio::spawn(copy(child.stderr.take(), output.clone(), Output::Stderr));
        tokio::spawn(async move {
            let ended = async {
                let _ = tokio::join!(stdout, stderr);
                child.wait().await
            };
            tokio::select! {
                status = ended => {
                    let exit = status.map(exit).map_err(|error| {
                        RemoteError::Machine { what: "wait for a command", why: error.to_string() }
                    });
                    let _ = output.send(Output::Ended(exit)).await;
                }
                () = output.closed() => {}
            }
            feeding.abort();
        });
        Ok(pipe)
    }
}

async fn copy(
    from: Option<impl AsyncRead + Unpin>,
    to: mpsc::Sender<Output>,
    wrap: impl Fn(Bytes) -> Output,
) {
    let Some(mut from) = from else { return };
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(PIECE);
        match from.read_buf(&mut buffer).await {
            Ok(count) if count > 0 => {}
            _ => return,
        }
        if to.send(wrap(buffer.split().freeze())).await.is_err() {
            return;
        }
    }
}

fn exit(status: std::process::ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Status(code),
        (None, Some(signal)) => Exit::Signal(name_of(signal)),
        (None, None) => Exit::Status(-1),
    }
}

/// A signal as SSH names it, or its number.
fn name_of(signal: i32) -> String {
    let names = [
        (1, "HUP"),
        (2, "INT"),
        (3, "QUIT"),
        (6, "ABRT"),
        (9, "KILL"),
        (11, "SEGV"),
        (13, "PIPE"),
        (15, "TERM"),
    ];
    names
        .iter()
        .find(|(number, _)| *number == signal)
        .map_or_else(|| signal.to_string(), |(_, name)| (*name).to_owned())
}

#[async_trait]
impl Host for LocalHost {
    fn name(&self) -> &str {
        NAME
    }

    fn redactor(&self) -> &Redactor {
        &self.rights.confidant.redactor
    }

    fn round_trip(&self) -> Option<Duration> {
        None
    }

    async fn start(&self, command: &Command) -> Result<Process, RemoteError> {
        let opener: Openers = Arc::new(Shell);
        self.rights.start(&opener, command).await
    }

    async fn tunnel(&self, host: &str, port: u16) -> Result<Box<dyn Duplex>, RemoteError> {
        let failed = |error: std::io::Error| RemoteError::Channel {
            host: NAME.to_owned(),
            what: format!("a tunnel to {host}:{port}"),
            why: error.to_string(),
        };
        Ok(Box::new(TcpStream::connect((host, port)).await.map_err(failed)?))
    }
}
