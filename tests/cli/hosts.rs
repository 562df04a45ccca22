//! Sites of Linux hosts: behind jumps, with a password for sudo, on another port; checked as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use longshore_lab::Place;
use longshore_lab::fleet::{Fleet, Host};
use longshore_lab::login::{KEEPER, PASSWORD};
use serde_json::Value;

use crate::operator::Operator;

/// Three hosts of a site, and the two that one of them lies behind.
struct Plant {
    fleet: Fleet,
    deep: Host,
    keeper: Host,
    port: Host,
    lines: [String; 3],
}

fn plant() -> Plant {
    let mut fleet = Fleet::begin(&Place::here()).expect("a fleet");
    let mut add = |from: Option<Host>, port: u16| {
        let host = fleet.host(port).expect("a host");
        fleet.wire(from, host).expect("a wire");
        fleet.start(host).expect("sshd");
        host
    };
    let gate = add(None, 22);
    let inner = add(Some(gate), 22);
    let deep = add(Some(inner), 22);
    let keeper = add(None, 22);
    let port = add(None, 2222);
    let at = |host| fleet.address(host);
    let lines = [
        format!("root@{} controller jump=root@{}+root@{}", at(deep), at(gate), at(inner)),
        format!("{KEEPER}@{} worker tag=rack-2", at(keeper)),
        format!("root@{}:2222", at(port)),
    ];
    Plant { fleet, deep, keeper, port, lines }
}

impl Plant {
    fn site(&self, operator: &Operator, config: &str) {
        let password = operator.data.path().with_extension("password");
        fs::write(&password, PASSWORD).expect("writes");
        let (key, known) = (self.fleet.key(), self.fleet.known_hosts().expect("known hosts"));
        let text = |path: &Path| path.display().to_string();
        let (key, known, password) = (text(&key), text(&known), text(&password));
        let mut words =
            vec!["site", "add", "plant", "--ssh-config", config, "-i", &key, "--known-hosts", &known];
        words.extend(["--sudo-password-file", &password]);
        for line in &self.lines {
            words.extend(["--host", line]);
        }
        let said = operator.ok(&words);
        assert!(!said.all().contains(PASSWORD), "the password is in no output");
    }

    /// Files of the hosts' own layers, with what changes when somebody writes to them. What sshd and sudo keep about
    /// who came in is theirs.
    fn files(&self) -> BTreeMap<String, i64> {
        let mut files = BTreeMap::new();
        for host in [self.deep, self.keeper, self.port] {
            walk(&self.fleet.changes(host), &mut files);
        }
        let own = ["/var/log/", "/run/sudo/", "/var/lib/sudo/", "/run/utmp"];
        files.retain(|path, _| own.iter().all(|part| !path.contains(part)));
        files
    }
}

fn walk(folder: &Path, files: &mut BTreeMap<String, i64>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        if meta.is_dir() {
            walk(&path, files);
        } else {
            files.insert(path.display().to_string(), meta.mtime());
        }
    }
}

fn steps(test: &Value) -> Vec<&str> {
    test["steps"].as_array().into_iter().flatten().filter_map(|step| step["state"].as_str()).collect()
}

#[test]
fn a_site_of_three_hosts_is_tested_and_checked_and_nothing_is_left_there() {
    let operator = Operator::new("plant");
    let plant = plant();
    plant.site(&operator, "none");
    let site = operator.json(&["site", "show", "plant"]);
    let roles = |at: usize| site["linux"]["hosts"][at]["roles"].clone();
    assert_eq!((roles(0), roles(2)), (vec!["controller"].into(), vec!["worker"].into()), "{site}");
    assert_eq!(
        site["linux"]["stored"],
        serde_json::json!(["rootPassword"]),
        "kept, and not given back: {site}"
    );

    let (linux, tagged) = (&site["linux"], format!("{} tag=rack-3", plant.lines[2]));
    let words = ["site", "update", "plant", "--as-user"];
    let now = &operator.json(&words)["linux"];
    assert_eq!((&now["hosts"], &now["stored"]), (&linux["hosts"], &linux["stored"]), "only the way changed");
    let words = ["site", "update", "plant", "--as-user=false", "--host", &tagged];
    let now = &operator.json(&words)["linux"];
    assert_eq!(
        (now["hosts"].as_array().map(Vec::len), &now["ssh"]),
        (Some(1), &linux["ssh"]),
        "only the hosts did"
    );
    let mut words = vec!["site", "update", "plant"];
    words.extend(plant.lines.iter().flat_map(|line| ["--host", line]));
    assert_eq!(operator.json(&words)["linux"], *linux, "and all is as it was");

    let before = plant.files();
    let found = operator.json(&["site", "test", "plant"]);
    let tests = found["hosts"].as_array().expect("hosts");
    assert_eq!(tests.len(), 3, "{found}");
    for test in tests {
        assert_eq!(steps(test), ["passed"; 6], "{test}");
        let facts = &test["facts"];
        assert!(facts["os"].as_str().is_some_and(|os| os.starts_with("Debian")), "{facts}");
        assert!(facts["memory"].as_u64() > Some(1 << 30) && facts["cpus"].as_u64() > Some(0), "{facts}");
        assert!(
            facts["skew"].as_i64().is_some_and(|skew| skew.abs() < 1000),
            "one machine, one clock: {facts}"
        );
        assert_eq!(facts["disks"][0]["mount"], "/", "{facts}");
    }
    assert_eq!(tests[1]["facts"]["privilege"], "sudo with password", "{found}");
    assert!(tests[0]["steps"][0]["message"].as_str().is_some_and(|way| way.contains(" over ")), "{found}");
    assert_eq!(operator.json(&["site", "hosts", "plant"])["hosts"], found["hosts"], "they are kept");

    let said = operator.run(&["preflight", "run", "--site", "plant", "--output", "json"]);
    let report = said.json();
    let mut by_host: BTreeMap<&str, usize> = BTreeMap::new();
    for group in ["pass", "warn", "fail", "error"] {
        for result in report[group].as_array().into_iter().flatten() {
            *by_host.entry(result["host"].as_str().unwrap_or_default()).or_default() += 1;
        }
    }
    let counts: Vec<usize> = by_host.values().copied().collect();
    assert_eq!(by_host.len(), 3, "every host is checked: {by_host:?}");
    assert!(
        counts[0] >= 25 && counts.iter().all(|count| *count == counts[0]),
        "by the whole list: {by_host:?}"
    );
    // Nobody there keeps a clock, which is said instead of guessed.
    let unjudged = report["error"].as_array().into_iter().flatten().map(|result| &result["title"]);
    assert!(unjudged.into_iter().all(|title| title == "System clock"), "{}", report["error"]);
    assert_eq!(plant.files(), before, "nothing was written on the hosts");
    assert!(!said.all().contains(PASSWORD), "the password is in no output");
}

