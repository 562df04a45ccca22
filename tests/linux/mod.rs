//! Sites of Linux hosts: bare hosts under systemd, nothing of Kubernetes on them, no way out.

mod containerd;
mod controllers;
mod crash;
mod faults;
mod infrastructure;
mod journey;
mod refusals;
mod state;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use longshore_lab::login::PASSWORD;
use longshore_lab::{BareHosts, Place};
use serde_json::Value;
use tempfile::TempDir;

use crate::operator::{Said, target};

/// Practice hosts share one machine: what the built-in checks ask of its disks and control groups is too much for it.
const WAIVED: &str = "a practice host";
/// Namespace of the application: its slug.
const NAMESPACE: &str = "tidewater";

/// The Tidewater bundle of a version with a cluster of its own; made once in a test run.
fn bundle(version: &str) -> PathBuf {
    static MADE: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let (place, target) = (Place::here(), target());
        ["1.0.0", "1.1.0"]
            .map(|version| {
                let path = longshore_sample::build_linux(
                    version,
                    &target.join("bundles"),
                    &target.join("sample"),
                    &place,
                );
                (version.to_owned(), path.expect("Tidewater is built"))
            })
            .to_vec()
    });
    made.iter().find(|(known, _)| known == version).expect("a version of Tidewater").1.clone()
}

/// An operator with hosts of their own.
struct Yard {
    hosts: BareHosts,
    data: TempDir,
    /// Seconds that the laptop's clock is ahead of the hosts'.
    ahead: i64,
}

impl Yard {
    /// Hosts that are no site yet.
    fn bare(count: u8) -> Self {
        let hosts = BareHosts::start(&Place::here(), count).expect("hosts boot");
        Self { hosts, data: tempfile::tempdir().expect("a data folder"), ahead: 0 }
    }

    /// Hosts as the site `yard`: the first a controller, the others workers.
    fn new(count: u8) -> Self {
        let yard = Self::bare(count);
        yard.add_site("root");
        yard
    }

    fn lines(&self, user: &str, count: usize) -> Vec<String> {
        let role = |host| if host == 0 { "controller" } else { "worker" };
        (0..count).map(|host| format!("{user}@{} {}", self.hosts.address(host), role(host))).collect()
    }

    fn way(&self) -> Vec<String> {
        let text = |path: PathBuf| path.display().to_string();
        let (key, known) = (text(self.hosts.key()), text(self.hosts.known_hosts()));
        ["--identity", &key, "--known-hosts", &known, "--ssh-config", "none"].map(str::to_owned).to_vec()
    }

    fn add_site(&self, user: &str) -> Said {
        self.add_hosts(user, self.lines(user, self.hosts.count()))
    }

