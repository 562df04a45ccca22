//! Upstream's bugs of collecting from hosts, each named, with what Longshore does instead.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use longshore_contract::CheckState;
use longshore_preflight::{Setting, check_host, parse};
use serde_json::{Value, json};
use support::{Local, gather, json as file, setting, text};

/// A folder of programs that stand for the host's own.
fn programs(scripts: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, script) in scripts {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("made executable");
    }
    folder
}

async fn with(scripts: &[(&str, &str)], asked: Value) -> longshore_preflight::HostGathered {
    let folder = programs(scripts);
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    gather(asked, &Local::new("sh").env("PATH", &path), &setting()).await
}

fn root(files: &[(&str, &str)]) -> (tempfile::TempDir, Setting) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    }
    let root = folder.path().display().to_string();
    (folder, Setting { root, ..setting() })
}

#[tokio::test]
async fn a_failed_host_collector_leaves_an_error_and_not_nothing() {
    let spec = parse(
        "s.yaml",
        "apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflight\nspec:\n  collectors:\n  - run: {collectorName: x, command: no-such-command}\n  \
         - memory: {}\n  analyzers:\n  - memory: {outcomes: [{pass: {}}]}\n  - textAnalyze: {checkName: x, fileName: host-collectors/run-host/x.txt, regex: a, outcomes: [{pass: {when: 'true'}}, {fail: {}}]}\n",
    )
    .expect("a spec");
    let (_folder, setting) = root(&[]);
    let found = check_host(&spec, "h", &Local::new("sh"), &setting, &mut |_| {}).await;
    let said: Vec<_> =
        found.report.results.iter().map(|result| (result.state, result.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (CheckState::Error, "the host has no /proc/meminfo"),
            (CheckState::Error, "the host has no command no-such-command"),
        ]
    );
}

#[tokio::test]
async fn x86_64_v3_is_found_though_linux_calls_lzcnt_abm() {
    let (_folder, setting) = root(&[("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu abm avx2\n")]);
    let found = gather(json!([{ "cpu": {} }]), &Local::new("sh"), &setting).await;
    let cpu = file(&found.gathered, "host-collectors/system/cpu.json");
    assert_eq!(cpu["flags"], json!(["fpu", "abm", "avx2", "lzcnt"]));
}

#[tokio::test]
async fn compressed_modules_are_loadable_and_hyphens_are_underscores() {
    let release = std::process::Command::new("uname").arg("-r").output().expect("uname runs");
    let release = String::from_utf8_lossy(&release.stdout).trim().to_owned();
    let at = |name: &str| format!("lib/modules/{release}/{name}");
    let paths =
        [at("kernel/fs/overlayfs/overlay.ko.xz"), at("kernel/net/nf-conntrack.ko.zst"), at("plain.ko")];
    let builtin = at("modules.builtin");
    let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
    files.push((&builtin, "kernel/net/ip-tables.ko\n"));
    files.push((
        "proc/modules",
        "plain 16384 2 other,x, Live 0x0000000000000000\nother 4096 0 - Unloading 0x0\n",
    ));
    let (_folder, setting) = root(&files);
    let found = gather(json!([{ "kernelModules": {} }]), &Local::new("sh"), &setting).await;
    let modules = file(&found.gathered, "host-collectors/system/kernel_modules.json");
    for (name, status) in [
        ("overlay", "loadable"),
        ("nf-conntrack", "loadable"),
        ("nf_conntrack", "loadable"),
        ("ip_tables", "loaded"),
        ("plain", "loaded"),
        ("other", "unloading"),
    ] {
        assert_eq!(modules[name]["status"], status, "{name}: {modules}");
    }
    assert_eq!(modules["plain"], json!({ "size": 16384, "instances": 2, "status": "loaded" }));
}

#[tokio::test]
async fn marks_before_units_do_not_shift_their_columns() {
    let units = "printf '● bad.service loaded failed failed A broken one\\n  ssh.service loaded active running Secure Shell\\n'";
    let found = with(&[("systemctl", units)], json!([{ "hostServices": {} }])).await;
    let services = file(&found.gathered, "host-collectors/system/systemctl_services.json");
    let wanted = json!([
        { "Unit": "bad.service", "Load": "loaded", "Active": "failed", "Sub": "failed" },
        { "Unit": "ssh.service", "Load": "loaded", "Active": "active", "Sub": "running" },
    ]);
    assert_eq!(services, wanted);
    let found = with(
        &[("systemctl", "echo 'System has not been booted with systemd' >&2; exit 1")],
        json!([{ "hostServices": {} }]),
    )
    .await;
    let why = &found.gathered.refused["host-collectors/system/systemctl_services.json"];
    assert!(why.words().contains("has not been booted"), "{why:?}");
}

