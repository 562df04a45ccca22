//! The thread of a session: rounds over its channels, and sleep in between.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use ssh2::{Channel, Session};
use tokio::sync::mpsc;

use super::channel::{Active, Round};
use super::fault::{is_again, is_broken};
use super::{Purpose, Request, Shared, Wake};
use crate::error::RemoteError;
use crate::pipe::{PIECE, pipe};

/// A kind of channel that no host has: to refuse it is the answer that shows it alive, and any host must give
/// it. Such a request is also how the library is made to read while no channel is open.
const PING: &str = "alive@longshore";
/// A host that is alive but opens no channel for this long never will.
const OPENING: Duration = Duration::from_mins(1);
/// Rounds without a move, one after another, that what seems ready may cost.
const IDLE: u32 = 3;
/// How long an answer can lie unseen that came in another channel's turn and that only a further round finds.
const UNSEEN: Duration = Duration::from_millis(20);

/// How a session is kept alive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alive {
    pub interval: Duration,
    pub count: u32,
}

enum Wanted {
    Ping,
    Channel(Request),
}

/// A channel that is being opened. The library opens one at a time.
struct Opening {
    wanted: Wanted,
    since: Option<Instant>,
}

struct Server {
    session: Session,
    socket: OwnedFd,
    wake: Arc<Wake>,
    shared: Arc<Shared>,
    requests: mpsc::UnboundedReceiver<Request>,
    alive: Alive,
    opening: VecDeque<Opening>,
    channels: Vec<Active>,
    heard: Instant,
    readable: bool,
}

/// Runs a session until nobody holds its link any more, or it is lost.
pub(crate) fn serve(
    session: Session,
    socket: OwnedFd,
    wake: Arc<Wake>,
    shared: Arc<Shared>,
    requests: mpsc::UnboundedReceiver<Request>,
    alive: Alive,
) {
    let mut server = Server {
        session,
        socket,
        wake,
        shared,
        requests,
        alive,
        opening: VecDeque::new(),
        channels: Vec::new(),
        heard: Instant::now(),
        readable: false,
    };
    server.session.set_blocking(false);
    let why = server.run();
    server.end(why);
}

impl Server {
    /// `None` when it is no longer wanted, else why it was lost.
    fn run(&mut self) -> Option<String> {
        let mut buffer = vec![0; PIECE];
        loop {
            self.wake.clear();
            if self.wake.has_ended() {
                return None;
            }
            self.accept();
            let mut round = Round::default();
            let mut idle = 0;
            // Whoever reads takes all off the wire, also what is another channel's whose turn was before: no
            // socket would wake us for that.
            while idle < IDLE && (idle == 0 || (!round.wants_out && self.has_unread())) {
                round.moved = false;
                if let Err(error) = self.round(&mut round, &mut buffer) {
                    return Some(error.message().to_owned());
                }
                idle = if round.moved { 0 } else { idle + 1 };
            }
            if let Some(why) = self.keep_alive() {
                return Some(why);
            }
            if let Err(error) = self.sleep(&round, idle >= IDLE || self.is_blind()) {
                return Some(error.to_string());
            }
        }
    }

    fn has_unread(&self) -> bool {
        self.channels.iter().any(Active::has_unread)
    }

    /// Whether an answer may have come that nobody could see: one who is alone reads what is its own.
    fn is_blind(&self) -> bool {
        let waits = !self.opening.is_empty() || self.channels.iter().any(Active::is_blind);
        waits && self.opening.len() + self.channels.len() > 1
    }

    fn accept(&mut self) {
        while let Ok(request) = self.requests.try_recv() {
            self.opening.push_back(Opening { wanted: Wanted::Channel(request), since: None });
        }
        // With no channel, only a request of ours makes the library read what came.
        if self.readable && self.channels.is_empty() && self.opening.is_empty() {
            self.opening.push_back(Opening { wanted: Wanted::Ping, since: None });
        }
    }

    fn round(&mut self, round: &mut Round, buffer: &mut [u8]) -> Result<(), ssh2::Error> {
        self.open(round)?;
        // One at a time: the library takes the answer to another channel's request for the end of the connection.
        let mut asking = false;
        for channel in &mut self.channels {
            if channel.is_asking() && std::mem::replace(&mut asking, true) {
                continue;
            }
            channel.pump(&self.session, &self.shared, round, buffer)?;
        }
        self.channels.retain(|channel| !channel.is_done());
        Ok(())
    }

