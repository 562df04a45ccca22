//! The store on real files.

use std::os::unix::fs::PermissionsExt;

use longshore_contract::{
    LogLevel, LogRequest, Record, ReleaseRef, RunId, SiteId, State, Target, Timestamp, Workflow,
};
use longshore_engine::port::Journal;
use longshore_engine::{Entry, fold};
use longshore_store::{KeySource, RunLog, Store, StoreError};

fn open(folder: &std::path::Path) -> Store {
    Store::open(folder, &KeySource::File).expect("a store opens in an empty folder")
}

fn created(seq: u64) -> Entry {
    let release = ReleaseRef { slug: "a".into(), title: "A".into(), version: "1".into(), bundle: None };
    let record = Record::RunCreated {
        site: SiteId::from("s"),
        workflow: Workflow::Upgrade,
        target: Target::Kubernetes,
        release,
        from_version: None,
        initial: State::New,
        airgap: false,
        who: "me@here".into(),
        revision: None,
    };
    Entry { seq, at: Timestamp(1), record }
}

#[tokio::test]
async fn a_journal_is_there_for_the_next_process_and_numbers_never_repeat() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunId::from("r");
    let first = {
        let store = open(folder.path());
        let first = store.reserve(&run).await.expect("numbers can be reserved");
        store.append(&run, &created(first)).await.expect("a record can be appended");
        first
    };
    let store = open(folder.path());
    let entries = store.load(&run).await.expect("the journal can be read");
    assert_eq!(entries, [created(first)], "the record is there for the next process");
    let next = store.reserve(&run).await.expect("numbers can be reserved");
    assert!(next > first + 1000, "a new process begins in a new block");
    let state = Record::StateEntered { state: State::ApplicationConfiguring, failure: None };
    store.append(&run, &Entry { seq: next, at: Timestamp(2), record: state }).await.expect("appends");
    let folded = fold(&store.entries(&run).expect("reads")).expect("folds");
    assert_eq!(folded.state, State::ApplicationConfiguring, "the state is a fold over the journal");
    assert_eq!(store.runs().expect("lists")[0].state, folded.state, "the list shows the same state");
}

#[test]
fn secrets_are_not_in_the_files_and_need_their_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let passphrase = |text: &str| KeySource::Passphrase(text.to_owned().into());
    let store = Store::open(folder.path(), &passphrase("correct horse")).expect("opens");
    store.put_secret("site/1/token", b"canary-8f3a").expect("keeps a secret");
    assert_eq!(store.secret("site/1/token").expect("reads").expect("is there").as_slice(), b"canary-8f3a");
    drop(store);
    for file in std::fs::read_dir(folder.path()).expect("lists") {
        let path = file.expect("is readable").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("reads");
            assert!(
                !bytes.windows(11).any(|part| part == b"canary-8f3a"),
                "the secret is in {}",
                path.display()
            );
        }
    }
    let wrong = Store::open(folder.path(), &passphrase("battery staple"));
    assert!(matches!(wrong, Err(StoreError::WrongKey)), "another passphrase is told apart at once");
}

#[test]
fn files_are_for_their_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let store = open(&data);
    let run = RunId::from("r");
    RunLog::open(&store.run_folder(&run).expect("makes")).expect("opens");
    let mode =
        |path: std::path::PathBuf| std::fs::metadata(path).expect("exists").permissions().mode() & 0o777;
    assert_eq!(mode(data.clone()), 0o700, "the folder");
    assert_eq!(mode(data.join("longshore.db")), 0o600, "the database");
    assert_eq!(mode(data.join("key")), 0o600, "the key");
    assert_eq!(mode(data.join("runs/r/log.jsonl")), 0o600, "a log");
}

#[test]
fn one_executor_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let run = RunId::from("r");
    let lock = store.try_execute(&run).expect("can be tried");
    assert!(lock.is_some(), "the first takes it");
    assert!(store.try_execute(&run).expect("can be tried").is_none(), "the second does not");
    assert!(store.is_executed(&run).expect("can be asked"), "others see it");
    drop(lock);
    assert!(!store.is_executed(&run).expect("can be asked"), "it ends with its holder");
}

#[test]
fn a_torn_log_line_is_cut_off_and_windows_are_filtered() {
    let folder = tempfile::tempdir().expect("a folder");
    {
        let mut log = RunLog::open(folder.path()).expect("opens");
        for number in 0..2000 {
            let level = if number % 100 == 0 { LogLevel::Error } else { LogLevel::Info };
            log.append(Timestamp(number), level, "chart:web", &format!("line {number}")).expect("appends");
        }
    }
    let text = folder.path().join("log.jsonl");
    let whole = std::fs::read(&text).expect("reads");
    std::fs::write(&text, &whole[..whole.len() - 5]).expect("tears the last line");
    let mut log = RunLog::open(folder.path()).expect("opens again");
    assert_eq!(
        log.append(Timestamp(0), LogLevel::Info, "", "after").expect("appends").index,
        1999,
        "the torn line went"
    );
    let request = LogRequest {
        run: RunId::from("r"),
        from: 900,
        limit: 3,
        search: "LINE 1".into(),
        level: Some(LogLevel::Error),
        step: None,
    };
    let page = RunLog::read(folder.path(), &request).expect("reads");
    let found: Vec<u64> = page.lines.iter().map(|line| line.index).collect();
    assert_eq!((found, page.total, page.next), (vec![1000, 1100, 1200], 2000, 1201), "a filtered window");
}
