//! What is left on a host: nothing. In a file of its own, because others make such folders meanwhile.

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;
use support::{Local, gather, setting, shells, text};

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