#[tokio::test]
async fn a_line_of_lsblk_that_cannot_be_read_is_no_device_of_zeros() {
    let good = "echo 'NAME=\"sda\" KNAME=\"sda\" PKNAME=\"\" TYPE=\"disk\" MAJ_MIN=\"8:0\" SIZE=\"100\" FSTYPE=\"\" MOUNTPOINT=\"/a\\x20b\" SERIAL=\"\" RO=\"0\" RM=\"1\"'";
    let found = with(&[("lsblk", good)], json!([{ "blockDevices": {} }])).await;
    let devices = file(&found.gathered, "host-collectors/system/block_devices.json");
    assert_eq!(
        (&devices[0]["major"], &devices[0]["mountpoint"], &devices[0]["removable"]),
        (&json!(8), &json!("/a b"), &json!(true))
    );
    let bad = "echo 'lsblk: unknown column: SERIAL' >&2; exit 1";
    let found = with(&[("lsblk", bad)], json!([{ "blockDevices": {} }])).await;
    let why = &found.gathered.refused["host-collectors/system/block_devices.json"];
    assert!(why.words().contains("unknown column"), "{why:?}");
}

#[tokio::test]
async fn packages_of_centos_9_are_those_of_its_own_list() {
    let (folder, setting) = root(&[("etc/os-release", "ID=\"centos\"\nVERSION_ID=\"9\"\n")]);
    let tools = programs(&[
        (
            "rpm",
            "case $2 in nine) echo 'Name        : nine'; echo 'Version     : 1.2';; *) echo \"package $2 is not installed\"; exit 1;; esac",
        ),
        ("dpkg", "exit 99"),
    ]);
    // dpkg's own list is this machine's; a host with rpm has none.
    if std::path::Path::new("/var/lib/dpkg/status").exists() {
        fs::write(tools.path().join("dpkg"), "#!/bin/sh\nshift\nexec rpm -qi \"$@\"\n").expect("written");
    }
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap_or_default());
    let asked = json!([{ "systemPackages": { "centos": ["both"], "centos8": ["eight"], "centos9": ["nine"], "ubuntu": ["other"] } }]);
    let found = gather(asked, &Local::new("sh").env("PATH", &path), &setting).await;
    let packages = file(&found.gathered, "host-collectors/system/packages-packages.json");
    let named: Vec<_> = packages["packages"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|package| (package["name"].as_str(), package["exitCode"].as_str()))
        .collect();
    assert_eq!(named, [(Some("both"), Some("1")), (Some("nine"), Some("0"))], "{packages}");
    assert_eq!(packages["packages"][1]["details"], "Name        : nine\nVersion     : 1.2\n");
    drop(folder);
}

#[tokio::test]
async fn a_distribution_without_a_list_is_said() {
    let (_folder, setting) = root(&[("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")]);
    let found = gather(json!([{ "systemPackages": { "ubuntu": ["a"] } }]), &Local::new("sh"), &setting).await;
    let why = &found.gathered.refused["host-collectors/system/packages-packages.json"];
    assert!(why.words().contains("no list for the host's distribution, debian"), "{why:?}");
}

#[tokio::test]
async fn a_host_without_timedated_still_has_a_clock() {
    let none = "exit 1";
    let kernel = "echo '    mode:         0'; echo '    status:       8193 (PLL)'";
    let found = with(
        &[("timedatectl", none), ("adjtimex", kernel), ("pidof", "[ \"$1\" = chronyd ] && echo 7")],
        json!([{ "time": {} }]),
    )
    .await;
    let time = file(&found.gathered, "host-collectors/system/time.json");
    assert_eq!((&time["ntp_synchronized"], &time["ntp_active"]), (&json!(true), &json!(true)), "{time}");
    assert!(found.notes.iter().any(|note| note.contains("systemd does not tell")), "{:?}", found.notes);
    let shown = "echo 'Timezone=Etc/UTC'; echo 'NTP=yes'; echo 'NTPSynchronized=no'";
    let found = with(&[("timedatectl", shown)], json!([{ "time": {} }])).await;
    let time = file(&found.gathered, "host-collectors/system/time.json");
    assert_eq!(time, json!({ "timezone": "UTC", "ntp_synchronized": false, "ntp_active": true }));
}

#[tokio::test]
async fn the_environment_of_a_command_is_not_recorded() {
    let host = Local::new("sh").env("HTTPS_PROXY", "http://user:secret@proxy.example");
    let found = gather(json!([{ "run": { "command": "true" } }]), &host, &setting()).await;
    let info = text(&found.gathered, "host-collectors/run-host/run-host-info.json");
    assert!(!info.contains("secret"), "{info}");
}

