//! Progress and log lines of a running step: numbered in the run's sequence, coalesced, not journaled.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use longshore_contract::{EventBody, LogLevel, LogLine, Progress, RunEvent, Unit};

use crate::port::{Clock, Sink};

/// At most ten progress events a second for each thing that has some.
const QUIET: Duration = Duration::from_millis(100);

/// What bodies speak through.
pub struct Voice<'a> {
    clock: &'a dyn Clock,
    sink: &'a dyn Sink,
    numbers: Arc<AtomicU64>,
    spoken: Mutex<HashMap<(String, String), Spoken>>,
}

struct Spoken {
    at: Duration,
    progress: Progress,
}

impl<'a> Voice<'a> {
    /// A voice that numbers its events from `numbers`.
    pub fn new(clock: &'a dyn Clock, sink: &'a dyn Sink, numbers: Arc<AtomicU64>) -> Self {
        Self { clock, sink, numbers, spoken: Mutex::default() }
    }

    /// Tells progress. What comes too soon after the last is dropped, unless it is the end or says something
    /// new; progress that goes backwards is raised to where it was.
    pub fn progress(
        &self,
        step: &str,
        child: &str,
        done: u64,
        total: Option<u64>,
        unit: Unit,
        message: &str,
    ) {
        let now = self.clock.awake();
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (step.to_owned(), child.to_owned());
        let last = spoken.get(&key);
        let done =
            last.filter(|last| last.progress.unit == unit).map_or(done, |last| last.progress.done.max(done));
        let progress = Progress {
            step: key.0.clone(),
            child: key.1.clone(),
            done,
            total,
            unit,
            message: message.to_owned(),
        };
        let ended = total == Some(done);
        let quiet = last.is_some_and(|last| {
            last.progress == progress || (now < last.at + QUIET && last.progress.message == message && !ended)
        });
        if quiet {
            return;
        }
        spoken.insert(key, Spoken { at: now, progress: progress.clone() });
        drop(spoken);
        self.tell(EventBody::Progress { progress });
    }

    /// What the things inside a step last said they waited for.
    pub(super) fn waiting_for(&self, step: &str) -> Vec<String> {
        let spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut said: Vec<String> = spoken
            .values()
            .filter(|spoken| spoken.progress.step == step && !spoken.progress.message.is_empty())
            .map(|spoken| spoken.progress.message.clone())
            .collect();
        said.sort_unstable();
        said
    }

    /// Writes log lines; a text of several lines becomes several.
    pub fn log(&self, step: &str, level: LogLevel, text: &str) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let at = self.clock.now();
            let line =
                LogLine { index: 0, at, level, step: step.to_owned(), text: line.trim_end().to_owned() };
            self.tell(EventBody::Log { line });
        }
    }

    fn tell(&self, body: EventBody) {
        let seq = self.numbers.fetch_add(1, Ordering::SeqCst);
        self.sink.event(&RunEvent { seq, at: self.clock.now(), body });
    }
}
