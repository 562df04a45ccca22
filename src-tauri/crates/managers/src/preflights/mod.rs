//! Preflights by themselves: specs run on many hosts and on a site's cluster, days ahead, each check with an answer.

mod compare;
mod lint;
mod running;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use longshore_contract::{
    AppEvent, CheckState, HostChecks, HostProgress, LintReport, LintRequest, PreflightCompareRequest,
    PreflightComparison, PreflightId, PreflightList, PreflightProgress, PreflightRunRequest,
    PreflightSummary, PreflightView, SpecFile, Timestamp, WireError, chain,
};
use longshore_preflight::{HostDefaults, Spec, parse};
use longshore_store::{SiteRow, Store, StoreError};

use running::{Running, Work};

use crate::access;
use crate::reach::{self, Named, Way};

/// The service behind the commands about preflights.
pub struct Preflights {
    store: Arc<Store>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    running: Mutex<HashMap<PreflightId, Arc<Running>>>,
}

#[allow(clippy::needless_pass_by_value, reason = "errors are handed over where they are mapped")]
fn broken(error: StoreError) -> WireError {
    WireError::internal(&error)
}

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// An id that sorts by time, to the millisecond: checks of one host take less than a second.
fn new_id() -> PreflightId {
    let now = jiff::Timestamp::now().strftime("%Y%m%dt%H%M%S%3f");
    PreflightId(format!("{now}-{:06x}", rand::random::<u32>() & 0x00ff_ffff))
}

impl Preflights {
    /// A service over a store; `announce` is told whenever a preflight run moves.
    pub fn new(store: Arc<Store>, announce: Arc<dyn Fn(AppEvent) + Send + Sync>) -> Arc<Self> {
        Arc::new(Self { store, announce, running: Mutex::default() })
    }

    /// What is wrong with specs.
    pub fn lint(&self, request: &LintRequest) -> LintReport {
        lint::report(&request.specs)
    }

    /// Begins to run specs, and answers at once.
    ///
    /// # Errors
    /// When a spec cannot be read, there is nothing to run, or a host's name or way means nothing.
    pub fn run(self: &Arc<Self>, request: PreflightRunRequest) -> Result<PreflightView, WireError> {
        let spec = spec(&request)?;
        let site = request.site.as_ref().map(|site| access::site(&self.store, site)).transpose()?;
        let hosts = self.hosts(&request, site.as_ref())?;
        fits(&spec, &hosts, site.as_ref())?;
        let view = begun(&spec, &request, &hosts, site.as_ref());
        self.store.put_preflight(&view).map_err(broken)?;
        let work = Work { spec, hosts, site, store: Arc::clone(&self.store) };
        let running = Running::new(view.clone(), Arc::clone(&self.announce));
        self.list_of_running().insert(view.summary.id.clone(), Arc::clone(&running));
        let service = Arc::clone(self);
        tokio::spawn(async move {
            let ended = running.carry_out(work).await;
            if let Err(error) = service.store.put_preflight(&ended) {
                tracing::error!(error = %chain(&error), "a preflight run could not be kept");
            }
            service.list_of_running().remove(&ended.summary.id);
            (service.announce)(AppEvent::PreflightChanged { preflight: ended.summary });
        });
        Ok(view)
    }

    /// The hosts that are meant: those that are named, and those of a site of Linux hosts, each entered its own way.
    fn hosts(
        &self,
        request: &PreflightRunRequest,
        site: Option<&SiteRow>,
    ) -> Result<Vec<(String, Named)>, WireError> {
        let ways: Vec<Way> = request.hosts.iter().map(Way::from).collect();
        let mut hosts = reach::named(&ways, request.local, &Arc::new(request.ssh.clone()))?;
        if let Some(site) = site
            && let Some(linux) = &site.linux
        {
            let own = reach::of_site(&self.store, site, &linux.hosts, &request.ssh.accepted_keys)?;
            hosts.retain(|(name, _)| own.iter().all(|(own, _)| own != name));
            hosts.extend(own);
        }
        Ok(hosts)
    }

