//! Each means that a host may have, when it lacks the better ones.

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use longshore_preflight::Refusal;
use serde_json::{Value, json};
use support::{Local, gather, json as file, setting};

/// A host on which some programs do not work.
fn without(programs: &[&str], shell: &str) -> (tempfile::TempDir, Local) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in programs {
        let path = folder.path().join(name);
        fs::write(&path, "#!/bin/sh\nexit 1\n").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("made executable");
    }
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let host = Local::new(shell).env("PATH", &path);
    (folder, host)
}

const PYTHONS: &[&str] = &["perl", "python3", "python", "python2"];

fn asked(taken: u16, free: u16, directory: &str) -> Value {
    json!([
        { "tcpPortStatus": { "collectorName": "taken", "port": taken } },
        { "tcpPortStatus": { "collectorName": "free", "port": free } },
        { "udpPortStatus": { "port": free } },
        { "tcpConnect": { "collectorName": "yes", "address": format!("127.0.0.1:{taken}") } },
        { "tcpConnect": { "collectorName": "no", "address": "127.0.0.1:1" } },
        { "tcpLoadBalancer": { "address": format!("127.0.0.1:{free}"), "port": free, "timeout": "10s" } },
        { "httpLoadBalancer": { "address": format!("http://127.0.0.1:{free}/"), "port": free, "timeout": "10s" } },
        { "filesystemPerformance": { "directory": directory, "fileSize": "60Ki", "operationSize": 2048, "runTime": "20" } },
    ])
}

#[tokio::test]
async fn python_does_what_perl_does() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let free = TcpListener::bind("0.0.0.0:0").expect("a port").local_addr().expect("bound").port();
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().join("perf").display().to_string();
    let (_folder, host) = without(&["perl"], "sh");
    let found = gather(asked(port, free, &directory), &host, &setting()).await;
    let status =
        |path: &str| file(&found.gathered, &format!("host-collectors/{path}.json"))["status"].clone();
    assert_eq!(
        (status("tcpPortStatus/taken"), status("tcpPortStatus/free")),
        (json!("address-in-use"), json!("connected"))
    );
    assert_eq!(status("udpPortStatus/udpPortStatus"), "connected");
    assert_eq!(
        (status("connect/yes"), status("connect/no")),
        (json!("connected"), json!("connection-refused"))
    );
    assert_eq!(status("tcpLoadBalancer/tcpLoadBalancer"), "connected", "one port serves several in turn");
    assert_eq!(status("httpLoadBalancer/httpLoadBalancer"), "connected");
    let fio = file(&found.gathered, "host-collectors/filesystemPerformance/filesystemPerformance.json");
    if fio["fio version"].as_str().is_some_and(|version| version.starts_with("longshore")) {
        assert_eq!(
            (&fio["fio version"], &fio["jobs"][0]["sync"]["total_ios"]),
            (&json!("longshore-python"), &json!(30))
        );
    }
}

#[tokio::test]
async fn without_either_it_is_said_what_was_not_tried() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let free = TcpListener::bind("0.0.0.0:0").expect("a port").local_addr().expect("bound").port();
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().join("perf").display().to_string();
    let (_folder, host) = without(PYTHONS, "sh");
    let found = gather(asked(port, free, &directory), &host, &setting()).await;
    let status =
        |path: &str| file(&found.gathered, &format!("host-collectors/{path}.json"))["status"].clone();
    assert_eq!(
        (status("tcpPortStatus/taken"), status("tcpPortStatus/free")),
        (json!("address-in-use"), json!("connected"))
    );
    assert!(found.notes.iter().any(|note| note.contains("no firewall was tried")), "{:?}", found.notes);
    assert_eq!(
        (status("connect/yes"), status("connect/no")),
        (json!("connected"), json!("connection-refused"))
    );
    let why = found.gathered.refused.get("host-collectors/tcpLoadBalancer/tcpLoadBalancer.json");
    assert!(why.is_some_and(|why| why.words().contains("a shell cannot listen")), "{why:?}");
    let fio = file(&found.gathered, "host-collectors/filesystemPerformance/filesystemPerformance.json");
    if fio["fio version"] == "longshore-dd" {
        assert_eq!(fio["jobs"][0]["sync"]["total_ios"], 30, "{fio}");
        assert!(found.notes.iter().any(|note| note.contains("an upper bound")), "{:?}", found.notes);
    }
}

#[tokio::test]
async fn who_is_not_root_learns_most_and_what_is_lacking() {
    if std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--clear-groups", "true"])
        .status()
        .is_ok_and(|status| status.success())
    {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
        let secret = folder.path().join("secret");
        fs::write(&secret, "x").expect("written");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("closed");
        let mut host = Local::new("setpriv --reuid=65534 --regid=65534 --clear-groups sh");
        host.root = false;
        let asked = json!([
            { "cpu": {} }, { "memory": {} }, { "hostOS": {} }, { "sysctl": {} },
            { "copy": { "path": secret } },
            { "certificate": { "certificatePath": secret, "keyPath": secret } },
            { "filesystemPerformance": { "directory": folder.path().join("new") } },
        ]);
        let found = gather(asked, &host, &setting()).await;
        for path in ["cpu", "memory", "hostos_info", "sysctl"] {
            assert!(
                found.gathered.files.contains_key(&format!("host-collectors/system/{path}.json")),
                "{path}: {:?}",
                found.failed
            );
        }
        let denied = |path: &str| matches!(found.gathered.refused.get(path), Some(Refusal::Forbidden(_)));
        assert!(denied("host-collectors/certificate/certificate.json"), "{:?}", found.gathered.refused);
        assert!(
            denied("host-collectors/filesystemPerformance/filesystemPerformance.json"),
            "{:?}",
            found.gathered.refused
        );
        let lacking = found.needs_root.join("; ");
        for fact in
            ["the content of host-collectors/copy/secret", "can only be read by root", "cannot be written to"]
        {
            assert!(lacking.contains(fact), "{fact}: {lacking}");
        }
    }
}
