//! A run that this process executes: where its events go, and how it is stopped.

use std::sync::{Mutex, PoisonError};

use longshore_contract::{EventBody, LogLine, Phase, Progress, RunEvent};
use longshore_engine::port::Sink;
use longshore_engine::runner::CancelSignal;
use longshore_store::RunLog;
use tokio::sync::watch;

/// Progress entries kept for late clients; records are read from the journal, log lines from the log.
const PROGRESS_KEPT: usize = 4096;

/// Takes the events of one executing run.
///
/// Records are durable before they get here, so this only has to wake whoever waits; progress lives here
/// and nowhere else, bounded.
pub struct Live {
    /// Stops the run at its next boundary.
    pub cancel: CancelSignal,
    /// The phase after which it stops.
    pub until: Option<Phase>,
    stopped: Mutex<Option<(String, String)>>,
    progress: Mutex<Vec<RunEvent>>,
    latest: watch::Sender<u64>,
    log: Mutex<RunLog>,
}

impl Live {
    /// A live run that goes on to the end of `until` and writes its log lines to `log`.
    pub fn new(log: RunLog, until: Option<Phase>) -> Self {
        let (latest, _) = watch::channel(0);
        let (stopped, progress) = (Mutex::default(), Mutex::default());
        Self { cancel: CancelSignal::new(), until, stopped, progress, latest, log: Mutex::new(log) }
    }

    /// Asks the run to stop at its next boundary, and keeps who did and why for the journal.
    pub fn stop(&self, who: String, why: String) {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((who, why));
        self.cancel.cancel();
    }

    /// Who asked it to stop, and why.
    pub fn stopped(&self) -> Option<(String, String)> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Becomes the sequence number of the newest event.
    pub fn latest(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    /// Progress events and log lines after `since` that are still kept.
    pub fn since(&self, since: u64) -> Vec<RunEvent> {
        let kept = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().filter(|event| event.seq > since).cloned().collect()
    }

    /// The newest progress of each thing that has some.
    pub fn progress(&self) -> Vec<Progress> {
        let kept = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let mut newest: Vec<Progress> = Vec::new();
        for event in kept.iter() {
            if let EventBody::Progress { progress } = &event.body {
                newest.retain(|known| (&known.step, &known.child) != (&progress.step, &progress.child));
                newest.push(progress.clone());
            }
        }
        newest
    }

    fn keep(&self, event: &RunEvent) {
        let mut kept = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let EventBody::Progress { progress } = &event.body {
            kept.retain(|known| {
                !matches!(&known.body, EventBody::Progress { progress: old }
                if old.step == progress.step && old.child == progress.child)
            });
        }
        if kept.len() >= PROGRESS_KEPT {
            kept.remove(0);
        }
        kept.push(event.clone());
    }

    /// A log that cannot be written must not stop a run: the journal, not the log, is what a run stands on.
    fn write(&self, line: &LogLine) -> Option<LogLine> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match log.append(line.at, line.level, &line.step, &line.text) {
            Ok(written) => Some(written),
            Err(error) => {
                tracing::warn!(error = %error, "a log line of a run could not be written");
                None
            }
        }
    }
}

impl Sink for Live {
    fn event(&self, event: &RunEvent) {
        match &event.body {
            EventBody::Record { .. } => {}
            EventBody::Progress { .. } => self.keep(event),
            EventBody::Log { line } => {
                let line = self.write(line).unwrap_or_else(|| line.clone());
                self.keep(&RunEvent { body: EventBody::Log { line }, ..event.clone() });
            }
        }
        self.latest.send_replace(event.seq);
    }
}
