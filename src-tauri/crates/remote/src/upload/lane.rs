//! How many channels and links a transfer has, and which of them a segment takes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::RemoteError;
use crate::host::{Command, Host};
use crate::process::Process;

/// Round trips up to this one need no more than one channel.
pub(super) const NEAR: Duration = Duration::from_millis(5);
/// Links at most; a server that is asked for many at once begins to refuse them.
const LINKS: usize = 4;
/// Segments per further link, below which it would cost more than it brings.
const WORTH: usize = 4;

/// Channels of one link for a round trip: one window of 2 MiB each, more only cost time.
fn channels(round_trip: Option<Duration>) -> usize {
    let millis = round_trip.map_or(0, |time| time.as_millis());
    usize::try_from(millis.div_ceil(5)).unwrap_or(4).clamp(1, 4)
}

/// Links for a round trip, so many that their sockets' buffers do not hold the channels up.
fn links(round_trip: Option<Duration>, segments: usize) -> usize {
    let millis = round_trip.map_or(0, |time| time.as_millis());
    let useful = usize::try_from(millis / 20).unwrap_or(LINKS).clamp(1, LINKS);
    useful.min(1 + segments / WORTH)
}

/// A link of a transfer.
struct Lane<'a> {
    host: Linked<'a>,
    /// Who may be fed at once.
    feeding: Semaphore,
    /// Segments it has taken on.
    taken: AtomicUsize,
    /// It could not be made.
    refused: AtomicBool,
}

enum Linked<'a> {
    Given(&'a dyn Host),
    Own(Box<dyn Host>),
}

/// All links of a transfer, the first of them the one that was there.
pub(super) struct Lanes<'a> {
    lanes: Vec<Lane<'a>>,
    width: usize,
}

/// A started segment: its process, and the right to feed it once that is waited for.
pub(super) struct Started<'a> {
    pub(super) process: Process,
    lane: &'a Lane<'a>,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(host: &'a dyn Host, segments: usize) -> Self {
        let width = channels(host.round_trip());
        let more = (1..links(host.round_trip(), segments)).filter_map(|_| host.another()).map(Linked::Own);
        let lane = |host| Lane {
            host,
            feeding: Semaphore::new(width),
            taken: AtomicUsize::new(0),
            refused: AtomicBool::new(false),
        };
        Self { lanes: std::iter::once(Linked::Given(host)).chain(more).map(lane).collect(), width }
    }

    /// Channels in all.
    pub(super) fn channels(&self) -> usize {
        self.width * self.lanes.len()
    }

    /// Starts a command on the link that has least to do. A further link that cannot be made is done without: the
    /// first one works, whatever a server thinks of more.
    pub(super) async fn start(&'a self, command: &Command) -> Result<Started<'a>, RemoteError> {
        loop {
            let open = self.lanes.iter().filter(|lane| !lane.refused.load(Ordering::Relaxed));
            let lane = open.min_by_key(|lane| lane.taken.load(Ordering::Relaxed)).unwrap_or(&self.lanes[0]);
            lane.taken.fetch_add(1, Ordering::Relaxed);
            let host = match &lane.host {
                Linked::Given(host) => *host,
                Linked::Own(host) => host.as_ref(),
            };
            match host.start(command).await {
                Ok(process) => return Ok(Started { process, lane }),
                Err(error) => {
                    lane.taken.fetch_sub(1, Ordering::Relaxed);
                    if matches!(lane.host, Linked::Given(_)) {
                        return Err(error);
                    }
                    tracing::debug!(host = host.name(), %error, "a further link is done without");
                    lane.refused.store(true, Ordering::Relaxed);
                }
            }
        }
    }
}

impl Started<'_> {
    /// Waits for the right to be fed.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.lane.feeding.acquire().await.ok()
    }
}

impl Drop for Started<'_> {
    fn drop(&mut self) {
        self.lane.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_for_a_round_trip() {
        let table = [(0, 1), (1, 1), (5, 1), (6, 2), (12, 3), (20, 4), (500, 4)];
        for (millis, expected) in table {
            assert_eq!(channels(Some(Duration::from_millis(millis))), expected, "for {millis} ms");
        }
        assert_eq!(channels(None), 1, "without a network");
    }

    #[test]
    fn links_for_a_round_trip() {
        let table = [(0, 64, 1), (19, 64, 1), (40, 64, 2), (80, 64, 4), (500, 64, 4), (80, 3, 1), (80, 8, 3)];
        for (millis, segments, expected) in table {
            let links = links(Some(Duration::from_millis(millis)), segments);
            assert_eq!(links, expected, "for {millis} ms and {segments} segments");
        }
    }
}
