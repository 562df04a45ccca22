//! Long work in the background: begun, watched, stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use longshore_contract::{
    AppEvent, BundleId, ImportState, LibraryTask, TaskId, TaskKind, TaskOutcome, Timestamp, WireError,
};

/// Why work ended without an outcome.
pub(super) enum Ended {
    /// A person stopped it.
    Stopped,
    /// It was refused, or failed.
    Refused(WireError),
}

/// Told how many bytes are done.
pub(super) type Watch<'a> = &'a (dyn Fn(u64) + Sync);
/// Told the same, and of how many, once that is known.
pub(super) type Told<'a> = &'a (dyn Fn(u64, Option<u64>) + Sync);
/// Asked whether to stop.
pub(super) type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

struct Entry {
    task: LibraryTask,
    stop: Arc<AtomicBool>,
    told: Instant,
}

/// The tasks of this process.
pub(super) struct Tasks {
    entries: Mutex<Vec<Entry>>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
}

/// How often progress is told: more is nothing an eye could follow.
const PACE: Duration = Duration::from_millis(100);

/// Ended tasks that are remembered.
const KEPT: usize = 50;

impl Tasks {
    pub(super) fn new(announce: Arc<dyn Fn(AppEvent) + Send + Sync>) -> Self {
        Self { entries: Mutex::default(), announce }
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latest first.
    pub(super) fn list(&self) -> Vec<LibraryTask> {
        self.entries().iter().rev().map(|entry| entry.task.clone()).collect()
    }

    pub(super) fn get(&self, id: &TaskId) -> Result<LibraryTask, WireError> {
        let found = self.entries().iter().find(|entry| entry.task.id == *id).map(|entry| entry.task.clone());
        found.ok_or_else(|| WireError::not_found(format!("There is no task {id}")))
    }

    pub(super) fn cancel(&self, id: &TaskId) -> Result<LibraryTask, WireError> {
        if let Some(entry) = self.entries().iter().find(|entry| entry.task.id == *id) {
            entry.stop.store(true, Ordering::Relaxed);
        }
        self.get(id)
    }

    /// A task that is under way from now on, and what tells it to stop.
    pub(super) fn open(
        &self,
        kind: TaskKind,
        bundle: Option<BundleId>,
        target: String,
        total: u64,
    ) -> (LibraryTask, Arc<AtomicBool>) {
        let task = LibraryTask {
            id: TaskId(format!("{:016x}", rand::random::<u64>())),
            kind,
            bundle,
            target,
            state: ImportState::Running,
            began_at: Timestamp(jiff::Timestamp::now().as_millisecond()),
            done: 0,
            total,
            outcome: None,
            error: None,
        };
        let stop = Arc::new(AtomicBool::new(false));
        let mut entries = self.entries();
        let ended = |entry: &Entry| entry.task.state != ImportState::Running;
        while entries.iter().filter(|entry| ended(entry)).count() >= KEPT {
            let Some(oldest) = entries.iter().position(ended) else { break };
            entries.remove(oldest);
        }
        entries.push(Entry { task: task.clone(), stop: Arc::clone(&stop), told: Instant::now() });
        drop(entries);
        (self.announce)(AppEvent::TaskChanged { task: task.clone() });
        (task, stop)
    }

    /// Says how far a task is.
    pub(super) fn progress(&self, id: &TaskId, done: u64, total: Option<u64>) {
        let mut entries = self.entries();
        let Some(entry) = entries.iter_mut().find(|entry| entry.task.id == *id) else { return };
        entry.task.done = done;
        entry.task.total = total.unwrap_or(entry.task.total);
        if entry.told.elapsed() < PACE {
            return;
        }
        entry.told = Instant::now();
        let task = entry.task.clone();
        drop(entries);
        (self.announce)(AppEvent::TaskChanged { task });
    }

    /// Says how a task ended.
    pub(super) fn end(&self, id: &TaskId, result: Result<TaskOutcome, Ended>) {
        let mut entries = self.entries();
        let Some(entry) = entries.iter_mut().find(|entry| entry.task.id == *id) else { return };
        match result {
            Ok(outcome) => {
                entry.task.state = ImportState::Done;
                entry.task.done = entry.task.total;
                entry.task.outcome = Some(outcome);
            }
            Err(Ended::Stopped) => entry.task.state = ImportState::Cancelled,
            Err(Ended::Refused(error)) => {
                entry.task.state = ImportState::Failed;
                entry.task.error = Some(error);
            }
        }
        let task = entry.task.clone();
        drop(entries);
        (self.announce)(AppEvent::TaskChanged { task });
    }

    /// Begins work that blocks, on a thread of its own.
    pub(super) fn begin(
        self: &Arc<Self>,
        kind: TaskKind,
        bundle: Option<BundleId>,
        target: String,
        total: u64,
        work: impl FnOnce(Watch<'_>, Stop<'_>) -> Result<TaskOutcome, Ended> + Send + 'static,
    ) -> LibraryTask {
        self.begin_open(kind, bundle, target, total, move |told, stop| work(&|done| told(done, None), stop))
    }

    /// The same for work that finds out only on its way how much there is.
    pub(super) fn begin_open(
        self: &Arc<Self>,
        kind: TaskKind,
        bundle: Option<BundleId>,
        target: String,
        total: u64,
        work: impl FnOnce(Told<'_>, Stop<'_>) -> Result<TaskOutcome, Ended> + Send + 'static,
    ) -> LibraryTask {
        let (task, stop) = self.open(kind, bundle, target, total);
        let (tasks, id) = (Arc::clone(self), task.id.clone());
        tokio::task::spawn_blocking(move || {
            let told = |done, total| tasks.progress(&id, done, total);
            let result = work(&told, &|| stop.load(Ordering::Relaxed));
            tasks.end(&id, result);
        });
        task
    }
}
