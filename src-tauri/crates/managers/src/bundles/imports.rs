//! Imports: begun, watched, stopped, gone on with, discarded. Those of other processes, and of those that are gone, are
//! seen through the library.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

use longshore_bundle::{BundleError, Holder, ImportOptions, ImportRecord, Importing, NewImport, Recorded};
use longshore_contract::{
    AppEvent, BundleId, ImportHolder, ImportId, ImportState, ImportStatus, LibraryCollected, Timestamp,
    WireError, chain,
};

use super::{Bundles, collected, refusal};
use crate::vendor_keys;

/// An import that this process carries out, or did.
pub(super) struct Import {
    status: ImportStatus,
    stop: Arc<AtomicBool>,
}

/// Ended imports that are remembered.
const KEPT: usize = 50;
/// Letters of an id that are enough to mean it.
const ENOUGH: usize = 6;

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// An import as its record tells it.
fn told(record: &ImportRecord, state: ImportState, kept: Option<u64>) -> ImportStatus {
    let running = state == ImportState::Running;
    let holder = ImportHolder {
        process: record.holder.process,
        host: record.holder.host.clone(),
        here: record.holder == Holder::own(),
    };
    ImportStatus {
        id: ImportId(record.id.clone()),
        file: record.file.clone(),
        path: record.path.as_ref().map(|path| path.display().to_string()),
        state,
        began_at: record.began_at,
        holder: running.then_some(holder),
        done: record.done,
        total: record.total,
        rate: if running { record.rate } else { 0 },
        kept,
        bundle: None,
        error: None,
    }
}

/// An import as the library has it.
fn seen(recorded: &Recorded) -> ImportStatus {
    let state = match recorded.kept {
        None => ImportState::Running,
        Some(_) if recorded.record.stopped => ImportState::Cancelled,
        Some(_) => ImportState::Interrupted,
    };
    told(&recorded.record, state, recorded.kept)
}

/// What this process knows of an import and what the library has of it. Nothing is left of one that was stopped here and
/// that another process discarded, or carried to its end.
fn merged(own: ImportStatus, recorded: Option<&Recorded>) -> Option<ImportStatus> {
    match (own.state, recorded) {
        (ImportState::Running | ImportState::Done, _) => Some(own),
        (ImportState::Failed, Some(recorded)) if recorded.kept.is_some() => {
            Some(ImportStatus { kept: recorded.kept, ..own })
        }
        (ImportState::Failed, None) => Some(ImportStatus { kept: None, ..own }),
        (_, recorded) => recorded.map(seen),
    }
}

impl Bundles {
    fn imports(&self) -> MutexGuard<'_, Vec<Import>> {
        self.imports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to import a file; one of the same file that broke off goes on.
    ///
    /// # Errors
    /// When there is no such file, or somebody else writes to the library.
    pub fn import(self: &Arc<Self>, path: &str, once: bool) -> Result<ImportStatus, WireError> {
        std::fs::metadata(path).map_err(|error| {
            WireError::bad_input(format!("{path} cannot be read: {error}"))
                .field("path", "must name a bundle file")
        })?;
        let id = format!("{:016x}", rand::random::<u64>());
        let new = NewImport { id, path: PathBuf::from(path), once, now: now() };
        let importing = self.library.begin_import(new).map_err(|error| refusal(&error))?;
        let status = told(importing.record(), ImportState::Running, None);
        let stop = Arc::new(AtomicBool::new(false));
        self.remember(Import { status: status.clone(), stop: Arc::clone(&stop) });
        let bundles = Arc::clone(self);
        tokio::task::spawn_blocking(move || bundles.work(importing, &stop));
        Ok(status)
    }

    fn remember(&self, import: Import) {
        let mut imports = self.imports();
        imports.retain(|other| other.status.id != import.status.id);
        let ended = |import: &Import| import.status.state != ImportState::Running;
        while imports.iter().filter(|import| ended(import)).count() >= KEPT {
            let Some(oldest) = imports.iter().position(ended) else { break };
            imports.remove(oldest);
        }
        imports.push(import);
    }

    fn work(&self, importing: Importing, stop: &AtomicBool) {
        let (id, pace, now) = (ImportId(importing.record().id.clone()), importing.pace(), now());
        let watch = |done| {
            self.change(&id, |status| {
                status.done = done;
                status.rate = pace.rate();
            });
        };
        // Without the keys a signature is held against the one that came with it alone, and judged again when shown.
        let keys = vendor_keys::known(&self.store).unwrap_or_default();
        let options = ImportOptions { keys, ..ImportOptions::default() };
        let result = importing.run(&options, now, &watch, &|| stop.load(Ordering::Relaxed));
        if let Ok(record) = &result
            && let Err(error) = vendor_keys::pin_first(&self.store, record, now)
        {
            tracing::error!(error = %chain(&error), "the key of a vendor could not be pinned");
        }
        let kept = if result.is_ok() { None } else { self.kept(&id) };
        self.change(&id, |status| {
            status.holder = None;
            status.rate = 0;
            status.kept = kept;
            match &result {
                Ok(record) => {
                    status.state = ImportState::Done;
                    status.done = status.total;
                    status.bundle = Some(BundleId(record.id.clone()));
                }
                Err(BundleError::Stopped) => status.state = ImportState::Cancelled,
                Err(error) => {
                    status.state = ImportState::Failed;
                    status.error = Some(refusal_of(&status.file, error));
                }
            }
        });
        if let Ok(record) = result {
            (self.announce)(AppEvent::BundlesChanged { bundle: Some(BundleId(record.id)) });
        }
    }

