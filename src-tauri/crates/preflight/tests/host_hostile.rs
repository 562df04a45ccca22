//! Hosts that are not as one wishes.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use longshore_preflight::{Flow, Host, HostGathered, Refusal, Setting, Sink};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Local, gather, json as file, setting, shells, text};

/// Says what it was given, in pieces.
struct Script {
    pieces: Vec<Vec<u8>>,
    error: Option<String>,
}

#[async_trait]
impl Host for Script {
    async fn run(&self, _: &str, _: Duration, out: &mut dyn Sink) -> Result<(), String> {
        for piece in &self.pieces {
            if out.take(piece) == Flow::Enough {
                return Ok(());
            }
        }
        self.error.clone().map_or(Ok(()), Err)
    }

    fn root(&self) -> bool {
        true
    }
}

/// Keeps what another host says.
struct Recording<'a>(&'a Local, std::sync::Mutex<Vec<u8>>);

struct Copying<'a>(&'a mut dyn Sink, &'a std::sync::Mutex<Vec<u8>>);

impl Sink for Copying<'_> {
    fn take(&mut self, bytes: &[u8]) -> Flow {
        self.1.lock().expect("no panic").extend_from_slice(bytes);
        self.0.take(bytes)
    }
}

#[async_trait]
impl Host for Recording<'_> {
    async fn run(&self, script: &str, limit: Duration, out: &mut dyn Sink) -> Result<(), String> {
        self.0.run(script, limit, &mut Copying(out, &self.1)).await
    }

    fn root(&self) -> bool {
        true
    }
}

