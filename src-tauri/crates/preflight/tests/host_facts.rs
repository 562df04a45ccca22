//! The script for real, in each shell, and its facts against the truth read another way.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::process::Command;

use serde_json::{Value, json};
use support::{Local, gather, json as file, setting, shells, text};

const SYSTEM: &str = "host-collectors/system";

fn said(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().expect("sh runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn what_the_system_tells() {
    for shell in shells() {
        let asked = json!([
            { "cpu": {} }, { "memory": {} }, { "hostOS": {} }, { "diskUsage": { "path": "/tmp/not/made/yet" } },
            { "sysctl": {} }, { "kernelModules": {} }, { "ipv4Interfaces": {} }, { "cgroups": {} },
        ]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let gathered = &found.gathered;
        let cpu = file(gathered, &format!("{SYSTEM}/cpu.json"));
        let info = fs::read_to_string("/proc/cpuinfo").expect("it is there");
        let logical = info.lines().filter(|line| line.starts_with("processor")).count();
        assert_eq!(cpu["logicalCount"], logical, "{shell}");
        assert_eq!(cpu["machineArch"], said("uname -m"), "{shell}");
        let flags: BTreeSet<&str> = info
            .lines()
            .filter(|line| line.starts_with("flags") || line.starts_with("Features"))
            .flat_map(|line| line.split_once(':').expect("a value").1.split_whitespace())
            .collect();
        let ours: BTreeSet<&str> =
            cpu["flags"].as_array().expect("flags").iter().filter_map(Value::as_str).collect();
        assert!(flags.is_subset(&ours), "{shell}: {:?}", flags.difference(&ours));
        let kilobytes: u64 = said("awk '/MemTotal/ {print $2}' /proc/meminfo").parse().expect("a number");
        assert_eq!(file(gathered, &format!("{SYSTEM}/memory.json"))["total"], kilobytes * 1024, "{shell}");
        let os = file(gathered, &format!("{SYSTEM}/hostos_info.json"));
        assert_eq!(os["kernelVersion"], said("uname -r"), "{shell}");
        assert_eq!(os["name"], said("uname -n"), "{shell}");
        let disk = file(gathered, "host-collectors/diskUsage/diskUsage.json");
        let total: u64 = said("df -P -B1 /tmp | awk 'NR > 1 {print $2}'").parse().expect("a number");
        assert_eq!(disk["total_bytes"], total, "{shell}: the nearest folder that is there counts");
        let used: u64 = said("df -P -B1 /tmp | awk 'NR > 1 {print $3}'").parse().expect("a number");
        let ours = disk["used_bytes"].as_u64().expect("a number");
        assert!(ours.abs_diff(used) < 512 << 20, "{shell}: {ours} is not about {used}");
        let parameters = file(gathered, &format!("{SYSTEM}/sysctl.json"));
        for name in
            ["net/ipv4/ip_forward", "kernel/ostype", "vm/max_map_count", "fs/inotify/max_user_instances"]
        {
            let truth = fs::read_to_string(format!("/proc/sys/{name}")).expect(name);
            assert_eq!(parameters[name.replace('/', ".")], truth.trim_end(), "{shell}: {name}");
        }
        interfaces(shell, gathered);
        let cgroups = file(gathered, &format!("{SYSTEM}/cgroups.json"));
        assert_eq!(cgroups["cgroup-enabled"], true, "{shell}: {cgroups}");
        assert!(cgroups["allControllers"].as_array().expect("a list").contains(&json!("memory")), "{shell}");
    }
}

fn interfaces(shell: &str, gathered: &longshore_preflight::Gathered) {
    let found = file(gathered, &format!("{SYSTEM}/ipv4Interfaces.json"));
    let mut truth = BTreeSet::new();
    for entry in fs::read_dir("/sys/class/net").expect("it is there") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let flags = fs::read_to_string(format!("/sys/class/net/{name}/flags")).unwrap_or_default();
        let flags = u64::from_str_radix(flags.trim().trim_start_matches("0x"), 16).unwrap_or(0);
        let addressed = said(&format!("ip -4 addr show dev {name} 2>/dev/null | grep -c inet")) != "0";
        if flags & 1 == 1 && flags & 8 == 0 && addressed {
            truth.insert(name);
        }
    }
    let ours: BTreeSet<String> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|link| link["Name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(ours, truth, "{shell}");
}

#[tokio::test]
async fn ports_are_bound_or_taken() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a port");
    let used = UdpSocket::bind("0.0.0.0:0").expect("a port");
    let free = TcpListener::bind("0.0.0.0:0").expect("a port").local_addr().expect("bound").port();
    let (taken, used) = (
        taken.local_addr().map(|at| (at.port(), taken)).expect("bound"),
        used.local_addr().map(|at| (at.port(), used)).expect("bound"),
    );
    for shell in shells() {
        let asked = json!([
            { "tcpPortStatus": { "collectorName": "taken", "port": taken.0 } },
            { "tcpPortStatus": { "collectorName": "free", "port": free } },
            { "tcpPortStatus": { "collectorName": "loop", "port": free, "interface": "lo" } },
            { "udpPortStatus": { "collectorName": "used", "port": used.0 } },
            { "udpPortStatus": { "collectorName": "free", "port": free } },
            { "tcpPortStatus": { "collectorName": "no", "port": free, "interface": "nosuch0" } },
            { "tcpConnect": { "collectorName": "yes", "address": format!("127.0.0.1:{}", taken.0) } },
            { "tcpConnect": { "collectorName": "no", "address": "127.0.0.1:1", "timeout": "3s" } },
            { "tcpConnect": { "collectorName": "name", "address": "nosuch.invalid:1" } },
        ]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let status = |kind: &str, name: &str| {
            file(&found.gathered, &format!("host-collectors/{kind}/{name}.json"))["status"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(status("tcpPortStatus", "taken"), "address-in-use", "{shell}");
        assert_eq!(status("tcpPortStatus", "free"), "connected", "{shell}: {found:?}");
        assert_eq!(status("tcpPortStatus", "loop"), "connected", "{shell}");
        assert_eq!(status("udpPortStatus", "used"), "address-in-use", "{shell}");
        assert_eq!(status("udpPortStatus", "free"), "connected", "{shell}");
        assert_eq!(status("connect", "yes"), "connected", "{shell}");
        assert_eq!(status("connect", "no"), "connection-refused", "{shell}");
        assert_eq!(status("connect", "name"), "error", "{shell}");
        let why =
            found.gathered.refused.get("host-collectors/tcpPortStatus/no.json").expect("no such interface");
        assert!(why.words().contains("no interface nosuch0"), "{shell}: {why:?}");
    }
}

#[tokio::test]
async fn commands_run_as_the_reference_says() {
    for shell in shells() {
        let asked = json!([
            { "run": { "collectorName": "plain", "command": "sh", "args": ["-c", "printf 'a\\0\\377'; echo wrong >&2; exit 3"] } },
            { "run": {
                "collectorName": "full", "command": "sh", "outputDir": "out/deep",
                "args": ["-c", "cat \"$TS_INPUT_DIR/in put\"; env | cut -d= -f1 | sort | tr '\\n' ' '; printf \"$OWN\" >\"$TS_OUTPUT_DIR/x y\"; pwd"],
                "input": { "in put": "it's\n$HOME\n" }, "env": ["OWN=a b'c"], "ignoreParentEnvs": true } },
            { "run": { "collectorName": "inherit", "command": "printenv", "args": ["KEPT"], "inheritEnvs": ["KEPT"] } },
            { "run": { "collectorName": "lost", "command": "printenv", "inheritEnvs": ["NOT_THERE"] } },
            { "run": { "collectorName": "none", "command": "no-such-command" } },
            { "run": { "collectorName": "bad", "command": "true", "env": ["A=b=c"] } },
        ]);
        let host = Local::new(shell).env("KEPT", "kept here").env("SECRET", "x");
        let found = gather(asked, &host, &setting()).await;
        let gathered = &found.gathered;
        let path = |name: &str| format!("host-collectors/run-host/{name}");
        assert_eq!(
            gathered.files.get(&path("plain.txt")).map(Vec::as_slice),
            Some(&b"a\0\xff"[..]),
            "{shell}: {found:?}"
        );
        let info = file(gathered, &path("plain-info.json"));
        assert_eq!(
            (info["exitCode"].as_str(), info["error"].as_str()),
            (Some("3"), Some("wrong\n")),
            "{shell}"
        );
        assert_eq!(text(gathered, &path("plain-stderr.txt")), "wrong\n", "{shell}");
        let full = text(gathered, &path("full.txt"));
        assert!(full.starts_with("it's\n$HOME\n"), "{shell}: {full}");
        assert!(
            full.contains("OWN") && full.contains("TS_OUTPUT_DIR") && !full.contains("SECRET"),
            "{shell}: {full}"
        );
        let folder = full.lines().last().expect("a folder");
        assert!(
            !std::path::Path::new(folder.rsplit(' ').next().expect("a path")).exists(),
            "{shell}: {folder} is left"
        );
        assert_eq!(text(gathered, &path("full/out/deep/x y")), "a b'c", "{shell}");
        assert_eq!(text(gathered, &path("inherit.txt")), "kept here\n", "{shell}");
        let why = |name: &str| {
            gathered.refused.get(&path(name)).map(|why| why.words().to_owned()).unwrap_or_default()
        };
        assert!(why("lost.txt").contains("not found: NOT_THERE"), "{shell}: {}", why("lost.txt"));
        assert!(why("none.txt").contains("no command no-such-command"), "{shell}: {}", why("none.txt"));
        assert!(why("bad.txt").contains("NAME=value"), "{shell}: {}", why("bad.txt"));
        assert!(
            !found.gathered.files.values().any(|file| file.windows(6).any(|w| w == b"SECRET")),
            "{shell}: the environment is not recorded"
        );
    }
}

#[tokio::test]
async fn files_are_copied_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().join("a b");
    fs::create_dir_all(at.join("sub")).expect("made");
    let binary: Vec<u8> = (0..=255).collect();
    fs::write(at.join("bin"), &binary).expect("written");
    fs::write(at.join("sub/empty"), "").expect("written");
    fs::write(at.join("sub/.hidden\nline"), "x").expect("written");
    std::os::unix::fs::symlink(&at, at.join("sub/loop")).expect("linked");
    for shell in shells() {
        let pattern = format!("{}/a b/*", folder.path().display());
        let asked = json!([
            { "copy": { "collectorName": "mine", "path": pattern } },
            { "copy": { "path": "/no/such/*" } },
        ]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let files = &found.gathered.files;
        assert_eq!(files.get("host-collectors/mine/bin"), Some(&binary), "{shell}: {:?}", files.keys());
        assert_eq!(files.get("host-collectors/mine/sub/empty").map(Vec::len), Some(0), "{shell}");
        assert!(files.contains_key("host-collectors/mine/sub/.hidden\nline"), "{shell}: {:?}", files.keys());
        assert!(
            found.notes.iter().any(|note| note.contains("no file of the host matches /no/such/*")),
            "{shell}"
        );
    }
}

#[tokio::test]
async fn writes_are_measured_and_nothing_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in shells() {
        let directory = folder.path().join("new/deeper");
        let asked = json!([{ "filesystemPerformance": { "directory": directory, "fileSize": "200Ki", "operationSize": 2300, "runTime": "5" } }]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let fio = file(&found.gathered, "host-collectors/filesystemPerformance/filesystemPerformance.json");
        let latency = &fio["jobs"][0]["sync"]["lat_ns"];
        let (min, p99, max) =
            (latency["min"].as_u64(), latency["percentile"]["99.000000"].as_u64(), latency["max"].as_u64());
        assert!(min > Some(0) && min <= p99 && p99 <= max, "{shell}: {latency}");
        assert!(!folder.path().join("new").exists(), "{shell}: the folders were made for it");
    }
}