    fn list_of_running(&self) -> std::sync::MutexGuard<'_, HashMap<PreflightId, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self, id: &PreflightId) -> Option<Arc<Running>> {
        self.list_of_running().get(id).cloned()
    }

    /// All preflight runs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self) -> Result<PreflightList, WireError> {
        let stored = self.store.preflights().map_err(broken)?;
        Ok(PreflightList { preflights: stored.into_iter().map(|view| self.current(view).summary).collect() })
    }

    /// One preflight run.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn get(&self, id: &PreflightId) -> Result<PreflightView, WireError> {
        let stored = self.store.preflight(id).map_err(broken)?;
        stored.map(|view| self.current(view)).ok_or_else(|| none(id))
    }

    /// A stored one as it stands now.
    fn current(&self, mut stored: PreflightView) -> PreflightView {
        if stored.summary.progress != PreflightProgress::Running {
            return stored;
        }
        if let Some(running) = self.running(&stored.summary.id) {
            return running.view();
        }
        // It may have ended since it was read; the end is stored before it leaves the list of running ones.
        if let Ok(Some(ended)) = self.store.preflight(&stored.summary.id)
            && ended.summary.progress != PreflightProgress::Running
        {
            return ended;
        }
        // Another process may be at it, of which nothing is known but that this one is not.
        stored.summary.progress = PreflightProgress::Interrupted;
        stored
    }

    /// Stops one; what has no answer yet is an error that says so.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn cancel(&self, id: &PreflightId) -> Result<PreflightView, WireError> {
        if let Some(running) = self.running(id) {
            running.cancel().await;
        }
        self.get(id)
    }

    /// Forgets one.
    ///
    /// # Errors
    /// When there is none of that id, or it is under way.
    pub fn remove(&self, id: &PreflightId) -> Result<(), WireError> {
        if self.running(id).is_some() {
            return Err(
                WireError::bad_input("This preflight run is under way").hint("Stop it before removing it.")
            );
        }
        if self.store.remove_preflight(id).map_err(broken)? { Ok(()) } else { Err(none(id)) }
    }

    /// What changed between two.
    ///
    /// # Errors
    /// When there is none of an id.
    pub fn compare(&self, request: &PreflightCompareRequest) -> Result<PreflightComparison, WireError> {
        Ok(compare::changes(&self.get(&request.before)?, &self.get(&request.after)?))
    }
}

fn none(id: &PreflightId) -> WireError {
    WireError::not_found(format!("There is no preflight run {id}"))
        .hint("`longshore preflight list` shows those there are.")
}

/// The specs of a request, merged.
fn spec(request: &PreflightRunRequest) -> Result<Spec, WireError> {
    let mut specs = Vec::new();
    if request.builtin {
        let spec = HostDefaults::default().spec();
        specs.push(spec.map_err(|error| WireError::internal(&error))?);
    }
    for SpecFile { name, content } in &request.specs {
        let spec = parse(name, content).map_err(|error| {
            WireError::bad_input(chain(&error))
                .hint("`longshore preflight lint` says more about what is wrong with a spec.")
        })?;
        specs.push(spec);
    }
    if specs.is_empty() {
        return Err(WireError::bad_input("There is no spec to run")
            .hint("Name a file, or take the built-in host checks."));
    }
    Ok(longshore_preflight::merged(specs))
}

/// Refuses what would leave checks of a spec without anything to be run on.
fn fits(spec: &Spec, hosts: &[(String, Named)], site: Option<&SiteRow>) -> Result<(), WireError> {
    let (on_hosts, on_cluster) = (!spec.host_analyzers.is_empty(), !spec.analyzers.is_empty());
    if on_hosts && hosts.is_empty() {
        return Err(WireError::bad_input("The specs have host checks and no host is named")
            .field("hosts", "name at least one host, or this machine"));
    }
    if on_cluster && site.is_none() {
        return Err(WireError::bad_input("The specs have app checks and no site is named")
            .field("site", "name the site whose cluster they are run on"));
    }
    if !on_hosts && !on_cluster {
        return Err(WireError::bad_input("The specs have no checks"));
    }
    Ok(())
}

fn begun(
    spec: &Spec,
    request: &PreflightRunRequest,
    hosts: &[(String, Named)],
    site: Option<&SiteRow>,
) -> PreflightView {
    let mut specs: Vec<String> = request.specs.iter().map(|file| file.name.clone()).collect();
    if request.builtin {
        specs.insert(0, "built-in host checks".to_owned());
    }
    let hosts = if spec.host_analyzers.is_empty() { &[] } else { hosts };
    let waiting = |(name, _): &(String, Named)| HostChecks {
        host: name.clone(),
        progress: HostProgress::Waiting,
        problem: String::new(),
        unknown_key: String::new(),
        done: 0,
        of: u32::try_from(spec.host_collectors.len()).unwrap_or(u32::MAX),
        notes: Vec::new(),
    };
    PreflightView {
        summary: PreflightSummary {
            id: new_id(),
            at: now(),
            progress: PreflightProgress::Running,
            specs,
            site: site.map(|site| site.id.clone()),
            site_name: site.map(|site| site.name.clone()).unwrap_or_default(),
            hosts: u32::try_from(hosts.len()).unwrap_or(u32::MAX),
            passed: 0,
            warned: 0,
            failed: 0,
            unjudged: 0,
        },
        hosts: hosts.iter().map(waiting).collect(),
        results: Vec::new(),
    }
}

/// Counts results into the summary.
fn counted(view: &mut PreflightView) {
    let count = |state: CheckState| {
        u32::try_from(view.results.iter().filter(|result| result.state == state).count()).unwrap_or(u32::MAX)
    };
    let (passed, warned) = (count(CheckState::Pass), count(CheckState::Warn));
    let (failed, unjudged) = (count(CheckState::Fail), count(CheckState::Error));
    let summary = &mut view.summary;
    (summary.passed, summary.warned, summary.failed, summary.unjudged) = (passed, warned, failed, unjudged);
}