fn words(found: &HostGathered, path: &str) -> String {
    found.gathered.refused.get(path).map(|why| why.words().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn noise_before_the_first_word_is_not_read() {
    let mut host = Local::new("sh");
    host.noise = [b"Welcome to \xff\xfe this machine\r\n\x1b[0m".to_vec(), vec![b'x'; 1 << 20]].concat();
    let found = gather(json!([{ "memory": {} }]), &host, &setting()).await;
    assert!(file(&found.gathered, "host-collectors/system/memory.json")["total"].as_u64() > Some(0));
}

#[tokio::test]
async fn a_shell_that_is_none_is_named() {
    for (shell, reason) in [
        (
            "echo This account is currently not available.",
            "it says: This account is currently not available.",
        ),
        ("true", "is it a POSIX sh?"),
        ("/no/such/shell", "nothing could be asked of the host: No such file"),
    ] {
        let mut host = Local::new("true");
        host.shell = match shell.split_once(' ') {
            Some((first, rest)) => vec![first.to_owned(), rest.to_owned()],
            None => vec![shell.to_owned()],
        };
        let found = gather(json!([{ "memory": {} }]), &host, &setting()).await;
        let why = words(&found, "host-collectors/system/memory.json");
        assert!(why.contains(reason), "{shell}: {why}");
    }
}

#[tokio::test]
async fn endless_output_is_cut_and_said() {
    for shell in shells() {
        let asked = json!([
            { "run": { "collectorName": "endless", "command": "yes" } },
            { "run": { "collectorName": "oneline", "command": "tr", "args": ["\\0", "x"] , "input": {} } },
            { "run": { "collectorName": "zero", "command": "cat", "args": ["/dev/zero"] } },
            { "memory": {} },
        ]);
        let begun = Instant::now();
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let path = "host-collectors/run-host/endless.txt";
        let kept = found.gathered.files.get(path).map_or(0, Vec::len);
        assert_eq!(kept, 1 << 20, "{shell}: {:?}", found.failed);
        assert!(
            found.notes.iter().any(|note| note.starts_with(&format!("{path} was cut"))),
            "{shell}: {:?}",
            found.notes
        );
        assert_eq!(
            found.gathered.files.get("host-collectors/run-host/zero.txt").map_or(0, Vec::len),
            1 << 20,
            "{shell}"
        );
        assert!(found.gathered.files.contains_key("host-collectors/system/memory.json"), "{shell}");
        assert!(begun.elapsed() < Duration::from_mins(1), "{shell}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn the_budget_of_a_host_bounds_what_is_kept() {
    let asked: Value =
        (0..6).map(|at| json!({ "run": { "collectorName": format!("r{at}"), "command": "yes", "args": [at.to_string()] } })).collect();
    let setting = Setting { budget: 100_000, ..setting() };
    let found = gather(asked, &Local::new("sh"), &setting).await;
    let kept: usize = found.gathered.files.values().map(Vec::len).sum();
    assert!(kept < 110_000, "{kept} bytes are kept of a budget of 100000");
    let silent: Vec<_> = (0..6)
        .filter(|at| !found.notes.iter().any(|note| note.contains(&format!("r{at}.txt was cut"))))
        .collect();
    assert!(silent.is_empty(), "cut without a word: {silent:?}: {:?}", found.notes);
}

#[tokio::test]
async fn what_hangs_is_ended_and_the_others_finish() {
    for shell in shells() {
        let mark = format!("7{}{}", std::process::id(), shell.len());
        // It does not listen to TERM, and has children of its own.
        let stubborn = format!("trap '' TERM; echo begun; sleep {mark} & sleep {mark}; sleep {mark}");
        let asked = json!([
            { "run": { "collectorName": "hangs", "command": "sh", "args": ["-c", stubborn], "timeout": "1s" } },
            { "run": { "collectorName": "fine", "command": "echo", "args": ["fine"] } },
            { "memory": {} },
        ]);
        let begun = Instant::now();
        let found = gather(asked, &Local::new(shell), &setting()).await;
        assert!(begun.elapsed() < Duration::from_secs(20), "{shell}: {:?}", begun.elapsed());
        assert_eq!(text(&found.gathered, "host-collectors/run-host/fine.txt"), "fine\n", "{shell}");
        let info = file(&found.gathered, "host-collectors/run-host/hangs-info.json");
        assert_eq!(info["exitCode"], "signal: killed", "{shell}: {info}");
        let left = running(&mark);
        assert!(left.is_empty(), "{shell}: processes are left: {left:?}");
    }
}

/// Processes whose arguments hold a text.
fn running(mark: &str) -> Vec<String> {
    let lines = fs::read_dir("/proc").expect("it is there").filter_map(|entry| {
        let line = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        (line.contains(mark) && line.starts_with("sleep")).then_some(line)
    });
    lines.collect()
}

#[tokio::test]
async fn a_command_without_a_timeout_is_not_waited_for_forever() {
    let setting = Setting { patience: Duration::from_secs(1), ..setting() };
    let asked = json!([{ "run": { "command": "sleep", "args": ["600"] } }]);
    let found = gather(asked, &Local::new("sh"), &setting).await;
    let why = words(&found, "host-collectors/run-host/run-host.txt");
    assert!(why.contains("did not end within 1 s"), "{why}");
}

#[tokio::test]
async fn without_a_folder_to_write_to_most_is_still_known() {
    for shell in shells() {
        // What has no folder of its own is said; the rest does without.
        let host = Local::new(shell).env("TMPDIR", "/proc");
        let asked = json!([{ "run": { "command": "pwd" } }, { "cpu": {} }, { "hostOS": {} }]);
        let found = gather(asked, &host, &setting()).await;
        assert!(found.failed.is_empty(), "{shell}: {:?}", found.failed);
    }
}

#[tokio::test]
async fn facts_that_need_root_are_named() {
    let mut host = Local::new("sh");
    host.root = false;
    let asked = json!([
        { "networkNamespaceConnectivity": { "fromCIDR": "10.200.0.0/24", "toCIDR": "10.201.0.0/24", "timeout": "1s" } },
        { "blockDevices": {} },
    ]);
    let found = gather(asked, &host, &setting()).await;
    let why = found.gathered.refused.get("host-collectors/system/networkNamespaceConnectivity.json");
    assert!(matches!(why, Some(Refusal::Forbidden(_))), "{why:?}");
    assert!(
        found.needs_root.iter().any(|fact| fact.contains("network namespaces")),
        "{:?}",
        found.needs_root
    );
}

/// Collectors whose answers are all over before long.
fn quick() -> Value {
    json!([
        { "cpu": {} }, { "memory": {} }, { "hostOS": {} }, { "diskUsage": { "path": "/" } },
        { "run": { "command": "printf", "args": ["a\\nb"] } },
        { "subnetAvailable": { "CIDRRangeAlloc": "10.0.0.0/8", "desiredCIDR": 24 } },
    ])
}

const MADE: &[&str] = &[
    "host-collectors/system/cpu.json",
    "host-collectors/system/memory.json",
    "host-collectors/system/hostos_info.json",
    "host-collectors/diskUsage/diskUsage.json",
    "host-collectors/run-host/run-host.txt",
    "host-collectors/subnetAvailable/result.json",
];

/// A whole stream, its setting and what is made of it, recorded once.
async fn recorded() -> (Vec<u8>, Setting, HostGathered) {
    let (local, setting) = (Local::new("sh"), setting());
    let recording = Recording(&local, std::sync::Mutex::default());
    let whole = gather(quick(), &recording, &setting).await;
    (recording.1.into_inner().expect("no panic"), setting, whole)
}

#[tokio::test]
async fn a_stream_that_is_cut_gives_true_facts_or_errors() {
    let (stream, setting, whole) = recorded().await;
    let ends: Vec<usize> =
        stream.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    // At every frame, before it, and in the midst of it.
    let cuts: BTreeSet<usize> =
        ends.iter().flat_map(|end| [end.saturating_sub(9), end - 1, *end]).chain([0]).collect();
    for cut in cuts {
        let host = Script {
            pieces: vec![stream[..cut].to_vec()],
            error: Some("the connection was closed".to_owned()),
        };
        let found = gather(quick(), &host, &setting).await;
        for path in MADE {
            match found.gathered.files.get(*path) {
                Some(file) => assert_eq!(
                    Some(file),
                    whole.gathered.files.get(*path),
                    "cut at {cut}: {path} is half a fact"
                ),
                None => assert!(
                    words(&found, path).contains("the connection was closed"),
                    "cut at {cut}: {path}: {found:?}"
                ),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn pieces_do_not_matter(sizes in prop::collection::vec(1_usize..700, 1..40), noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (stream, setting, whole) = RECORDED.get_or_init(|| {
            std::thread::spawn(|| tokio::runtime::Runtime::new().expect("a runtime").block_on(recorded())).join().expect("no panic")
        });
        let mut pieces = vec![noise];
        let (mut rest, mut at) = (stream.as_slice(), 0);
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at(sizes[at % sizes.len()].min(rest.len()));
            pieces.push(piece.to_vec());
            (rest, at) = (tail, at + 1);
        }
        let found = runtime.block_on(gather(quick(), &Script { pieces, error: None }, setting));
        prop_assert_eq!(&found.gathered.files, &whole.gathered.files);
    }

    #[test]
    fn any_answer_is_survived(lines in prop::collection::vec((0_u8..9, "[a-z0-9]{0,5}", prop::sample::select(vec!['=', ':', '+', '^', '#', '.', '!', '?', '~']), prop::collection::vec(any::<u8>(), 0..40)), 0..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let setting = Setting::new("t1", longshore_contract::Timestamp(0));
        let mut stream = b"\n@longshore-t1\n".to_vec();
        for (probe, name, op, payload) in lines {
            stream.extend(format!("@longshore-t1 {probe} {name}{op}").as_bytes());
            stream.extend(payload);
            stream.push(b'\n');
        }
        let found = runtime.block_on(gather(quick(), &Script { pieces: vec![stream], error: None }, &setting));
        for path in MADE {
            prop_assert!(found.gathered.files.contains_key(*path) || !words(&found, path).is_empty(), "{} has no answer", path);
        }
    }
}

static RECORDED: std::sync::OnceLock<(Vec<u8>, Setting, HostGathered)> = std::sync::OnceLock::new();
