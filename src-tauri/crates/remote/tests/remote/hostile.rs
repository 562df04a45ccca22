//! Hosts that make it hard.

use std::sync::Arc;
use std::time::Duration;

use longshore_remote::{Captured, Command, Exit, Host as _, NoSecrets, RemoteError, Stream};
use tokio::io::AsyncWriteExt as _;

use crate::lab::Lab;

const LIMIT: usize = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn banners_greetings_and_other_shells() {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let banner = dir.path().join("banner");
    std::fs::write(&banner, "Authorized use only\n".repeat(50)).expect("it can be written");
    let lab = Lab::with(&format!("Banner {}", banner.display()));
    for user in ["noisy", "cshell", "fishy"] {
        let host = lab.host(user);
        let script = "printf '%s\\n' \"it's $((1+1))! \\\\ `echo x`\"\nexit 4";
        let finished = host.run(&Command::script(script), LIMIT).await.expect("the command runs");
        assert_eq!(
            finished.stdout(),
            "it's 2! \\ x\n",
            "{user}: the greeting or the shell spoils the output"
        );
        assert_eq!(finished.stderr(), "", "{user}: the greeting is in standard error");
        assert_eq!(finished.exit, Exit::Status(4), "{user}: the status");
        let cat = host.run(&Command::script("cat").stdin("a\nb"), LIMIT).await.expect("cat runs");
        assert_eq!(cat.stdout(), "a\nb", "{user}: the input");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_that_run_nothing() {
    let lab = Lab::start();
    for (user, says) in [("nologin", "not available"), ("mute", "status 1 and said nothing")] {
        let error = lab.host(user).run(&Command::script("echo hi"), LIMIT).await.expect_err("nothing runs");
        assert!(matches!(error, RemoteError::Shell { .. }), "{user}: another error: {error}");
        assert!(error.to_string().contains(says), "{user}: the reason is lost: {error}");
    }
    let forced = Lab::with("ForceCommand echo This host takes orders from nobody");
    let error = forced.host("plain").run(&Command::script("echo hi"), LIMIT).await.expect_err("nothing runs");
    assert!(error.to_string().contains("takes orders from nobody"), "the reason is lost: {error}");
}

/// Whether this process runs one test alone. Else runs that test in a process of its own: memory is measured,
/// and other tests hold whole bundles.
fn alone(test: &str) -> bool {
    const ALONE: &str = "LONGSHORE_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let program = std::env::current_exe().expect("it has a path");
    let output = std::process::Command::new(program).args(["--exact", test]).env(ALONE, "1").output();
    let output = output.expect("it starts");
    assert!(output.status.success(), "alone: {}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{test} is the name of no test");
    false
}

/// Memory of this process in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").expect("there is /proc");
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("it has pages") * 4096
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_bounded() {
    if !alone("hostile::a_flood_is_bounded") {
        return;
    }
    let lab = Lab::start();
    let host = lab.host("plain");
    host.connect().await.expect("it can be connected to");
    let before = resident();
    let script = "head -c 100000000 /dev/zero; head -c 5000000 /dev/zero >&2";
    let finished = host.run(&Command::script(script), 64 * 1024).await.expect("it runs");
    let grown = resident().saturating_sub(before);
    assert_eq!(finished.output.stdout.len(), 64 * 1024, "as much is kept as was allowed");
    assert_eq!(finished.output.stdout_left_out, 100_000_000 - 64 * 1024, "the rest is counted");
    assert_eq!(finished.output.stderr_left_out, 5_000_000 - 64 * 1024, "of both streams");
    let text = finished.output.text(Stream::Stdout);
    assert!(text.ends_with("[99934464 bytes left out]\n"), "the reader is told");
    assert!(grown < 30_000_000, "100 MB of output took {grown} bytes of memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads() {
    let lab = Lab::start();
    let host = lab.host("plain");
    let mut process = host.start(&Command::script("head -c 30000000 /dev/zero")).await.expect("it starts");
    // Others go on while this one's queue and window are full.
    for _ in 0..20 {
        let finished = host.run(&Command::script("echo on"), LIMIT).await.expect("it runs");
        assert_eq!(finished.stdout(), "on\n", "a full channel holds up another one");
    }
    let mut output = Captured::new(10, host.redactor());
    let exit = loop {
        use longshore_remote::{Event, Sink as _};
        match process.next().await.expect("it goes on") {
            Event::Stdout(piece) => output.piece(Stream::Stdout, &piece),
            Event::Stderr(_) => {}
            Event::Ended(exit) => break exit,
        }
    };
    assert_eq!(
        (exit, output.stdout_left_out),
        (Exit::Status(0), 30_000_000 - 10),
        "nothing was lost meanwhile"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text() {
    let lab = Lab::start();
    let host = lab.host("plain");
    let script = "printf '\\377\\376\\000\\033[31mred\\n'; printf '\\200' >&2; exit 1";
    let finished = host.run(&Command::script(script), LIMIT).await.expect("it runs");
    assert_eq!(finished.output.stdout, b"\xff\xfe\0\x1b[31mred\n", "bytes are kept as they are");
    assert_eq!(finished.stderr(), "\u{fffd}", "a text for a reader is text");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_ssh() {
    let answers: [&[u8]; 4] =
        [b"HTTP/1.0 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n\0\0\0\0", b"SSH-1.5-old\r\n", b""];
    for answer in answers {
        let listener =
            tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let port = listener.local_addr().expect("it has an address").port();
        tokio::spawn(async move {
            let (mut near, _) = listener.accept().await.expect("a connection comes");
            let _ = near.write_all(answer).await;
        });
        let lab = longshore_remote::SshConfig::empty();
        let to = longshore_remote::Destination { host: "127.0.0.1".to_owned(), user: None, port: Some(port) };
        let host = longshore_remote::SshHost::new(lab.route(&to).expect("it is a host"), Arc::new(NoSecrets));
        let error = host.connect().await.expect_err("that is no sshd");
        assert!(matches!(error, RemoteError::Handshake { .. }), "{answer:?}: another error: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_without_end() {
    if !alone("hostile::noise_without_end") {
        return;
    }
    let lab = Lab::start();
    std::fs::write(lab.path("home/noisy/.bashrc"), "yes noise\n").expect("it can be written");
    let command = Command::script("echo hi").within(Duration::from_secs(2));
    let before = resident();
    let error = lab.host("noisy").run(&command, LIMIT).await.expect_err("the greeting never ends");
    assert!(matches!(error, RemoteError::CommandTimeout { .. }), "another error: {error}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 30_000_000, "endless noise took {grown} bytes of memory");
}
