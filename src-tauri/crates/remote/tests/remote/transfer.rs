//! Files there and back.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use longshore_remote::{
    Command, Download, Host as _, NoSecrets, RemoteError, Source, Upload, download, upload,
};
use sha2::{Digest as _, Sha256};

use crate::lab::Lab;
use crate::relay::Relay;

/// Bytes that repeat nowhere.
fn bytes(size: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

fn plan(content: &[u8], to: &std::path::Path, root: bool) -> Upload {
    let source = Source::Bytes(content.to_vec().into());
    Upload { source, to: to.display().to_string(), mode: 0o640, root }
}

fn quiet(_: u64) {}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_by_every_way_to_root() {
    let lab = Lab::start();
    let content = bytes(20_000_000);
    for (user, root) in
        [("plain", false), ("free", true), ("asked", true), ("seated", true), ("doasasked", true)]
    {
        for size in [0, 5, 400_000, 20_000_000] {
            let content = &content[..size];
            let directory = if root { lab.path("") } else { lab.path(&format!("home/{user}")) };
            let to = directory.join(format!("it's {user} {size}"));
            let host = lab.host(user);
            let reached = AtomicU64::new(0);
            let progress = |bytes| reached.store(bytes, Ordering::SeqCst);
            let done =
                upload(host.as_ref(), &plan(content, &to, root), &progress).await.expect("it gets there");
            assert_eq!(std::fs::read(&to).expect("it is there"), content, "{user}: other bytes arrived");
            let mode = to.metadata().expect("it is there").permissions().mode() & 0o777;
            assert_eq!(mode, 0o640, "{user}: the mode");
            assert_eq!(done.bytes, size as u64, "{user}: the size that is told");
            assert_eq!(reached.load(Ordering::SeqCst), size as u64, "{user}: the progress ends at the end");
            assert!(
                !directory.join(format!("it's {user} {size}.part")).exists(),
                "{user}: something is left over"
            );

            let back = lab.path("back");
            let from = to.display().to_string();
            let wanted = Download { from, to: back.clone(), root };
            let done = download(host.as_ref(), &wanted, &quiet).await.expect("it comes back");
            assert_eq!(std::fs::read(&back).expect("it is here"), content, "{user}: other bytes came back");
            let digest: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(done.digest, digest, "{user}: the digest that is told");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_and_resumed() {
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::ZERO).await;
    let host = lab.host_with("plain", &format!("Port {}", relay.port), Arc::new(NoSecrets));
    let content = bytes(100_000_000);
    let to = lab.path("home/plain/bundle");
    // Where even four channels at once have brought whole segments.
    relay.cut_after(85_000_000);
    let done =
        upload(host.as_ref(), &plan(&content, &to, false), &quiet).await.expect("it goes on by itself");
    assert_eq!(relay.links(), 2, "the link was cut once");
    assert!(std::fs::read(&to).expect("it is there") == content, "other bytes arrived");
    assert!(done.sent < 170_000_000, "what was there was sent again: {} bytes", done.sent);
    let content = &content[..70_000_000];

    // A later try, with an earlier one's part: one segment of it is whole, one is not.
    let part = lab.path("home/plain/other.part");
    let mut earlier = content[..40_000_000].to_vec();
    // In the second of its segments.
    earlier[20_000_000] ^= 1;
    std::fs::write(&part, &earlier).expect("it can be written");
    let to = lab.path("home/plain/other");
    // root's, as the parts are.
    let host = lab.host("root");
    let done = upload(host.as_ref(), &plan(content, &to, false), &quiet).await.expect("it goes on");
    assert!(std::fs::read(&to).expect("it is there") == content, "other bytes arrived");
    assert_eq!(done.resumed, 16 * 1024 * 1024, "exactly the whole, right segment is kept");
    // A part that is longer than the file.
    std::fs::write(&part, content).expect("it can be written");
    let short = &content[..17_000_000];
    upload(host.as_ref(), &plan(short, &to, false), &quiet).await.expect("it gets there");
    assert!(std::fs::read(&to).expect("it is there") == short, "the old end was left");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_cuts_cost_less_than_64_mib_each() {
    const CUTS: u64 = 50;
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::ZERO).await;
    let host = lab.host_with("plain", &format!("Port {}", relay.port), Arc::new(NoSecrets));
    let content = bytes(24_000_000);
    let size = content.len() as u64;
    let to = lab.path("home/plain/bundle");
    let mut worst = 0;
    for cut in 0..CUTS {
        // Somewhere in each fiftieth of the file, elsewhere in each run.
        let at = (cut * size + rand::random_range(0..size)) / CUTS;
        let links = relay.links();
        relay.cut_in(at);
        let done = upload(host.as_ref(), &plan(&content, &to, false), &quiet).await;
        let done = done.unwrap_or_else(|error| panic!("cut at {at}, it goes on by itself: {error}"));
        assert!(relay.links() > links, "it was cut at {at}");
        assert!(std::fs::read(&to).expect("it is there") == content, "cut at {at}, other bytes arrived");
        worst = worst.max(done.sent - size);
    }
    println!("sent again at most: {worst} bytes");
    assert!(worst < 64 << 20, "{worst} bytes were sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_cut_goes_on() {
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::ZERO).await;
    let host = lab.host_with("plain", &format!("Port {}", relay.port), Arc::new(NoSecrets));
    let content = bytes(30_000_000);
    std::fs::write(lab.path("source"), &content).expect("it can be written");
    let cut = AtomicU64::new(0);
    let progress = |bytes| {
        if bytes > 10_000_000 && cut.swap(1, Ordering::SeqCst) == 0 {
            relay.cut();
        }
    };
    let wanted =
        Download { from: lab.path("source").display().to_string(), to: lab.path("back"), root: false };
    download(host.as_ref(), &wanted, &progress).await.expect("it goes on by itself");
    assert_eq!(relay.links(), 2, "the link was cut once");
    assert!(std::fs::read(lab.path("back")).expect("it is here") == content, "other bytes came back");
    let missing = Download { from: "/no/such/file".to_owned(), ..wanted };
    let error = download(host.as_ref(), &missing, &quiet).await.expect_err("it is not there");
    assert!(error.to_string().contains("No such file"), "the reason is lost: {error}");
    assert!(!lab.path("back.part").exists(), "something is left over");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_channels_where_it_is_far() {
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::from_millis(10)).await;
    let host = lab.host_with("plain", &format!("Port {}", relay.port), Arc::new(NoSecrets));
    let content = bytes(64 * 1024 * 1024);
    let to = lab.path("home/plain/far");
    let done = upload(host.as_ref(), &plan(&content, &to, false), &quiet).await.expect("it gets there");
    let round_trip = host.round_trip().expect("it was measured");
    assert!(round_trip >= Duration::from_millis(20), "the round trip is too short: {round_trip:?}");
    assert_eq!(done.channels, 4, "20 ms want four channels");
    assert!(std::fs::read(&to).expect("it is there") == content, "other bytes arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_cannot_be_written() {
    let lab = Lab::start();
    let host = lab.host("free");
    let prepare = "mkdir -p /run/ro /run/full && mount -t tmpfs -o ro tmpfs /run/ro && mount -t tmpfs -o size=3m,mode=777 tmpfs /run/full";
    let finished = host.run(&Command::script(prepare).as_root(), 1000).await.expect("it runs");
    assert!(finished.exit.is_success(), "the places cannot be made: {}", finished.stderr());
    let content = bytes(5_000_000);
    for (place, root, says) in [
        ("/run/ro/file", true, "Read-only file system"),
        ("/run/full/file", false, "No space left on device"),
        ("/root/file", false, "Permission denied"),
        ("/no/such/file", true, "make the directory first"),
    ] {
        for size in [1000, content.len()] {
            if size == 1000 && place.contains("full") {
                continue;
            }
            let plan = plan(&content[..size], std::path::Path::new(place), root);
            let error = upload(host.as_ref(), &plan, &quiet).await.expect_err("it cannot be written");
            let text = error.to_string();
            assert!(matches!(error, RemoteError::Transfer { .. }), "another error: {text}");
            assert!(text.contains(says), "{place}, {size} bytes: the reason is lost: {text}");
        }
    }
    // Nothing of ours needs /tmp.
    let readonly =
        host.run(&Command::script("mount -t tmpfs -o ro tmpfs /tmp; touch /tmp/x").as_root(), 1000).await;
    assert!(!readonly.expect("it runs").exit.is_success(), "/tmp can still be written");
    let finished = host.run(&Command::script("echo fine").as_root(), 1000).await.expect("it runs");
    assert_eq!(finished.stdout(), "fine\n", "a command needs /tmp");
    upload(host.as_ref(), &plan(&content[..2_000_000], std::path::Path::new("/run/file"), true), &quiet)
        .await
        .expect("an upload needs no /tmp");
}
