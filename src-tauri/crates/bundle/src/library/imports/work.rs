//! An import under way: recorded, told of once a second, and forgotten or kept at its end.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use longshore_contract::Timestamp;

use super::{Holder, ImportRecord, Ledger, Library, Work, ledger};
use crate::BundleError;
use crate::library::lock::Writing;
use crate::read::{ImportOptions, Stop, Watch};
use crate::record::BundleRecord;

/// How often others are told how far it is.
const TOLD: Duration = Duration::from_secs(1);

/// An import to begin.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Its id, when none that broke off goes on with it: letters and digits.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// Whether the file goes away once it was read.
    pub once: bool,
    /// Now.
    pub now: Timestamp,
}

/// How far an import is and how fast it goes. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<[AtomicU64; 2]>);

impl Pace {
    fn done(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    /// Bytes read in a second, of late; 0 while that is not known.
    pub fn rate(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }
}

/// An import that this process carries out. Dropped without being run, it has broken off.
#[derive(Debug)]
pub struct Importing {
    library: Library,
    record: ImportRecord,
    path: PathBuf,
    pace: Pace,
    /// Released behind the record's last change.
    lock: File,
    writing: Writing,
}

impl Library {
    /// Begins an import, which goes on with one of the same file that broke off, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read, somebody else writes to the library, or the record cannot be written.
    pub fn begin_import(&self, new: NewImport) -> Result<Importing, BundleError> {
        let failed = |source| BundleError::File { path: new.path.clone(), source };
        let total = std::fs::metadata(&new.path).map_err(failed)?.len();
        let writing = self.begin(Work::Import)?;
        let name = new.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let _beginning = self.writers.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        let broken = self.import_records()?.into_iter().filter(|record| !self.is_held(&record.id));
        let path = (!new.once).then(|| new.path.clone());
        let id = broken.into_iter().find(|record| is_of(record, path.as_deref(), &name, total));
        let id = id.map_or(new.id, |record| record.id);
        let lock = hold(&self.import_file(&id, "lock"))?;
        let notes = Ledger::open(self.import_file(&id, ledger::KIND))?;
        let (began_at, holder) = (new.now, Holder::own());
        let record =
            ImportRecord { id, file: name, path, began_at, holder, done: 0, total, rate: 0, stopped: false };
        self.put_import(&record, true)?;
        let library = Self { ledger: Some(Arc::new(notes)), ..self.clone() };
        Ok(Importing { library, record, path: new.path, pace: Pace::default(), lock, writing })
    }
}

/// Whether a file is the one of a broken import: at the same place, or sent again.
fn is_of(record: &ImportRecord, path: Option<&Path>, name: &str, total: u64) -> bool {
    match (record.path.as_deref(), path) {
        (Some(one), Some(other)) => one == other,
        _ => record.file == name && record.total == total,
    }
}

/// Others look under a shared lock for a moment, so this may have to wait for that moment.
fn hold(path: &Path) -> Result<File, BundleError> {
    let open = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
    let file = open.map_err(BundleError::library("open", path))?;
    file.lock().map_err(BundleError::library("lock", path))?;
    Ok(file)
}

impl Importing {
    /// What is recorded of it.
    pub fn record(&self) -> &ImportRecord {
        &self.record
    }

    /// How far it is, from now on.
    pub fn pace(&self) -> Pace {
        self.pace.clone()
    }

    /// Carries it out, as [`Library::import_with`] does. Afterwards nothing is recorded of it, unless it was stopped or
    /// the disk or the file failed it: then it can go on.
    ///
    /// # Errors
    /// As [`Library::import_with`].
    pub fn run(
        mut self,
        options: &ImportOptions,
        now: Timestamp,
        watch: Watch<'_>,
        stop: Stop<'_>,
    ) -> Result<BundleRecord, BundleError> {
        let teller = Teller::begin(self.library.clone(), self.record.clone(), self.pace.clone());
        let pace = self.pace.clone();
        let counted = move |done| {
            pace.0[0].store(done, Ordering::Relaxed);
            watch(done);
        };
        let result = self.library.import_with(&self.path, options, now, &counted, stop);
        teller.end();
        self.record.done = self.pace.done();
        let ended = match &result {
            Err(BundleError::Stopped) => {
                self.record.stopped = true;
                self.library.put_import(&self.record, true)
            }
            Err(
                BundleError::File { .. }
                | BundleError::Full { .. }
                | BundleError::NoSpace { .. }
                | BundleError::Library { .. },
            ) => self.library.put_import(&self.record, false),
            _ => self.library.forget_import(&self.record.id),
        };
        // The bundle is in the library, or was refused for a reason that outweighs this one. What is left says that it
        // broke off, and whoever imports the file again puts that right.
        drop(ended);
        drop((self.lock, self.writing));
        result
    }
}

/// Tells others how far an import is, from a thread of its own: a slow disk must not hold the reading up for it.
struct Teller {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Teller {
    fn begin(library: Library, mut record: ImportRecord, pace: Pace) -> Self {
        let (end, ending) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let mut told = Instant::now();
            while ending.recv_timeout(TOLD) == Err(RecvTimeoutError::Timeout) {
                let (done, millis) = (pace.done(), told.elapsed().as_millis().max(1));
                let now = u128::from(done.saturating_sub(record.done)) * 1000 / millis;
                let now = u64::try_from(now).unwrap_or(u64::MAX);
                told = Instant::now();
                record.done = done;
                // Half of it is the last second's, so that it neither jumps nor lags.
                record.rate = if record.rate == 0 { now } else { record.rate.midpoint(now) };
                pace.0[1].store(record.rate, Ordering::Relaxed);
                // The next one may succeed; and what matters of the disk, the import meets itself.
                let _ = library.put_import(&record, false);
            }
        });
        Self { end, thread }
    }

    fn end(self) {
        drop(self.end);
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}