    fn open(&mut self, round: &mut Round) -> Result<(), ssh2::Error> {
        while let Some(first) = self.opening.front_mut() {
            let since = *first.since.get_or_insert_with(Instant::now);
            let result = match &first.wanted {
                Wanted::Ping => self.session.channel_open(PING, 0, 0, None),
                Wanted::Channel(Request { purpose: Purpose::Exec { .. }, .. }) => {
                    self.session.channel_session()
                }
                Wanted::Channel(Request { purpose: Purpose::Tcp { host, port }, .. }) => {
                    self.session.channel_direct_tcpip(host, *port, None)
                }
            };
            match &result {
                Err(error) if is_again(error) => {
                    round.blocked(&self.session);
                    return Ok(());
                }
                Err(error) if is_broken(error) => {
                    return Err(ssh2::Error::new(error.code(), "the connection was closed"));
                }
                _ => {}
            }
            // A tunnel's answer waits for the host's own connection: it says nothing about this one.
            if !matches!(&first.wanted, Wanted::Channel(Request { purpose: Purpose::Tcp { .. }, .. })) {
                self.shared.measured(since.elapsed());
            }
            round.moved = true;
            if let Some(Opening { wanted: Wanted::Channel(request), .. }) = self.opening.pop_front() {
                self.opened(request, result);
            }
        }
        Ok(())
    }

    fn opened(&mut self, request: Request, result: Result<Channel, ssh2::Error>) {
        let Request { purpose, opened } = request;
        match result {
            Ok(channel) => {
                let (wake, shared) = (Arc::clone(&self.wake), Arc::clone(&self.shared));
                let nudge = Arc::new(move || wake.wake());
                let ends = pipe(nudge, move || shared.error("a command was running"));
                self.channels.push(Active::new(channel, purpose, opened, ends));
            }
            Err(error) => {
                let _ = opened.send(Err(RemoteError::Channel {
                    host: self.shared.host.clone(),
                    what: purpose.what(),
                    why: error.message().to_owned(),
                }));
            }
        }
    }

    /// Asks for a sign of life when there was none for a while; says so when there was none for too long.
    fn keep_alive(&mut self) -> Option<String> {
        let silent = self.heard.elapsed();
        if silent >= self.alive.interval && self.polled_readable() {
            // The host did speak; it is our readers who do not listen. To read it is safe: what the host may
            // say to a channel is bounded by the channel's window.
            self.heard = Instant::now();
            if self.opening.is_empty() {
                self.opening.push_back(Opening { wanted: Wanted::Ping, since: None });
                self.wake.wake();
            }
            return None;
        }
        let limit = self.alive.interval * (self.alive.count + 1);
        if silent >= limit {
            return Some(format!("no sign of life for {} s", silent.as_secs()));
        }
        if silent >= self.alive.interval && self.opening.is_empty() {
            self.opening.push_back(Opening { wanted: Wanted::Ping, since: None });
            self.wake.wake();
        }
        let opening = self.opening.front().and_then(|first| first.since);
        opening.is_some_and(|since| since.elapsed() > OPENING).then(|| "sshd opens no channel".to_owned())
    }

    fn polled_readable(&self) -> bool {
        let mut sockets = [PollFd::new(&self.socket, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut sockets, Some(&now)).is_ok_and(|count| count > 0)
    }

    fn sleep(&mut self, round: &Round, blind: bool) -> std::io::Result<()> {
        let mut flags = PollFlags::empty();
        if round.wants_in || self.channels.is_empty() {
            flags |= PollFlags::IN;
        }
        if round.wants_out {
            flags |= PollFlags::OUT;
        }
        let next = self.alive.interval.saturating_sub(self.heard.elapsed());
        let next = if next.is_zero() { self.alive.interval } else { next };
        let next = if blind { next.min(UNSEEN) } else { next };
        let timeout = Timespec::try_from(next).unwrap_or(Timespec { tv_sec: 15, tv_nsec: 0 });
        let mut sockets = [PollFd::new(&self.socket, flags), PollFd::new(&*self.wake, PollFlags::IN)];
        match poll(&mut sockets, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let seen = sockets[0].revents();
        self.readable = seen.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR);
        if seen.contains(PollFlags::IN) {
            self.heard = Instant::now();
        }
        // A socket that is hung up and that nobody wants to read would be reported without end.
        if seen.intersects(PollFlags::HUP | PollFlags::ERR) && !seen.contains(PollFlags::IN) {
            return Err(std::io::Error::new(
                std::io::ErrorKind::ConnectionReset,
                "the connection was closed",
            ));
        }
        Ok(())
    }

    fn end(mut self, why: Option<String>) {
        self.shared.lose(why.as_deref().unwrap_or("the session has ended"));
        self.requests.close();
        while let Ok(request) = self.requests.try_recv() {
            self.opening.push_back(Opening { wanted: Wanted::Channel(request), since: None });
        }
        for Opening { wanted, .. } in self.opening.drain(..) {
            if let Wanted::Channel(Request { purpose, opened }) = wanted {
                let during = format!("opening a channel for {}", purpose.what());
                let _ = opened.send(Err(self.shared.error(&during)));
            }
        }
        for channel in self.channels.drain(..) {
            channel.lose(&self.shared);
        }
        if why.is_none() {
            // One try to say goodbye; the host learns of it from the closed socket in any case.
            let _ = self.session.disconnect(None, "done", None);
        }
        // The library frees nothing while it still hopes to send.
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
    }
}
