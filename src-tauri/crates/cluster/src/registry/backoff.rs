//! How long to wait before asking again, and how often.

use std::time::Duration;

use jiff::Timestamp;
use rand::Rng;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::error::RegistryError;

/// Tries in a row that bring nothing. With the waits between them they bridge about a minute: a registry that
/// is restarted, a link that is dialled again.
const TRIES: u32 = 9;
/// The first wait without advice from the registry.
const FIRST: Duration = Duration::from_millis(250);
/// The longest wait, whoever asks for it: a run that seems dead for longer is worse than one that fails.
const LONGEST: Duration = Duration::from_mins(1);
/// How often a wait looks whether a person stopped it.
const LOOK: Duration = Duration::from_millis(200);

/// Asked now and then: whether a person stopped the work.
pub(super) type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Tries at one thing.
#[derive(Debug, Default)]
pub(super) struct Tries {
    failed: u32,
}

impl Tries {
    /// Something was brought along: the next failure is the first again.
    pub(super) fn progress(&mut self) {
        self.failed = 0;
    }

    /// Waits before the next try; gives the error back when there is none.
    pub(super) async fn wait(
        &mut self,
        error: RegistryError,
        advice: Option<Duration>,
        stop: Stop<'_>,
    ) -> Result<(), RegistryError> {
        self.failed += 1;
        if self.failed >= TRIES {
            return Err(error);
        }
        tracing::debug!(failed = self.failed, %error, "asking the registry again");
        rest(advice.unwrap_or_else(|| growing(self.failed)).min(LONGEST), stop).await
    }
}

/// Waits, unless a person stops it.
pub(super) async fn rest(mut left: Duration, stop: Stop<'_>) -> Result<(), RegistryError> {
    while !left.is_zero() {
        if stop() {
            return Err(RegistryError::Stopped);
        }
        let step = left.min(LOOK);
        tokio::time::sleep(step).await;
        left -= step;
    }
    Ok(())
}

/// Doubles with each failure, less a random half: what failed together shall not come back together.
fn growing(failed: u32) -> Duration {
    let full = FIRST * 2_u32.pow(failed.saturating_sub(1).min(8));
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// How long a registry asks us to wait: seconds or an HTTP date (RFC 9110 §10.2.3), at most a minute.
pub(super) fn advised(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Duration::try_from(date.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, value.parse().expect("a header"))])
    }

    #[test]
    fn a_registry_says_how_long_to_wait() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().expect("a time");
        for (said, seconds) in [
            ("7", Some(7)),
            ("86400", Some(60)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("soon", None),
            ("-3", None),
        ] {
            assert_eq!(advised(&headers(said), now), seconds.map(Duration::from_secs), "{said}");
        }
        assert_eq!(advised(&HeaderMap::new(), now), None, "no advice is none");
    }

    #[test]
    fn waits_grow_and_never_pass_the_longest_by_much() {
        for failed in 1..TRIES {
            let full = FIRST * 2_u32.pow(failed - 1);
            let wait = growing(failed);
            assert!(wait >= full / 2 && wait <= full, "failure {failed} waits {wait:?}");
        }
    }

    #[tokio::test]
    async fn a_stop_ends_a_wait() {
        let mut tries = Tries::default();
        let ended = tries.wait(RegistryError::Stopped, Some(LONGEST), &|| true).await;
        assert!(matches!(ended, Err(RegistryError::Stopped)), "a minute was not waited for");
    }
}
