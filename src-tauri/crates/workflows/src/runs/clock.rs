//! The time of this machine.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use longshore_contract::Timestamp;
use longshore_engine::port::Clock;

/// The system's clock. `Instant` does not count sleep on Linux, which is what deadlines want.
pub(super) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    pub(super) fn new() -> Self {
        Self { start: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }

    fn awake(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn jitter(&self) -> f64 {
        rand::random()
    }
}
