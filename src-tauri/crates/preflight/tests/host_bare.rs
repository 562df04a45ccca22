//! A host with nothing but busybox: no perl, no python, no curl, no package manager, as Alpine is.

mod support;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use support::{Local, gather, json as file, setting, text};

fn run(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().expect("sh runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A root of busybox alone, in a mount namespace of its own; none without root and busybox.
fn bare(folder: &Path, mounts: &str) -> Option<Local> {
    if run("id -u") != "0"
        || run("command -v busybox && unshare -m true && echo yes").lines().last() != Some("yes")
    {
        return None;
    }
    let at = folder.display();
    let made = run(&format!(
        "set -e; cd {at}; mkdir -p bin proc sys dev tmp etc; b=$(command -v busybox); cp $b bin/busybox
        for l in $(ldd $b 2>/dev/null | grep -o '/[^ ]*'); do mkdir -p .${{l%/*}}; cp $l .$l; done
        for a in $(bin/busybox --list); do [ -e bin/$a ] || ln -s busybox bin/$a; done
        mknod dev/null c 1 3; chmod 666 dev/null; mknod dev/zero c 1 5
        printf 'ID=alpine\\nVERSION_ID=3.20.3\\n' >etc/os-release; echo 3.20.3 >etc/alpine-release; echo made"
    ));
    if made != "made" {
        return None;
    }
    let enter = format!(
        "mount --rbind /proc \"$0/proc\" && mount --rbind /sys \"$0/sys\" {mounts} && \
         exec chroot \"$0\" /bin/env -i PATH=/bin TMPDIR=/tmp /bin/sh"
    );
    let shell = ["unshare", "-m", "sh", "-c", &enter, &folder.display().to_string()];
    let shell = shell.map(str::to_owned).to_vec();
    Some(Local { shell, ..Local::new("sh") })
}

#[tokio::test]
async fn busybox_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(host) = bare(folder.path(), "") else { return };
    let taken = TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let free = TcpListener::bind("0.0.0.0:0").expect("a port").local_addr().expect("bound").port();
    let asked = json!([
        { "cpu": {} }, { "memory": {} }, { "hostOS": {} }, { "diskUsage": { "path": "/var/none" } }, { "sysctl": {} },
        { "ipv4Interfaces": {} }, { "cgroups": {} }, { "kernelModules": {} },
        { "tcpPortStatus": { "collectorName": "taken", "port": port } },
        { "tcpPortStatus": { "collectorName": "free", "port": free } },
        { "udpPortStatus": { "port": free } },
        { "tcpConnect": { "collectorName": "yes", "address": format!("127.0.0.1:{port}") } },
        { "tcpConnect": { "collectorName": "no", "address": "127.0.0.1:1" } },
        { "run": { "command": "sh", "args": ["-c", "echo x >\"$TS_OUTPUT_DIR/f\"; printf '\\0a'"], "outputDir": "o" } },
        { "run": { "collectorName": "hangs", "command": "sleep", "args": ["600"], "timeout": "1s" } },
        { "copy": { "path": "/etc/*" } },
        { "subnetAvailable": { "CIDRRangeAlloc": "10.0.0.0/8", "desiredCIDR": 22 } },
        { "blockDevices": {} }, { "hostServices": {} }, { "filesystemPerformance": { "directory": "/tmp/p", "fileSize": "100Ki" } },
        { "systemPackages": { "ubuntu": ["a"] } }, { "http": { "get": { "url": "http://127.0.0.1:1/" } } },
    ]);
    let before = run(&format!("find {} -xdev | sort", folder.path().display()));
    let found = gather(asked, &host, &setting()).await;
    let gathered = &found.gathered;
    let os = file(gathered, "host-collectors/system/hostos_info.json");
    assert_eq!((&os["platform"], &os["platformVersion"]), (&json!("alpine"), &json!("3.20.3")));
    let cpu = file(gathered, "host-collectors/system/cpu.json");
    assert_eq!(cpu["logicalCount"].to_string(), run("grep -c ^processor /proc/cpuinfo"));
    assert!(file(gathered, "host-collectors/diskUsage/diskUsage.json")["total_bytes"].as_u64() > Some(0));
    assert_eq!(file(gathered, "host-collectors/system/sysctl.json")["kernel.ostype"], "Linux");
    let status = |path: &str| file(gathered, &format!("host-collectors/{path}.json"))["status"].clone();
    assert_eq!(status("tcpPortStatus/taken"), "address-in-use");
    assert_eq!(status("tcpPortStatus/free"), "connected");
    assert!(
        found.notes.iter().any(|note| note.contains("no firewall was tried")),
        "what was not tried is said: {:?}",
        found.notes
    );
    assert_eq!(
        (status("connect/yes"), status("connect/no")),
        (json!("connected"), json!("connection-refused"))
    );
    assert_eq!(
        gathered.files.get("host-collectors/run-host/run-host.txt").map(Vec::as_slice),
        Some(&b"\0a"[..])
    );
    assert_eq!(text(gathered, "host-collectors/run-host/run-host/o/f"), "x\n");
    assert_eq!(file(gathered, "host-collectors/run-host/hangs-info.json")["exitCode"], "signal: killed");
    assert!(gathered.files.contains_key("host-collectors/copy/alpine-release"));
    for (path, reason) in [
        ("host-collectors/system/block_devices.json", "lsblk is not on the host"),
        ("host-collectors/system/systemctl_services.json", "systemctl is not on the host"),
        ("host-collectors/system/packages-packages.json", "no list for the host's distribution, alpine"),
        (
            "host-collectors/filesystemPerformance/filesystemPerformance.json",
            "none of fio, perl, python and GNU date",
        ),
    ] {
        let why = gathered.refused.get(path).map(|why| why.words().to_owned()).unwrap_or_default();
        assert!(
            why.contains(reason),
            "{path}: {why:?}; {:?}",
            gathered.files.get(path).map(|file| String::from_utf8_lossy(file))
        );
    }
    let request = file(gathered, "host-collectors/http/result.json");
    assert!(request["error"]["message"].as_str().is_some_and(|why| why.contains("refused")), "{request}");
    assert_eq!(run(&format!("find {} -xdev | sort", folder.path().display())), before, "something is left");
}

#[tokio::test]
async fn without_a_folder_to_write_to_only_what_needs_one_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(host) = bare(folder.path(), "&& mount -t tmpfs -o ro none \"$0/tmp\"") else { return };
    let asked = json!([
        { "run": { "collectorName": "plain", "command": "echo", "args": ["fine"] } },
        { "run": { "collectorName": "needy", "command": "true", "outputDir": "o" } },
        { "cpu": {} }, { "hostOS": {} }, { "sysctl": {} },
        { "filesystemPerformance": { "directory": "/tmp/p" } },
    ]);
    let found = gather(asked, &host, &setting()).await;
    assert_eq!(text(&found.gathered, "host-collectors/run-host/plain.txt"), "fine\n", "it needs no folder");
    let why =
        |path: &str| found.gathered.refused.get(path).map(|why| why.words().to_owned()).unwrap_or_default();
    let needy = why("host-collectors/run-host/needy.txt");
    assert!(needy.contains("no folder that can be written to"), "{needy}");
    let writes = why("host-collectors/filesystemPerformance/filesystemPerformance.json");
    assert!(writes.contains("cannot be written to"), "{writes}");
    assert_eq!(found.failed.len(), 2, "{:?}", found.failed);
}

#[tokio::test]
async fn a_host_without_awk_is_named_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(host) = bare(folder.path(), "&& rm \"$0/bin/awk\"") else { return };
    let found = gather(json!([{ "memory": {} }, { "cpu": {} }]), &host, &setting()).await;
    let said: Vec<&str> = found.failed.iter().map(|(_, _, why)| why.as_str()).collect();
    assert_eq!(said, ["awk is not on the host", "awk is not on the host"]);
}
