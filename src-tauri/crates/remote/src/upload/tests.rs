//! Uploads to a host that fails on demand.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::host::Duplex;
use crate::process::Process;
use crate::redact::Redactor;
use crate::scripted::{Answer, ScriptedHost};

fn plan(size: usize) -> Upload {
    let source = Source::Bytes(vec![7; size].into());
    Upload { source, to: "/srv/file".to_owned(), mode: 0o600, root: false }
}

fn digest(size: usize) -> String {
    segment::hex(&vec![7; size])
}

#[tokio::test]
async fn a_disk_that_fills_up() {
    let host = ScriptedHost::new("db1")
        .answer(Answer::to("df -Pk").says("free /dev/sda1 9 9 9999999 1% /\n"))
        .answer(Answer::to("dd of=").fills_up(500_000));
    let error = upload(&host, &plan(3_000_000), &|_| {}).await.expect_err("it is full");
    let text = error.to_string();
    assert_eq!(
        text,
        "db1: /srv/file could not be uploaded (write error: No space left on device); free some space there and try again",
        "the words for a full disk"
    );
}

#[tokio::test]
async fn a_disk_that_is_full_from_the_start() {
    let host = ScriptedHost::new("db1").answer(Answer::to("df -Pk").says("free /dev/sda1 9 9 10 1% /\n"));
    let error = upload(&host, &plan(3_000_000), &|_| {}).await.expect_err("it is full").to_string();
    assert!(
        error.contains("3000000 bytes are to be written, 10240 are free"),
        "the sizes are not told: {error}"
    );
    assert_eq!(host.commands().len(), 1, "something was sent for nothing");
}

#[tokio::test]
async fn a_host_that_corrupts() {
    let host = ScriptedHost::new("db1")
        .answer(Answer::to("df -Pk"))
        .answer(Answer::to("dd of=").takes(3_000_000).says("0000\n").ends(0));
    let reached = AtomicU64::new(0);
    let error = upload(&host, &plan(3_000_000), &|bytes| reached.store(bytes, Ordering::Relaxed)).await;
    let error = error.expect_err("the digest is wrong").to_string();
    assert!(error.contains("another digest again and again"), "another error: {error}");
    assert_eq!(
        host.commands().iter().filter(|script| script.contains("dd of=")).count(),
        3,
        "so often it is tried"
    );
}

#[tokio::test]
async fn links_that_are_lost_again_and_again() {
    let host =
        ScriptedHost::new("db1").answer(Answer::to("df -Pk")).answer(Answer::to("dd of=").takes(9).cuts());
    let error = upload(&host, &plan(3_000_000), &|_| {}).await.expect_err("it never gets there");
    assert!(error.is_link_lost(), "another error: {error}");

    let host = ScriptedHost::new("db1")
        .answer(Answer::to("df -Pk"))
        .answer(Answer::to("dd of=").takes(9).cuts().times(2))
        .answer(Answer::to("dd of=").takes(3_000_000).says(digest(3_000_000)).ends(0))
        .answer(Answer::to("mv -f"));
    let done = upload(&host, &plan(3_000_000), &|_| {}).await.expect("the third link holds");
    assert_eq!((done.bytes, done.resumed), (3_000_000, 0), "what is told");
}

#[tokio::test]
async fn a_host_that_hangs_is_left_by_dropping() {
    let host = ScriptedHost::new("db1").answer(Answer::to("df -Pk")).answer(Answer::to("dd of=").hangs());
    let plan = plan(3_000_000);
    let waited = tokio::time::timeout(Duration::from_millis(200), upload(&host, &plan, &|_| {})).await;
    assert!(waited.is_err(), "it should hang");
}

/// A host that lets nobody in a second time.
struct Crowded {
    name: String,
    first: Option<ScriptedHost>,
    redactor: Redactor,
    refused: Arc<AtomicU64>,
}

#[async_trait::async_trait]
impl Host for Crowded {
    fn name(&self) -> &str {
        &self.name
    }

    fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    fn round_trip(&self) -> Option<Duration> {
        Some(Duration::from_millis(80))
    }

    fn another(&self) -> Option<Box<dyn Host>> {
        Some(Box::new(Self {
            name: self.name.clone(),
            first: None,
            redactor: Redactor::default(),
            refused: Arc::clone(&self.refused),
        }))
    }

    async fn start(&self, command: &Command) -> Result<Process, RemoteError> {
        if let Some(first) = &self.first {
            return first.start(command).await;
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(RemoteError::Handshake { host: "db1".to_owned(), why: "too many are being let in".to_owned() })
    }

    async fn tunnel(&self, _: &str, _: u16) -> Result<Box<dyn Duplex>, RemoteError> {
        unreachable!("an upload has no tunnels")
    }
}

#[tokio::test]
async fn a_host_that_refuses_further_links_is_uploaded_to_over_the_first() {
    let size = 5 * segment::SEGMENT as usize;
    let first = ScriptedHost::new("db1")
        .answer(Answer::to("df -Pk"))
        .answer(Answer::to("dd of=").takes(segment::SEGMENT).says(digest(segment::SEGMENT as usize)).ends(0))
        .answer(Answer::to("mv -f"));
    let refused = Arc::new(AtomicU64::new(0));
    let host = Crowded {
        name: "db1".to_owned(),
        first: Some(first),
        redactor: Redactor::default(),
        refused: Arc::clone(&refused),
    };
    let done = upload(&host, &plan(size), &|_| {}).await.expect("the first link does it all");
    assert_eq!((done.bytes, done.sent), (size as u64, size as u64), "nothing went twice");
    assert!(refused.load(Ordering::Relaxed) > 0, "more links were tried");
}