    fn add_hosts(&self, user: &str, lines: Vec<String>) -> Said {
        let mut words: Vec<String> = ["site", "add", "yard"].map(str::to_owned).to_vec();
        for line in lines {
            words.extend(["--host".to_owned(), line]);
        }
        words.extend(self.way());
        let password = self.data.path().join("password");
        fs::write(&password, PASSWORD).expect("writes");
        if user != "root" {
            words.extend(["--sudo-password-file".to_owned(), password.display().to_string()]);
        }
        self.ok(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn command(data: &Path, program: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        let helm = longshore_lab::helm(&Place::here()).expect("helm");
        command.arg("--data").arg(data).arg("--helm").arg(helm).args(words).env_remove("KUBECONFIG");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        self.ours(words).output().expect("longshore starts").into()
    }

    /// The command line on the laptop.
    fn ours(&self, words: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_longshore"));
        let mut command = Self::command(self.data.path(), program, words);
        if self.ahead != 0 {
            // Debian's own name for the folder of its architecture.
            command.env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketimeMT.so.1");
            command.env("FAKETIME", format!("{:+}s", self.ahead));
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }

    fn run_in(data: &Path, words: &[&str]) -> Said {
        let program = Path::new(env!("CARGO_BIN_EXE_longshore"));
        Self::command(data, program, words).output().expect("longshore starts").into()
    }

    fn start(&self, words: &[&str]) -> Child {
        started(self.ours(words))
    }

    fn start_in(data: &Path, words: &[&str]) -> Child {
        started(Self::command(data, Path::new(env!("CARGO_BIN_EXE_longshore")), words))
    }

    #[track_caller]
    fn ok(&self, words: &[&str]) -> Said {
        let said = self.run(words);
        assert_eq!(said.code, 0, "longshore {} should succeed:\n{}", words.join(" "), said.all());
        said
    }

    fn json(&self, words: &[&str]) -> Value {
        let mut words = words.to_vec();
        words.extend(["--output", "json"]);
        self.ok(&words).json()
    }

    fn words(workflow: &str, version: &str) -> Vec<String> {
        Self::words_of(workflow, &bundle(version))
    }

    fn words_of(workflow: &str, bundle: &Path) -> Vec<String> {
        let bundle = bundle.display().to_string();
        let mut words = [workflow, "yard", "--bundle", &bundle, "--yes", "--bypass-preflights", WAIVED]
            .map(str::to_owned)
            .to_vec();
        if workflow == "upgrade" {
            words.extend(["--set", "contact_email=harbour@tidewater.example"].map(str::to_owned));
        }
        words
    }

    /// Installs or upgrades.
    fn bring(&self, workflow: &str, version: &str) -> Said {
        self.bring_with(workflow, version, &[])
    }

    /// The same with more words.
    fn bring_with(&self, workflow: &str, version: &str, more: &[&str]) -> Said {
        let words = Self::words(workflow, version);
        self.run(&words.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>())
    }

    /// Id of the run that was begun last.
    fn newest(&self) -> String {
        let runs = self.json(&["run", "list"]);
        runs["runs"][0]["id"].as_str().expect("there is a run").to_owned()
    }

    /// A step as a run's view shows it.
    fn step(&self, run: &str, id: &str) -> Value {
        let view = self.json(&["run", "show", run]);
        let steps = view["steps"].as_array().cloned().unwrap_or_default();
        steps.into_iter().find(|step| step["id"] == id).unwrap_or_else(|| panic!("{id} is a step: {view}"))
    }

    /// Asks the cluster through the tunnel.
    fn kubectl(&self, words: &[&str]) -> String {
        let kubectl = longshore_lab::kubectl(&Place::here()).expect("kubectl").display().to_string();
        let mut all = vec!["site", "shell", "yard", "--", &kubectl];
        all.extend(words);
        self.ok(&all).out.trim().to_owned()
    }

    /// The page that the application serves on every host tells a version.
    #[track_caller]
    fn serves(&self, version: &str) {
        let ask =
            ["get", "service", "tidewater-web", "-n", NAMESPACE, "-o", "jsonpath={.spec.ports[0].nodePort}"];
        let port = self.kubectl(&ask);
        for host in 0..self.hosts.count() {
            let address = format!("{}:{port}", self.hosts.address(host));
            let page = longshore_lab::page(&address, &format!("version {version}\n"), Duration::from_mins(1));
            page.unwrap_or_else(|error| panic!("the page on {}: {error:#}", self.hosts.name(host)));
        }
    }

    /// Versions of the nodes' kubelets, by name.
    fn versions(&self) -> Vec<(String, String, bool)> {
        let nodes = self.json(&["site", "nodes", "yard"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of = |node: &Value| (text(&node["node"]), text(&node["version"]), node["ready"] == true);
        nodes["nodes"].as_array().into_iter().flatten().map(of).collect()
    }
}

/// Whether what takes too long for every day is tried as well.
fn is_full() -> bool {
    std::env::var("LONGSHORE_TEST_FULL").is_ok_and(|text| text == "1")
}

fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("longshore starts")
}

/// Waits for something that a run does meanwhile.
fn until(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !look() {
        assert!(begun.elapsed() < limit, "{what} did not come about in {limit:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}
