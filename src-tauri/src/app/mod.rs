//! The composition root: everything is built here once, and answers every command of the list.

mod commands;
mod helm;
mod place;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use longshore_bundle::{BundleError, Library};
use longshore_cluster::Cluster;
use longshore_contract::{
    AppEvent, AuditEntry, Caller, ErrorCode, RunId, SiteId, Timestamp, WireError, chain,
};
use longshore_engine::port::Journal;
use longshore_managers::access;
use longshore_managers::bundles::Bundles;
use longshore_managers::library::LibraryWork;
use longshore_managers::preflights::Preflights;
use longshore_managers::sites::Sites;
use longshore_managers::support::Support;
use longshore_store::{KeySource, Store, StoreError};
use longshore_workflows::bases::Bases;
use longshore_workflows::runs::Runs;
use serde_json::Value;
use tokio::sync::broadcast;

pub use helm::HelmMissing;
pub use place::Place;

/// How an [`App`] is opened.
pub struct Options {
    /// Folder that holds all data.
    pub data: PathBuf,
    /// Where the key of the encrypted store comes from.
    pub key: KeySource,
    /// The helm binary; found beside ours or on the path when not given.
    pub helm: Option<PathBuf>,
}

/// Why an [`App`] cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store.
    #[error("The data in {folder} cannot be opened", folder = .folder.display())]
    Store {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The library of bundles.
    #[error("The library of bundles cannot be opened")]
    Library(#[from] BundleError),
    /// Helm.
    #[error(transparent)]
    Helm(#[from] HelmMissing),
}

/// Longshore itself.
pub struct App {
    store: Arc<Store>,
    sites: Sites,
    bundles: Arc<Bundles>,
    library: LibraryWork,
    runs: Arc<Runs>,
    bases: Arc<Bases>,
    preflights: Arc<Preflights>,
    support: Arc<Support>,
    events: broadcast::Sender<AppEvent>,
    data: PathBuf,
}

/// Events that a slow listener may lag behind before it has to read its lists again.
const LAG: usize = 1024;

impl App {
    /// Opens everything below one folder.
    ///
    /// # Errors
    /// When the folder, the key or helm cannot be used.
    pub fn open(options: &Options) -> Result<Arc<Self>, OpenError> {
        Self::open_with(options, &|journal| journal)
    }

    /// Opens everything, with something between the runs and their journal.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(
        options: &Options,
        between: &dyn Fn(Arc<dyn Journal>) -> Arc<dyn Journal>,
    ) -> Result<Arc<Self>, OpenError> {
        let store = Store::open(&options.data, &options.key);
        let store = store.map_err(|source| OpenError::Store { folder: options.data.clone(), source })?;
        let store = Arc::new(store);
        let configured = store.settings().map(|settings| settings.library).unwrap_or_default();
        let folder =
            if configured.is_empty() { options.data.join("library") } else { PathBuf::from(configured) };
        let library = Arc::new(Library::open(&folder)?);
        let helm = helm::find(options.helm.as_deref(), &options.data.join("helm"))?;
        let (events, _) = broadcast::channel(LAG);
        let sender = events.clone();
        // Nobody listening is as well.
        let announce: Arc<dyn Fn(AppEvent) + Send + Sync> = Arc::new(move |event| drop(sender.send(event)));
        let runs = Runs::new(
            Arc::clone(&store),
            between(Arc::clone(&store) as Arc<dyn Journal>),
            Arc::clone(&library),
            helm,
            Arc::clone(&announce),
        );
        let bases =
            Bases::new(Arc::clone(&store), Arc::clone(&library), Arc::clone(&runs), Arc::clone(&announce));
        Ok(Arc::new(Self {
            bases: Arc::new(bases),
            sites: Sites::new(Arc::clone(&store), Arc::clone(&announce)),
            library: LibraryWork::new(Arc::clone(&store), Arc::clone(&library), Arc::clone(&announce)),
            bundles: Bundles::new(Arc::clone(&store), library, Arc::clone(&announce)),
            preflights: Preflights::new(Arc::clone(&store), Arc::clone(&announce)),
            support: Support::new(Arc::clone(&store), options.data.join("support"), announce),
            runs,
            store,
            events,
            data: options.data.clone(),
        }))
    }

    /// Waits for what is still to be told to others when the process wants to end.
    pub async fn settle(&self) {
        self.runs.settle().await;
    }

    /// Events of the application from now on.
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.events.subscribe()
    }

    /// A site's cluster, for a shell that is opened beside Longshore.
    ///
    /// # Errors
    /// When there is no such site, or its cluster does not answer.
    pub async fn cluster(&self, site: &SiteId) -> Result<Arc<Cluster>, WireError> {
        let site = access::site(&self.store, site)?;
        access::cluster(&self.store, &site).await
    }

    /// Runs that this process executes; others are executed elsewhere and do not need it.
    pub fn executing(&self) -> Vec<RunId> {
        self.runs.executing()
    }

    /// The store, for what a shell keeps of its own: sessions of the server.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Support bundles, for the server's download.
    pub(crate) fn support(&self) -> &Support {
        &self.support
    }

    /// Folder that holds all data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Writes one line of the audit trail. Values sent are not in it, only what they were about.
    pub fn audit(&self, caller: &Caller, command: &str, request: &Value, outcome: Result<(), ErrorCode>) {
        let text = |field: &str| request.get(field).and_then(Value::as_str).map(str::to_owned);
        let result = match outcome {
            Ok(()) => "ok".to_owned(),
            Err(code) => serde_json::to_value(code)
                .ok()
                .and_then(|code| code.as_str().map(str::to_owned))
                .unwrap_or_default(),
        };
        let entry = AuditEntry {
            at: Timestamp(jiff::Timestamp::now().as_millisecond()),
            who: caller.who.clone(),
            door: caller.door.name().to_owned(),
            command: command.to_owned(),
            site: text("site").map(SiteId),
            run: text("run").map(RunId),
            result,
        };
        if let Err(error) = self.store.audit(&entry) {
            tracing::error!(error = %chain(&error), "the audit trail could not be written");
        }
    }

    /// Calls a command of the list by name, for every shell; what changes something is audited.
    ///
    /// # Errors
    /// Whatever the command refuses.
    pub async fn call(&self, caller: &Caller, name: &str, request: Value) -> Result<Value, WireError> {
        let changes =
            longshore_contract::COMMANDS.iter().any(|command| command.name == name && command.changes);
        let asked = if changes { request.clone() } else { Value::Null };
        // As large as the largest command: kept off the stacks of those who call.
        let answer = Box::pin(longshore_contract::dispatch(self, caller, name, request)).await;
        if changes {
            self.audit(caller, name, &asked, answer.as_ref().map(drop).map_err(|error| error.code));
        }
        answer
    }
}
