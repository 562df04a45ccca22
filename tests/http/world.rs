//! A server of a test's own: data folder, clock, journal.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use longshore::app::{App, Options};
use longshore::http::{Security, Server, Settings, auth};
use longshore_contract::{Record, ReleaseRef, RunId, SiteId, State, Target, Timestamp, Workflow};
use longshore_engine::Entry;
use longshore_engine::port::Journal;
use longshore_store::{KeySource, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::Client;

pub const PASSWORD: &str = "correct horse battery";
/// Long enough for a slow machine; only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub data: TempDir,
    pub server: Server,
    /// Without a session.
    pub stranger: Client,
    now: Arc<AtomicI64>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A world whose server is set up differently.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        // Nothing here runs helm; a file in its place is all it takes to begin.
        Self::with_helm(std::env::current_exe().expect("this test is a file"), change).await
    }

    /// A world whose runs can run helm.
    pub async fn with_helm(helm: PathBuf, change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let options = Options { data: data.path().to_owned(), key: KeySource::File, helm: Some(helm) };
        let app = App::open(&options).expect("opens in an empty folder");
        auth::set_password(&app, PASSWORD).expect("is long enough");
        let now = Arc::new(AtomicI64::new(1_800_000_000_000));
        let clock = Arc::clone(&now);
        let mut settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            security: Security::Plain,
            hosts: Vec::new(),
            upload_limit: 1 << 20,
            clock: Arc::new(move || Timestamp(clock.load(Ordering::SeqCst))),
        };
        change(&mut settings);
        let server = Server::start(app, settings).await.expect("starts");
        let pin = server.fingerprint().map(str::to_owned);
        let stranger = Client { address: server.address(), pin, token: None };
        Self { data, server, stranger, now }
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).expect("is small");
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    /// Logs in; gives the session.
    pub async fn login(&self) -> Value {
        let answer = self.stranger.post("/api/auth/login", &json!({ "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "the password is right: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// A client that is logged in.
    pub async fn operator(&self) -> Client {
        let session = self.login().await;
        self.stranger.with_token(session["token"].as_str().expect("there is a token"))
    }

    /// The same data as another process sees it.
    pub fn store(&self) -> Store {
        Store::open(self.data.path(), &KeySource::File).expect("several processes share the store")
    }

    /// A site that nobody contacted yet.
    pub fn put_site(&self, id: &str) {
        let row = json!({
            "id": id, "name": format!("site-{id}"), "tags": [], "pinned": false, "target": "kubernetes",
            "kubernetes": { "kubeconfig": { "type": "environment" }, "context": "none", "clusterUid": "" },
            "reachability": { "type": "unknown" },
            "seen_at": null, "installed": null, "lease": null,
        });
        let row = serde_json::from_value(row).expect("is a site");
        self.store().put_site(&row).expect("can be stored");
    }

    /// Writes a run's first record.
    pub async fn put_run(&self, run: &str, site: &str, workflow: Workflow, at: i64) {
        let release = ReleaseRef {
            slug: "tidewater".to_owned(),
            title: "Tidewater".to_owned(),
            version: "1.1.0".to_owned(),
            bundle: None,
        };
        let record = Record::RunCreated {
            site: SiteId::from(site),
            workflow,
            target: Target::Kubernetes,
            release,
            from_version: Some("1.0.0".to_owned()),
            initial: State::New,
            airgap: false,
            who: "me@here".to_owned(),
            revision: None,
        };
        self.append(run, at, record).await;
    }

    /// Appends a record to a run's journal; gives its number.
    pub async fn append(&self, run: &str, at: i64, record: Record) -> u64 {
        let (store, run) = (self.store(), RunId::from(run));
        let seq = store.reserve(&run).await.expect("numbers can be reserved");
        store.append(&run, &Entry { seq, at: Timestamp(at), record }).await.expect("can be appended");
        seq
    }

    pub async fn enter(&self, run: &str, state: State) -> u64 {
        self.append(run, 2, Record::StateEntered { state, failure: None }).await
    }
}

/// Waits until something is so that nobody tells of.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "{what}: it did not come to that");
}

/// Waits for something that must come.
pub async fn in_time<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let Ok(come) = tokio::time::timeout(PATIENCE, coming).await else { panic!("{what}: it did not come") };
    come
}
