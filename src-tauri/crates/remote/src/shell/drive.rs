//! From a channel with everything on it to a process with its own streams.

use bytes::Bytes;
use secrecy::ExposeSecret as _;
use tokio::sync::mpsc;

use super::Openers;
use super::launch::{Launch, Means};
use super::scan::{Before, Until};
use crate::error::{PrivilegeFault, RemoteError};
use crate::host::{Command, Exit, Stdin};
use crate::pipe::{Ends, Input, Output, PIECE, Pipe, pipe};
use crate::process::Process;
use crate::redact::Redactor;

/// Starts a command.
pub(crate) async fn start(
    opener: &Openers,
    command: &Command,
    means: &Means,
    redactor: &Redactor,
) -> Result<Process, RemoteError> {
    let host = opener.host().to_owned();
    if command.script.contains('\0') {
        return Err(RemoteError::Command { host, why: "it holds a NUL byte" });
    }
    let launch = Launch::new(command, means);
    let channel = opener.open(launch.line.clone(), launch.pty).await?;
    let lost = {
        let host = host.clone();
        move || RemoteError::LinkLost {
            host: host.clone(),
            during: "a command was running".to_owned(),
            why: "the process ended without a word".to_owned(),
        }
    };
    let (mut process, ends) = pipe(std::sync::Arc::new(|| {}), lost);
    if let Stdin::Given(_) = command.stdin {
        process.input.finish();
    }
    let drive = Drive {
        opener: opener.clone(),
        means: means.clone(),
        redactor: redactor.clone(),
        out: Before::new(&launch.begun),
        err: Before::new(&launch.begun),
        until: Until::new(&launch.ended),
        pid: None,
        err_begun: false,
        prompts: 0,
        launch,
    };
    tokio::spawn(drive.run(channel, ends, command.stdin.clone()));
    Ok(Process::new(process))
}

struct Drive {
    opener: Openers,
    means: Means,
    redactor: Redactor,
    launch: Launch,
    out: Before,
    err: Before,
    until: Until,
    /// Known once the script has begun.
    pid: Option<u32>,
    err_begun: bool,
    prompts: usize,
}

/// Feeds a channel: what is sent early, then the script, then the command's own input.
async fn feed(
    mut input: Input,
    mut early: mpsc::Receiver<Bytes>,
    first: Bytes,
    stdin: Stdin,
    mut outer: mpsc::Receiver<Bytes>,
    pty: bool,
) {
    while let Some(piece) = early.recv().await {
        input.send(piece).await;
    }
    let given = if let Stdin::Given(bytes) = stdin { bytes } else { Bytes::new() };
    for piece in [first, given] {
        // In pieces, as a whole one would count as one in the queue.
        for start in (0..piece.len()).step_by(PIECE) {
            if !input.send(piece.slice(start..piece.len().min(start + PIECE))).await {
                return;
            }
        }
    }
    while let Some(piece) = outer.recv().await {
        if !input.send(piece).await {
            return;
        }
    }
    if pty {
        // A terminal has no half that could be closed.
        std::future::pending::<()>().await;
    }
    input.finish();
}

impl Drive {
    async fn run(mut self, channel: Pipe, ends: Ends, stdin: Stdin) {
        let Pipe { input, mut output } = channel;
        let (early, early_queue) = mpsc::channel(4);
        let feeding = tokio::spawn(feed(
            input,
            early_queue,
            self.launch.first.clone(),
            stdin,
            ends.input,
            self.launch.pty,
        ));
        // Input waits only where something else must come first: a password.
        let mut early = self.means.password().is_some().then_some(early);
        let to = ends.output;
        loop {
            let next = tokio::select! {
                next = output.next() => next,
                () = to.closed() => break,
            };
            let result = match next {
                Output::Stdout(piece) => self.stdout(&piece, &to, &mut early).await,
                Output::Stderr(piece) => self.stderr(&piece, &to, &mut early).await,
                Output::Eof => Ok(()),
                Output::Ended(exit) => {
                    let _ = to.send(Output::Ended(self.end(exit, &to).await)).await;
                    feeding.abort();
                    return;
                }
            };
            if let Err(error) = result {
                let _ = to.send(Output::Ended(Err(error))).await;
                break;
            }
        }
        feeding.abort();
        // While the channel is open: what it ends with could leave its children behind and unfindable.
        self.kill().await;
        drop(output);
    }

    async fn stdout(
        &mut self,
        piece: &[u8],
        to: &mpsc::Sender<Output>,
        early: &mut Option<mpsc::Sender<Bytes>>,
    ) -> Result<(), RemoteError> {
        let behind;
        let piece = if self.pid.is_some() {
            piece
        } else {
            let Some((line, rest)) = self.out.take(piece) else {
                return if self.launch.pty { self.prompted(true, early).await } else { Ok(()) };
            };
            self.pid = Some(line.trim().parse().unwrap_or(0));
            *early = None;
            behind = rest;
            &behind[..]
        };
        let piece = if self.launch.pty { self.until.take(piece) } else { Bytes::copy_from_slice(piece) };
        if !piece.is_empty() {
            let _ = to.send(Output::Stdout(piece)).await;
        }
        Ok(())
    }

    async fn stderr(
        &mut self,
        piece: &[u8],
        to: &mpsc::Sender<Output>,
        early: &mut Option<mpsc::Sender<Bytes>>,
    ) -> Result<(), RemoteError> {
        let piece = if self.err_begun {
            Bytes::copy_from_slice(piece)
        } else {
            let Some((_, behind)) = self.err.take(piece) else { return self.prompted(false, early).await };
            self.err_begun = true;
            behind
        };
        if !piece.is_empty() {
            let _ = to.send(Output::Stderr(piece)).await;
        }
        Ok(())
    }

