//! Support bundles: collected from a site or taken from somebody else, looked into, written to a file.
//!
//! The files lie beside the database, each only for its owner, and nothing that is secret is ever in one: what goes
//! in passes the redactor first.

mod collecting;
mod ours;
mod pack;
mod place;
mod specs;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longshore_contract::{
    AppEvent, CheckResult, CheckState, PreflightProgress, SiteId, SupportCollectRequest, SupportFiles,
    SupportHits, SupportId, SupportList, SupportOpenRequest, SupportReadRequest, SupportSaveRequest,
    SupportSearchRequest, SupportSummary, SupportText, SupportView, Timestamp, WireError, chain,
};
use longshore_store::{Store, StoreError};

use crate::access;
use collecting::{Collecting, Work};

/// The service behind the commands about support bundles.
pub struct Support {
    store: Arc<Store>,
    folder: PathBuf,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    running: Mutex<HashMap<SupportId, Arc<Collecting>>>,
}

#[allow(clippy::needless_pass_by_value, reason = "errors are handed over where they are mapped")]
fn broken(error: StoreError) -> WireError {
    WireError::internal(&error)
}

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// An id that sorts by time.
fn new_id() -> SupportId {
    let now = jiff::Timestamp::now().strftime("%Y%m%dt%H%M%S%3f");
    SupportId(format!("{now}-{:06x}", rand::random::<u32>() & 0x00ff_ffff))
}

fn none(id: &SupportId) -> WireError {
    WireError::not_found(format!("There is no support bundle {id}"))
        .hint("`longshore support list` shows those there are.")
}

/// A new one, as it is shown before anything is known.
fn begun(name: String, site: Option<SiteId>) -> SupportView {
    let summary = SupportSummary {
        id: new_id(),
        at: now(),
        progress: PreflightProgress::Running,
        own: site.is_some(),
        site,
        name,
        size: 0,
        files: 0,
        passed: 0,
        warned: 0,
        failed: 0,
        unjudged: 0,
        masked: 0,
        cut: 0,
    };
    SupportView { summary, parts: Vec::new(), results: Vec::new(), problem: String::new() }
}

/// Results the gravest first, and counted.
fn found(view: &mut SupportView, mut results: Vec<CheckResult>) {
    let weight = |state: CheckState| match state {
        CheckState::Fail => 0,
        CheckState::Error => 1,
        CheckState::Warn => 2,
        CheckState::Pass => 3,
        CheckState::Skipped => 4,
    };
    results.sort_by_key(|result| weight(result.state));
    let count = |state| {
        u32::try_from(results.iter().filter(|result| result.state == state).count()).unwrap_or(u32::MAX)
    };
    let summary = &mut view.summary;
    (summary.passed, summary.warned) = (count(CheckState::Pass), count(CheckState::Warn));
    (summary.failed, summary.unjudged) = (count(CheckState::Fail), count(CheckState::Error));
    view.results = results;
}

/// Work that reads or writes large files, on a thread that may block.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WireError> + Send + 'static,
) -> Result<T, WireError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| WireError::internal(&error))?
}

impl Support {
    /// A service over a store; files go to `folder`, and `announce` is told whenever a bundle moves. What processes
    /// left in the folder that were killed is taken away.
    pub fn new(
        store: Arc<Store>,
        folder: PathBuf,
        announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    ) -> Arc<Self> {
        place::sweep(&folder);
        Arc::new(Self { store, folder, announce, running: Mutex::default() })
    }