#[tokio::test]
async fn a_load_balancer_is_not_waited_for_an_hour() {
    let setting = Setting { patience: std::time::Duration::from_secs(1), ..setting() };
    // Nobody answers at this address of a network for documentation.
    let asked = json!([{ "tcpLoadBalancer": { "address": "127.0.0.1:1", "port": 0 } }, { "tcpLoadBalancer": { "collectorName": "bad", "address": "LB:1", "port": 5 } }]);
    let found = gather(asked, &Local::new("sh"), &setting).await;
    assert_eq!(
        file(&found.gathered, "host-collectors/tcpLoadBalancer/bad.json")["status"],
        "invalid-address"
    );
    assert!(
        found.gathered.refused["host-collectors/tcpLoadBalancer/tcpLoadBalancer.json"]
            .words()
            .contains("0 is no port")
    );
}

#[tokio::test]
async fn two_collectors_of_one_name_are_said() {
    let asked = json!([{ "diskUsage": { "path": "/" } }, { "diskUsage": { "path": "/proc" } }]);
    let found = gather(asked, &Local::new("sh"), &setting()).await;
    let disk = file(&found.gathered, "host-collectors/diskUsage/diskUsage.json");
    assert_eq!(disk["total_bytes"], 0, "the later one counts, as upstream overwrites");
    assert!(
        found.notes.iter().any(|note| note.contains("collectors 1 and 2 both make")),
        "{:?}",
        found.notes
    );
}

#[tokio::test]
async fn fio_is_asked_as_upstream_asks_it_and_its_answer_kept() {
    let fio = "d=; for a; do case $a in --directory=*) d=${a#*=} ;; esac; done; : >\"$d/fsperf.0.0\"; echo 'fio: note'; \
               echo \"{\\\"jobs\\\": [{\\\"jobname\\\": \\\"fsperf\\\", \\\"called\\\": \\\"$*\\\"}]}\"";
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().join("a/etcd");
    let asked = json!([{ "filesystemPerformance": {
        "directory": directory, "fileSize": "22Mi", "operationSize": 2300, "timeout": "20s", "runTime": "0",
        "enableBackgroundIOPS": true, "backgroundWriteIOPS": 10, "backgroundWriteIOPSJobs": 1,
    } }]);
    let found = with(&[("fio", fio)], asked).await;
    let kept = file(&found.gathered, "host-collectors/filesystemPerformance/filesystemPerformance.json");
    let called = kept["jobs"][0]["called"].as_str().unwrap_or_default();
    for option in ["--rw=write", "--ioengine=sync", "--fdatasync=1", "--size=23068672", "--bs=2300"] {
        assert!(called.contains(option), "{option}: {called}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("it is there").flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_journal_that_takes_too_long_is_said_in_its_own_words() {
    let journal = "echo \"$*\"; [ \"$2\" != slow ] || sleep 600; echo oops >&2; exit 1";
    let asked = json!([
        { "journald": { "collectorName": "mine", "units": ["a.service", "b c"], "since": "1 day ago", "lines": 5, "reverse": true, "utc": true, "output": "cat" } },
        { "journald": { "collectorName": "slow", "units": ["slow"], "timeout": "1s" } },
        { "journald": { "units": ["x"] } },
    ]);
    let found = with(&[("journalctl", journal)], asked).await;
    let at = |name: &str| format!("host-collectors/journald/{name}");
    let said = text(&found.gathered, &at("mine.txt"));
    assert_eq!(said, "-u a.service -u b c --since 1 day ago --output cat -n 5 --reverse --utc --no-pager\n");
    let info = file(&found.gathered, &at("mine-info.json"));
    assert_eq!((&info["exitCode"], &info["error"]), (&json!("1"), &json!("oops\n")));
    assert_eq!(text(&found.gathered, &at("mine-stderr.txt")), "oops\n");
    let info = file(&found.gathered, &at("slow-info.json"));
    assert_eq!((&info["exitCode"], &info["error"]), (&json!("124"), &json!("command timed out after 1s")));
    assert!(
        found.failed.iter().any(|(_, kind, why)| kind == "journald" && why == "collectorName is required")
    );
}

#[tokio::test]
async fn cgroups_of_version_2_have_those_without_files() {
    let (_folder, setting) = root(&[
        ("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n"),
        ("sys/fs/cgroup/system.slice/cgroup.freeze", "0\n"),
        ("proc/config.gz", ""),
    ]);
    let tools = programs(&[("stat", "echo 63677270")]);
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap_or_default());
    let found = gather(json!([{ "cgroups": {} }]), &Local::new("sh").env("PATH", &path), &setting).await;
    let cgroups = file(&found.gathered, "host-collectors/system/cgroups.json");
    assert_eq!(
        cgroups["cgroup-v2"]["controllers"],
        json!(["cpu", "cpuacct", "cpuset", "freezer", "io", "memory", "pids"])
    );
    assert_eq!((&cgroups["cgroup-v1"]["enabled"], &cgroups["cgroup-enabled"]), (&json!(false), &json!(true)));
    assert!(
        found.notes.iter().any(|note| note.contains("not tried")),
        "what was concluded is said: {:?}",
        found.notes
    );
}
