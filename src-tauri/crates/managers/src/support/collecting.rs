//! One support bundle while it is collected: hosts side by side, the cluster beside them, what is stored here at once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use longshore_cluster::record;
use longshore_contract::{
    AppEvent, CheckResult, PreflightProgress, SshSettings, SupportPart, SupportView, WireError, chain,
};
use longshore_preflight::{
    Gathered, Host, HostReport, Refusal, Setting, Spec, check_host, judge, merged, refused,
};
use longshore_store::{SiteRow, Store};
use tokio::sync::{Semaphore, watch};

use super::ours::{self, Body, Files};
use super::pack::{self, Bundled, Masked};
use super::specs::{self, Specs};
use super::{found, now};
use crate::access;
use crate::reach::{self, AT_ONCE, Named, Reached, Unreached, reach};
use crate::reading::{Leavings, Reading, gathered, run_id};

const CLUSTER: &str = "The cluster";
const OURS: &str = "Runs, plans and logs";

/// What is to be done.
pub(super) struct Work {
    pub(super) site: SiteRow,
    store: Arc<Store>,
    namespace: String,
    hosts: Vec<(String, Named)>,
    /// On hosts and on the cluster, ours and the vendor's.
    spec: Spec,
    masked: Masked,
}

/// What a part brought.
#[derive(Default)]
struct Part {
    name: String,
    files: Files,
    results: Vec<CheckResult>,
}

/// A support bundle under way.
pub(super) struct Collecting {
    view: Mutex<SupportView>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    stop: watch::Sender<bool>,
    over: watch::Sender<bool>,
    /// What collectors made in the cluster and had no time to delete.
    leavings: Arc<Leavings>,
}

impl Work {
    /// Puts together what is asked of whom.
    pub(super) fn prepare(
        store: &Arc<Store>,
        site: SiteRow,
        specs: Specs,
        ssh: &SshSettings,
        mut secrets: Vec<String>,
    ) -> Result<Self, WireError> {
        let hosts = match &site.linux {
            Some(linux) => reach::of_site(store, &site, &linux.hosts, &ssh.accepted_keys)?,
            None => Vec::new(),
        };
        let named = Some(site.kubernetes.namespace.clone()).filter(|name| !name.is_empty());
        let installed = site.installed.as_ref().map(|installed| installed.namespace.clone());
        let namespace = named.or(installed).unwrap_or_else(|| "default".to_owned());
        let mut spec = specs::of_cluster(&namespace);
        spec.host_collectors = specs::of_host();
        secrets.extend(access::secrets(store, &site).map_err(|error| WireError::internal(&error))?);
        let masked = Masked::new(&specs.texts, &secrets)?;
        Ok(Self {
            store: Arc::clone(store),
            masked,
            namespace,
            hosts,
            spec: merged([spec, specs.spec]),
            site,
        })
    }

    fn has_cluster(&self) -> bool {
        self.site.linux.is_none() || !self.site.kubernetes.context.is_empty()
    }

    /// Its parts, none of them done.
    pub(super) fn parts(&self) -> Vec<SupportPart> {
        let cluster = self.has_cluster().then(|| CLUSTER.to_owned());
        let hosts = self.hosts.iter().map(|(name, _)| name.clone());
        let names = std::iter::once(OURS.to_owned()).chain(cluster).chain(hosts);
        names.map(|name| SupportPart { name, done: false, problem: String::new() }).collect()
    }

    async fn ours(&self) -> Part {
        let (store, site) = (Arc::clone(&self.store), self.site.clone());
        let files = tokio::task::spawn_blocking(move || ours::files(&store, &site, now())).await;
        Part { name: OURS.to_owned(), files: files.unwrap_or_default(), results: Vec::new() }
    }

    async fn cluster(&self, leavings: &Arc<Leavings>) -> Part {
        let mut part = Part { name: CLUSTER.to_owned(), ..Part::default() };
        let cluster = match access::cluster(&self.store, &self.site).await {
            Ok(cluster) => cluster,
            Err(error) => {
                // Every check has an answer, if only that there is none.
                let nothing = refused(&self.spec, &self.namespace, &error.message);
                part.results = judge(&self.spec, &nothing, now()).results;
                part.files.problems.push(error.message);
                return part;
            }
        };
        match record::read_all(&cluster, &self.namespace).await {
            Ok(installations) => part.files.json("longshore/installations.json", &installations),
            Err(error) => part.files.problems.push(chain(&error)),
        }
        let reading = Reading::new(cluster, Arc::clone(leavings));
        let gathered = gathered(&self.spec, &self.namespace, &reading).await;
        part.results = judge(&self.spec, &gathered, now()).results;
        part.take("", gathered);
        part
    }

    async fn host(&self, name: &str, named: &Named, places: &Semaphore) -> Part {
        // Never closed, so there always comes a place.
        let _place = places.acquire().await;
        let mut part = Part { name: name.to_owned(), ..Part::default() };
        match reach(named).await {
            Reached::Host(asked) => {
                part.files.problems.extend(Some(asked.note.clone()).filter(|note| !note.is_empty()));
                let report = self.asked(name, &asked).await;
                part.results = report.report.results;
                let failed = report.gathered.failed.iter();
                part.files.problems.extend(failed.map(|(_, kind, why)| format!("{kind}: {why}")));
                part.take(&format!("hosts/{}/", pack::plain(name)), report.gathered.gathered);
            }
            Reached::Not { why, .. } => {
                // Every check has an answer here, too.
                part.results = self.asked(name, &Unreached(why.clone())).await.report.results;
                part.files.problems.push(why);
            }
        }
        part
    }