    fn list_of_running(&self) -> MutexGuard<'_, HashMap<SupportId, Arc<Collecting>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, id: &SupportId) -> PathBuf {
        self.folder.join(format!("{id}.tar.gz"))
    }

    /// Begins to collect, and answers at once. `secrets` are masked wherever they turn up, beside those that the
    /// store knows of the site.
    ///
    /// # Errors
    /// When there is no such site, or a spec cannot be read.
    pub fn collect(
        self: &Arc<Self>,
        request: SupportCollectRequest,
        secrets: Vec<String>,
    ) -> Result<SupportView, WireError> {
        let site = access::site(&self.store, &request.site)?;
        let specs = specs::read(&request.specs)?;
        let work = Work::prepare(&self.store, site, specs, &request.ssh, secrets)?;
        let writing = place::begin(&self.folder)?;
        let mut view = begun(work.site.name.clone(), Some(work.site.id.clone()));
        view.parts = work.parts();
        self.store.put_support_bundle(&view).map_err(broken)?;
        let id = view.summary.id.clone();
        let collecting = Collecting::new(view.clone(), Arc::clone(&self.announce));
        self.list_of_running().insert(id.clone(), Arc::clone(&collecting));
        let (service, file) = (Arc::clone(self), self.place(&id));
        tokio::spawn(async move {
            let ended = collecting.carry_out(work, &file).await;
            drop(writing);
            if let Err(error) = service.store.put_support_bundle(&ended) {
                tracing::error!(error = %chain(&error), "a support bundle could not be kept");
            }
            service.list_of_running().remove(&id);
            (service.announce)(AppEvent::SupportChanged { support: ended.summary });
        });
        Ok(view)
    }

    /// Takes a file that somebody else made: it is redacted on its way, and judged by the specs that are given, or
    /// what was found in it is taken over.
    ///
    /// # Errors
    /// When it cannot be read or is no support bundle, or a spec cannot be read.
    pub async fn open(&self, request: SupportOpenRequest) -> Result<SupportView, WireError> {
        let specs = specs::read(&request.specs)?;
        let writing = place::begin(&self.folder)?;
        let from = PathBuf::from(&request.path);
        let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut view = begun(name, None);
        let to = self.place(&view.summary.id);
        let taken = move || {
            let _writing = writing;
            pack::taken(&from, &to, &specs)
        };
        let (packed, results) = beside(taken).await?;
        pack::told(&mut view, &packed);
        found(&mut view, results);
        view.summary.progress = PreflightProgress::Done;
        self.store.put_support_bundle(&view).map_err(broken)?;
        (self.announce)(AppEvent::SupportChanged { support: view.summary.clone() });
        Ok(view)
    }

    /// All support bundles, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self) -> Result<SupportList, WireError> {
        let stored = self.store.support_bundles().map_err(broken)?;
        Ok(SupportList { bundles: stored.into_iter().map(|view| self.current(view).summary).collect() })
    }

    /// One support bundle.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn get(&self, id: &SupportId) -> Result<SupportView, WireError> {
        let stored = self.store.support_bundle(id).map_err(broken)?;
        stored.map(|view| self.current(view)).ok_or_else(|| none(id))
    }

    /// A stored one as it stands now.
    fn current(&self, mut stored: SupportView) -> SupportView {
        if stored.summary.progress != PreflightProgress::Running {
            return stored;
        }
        if let Some(running) = self.list_of_running().get(&stored.summary.id).cloned() {
            return running.view();
        }
        // It may have ended since it was read; the end is stored before it leaves the list of running ones.
        if let Ok(Some(ended)) = self.store.support_bundle(&stored.summary.id)
            && ended.summary.progress != PreflightProgress::Running
        {
            return ended;
        }
        // Another process may be at it, of which nothing is known but that this one is not.
        stored.summary.progress = PreflightProgress::Interrupted;
        stored
    }

    /// Stops collecting; nothing is kept but that it was stopped.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn cancel(&self, id: &SupportId) -> Result<SupportView, WireError> {
        let running = self.list_of_running().get(id).cloned();
        if let Some(running) = running {
            running.cancel().await;
        }
        self.get(id)
    }

    /// Removes one with its file.
    ///
    /// # Errors
    /// When there is none of that id, or it is being collected.
    pub fn remove(&self, id: &SupportId) -> Result<(), WireError> {
        let view = self.get(id)?;
        if view.summary.progress == PreflightProgress::Running {
            return Err(WireError::bad_input("This support bundle is being collected")
                .hint("Stop it before removing it."));
        }
        match std::fs::remove_file(self.place(id)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(WireError::internal(&error));
            }
            _ => {}
        }
        self.store.remove_support_bundle(id).map_err(broken)?;
        (self.announce)(AppEvent::SupportChanged { support: view.summary });
        Ok(())
    }

    /// Where the file of one is.
    ///
    /// # Errors
    /// When there is none of that id, or it has no file.
    pub fn file(&self, id: &SupportId) -> Result<PathBuf, WireError> {
        let view = self.get(id)?;
        let place = self.place(id);
        if view.summary.progress == PreflightProgress::Done && place.is_file() {
            return Ok(place);
        }
        let why = match view.summary.progress {
            PreflightProgress::Running => "it is still being collected",
            PreflightProgress::Cancelled => "it was stopped before it was whole",
            PreflightProgress::Interrupted => "the process that collected it ended before it was whole",
            PreflightProgress::Done => "it could not be written, or was removed",
        };
        Err(WireError::bad_input(format!("The support bundle {id} has no file: {why}")))
    }

    /// Writes one to a file.
    ///
    /// # Errors
    /// When it has no file, or the other file is there already or cannot be written.
    pub async fn save(&self, request: &SupportSaveRequest) -> Result<SupportView, WireError> {
        let (from, to) = (self.file(&request.support)?, PathBuf::from(&request.file));
        beside(move || pack::copy(&from, &to)).await?;
        self.get(&request.support)
    }

    /// Lists what one holds.
    ///
    /// # Errors
    /// When it has no file, or that cannot be read.
    pub async fn files(&self, id: &SupportId) -> Result<SupportFiles, WireError> {
        let file = self.file(id)?;
        beside(move || pack::files(&file)).await
    }

    /// Reads a piece of a file in one.
    ///
    /// # Errors
    /// When it has no file, or there is none of that path in it.
    pub async fn read(&self, request: &SupportReadRequest) -> Result<SupportText, WireError> {
        let (file, path, offset) = (self.file(&request.support)?, request.path.clone(), request.offset);
        beside(move || pack::read(&file, &path, offset)).await
    }

    /// Looks for a text in all files of one.
    ///
    /// # Errors
    /// When it has no file, or the text is empty.
    pub async fn search(&self, request: &SupportSearchRequest) -> Result<SupportHits, WireError> {
        let file = self.file(&request.support)?;
        let (text, exact) = (request.text.clone(), request.exact_case);
        if text.trim().is_empty() {
            return Err(WireError::bad_input("There is nothing to look for").field("text", "is missing"));
        }
        beside(move || pack::search(&file, &text, exact)).await
    }
}

/// The folder that a file lies in.
fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