    /// What an import that ended left for going on.
    fn kept(&self, id: &ImportId) -> Option<u64> {
        let recorded = self.library.imports().unwrap_or_default();
        recorded.iter().find(|other| other.record.id == id.0)?.kept
    }

    fn change(&self, id: &ImportId, change: impl FnOnce(&mut ImportStatus)) {
        let mut imports = self.imports();
        let Some(import) = imports.iter_mut().find(|import| import.status.id == *id) else { return };
        change(&mut import.status);
        let import = import.status.clone();
        drop(imports);
        (self.announce)(AppEvent::ImportChanged { import });
    }

    /// All imports: of this process, of others, and those that broke off; the latest first.
    pub(super) fn all_imports(&self) -> Result<Vec<ImportStatus>, WireError> {
        // In this order: one that ends between the two is told as it was, and not as somebody else's.
        let own: Vec<ImportStatus> = self.imports().iter().map(|import| import.status.clone()).collect();
        let mut recorded = self.library.imports().map_err(|error| refusal(&error))?;
        let mut all = Vec::new();
        for status in own {
            let at = recorded.iter().position(|other| other.record.id == status.id.0);
            let recorded = at.map(|at| recorded.remove(at));
            all.extend(merged(status, recorded.as_ref()));
        }
        all.extend(recorded.iter().map(seen));
        all.sort_by_key(|status| Reverse(status.began_at));
        Ok(all)
    }

    /// How an import stands.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn import_status(&self, id: &ImportId) -> Result<ImportStatus, WireError> {
        let own =
            self.imports().iter().find(|import| import.status.id == *id).map(|import| import.status.clone());
        if let Some(own) = &own
            && own.state == ImportState::Running
        {
            return Ok(own.clone());
        }
        let all = self.all_imports()?.into_iter().find(|status| status.id == *id);
        all.or(own).ok_or_else(|| WireError::not_found(format!("There is no import {id}")))
    }

    /// Stops an import; what it stored stays for the next try.
    ///
    /// # Errors
    /// When there is none of that id, or another process carries it out.
    pub fn cancel(&self, id: &ImportId) -> Result<ImportStatus, WireError> {
        if let Some(import) = self.imports().iter().find(|import| import.status.id == *id) {
            import.stop.store(true, Ordering::Relaxed);
        }
        let status = self.import_status(id)?;
        match &status.holder {
            Some(holder) if !holder.here => {
                Err(elsewhere(&status, holder).hint("Stop it there; what it stored stays."))
            }
            _ => Ok(status),
        }
    }

    /// An import that broke off, by its id or the beginning of it.
    fn broken(&self, id: &ImportId) -> Result<ImportStatus, WireError> {
        let all = self.all_imports()?;
        let means = |status: &&ImportStatus| {
            status.id == *id || (id.0.len() >= ENOUGH && status.id.0.starts_with(&id.0))
        };
        let mut matching = all.iter().filter(means);
        match (matching.next(), matching.next()) {
            (Some(status), None) => match &status.holder {
                Some(holder) => Err(elsewhere(status, holder).hint("Wait for it to end, or stop it.")),
                None if status.kept.is_some() => Ok(status.clone()),
                None => Err(refusal(&BundleError::NoImport(id.0.clone()))),
            },
            (Some(_), Some(_)) => Err(WireError::bad_input(format!("More than one import begins with {id}"))),
            _ => Err(refusal(&BundleError::NoImport(id.0.clone()))),
        }
    }

    /// Goes on with an import that broke off.
    ///
    /// # Errors
    /// When there is none of that id, somebody carries it out, or its file is not there any more.
    pub fn resume(self: &Arc<Self>, id: &ImportId) -> Result<ImportStatus, WireError> {
        let status = self.broken(id)?;
        match &status.path {
            Some(path) => self.import(path, false),
            None => {
                Err(WireError::bad_input(format!("{} was sent here and is not there any more", status.file))
                    .hint("Send it again: what is in the library is not stored twice."))
            }
        }
    }

    /// Forgets an import that broke off, and removes what it stored and nothing else needs.
    ///
    /// # Errors
    /// When there is none of that id, or somebody writes to the library.
    pub fn discard(&self, id: &ImportId) -> Result<LibraryCollected, WireError> {
        let status = self.broken(id)?;
        let removed = self.library.discard_import(&status.id.0).map_err(|error| refusal(&error))?;
        self.imports().retain(|import| import.status.id != status.id);
        (self.announce)(AppEvent::BundlesChanged { bundle: None });
        Ok(collected(removed))
    }
}

/// Refusals that are about a member or an image do not know in which file it is.
fn refusal_of(file: &str, error: &BundleError) -> WireError {
    let mut refused = refusal(error);
    if !refused.message.contains(file) {
        refused.message = format!("{file}: {}", refused.message);
    }
    refused
}

fn elsewhere(status: &ImportStatus, holder: &ImportHolder) -> WireError {
    let ImportHolder { process, host, .. } = holder;
    WireError::bad_input(format!("{} is being imported by process {process} on {host}", status.file))
}
