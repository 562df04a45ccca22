//! A link that is lost while a job goes on is made again, for as long as that can bring something.

use std::time::Duration;

use longshore_remote::RemoteError;
use tokio::time::Instant;

use crate::Watch;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(15);
/// A host that starts lets nobody but root in for a moment; more tries than this could lock an account.
const REFUSALS: u32 = 3;

/// How long an outage may last, and the one that lasts now.
pub(super) struct Patience<'a> {
    watch: &'a dyn Watch,
    allowed: Duration,
    met: bool,
    outage: Option<Instant>,
    pause: Duration,
    refusals: u32,
}

impl<'a> Patience<'a> {
    /// For outages of up to `allowed`.
    pub(super) fn new(watch: &'a dyn Watch, allowed: Duration) -> Self {
        Self { watch, allowed, met: false, outage: None, pause: FIRST, refusals: 0 }
    }

    /// The host has answered.
    pub(super) fn met(&mut self) {
        if self.outage.take().is_some() {
            self.watch.line("The host answers again.");
        }
        (self.met, self.pause, self.refusals) = (true, FIRST, 0);
    }

    /// Waits before the next try, or gives the error back when there shall be none.
    pub(super) async fn bear(&mut self, error: RemoteError) -> Result<(), RemoteError> {
        // Whom we never reached in this call is not there: the caller is told at once.
        self.met |= error.is_link_lost();
        let refused = matches!(error, RemoteError::Authentication { .. });
        self.refusals += u32::from(refused);
        let since = *self.outage.get_or_insert_with(|| {
            if self.met {
                self.watch.line(&format!("{error}. What runs there goes on; the link is made again."));
            }
            Instant::now()
        });
        let hopeless = !self.met || !passes(&error) || self.refusals > REFUSALS;
        if hopeless || since.elapsed() + self.pause > self.allowed {
            return Err(error);
        }
        tracing::debug!(%error, pause = ?self.pause, "a lost link is made again");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST);
        Ok(())
    }
}

/// Whether a fault of the way to a host may pass by itself.
pub(crate) fn passes(error: &RemoteError) -> bool {
    matches!(
        error,
        RemoteError::LinkLost { .. }
            | RemoteError::Refused { .. }
            | RemoteError::Unreachable { .. }
            | RemoteError::Timeout { .. }
            | RemoteError::CommandTimeout { .. }
            | RemoteError::Dns { .. }
            | RemoteError::Proxy { .. }
            | RemoteError::Handshake { .. }
            | RemoteError::Channel { .. }
            | RemoteError::Shell { .. }
            | RemoteError::Authentication { .. }
    )
}