    async fn asked(&self, name: &str, host: &dyn Host) -> HostReport {
        let setting = Setting::new(run_id(), now());
        check_host(&self.spec, name, host, &setting, &mut |_| {}).await
    }
}

impl Part {
    /// Takes what was gathered, below a folder, and notes what was refused.
    fn take(&mut self, folder: &str, gathered: Gathered) {
        // What is not there is no gap.
        let refused = gathered.refused.iter().filter(|(_, refusal)| !matches!(refusal, Refusal::Absent(_)));
        self.files.problems.extend(refused.map(|(file, refusal)| format!("{file}: {}", refusal.words())));
        let files = gathered.files.into_iter();
        self.files
            .files
            .extend(files.map(|(path, content)| (format!("{folder}{path}"), Body::Bytes(content))));
        self.files.problems.extend(gathered.notes);
    }

    /// With what is secret in its results and problems masked.
    fn masked(mut self, masked: &Masked) -> Self {
        self.results = masked.results(self.results);
        self.files.problems.iter_mut().for_each(|problem| *problem = masked.text(problem));
        self
    }

    /// In one sentence what is not there.
    fn problem(&self) -> String {
        match self.files.problems.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first}; and {} more, see longshore/missing.json", rest.len()),
        }
    }
}

impl Collecting {
    pub(super) fn new(view: SupportView, announce: Arc<dyn Fn(AppEvent) + Send + Sync>) -> Arc<Self> {
        let (stop, over) = (watch::Sender::new(false), watch::Sender::new(false));
        Arc::new(Self { view: Mutex::new(view), announce, stop, over, leavings: Arc::default() })
    }

    /// How it stands.
    pub(super) fn view(&self) -> SupportView {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops it and waits until it has stopped.
    pub(super) async fn cancel(&self) {
        self.stop.send_replace(true);
        // Gone means over.
        drop(self.over.subscribe().wait_for(|over| *over).await);
    }

    fn change(&self, change: impl FnOnce(&mut SupportView)) {
        let support = {
            let mut view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut view);
            view.summary.clone()
        };
        (self.announce)(AppEvent::SupportChanged { support });
    }

    fn done(&self, part: &Part) {
        self.change(|view| {
            if let Some(shown) = view.parts.iter_mut().find(|shown| shown.name == part.name) {
                shown.done = true;
                shown.problem = part.problem();
            }
            let results = view.results.drain(..).chain(part.results.iter().cloned()).collect();
            found(view, results);
        });
    }

    /// Does all of it and gives the end.
    pub(super) async fn carry_out(&self, work: Work, file: &Path) -> SupportView {
        let mut stop = self.stop.subscribe();
        let parts = tokio::select! {
            parts = self.gather(&work) => Some(parts),
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let packed = match parts {
            None => {
                self.leavings.gone().await;
                None
            }
            Some(parts) => Some(self.pack(work, parts, file).await),
        };
        self.change(|view| {
            view.summary.progress =
                if packed.is_none() { PreflightProgress::Cancelled } else { PreflightProgress::Done };
            match packed {
                Some(Ok(packed)) => pack::told(view, &packed),
                Some(Err(error)) => view.problem = error.message,
                None => {}
            }
        });
        self.over.send_replace(true);
        self.view()
    }

    async fn gather(&self, work: &Work) -> Vec<Part> {
        let places = Semaphore::new(AT_ONCE);
        let mut under_way: FuturesUnordered<BoxFuture<'_, Part>> = FuturesUnordered::new();
        under_way.push(Box::pin(work.ours()));
        if work.has_cluster() {
            under_way.push(Box::pin(work.cluster(&self.leavings)));
        }
        for (name, named) in &work.hosts {
            under_way.push(Box::pin(work.host(name, named, &places)));
        }
        let mut parts = Vec::new();
        while let Some(part) = under_way.next().await {
            let part = part.masked(&work.masked);
            self.done(&part);
            parts.push(part);
        }
        parts
    }

    /// Writes the file. To stop it now would save little: all there is has been collected.
    async fn pack(&self, work: Work, parts: Vec<Part>, file: &Path) -> Result<Bundled, WireError> {
        let results = self.view().results;
        let missing: Vec<_> = parts
            .iter()
            .filter(|part| !part.files.problems.is_empty())
            .map(|part| serde_json::json!({ "part": part.name, "missing": part.files.problems }))
            .collect();
        let mut files: Vec<ours::File> = parts.into_iter().flat_map(|part| part.files.files).collect();
        if !missing.is_empty() {
            let text = serde_json::to_vec_pretty(&missing).unwrap_or_default();
            files.push(("longshore/missing.json".to_owned(), Body::Bytes(text)));
        }
        let file = file.to_owned();
        super::beside(move || pack::bundle(&file, files, &results, &work.masked)).await
    }
}
