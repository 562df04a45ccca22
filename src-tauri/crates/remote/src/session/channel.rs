//! One channel, as a state machine that does what can be done now and never waits.

use std::io::{ErrorKind, Read as _, Write as _};

use bytes::{Buf as _, Bytes};
use ssh2::{Channel, PtyModeOpcode, PtyModes, Session};
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};
use tokio::sync::oneshot;

use super::fault::{is_again, is_broken, is_of_channel};
use super::{Purpose, Shared};
use crate::error::RemoteError;
use crate::host::Exit;
use crate::pipe::{Ends, Output, PIECE, Pipe};

/// Pieces moved for one channel before the next one gets its turn.
const TURN: usize = 16;

/// What a round over all channels found out.
#[derive(Default)]
pub(super) struct Round {
    /// Something moved: another round may move more.
    pub moved: bool,
    /// Something could go on when the socket has something to read.
    pub wants_in: bool,
    /// Something could go on when the socket takes more.
    pub wants_out: bool,
}

impl Round {
    /// Notes what an operation that could not go on waits for.
    pub(super) fn blocked(&mut self, session: &Session) {
        use ssh2::BlockDirections::{Both, Outbound};
        self.wants_in = true;
        self.wants_out |= matches!(session.block_directions(), Outbound | Both);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Asking for a terminal.
    Pty,
    /// Asking for the command to be run.
    Start,
    Running,
    /// Everything was read; the status is still to come.
    Ending,
    /// The status is known and told, or nobody wants it.
    Closing,
    Done,
}

pub(super) struct Active {
    channel: Channel,
    purpose: Purpose,
    stage: Stage,
    /// Who waits for the channel, and the end that it will get.
    opened: Option<(oneshot::Sender<Result<Pipe, RemoteError>>, Pipe)>,
    ends: Ends,
    piece: Bytes,
    input_ended: bool,
    eof_sent: bool,
    eof_told: bool,
    output_ended: bool,
}

impl Active {
    pub(super) fn new(
        channel: Channel,
        purpose: Purpose,
        opened: oneshot::Sender<Result<Pipe, RemoteError>>,
        (pipe, ends): (Pipe, Ends),
    ) -> Self {
        let stage = match purpose {
            Purpose::Exec { pty: true, .. } => Stage::Pty,
            _ => Stage::Start,
        };
        let opened = Some((opened, pipe));
        let piece = Bytes::new();
        Self {
            channel,
            purpose,
            stage,
            opened,
            ends,
            piece,
            input_ended: false,
            eof_sent: false,
            eof_told: false,
            output_ended: false,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Whether it waits for the answer to a request.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.stage, Stage::Pty | Stage::Start)
    }

    /// Whether something lies ready for it that was read off the wire in another channel's turn.
    pub(super) fn has_unread(&self) -> bool {
        if self.stage != Stage::Running {
            return false;
        }
        let out = !self.output_ended && self.ends.output.capacity() > 0;
        let to_read = out && (self.channel.read_window().available > 0 || self.channel.eof());
        to_read || (!self.piece.is_empty() && self.channel.write_window().remaining > 0)
    }

    /// Whether it waits for an answer that the library keeps to itself until it is asked once more.
    pub(super) fn is_blind(&self) -> bool {
        !matches!(self.stage, Stage::Running | Stage::Done)
    }

    /// Does what can be done now. `Err` if the whole session is broken.
    pub(super) fn pump(
        &mut self,
        session: &Session,
        shared: &Shared,
        round: &mut Round,
        buffer: &mut [u8],
    ) -> Result<(), ssh2::Error> {
        match self.advance(session, round, buffer) {
            Ok(()) => Ok(()),
            Err(error) if is_again(&error) => {
                round.blocked(session);
                Ok(())
            }
            Err(error) if is_broken(&error) => Err(error),
            Err(error) => {
                self.refuse(shared, &error);
                round.moved = true;
                Ok(())
            }
        }
    }

    /// The session is gone: everybody who waits is told.
    pub(super) fn lose(mut self, shared: &Shared) {
        let what = self.purpose.what();
        if let Some((opened, _)) = self.opened.take() {
            let _ = opened.send(Err(shared.error(&format!("opening a channel for {what}"))));
        }
        // A full queue is no loss: its reader finds the queue closed, which means the same.
        let _ = self.ends.output.try_send(Output::Ended(Err(shared.error("a command was running"))));
    }

    fn refuse(&mut self, shared: &Shared, error: &ssh2::Error) {
        let told = RemoteError::Channel {
            host: shared.host.clone(),
            what: self.purpose.what(),
            why: error.message().to_owned(),
        };
        match self.opened.take() {
            Some((opened, _)) => drop(opened.send(Err(told))),
            None => drop(self.ends.output.try_send(Output::Ended(Err(told)))),
        }
        self.stage = Stage::Closing;
    }

    fn advance(
        &mut self,
        session: &Session,
        round: &mut Round,
        buffer: &mut [u8],
    ) -> Result<(), ssh2::Error> {
        let before = self.stage;
        match self.stage {
            Stage::Pty => {
                self.channel.request_pty("dumb", Some(raw_modes()), None)?;
                self.stage = Stage::Start;
            }
            Stage::Start => {
                if let Purpose::Exec { line, .. } = &self.purpose {
                    self.channel.exec(line)?;
                }
                self.stage = Stage::Running;
                if let Some((opened, pipe)) = self.opened.take()
                    && opened.send(Ok(pipe)).is_err()
                {
                    self.stage = Stage::Closing;
                }
            }
            Stage::Running => self.run(session, round, buffer)?,
            Stage::Ending => self.end(round)?,
            Stage::Closing => {
                // Also waits for the host to close it: a number that is in use there must not be given anew.
                match self.channel.close() {
                    Err(error) if is_again(&error) || is_broken(&error) => return Err(error),
                    _ => self.stage = Stage::Done,
                }
            }
            Stage::Done => {}
        }
        round.moved |= before != self.stage;
        Ok(())
    }