#[test]
fn a_release_brings_its_own_host_checks() {
    let operator = Operator::new("brings");
    let plant = plant();
    plant.site(&operator, "none");
    let bundle = crate::operator::bundle("1.0.0").display().to_string();
    let words = ["preflight", "run", "--bundle", &bundle, "--site", "plant", "--output", "json"];
    let found = operator.run(&words).json();
    let titles = |group: &str| -> Vec<String> {
        let results = found[group].as_array().into_iter().flatten();
        results.filter_map(|result| result["title"].as_str().map(str::to_owned)).collect()
    };
    let room = titles("pass").iter().filter(|title| title.ends_with("Room for Tidewater's tides")).count();
    assert_eq!(room, 3, "on each host: {found}");
    let errors = titles("error");
    assert!(!errors.is_empty(), "app checks want a cluster, which these hosts do not have: {found}");
    let why = found["error"][0]["message"].as_str().unwrap_or_default();
    assert!(why.contains("have no cluster yet"), "{why}");
}

/// Waits on the host until somebody has cut the wire, and tells by a file that it has begun.
const LASTING: &str = "
apiVersion: troubleshoot.sh/v1beta2
kind: HostPreflight
metadata: {name: lasting}
spec:
  collectors:
    - memory: {}
    - run: {collectorName: lasting, command: sh, args: ['-c', 'touch /tmp/begun; sleep 4; echo done'], timeout: 5m}
  analyzers:
    - memory:
        checkName: Memory
        outcomes:
          - pass: {message: enough}
    - textAnalyze:
        checkName: Lasting
        fileName: host-collectors/run-host/lasting.txt
        regex: 'done'
        outcomes:
          - pass: {when: 'true', message: done}
          - fail: {when: 'false', message: not done}
";

#[test]
fn a_host_unplugged_in_the_middle_has_errors_and_the_others_finish() {
    let operator = Operator::new("unplugged");
    let plant = plant();
    let config = operator.data.path().join("ssh_config");
    fs::write(&config, "Host *\n ServerAliveInterval 3\n ServerAliveCountMax 5\n").expect("writes");
    plant.site(&operator, &config.display().to_string());
    let spec = operator.data.path().join("lasting.yaml");
    fs::write(&spec, LASTING).expect("writes");
    let begun = plant.fleet.changes(plant.port).join("tmp/begun");
    let report = std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let spec = spec.display().to_string();
            operator.run(&["preflight", "run", &spec, "--site", "plant", "--output", "json"]).json()
        });
        let patience = std::time::Instant::now() + Duration::from_mins(1);
        while !begun.exists() {
            assert!(std::time::Instant::now() < patience, "the host is never asked");
            std::thread::sleep(Duration::from_millis(20));
        }
        plant.fleet.plugged(plant.port, false).expect("unplugs");
        running.join().expect("it ends")
    });
    let of = |group: &str| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let results = report[group].as_array().into_iter().flatten();
        results.map(|result| (text(&result["host"]), text(&result["title"]))).collect()
    };
    let cut = format!("root@{}:2222", plant.fleet.address(plant.port));
    let errors = of("error");
    assert!(errors.contains(&(cut.clone(), "Lasting".to_owned())), "what had no answer: {report}");
    assert!(errors.iter().all(|(host, _)| *host == cut), "and only there: {report}");
    let why = &report["error"][0]["message"];
    assert!(
        why.as_str().is_some_and(|why| why.contains("lost") || why.contains("answer")),
        "the reason is told: {why}"
    );
    let passed = of("pass");
    assert_eq!(
        passed.iter().filter(|(host, title)| *host != cut && title == "Lasting").count(),
        2,
        "{report}"
    );
}