    /// Gives the password when it is asked for. To be asked again means that it was wrong.
    async fn prompted(
        &mut self,
        out: bool,
        early: &mut Option<mpsc::Sender<Bytes>>,
    ) -> Result<(), RemoteError> {
        let (Some(password), Some(early)) = (self.means.password(), early) else { return Ok(()) };
        let noise = if out { &mut self.out } else { &mut self.err };
        let asked = match self.means {
            Means::Doas { .. } => {
                noise.noise().ends_with(b"password: ")
                    && noise.consume(b"doas (")
                    && noise.consume(b"password: ")
            }
            _ => noise.consume(self.launch.prompt.as_bytes()),
        };
        if !asked {
            return Ok(());
        }
        self.prompts += 1;
        if self.prompts > 1 {
            return Err(
                self.privilege(PrivilegeFault::WrongPassword { tool: self.means.tool().unwrap_or("sudo") })
            );
        }
        let line = Bytes::from(format!("{}\n", password.secret.expose_secret()));
        let _ = early.send(line).await;
        Ok(())
    }

    fn privilege(&self, fault: PrivilegeFault) -> RemoteError {
        RemoteError::Privilege { host: self.opener.host().to_owned(), fault }
    }

    async fn end(
        &mut self,
        exit: Result<Exit, RemoteError>,
        to: &mpsc::Sender<Output>,
    ) -> Result<Exit, RemoteError> {
        let exit = exit?;
        if self.pid.is_none() {
            return Err(self.never_begun(&exit));
        }
        if !self.launch.pty {
            return Ok(exit);
        }
        let (found, rest) = self.until.rest();
        if !found {
            let rest = Bytes::copy_from_slice(rest);
            if !rest.is_empty() {
                let _ = to.send(Output::Stdout(rest)).await;
            }
            return Ok(exit);
        }
        let line_end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let status = String::from_utf8_lossy(&rest[..line_end]).trim().parse().ok();
        let stderr = Bytes::copy_from_slice(rest.get(line_end + 1..).unwrap_or_default());
        if !stderr.is_empty() {
            let _ = to.send(Output::Stderr(stderr)).await;
        }
        Ok(status.map_or(exit, Exit::Status))
    }

    /// The script did not begin: because of rights, or because the login shell runs nothing.
    fn never_begun(&self, exit: &Exit) -> RemoteError {
        let noise = [self.err.noise(), b" ", self.out.noise()].concat();
        let said = self.redactor.said(&noise).replace(&self.launch.prompt, "");
        if let Some(tool) = self.means.tool()
            && let Some(fault) = fault(tool, said.trim(), self.prompts)
        {
            return self.privilege(fault);
        }
        let said =
            if said.trim().is_empty() { format!("it ended with {exit} and said nothing") } else { said };
        RemoteError::Shell { host: self.opener.host().to_owned(), said }
    }

    /// Ends what still runs on the host, whatever it has started, as far as it can be reached.
    async fn kill(self) {
        let Some(pid) = self.pid.filter(|&pid| pid > 1) else { return };
        let command = Command::script(format!(
            "read -r s </proc/{pid}/stat || exit 0\ns=${{s##*) }}\nset -- $s\n[ \"$3\" -gt 1 ] || exit 0\n\
             kill -TERM \"-$3\" || exit 0\ni=0\nwhile [ $i -lt 3 ]; do\nsleep 1\nkill -0 \"-$3\" || exit 0\n\
             i=$((i+1))\ndone\nkill -KILL \"-$3\""
        ));
        // Not by `start`: what kills is not itself worth killing.
        let launch = Launch::new(&command, &self.means);
        let Ok(Pipe { input, mut output }) = self.opener.open(launch.line.clone(), launch.pty).await else {
            return;
        };
        let mut prompt = Before::new(&launch.prompt);
        let done = async {
            loop {
                let (Output::Stdout(piece) | Output::Stderr(piece)) = output.next().await else { break };
                prompt.hold(&piece);
                let doas = matches!(self.means, Means::Doas { .. }) && prompt.consume(b"password: ");
                if let Some(password) = self.means.password()
                    && (doas || prompt.consume(launch.prompt.as_bytes()))
                {
                    input.send(Bytes::from(format!("{}\n", password.secret.expose_secret()))).await;
                }
            }
        };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(10), done).await;
    }
}

/// What sudo or doas said, as a fault. They are run with `LC_ALL=C`.
pub(crate) fn fault(tool: &'static str, said: &str, prompts: usize) -> Option<PrivilegeFault> {
    let has = |text: &str| said.contains(text);
    if has("must have a tty") {
        return Some(PrivilegeFault::NoTerminal { tool });
    }
    if has("not in the sudoers")
        || has("may not run")
        || has("is not allowed to")
        || has("Operation not permitted")
    {
        return Some(PrivilegeFault::NotAllowed { tool, said: said.to_owned() });
    }
    if has("incorrect password")
        || has("try again")
        || has("Authentication failed")
        || has("Authorization failed")
    {
        return Some(PrivilegeFault::WrongPassword { tool });
    }
    if has("password is required")
        || has("terminal is required")
        || has("Authentication required")
        || has("a password")
    {
        return Some(PrivilegeFault::PasswordWanted { tool });
    }
    if prompts > 0 {
        return Some(PrivilegeFault::WrongPassword { tool });
    }
    (has("sudo: ") || has("doas: ")).then(|| PrivilegeFault::NotAllowed { tool, said: said.to_owned() })
}
