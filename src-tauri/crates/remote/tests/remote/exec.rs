//! Commands.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use longshore_remote::{Command, Event, Exit, Host, RemoteError, Sink, Stream};

use crate::lab::Lab;
use crate::relay::Relay;

const LIMIT: usize = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn streams_status_signal_and_input() {
    let lab = Lab::start();
    let host = lab.host("plain");
    let run = async |command: Command| host.run(&command, LIMIT).await.expect("the command runs");

    let finished = run(Command::script("echo out; echo err >&2; exit 3")).await;
    assert_eq!(finished.exit, Exit::Status(3), "the status comes through");
    assert_eq!(finished.stdout(), "out\n", "standard output alone");
    assert_eq!(finished.stderr(), "err\n", "standard error alone");

    let finished = run(Command::script("kill -KILL $$")).await;
    assert_eq!(finished.exit, Exit::Signal("KILL".to_owned()), "a signal is told as one");

    let input: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let finished =
        host.run(&Command::script("cat").stdin(input.clone()), input.len()).await.expect("cat runs");
    assert_eq!(finished.output.stdout, input, "bytes go in and come out unchanged");

    let finished = run(Command::program(["printf", "%s|", "a b", "it's", "$HOME", "\\", "*"])).await;
    assert_eq!(finished.stdout(), "a b|it's|$HOME|\\|*|", "arguments arrive as they are");

    let finished =
        run(Command::script("head -c 10 >/dev/null; echo enough").stdin(vec![b'x'; 5_000_000])).await;
    assert_eq!(finished.stdout(), "enough\n", "a command need not read all its input");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_script_goes_as_input() {
    let lab = Lab::start();
    let host = lab.host("free");
    let script = format!("# {}\nread -r line; printf '%s %s' \"$line\" 'it''s'", "x".repeat(90_000));
    for root in [false, true] {
        let command = Command::script(script.clone()).stdin("own input\n").root(root);
        let finished = host.run(&command, LIMIT).await.expect("the command runs");
        assert_eq!(
            finished.stdout(),
            "own input its",
            "the input behind the script is the command's, root: {root}"
        );
        let finished = host.run(&Command::script(script.clone()).root(root), LIMIT).await.expect("it runs");
        assert_eq!(finished.stdout(), " its", "a long script without input, root: {root}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_commands_share_one_session() {
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::ZERO).await;
    let host = lab.host_with("plain", &format!("Port {}", relay.port), Arc::new(longshore_remote::NoSecrets));
    host.connect().await.expect("it can be connected to");
    let runs = (0..12).map(|number| {
        let host = Arc::clone(&host);
        tokio::spawn(async move {
            let script = format!("head -c 2000000 /dev/zero; echo {number} >&2");
            host.run(&Command::script(script), 4_000_000).await.expect("the command runs")
        })
    });
    for (number, run) in runs.collect::<Vec<_>>().into_iter().enumerate() {
        let finished = run.await.expect("no panic");
        assert_eq!(finished.output.stdout.len(), 2_000_000, "command {number} lost output");
        assert_eq!(finished.stderr(), format!("{number}\n"), "outputs of two commands were mixed");
    }
    assert_eq!(relay.links(), 1, "one connection is enough");
    assert!(host.round_trip().is_some(), "the round trip was measured on the way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_limit_ends_the_command_on_the_host() {
    let lab = Lab::start();
    let host = lab.host("free");
    for root in [false, true] {
        // A child of the command, and a sign that can be looked for.
        let script = format!("sleep 3217{} & echo; wait", u8::from(root));
        let command = Command::script(script).root(root).within(Duration::from_millis(700));
        let started = Instant::now();
        let error = host.run(&command, LIMIT).await.expect_err("it takes longer");
        assert!(matches!(error, RemoteError::CommandTimeout { .. }), "another error: {error}");
        assert!(started.elapsed() < Duration::from_secs(5), "the limit is kept");
        let look = format!(
            "i=0; while ps ax -o args= | grep -q '^sleep 3217{}'; do i=$((i+1)); [ $i -gt 100 ] && exit 1; sleep 0.1; done",
            u8::from(root)
        );
        let finished = host.run(&Command::script(look), LIMIT).await.expect("it can be looked for");
        assert!(finished.exit.is_success(), "what the command had started still runs, root: {root}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_process_leaves_the_session_usable() {
    let lab = Lab::start();
    let host = lab.host("plain");
    for _ in 0..5 {
        let mut process = host.start(&Command::script("yes")).await.expect("yes starts");
        let Event::Stdout(_) = process.next().await.expect("it speaks") else { panic!("yes says y") };
        drop(process);
        let finished = host.run(&Command::script("echo next"), LIMIT).await.expect("the next command runs");
        assert_eq!(finished.stdout(), "next\n", "output of the dropped command got into the next one");
    }
}

/// Reads slowly at first.
struct Lazy {
    seen: usize,
}

impl Sink for Lazy {
    fn piece(&mut self, stream: Stream, bytes: &[u8]) {
        if stream == Stream::Stdout {
            self.seen += bytes.len();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn feeding_and_reading_at_once() {
    let lab = Lab::start();
    let host = lab.host("plain");
    let size = 8_000_000;
    let mut process = host.start(&Command::script("tee /dev/stderr").fed(size)).await.expect("tee starts");
    let feed = process.take_feed().expect("it has input");
    let feeding = tokio::spawn(async move {
        for _ in 0..(size / 100_000) {
            assert!(feed.send(Bytes::from(vec![7; 100_000])).await, "tee reads all");
        }
    });
    let (mut out, mut err) = (Lazy { seen: 0 }, 0);
    loop {
        match process.next().await.expect("tee runs") {
            Event::Stdout(piece) => out.piece(Stream::Stdout, &piece),
            Event::Stderr(piece) => err += piece.len(),
            Event::Ended(exit) => break assert_eq!(exit, Exit::Status(0), "tee succeeds"),
        }
    }
    feeding.await.expect("no panic");
    assert_eq!((out.seen as u64, err as u64), (size, size), "each stream carries everything");
}

#[tokio::test(flavor = "multi_thread")]
async fn idempotent_work_goes_on_over_a_new_link() {
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::ZERO).await;
    let host = lab.host_with("plain", &format!("Port {}", relay.port), Arc::new(longshore_remote::NoSecrets));
    let flag = lab.path("home/plain/once");
    let script = format!("echo begun; [ -e {0} ] || {{ : >{0}; sleep 60; }}; echo done", flag.display());
    let cutting = async {
        while !flag.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        relay.cut();
    };
    let command = Command::script(script).idempotent();
    let (finished, ()) = tokio::join!(host.run(&command, LIMIT), cutting);
    assert_eq!(
        finished.expect("it is done again").stdout(),
        "begun\ndone\n",
        "the first try's output is gone"
    );
    assert_eq!(relay.links(), 2, "a new link was made");

    // What may not be done twice is told as lost, and the next command works.
    let command = Command::script("echo begun; sleep 60");
    let mut process = host.start(&command).await.expect("it starts");
    let Ok(Event::Stdout(_)) = process.next().await else { panic!("it begins") };
    relay.cut();
    let error = process.next().await.expect_err("the link is gone");
    assert!(error.is_link_lost(), "another error: {error}");
    let finished = host.run(&Command::script("echo again"), LIMIT).await.expect("the next one runs");
    assert_eq!(finished.stdout(), "again\n", "the session is new");
}