    fn is_exec(&self) -> bool {
        matches!(self.purpose, Purpose::Exec { .. })
    }

    fn run(&mut self, session: &Session, round: &mut Round, buffer: &mut [u8]) -> Result<(), ssh2::Error> {
        if self.ends.output.is_closed() {
            self.stage = Stage::Closing;
            return Ok(());
        }
        self.feed(session, round)?;
        if !self.output_ended {
            self.drain(0, session, round, buffer)?;
            if self.is_exec() {
                self.drain(1, session, round, buffer)?;
            }
            if self.channel.eof() {
                self.output_ended = true;
                round.moved = true;
            }
        }
        if self.output_ended {
            self.after_eof();
        }
        Ok(())
    }

    /// The host has said everything. A command ends with it; into a tunnel more may still go.
    fn after_eof(&mut self) {
        if self.is_exec() {
            self.piece = Bytes::new();
            self.stage = Stage::Ending;
            return;
        }
        if !self.eof_told {
            self.eof_told = !matches!(self.ends.output.try_send(Output::Eof), Err(TrySendError::Full(_)));
        }
        if self.eof_told && self.eof_sent {
            self.stage = Stage::Closing;
        }
    }

    fn feed(&mut self, session: &Session, round: &mut Round) -> Result<(), ssh2::Error> {
        for _ in 0..TURN {
            if self.piece.is_empty() {
                match self.ends.input.try_recv() {
                    Ok(piece) => self.piece = piece,
                    Err(TryRecvError::Empty) => return Ok(()),
                    Err(TryRecvError::Disconnected) => {
                        self.input_ended = true;
                        break;
                    }
                }
            }
            match self.channel.write(&self.piece) {
                Ok(0) => {
                    round.wants_in = true;
                    return Ok(());
                }
                Ok(count) => {
                    self.piece.advance(count);
                    round.moved = true;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    round.blocked(session);
                    return Ok(());
                }
                Err(error) => match fault(session, &error) {
                    // The command reads no more; what it says and how it ends still counts.
                    error if is_of_channel(&error) => {
                        self.piece = Bytes::new();
                        self.ends.input.close();
                        self.input_ended = true;
                        self.eof_sent = true;
                        return Ok(());
                    }
                    error => return Err(error),
                },
            }
        }
        if self.input_ended && self.piece.is_empty() && !self.eof_sent {
            self.channel.send_eof()?;
            self.eof_sent = true;
            round.moved = true;
        }
        Ok(())
    }

    fn drain(
        &mut self,
        stream: i32,
        session: &Session,
        round: &mut Round,
        buffer: &mut [u8],
    ) -> Result<(), ssh2::Error> {
        for _ in 0..TURN {
            let Ok(place) = self.ends.output.try_reserve() else { return Ok(()) };
            match self.channel.stream(stream).read(&mut buffer[..PIECE]) {
                Ok(0) => {
                    round.wants_in = true;
                    return Ok(());
                }
                Ok(count) => {
                    let piece = Bytes::copy_from_slice(&buffer[..count]);
                    place.send(if stream == 0 { Output::Stdout(piece) } else { Output::Stderr(piece) });
                    round.moved = true;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    round.blocked(session);
                    return Ok(());
                }
                Err(error) => return Err(fault(session, &error)),
            }
        }
        Ok(())
    }

    /// Waits for the status. Not for a moment longer than sshd sends it: our own close could overtake it.
    fn end(&mut self, round: &mut Round) -> Result<(), ssh2::Error> {
        if self.ends.output.is_closed() {
            self.stage = Stage::Closing;
            return Ok(());
        }
        self.ends.input.close();
        self.channel.wait_close()?;
        let signal = self.channel.exit_signal()?.exit_signal;
        let exit = match signal {
            Some(signal) => Exit::Signal(signal),
            None => Exit::Status(self.channel.exit_status()?),
        };
        if let Err(TrySendError::Full(_)) = self.ends.output.try_send(Output::Ended(Ok(exit))) {
            return Ok(());
        }
        round.moved = true;
        self.stage = Stage::Closing;
        Ok(())
    }
}

/// What the library says of an error that went through `std::io`, where its number is lost.
fn fault(session: &Session, error: &std::io::Error) -> ssh2::Error {
    let _ = error;
    ssh2::Error::last_session_error(session).unwrap_or_else(ssh2::Error::unknown)
}

/// A terminal that changes no byte in either direction, echoes nothing and sends no signals.
fn raw_modes() -> PtyModes {
    let mut modes = PtyModes::new();
    for off in [
        PtyModeOpcode::ECHO,
        PtyModeOpcode::ECHOE,
        PtyModeOpcode::ECHOK,
        PtyModeOpcode::ECHONL,
        PtyModeOpcode::ICANON,
        PtyModeOpcode::ISIG,
        PtyModeOpcode::IEXTEN,
        PtyModeOpcode::ICRNL,
        PtyModeOpcode::INLCR,
        PtyModeOpcode::IGNCR,
        PtyModeOpcode::ISTRIP,
        PtyModeOpcode::IXON,
        PtyModeOpcode::IXOFF,
        PtyModeOpcode::OPOST,
        PtyModeOpcode::ONLCR,
    ] {
        modes.set_boolean(off, false);
    }
    modes
}
