//! What is left on a host: nothing. In a file of its own, because others make such folders meanwhile.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use longshore_preflight::{Host, Sink};
use serde_json::json;
use support::{Local, gather, setting, shells, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

#[tokio::test]
async fn nothing_is_left_behind() {
    let listing = || {
        let mut all = BTreeSet::new();
        for folder in ["/tmp", "/var/tmp", "/dev/shm", "/run"] {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.contains("longshore.") {
                    all.insert(format!("{folder}/{name}"));
                }
            }
        }
        all
    };
    let folder = tempfile::tempdir().expect("a folder");
    let work = folder.path().join("tmp");
    fs::create_dir(&work).expect("made");
    for shell in shells() {
        let asked = json!([
            { "run": { "collectorName": "writes", "command": "sh", "args": ["-c", "echo x >junk; echo y >\"$TS_OUTPUT_DIR/z\"; mkdir -p a/b"], "outputDir": "o", "input": { "i": "1" } } },
            { "run": { "collectorName": "hangs", "command": "sh", "args": ["-c", "echo x >junk; sleep 600"], "timeout": "1s" } },
            { "filesystemPerformance": { "directory": work.join("perf"), "fileSize": "100Ki", "runTime": "3" } },
            { "cpu": {} }, { "kernelModules": {} },
        ]);
        let before = listing();
        let host = Local::new(shell).env("TMPDIR", &work.display().to_string());
        let found = gather(asked, &host, &setting()).await;
        assert_eq!(text(&found.gathered, "host-collectors/run-host/writes/o/z"), "y\n", "{shell}: {found:?}");
        let left: Vec<_> =
            fs::read_dir(&work).expect("it is there").flatten().map(|entry| entry.path()).collect();
        assert!(left.is_empty(), "{shell}: {left:?}");
        assert!(listing().is_subset(&before), "{shell}: {:?}", listing());
    }
}

/// A host whose connection is lost as soon as it has said something; its shell does not survive that.
struct Unplugged {
    shell: String,
    mark: String,
    folder: String,
}

#[async_trait]
impl Host for Unplugged {
    async fn run(&self, script: &str, _: Duration, out: &mut dyn Sink) -> Result<(), String> {
        let mut words = self.shell.split(' ');
        let mut child = Command::new(words.next().unwrap_or("sh"))
            .args(words)
            .env("LONGSHORE_TEST", &self.mark)
            .env("TMPDIR", &self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (mut stdin, mut stdout) =
            (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        stdin.write_all(script.as_bytes()).await.map_err(|error| error.to_string())?;
        // Until the command has begun, whose process is what could be left: the file it writes tells. The
        // folder is looked at beside the reading, which waits while the shell has nothing to say.
        let mut buffer = [0; 4096];
        while !begun(Path::new(&self.folder)) {
            match timeout(Duration::from_millis(20), stdout.read(&mut buffer)).await {
                Err(_) => {}
                Ok(Ok(0)) => panic!("the shell has ended before the command began"),
                Ok(read) => {
                    let _ = out.take(&buffer[..read.map_err(|error| error.to_string())?]);
                }
            }
        }
        child.kill().await.map_err(|error| error.to_string())?;
        Err("the cable was pulled".to_owned())
    }

    fn root(&self) -> bool {
        true
    }
}

/// Whether the command's file is in the folder, or in one of those below it.
fn begun(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name() == "junk" || begun(&entry.path()))
}

/// Processes that were started with a mark in their environment.
fn marked(mark: &str) -> Vec<String> {
    let found = fs::read_dir("/proc").expect("it is there").flatten().filter_map(|entry| {
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let marked = environment.windows(mark.len()).any(|window| window == mark.as_bytes());
        marked.then(|| String::from_utf8_lossy(&line).replace('\0', " "))
    });
    found.collect()
}

#[tokio::test]
async fn a_host_that_is_lost_cleans_up_by_itself() {
    for shell in shells() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = format!("mark{}x{}", std::process::id(), shell.len());
        let host = Unplugged {
            shell: shell.to_owned(),
            mark: mark.clone(),
            folder: folder.path().display().to_string(),
        };
        let asked = json!([
            { "memory": {} },
            { "run": { "command": "sh", "args": ["-c", "echo x >junk; trap '' TERM; sleep 600"], "timeout": "10s" } },
        ]);
        let found = gather(asked, &host, &setting()).await;
        let why = &found.gathered.refused["host-collectors/run-host/run-host.txt"];
        assert!(why.words().contains("the cable was pulled"), "{shell}: {why:?}");
        let end = Instant::now() + Duration::from_secs(90);
        let left = || fs::read_dir(folder.path()).expect("it is there").count();
        while !marked(&mark).is_empty() || left() > 0 {
            assert!(Instant::now() < end, "{shell}: {:?} and {} folders are left", marked(&mark), left());
            // The host is awaited, which tells nobody any more when it is done.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
