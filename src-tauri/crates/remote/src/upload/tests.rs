//! Uploads to a host that fails on demand.

use super::*;
use crate::scripted::{Answer, ScriptedHost};

fn plan(size: usize) -> Upload {
    let source = Source::Bytes(vec![7; size].into());
    Upload { source, to: "/srv/file".to_owned(), mode: 0o600, root: false }
}

fn digest(size: usize) -> String {
    segment::hex(&vec![7; size])
}

#[test]
fn channels_for_a_round_trip() {
    let table = [(0, 1), (1, 1), (5, 1), (6, 2), (12, 3), (20, 4), (500, 4)];
    for (millis, expected) in table {
        assert_eq!(channels(Some(Duration::from_millis(millis))), expected, "for {millis} ms");
    }
    assert_eq!(channels(None), 1, "without a network");
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
