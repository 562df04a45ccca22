//! An operator with a data folder of their own and a namespace on the lab's cluster, typing commands.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Once, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use longshore_lab::{Lab, Namespace};
use serde_json::Value;
use tempfile::TempDir;

/// Tests that stop parts of the lab hold this to write, all others to read.
pub static PARTS: RwLock<()> = RwLock::new(());

thread_local! {
    /// Operators of this thread that hold the lock to read.
    static PRESENT: Cell<usize> = const { Cell::new(0) };
}

/// Keeps the lab's parts running. A second one of a thread takes no lock: between the two somebody may have come to
/// wait for writing, who lets no reader in, and the thread would wait for itself.
struct Presence(#[allow(dead_code, reason = "it is held")] Option<RwLockReadGuard<'static, ()>>);

impl Presence {
    fn begin() -> Self {
        let first = PRESENT.replace(PRESENT.get() + 1) == 0;
        Self(first.then(|| PARTS.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        PRESENT.set(PRESENT.get() - 1);
    }
}

/// Says a failure when it happens: the test runner keeps all of them until the last test is over, which a run with
/// a limit on its time may not see.
fn report_at_once() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let kept = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            let name = thread.name().unwrap_or_default();
            // Written past the runner, which captures only what is printed.
            drop(writeln!(std::io::stderr(), "\n{name}: {panic}"));
            kept(panic);
        }));
    });
}

/// The Tidewater bundle of a version; made once in a test run.
pub fn bundle(version: &str) -> PathBuf {
    static MADE: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let target = target();
        longshore_sample::VERSIONS
            .iter()
            .map(|version| {
                let path = longshore_sample::build(version, &target.join("bundles"), &target.join("sample"));
                ((*version).to_owned(), path.expect("Tidewater is built"))
            })
            .collect()
    });
    made.iter().find(|(known, _)| known == version).expect("a version of Tidewater").1.clone()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_longshore"));
    binary.ancestors().nth(2).expect("target/debug/longshore").to_owned()
}

/// What a command answered.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Both streams, for messages and searches.
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// The answer of a command that was asked for JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON: {error}: {}", self.all()))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let code = output.status.code().unwrap_or_else(|| -output.status.signal().unwrap_or_default());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code, out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// The operator.
pub struct Operator {
    pub lab: Lab,
    pub namespace: Namespace,
    pub data: TempDir,
    _parts: Option<Presence>,
}

impl Operator {
    /// One who has nothing yet.
    pub fn new(name: &str) -> Self {
        let parts = Presence::begin();
        Self { _parts: Some(parts), ..Self::unguarded(name) }
    }

    /// One for tests that stop parts of the lab themselves.
    pub fn unguarded(name: &str) -> Self {
        report_at_once();
        let lab = Lab::shared();
        let namespace = lab.namespace(name);
        let data = tempfile::tempdir().expect("a data folder");
        Self { lab, namespace, data, _parts: None }
    }

    /// One in a namespace that has to have a certain name.
    pub fn in_namespace(name: &str) -> Self {
        let operator = Self::new(name);
        Self { namespace: operator.lab.namespace_named(name), ..operator }
    }

    /// One whose site `site` is the lab's cluster.
    pub fn with_site(name: &str) -> Self {
        let operator = Self::new(name);
        operator.add_site();
        operator
    }

    /// Adds the lab's cluster as `site`.
    pub fn add_site(&self) {
        let kubeconfig = self.lab.kubeconfig().display().to_string();
        let registry = self.lab.registry();
        self.ok(&[
            "site",
            "add",
            "site",
            "--kubeconfig",
            &kubeconfig,
            "--context",
            self.lab.context(),
            "--namespace",
            &self.namespace.name,
            "--registry",
            &registry,
            "--registry-namespace",
            "tidewater",
            "--registry-insecure",
        ]);
    }

    /// Another operator's data folder beside this one, on the same site.
    pub fn colleague(&self) -> Operator {
        let data = tempfile::tempdir().expect("a data folder");
        let other = Operator {
            lab: self.lab.clone(),
            namespace: self.lab.namespace_named(&self.namespace.name),
            data,
            _parts: None,
        };
        other.add_site();
        other
    }

    fn command(&self, program: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .arg("--data")
            .arg(self.data.path())
            .arg("--helm")
            .arg(self.lab.helm())
            .args(words)
            .env_remove("KUBECONFIG")
            .stdin(Stdio::null());
        command
    }

    /// Types a command.
    pub fn run(&self, words: &[&str]) -> Said {
        let program = Path::new(env!("CARGO_BIN_EXE_longshore"));
        self.command(program, words).output().expect("longshore starts").into()
    }

    /// Starts a command and does not wait for it.
    pub fn start(&self, words: &[&str]) -> std::process::Child {
        let program = Path::new(env!("CARGO_BIN_EXE_longshore"));
        self.command(program, words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("longshore starts")
    }

    /// Types a command in a process that is killed after its n-th record.
    pub fn doomed(&self, after: u64, words: &[&str]) -> Said {
        let program = target().join("debug/examples/doomed");
        let mut command = self.command(&program, words);
        command.env("DOOMED_AFTER", after.to_string()).output().expect("the doomed command starts").into()
    }

    /// Types a command that has to succeed.
    pub fn ok(&self, words: &[&str]) -> Said {
        let said = self.run(words);
        assert_eq!(said.code, 0, "longshore {} should succeed:\n{}", words.join(" "), said.all());
        said
    }

    /// Types a command and reads its answer as JSON.
    pub fn json(&self, words: &[&str]) -> Value {
        let mut words = words.to_vec();
        words.extend(["--output", "json"]);
        self.ok(&words).json()
    }

    /// `install` or `upgrade` to a version of Tidewater.
    pub fn words(workflow: &str, version: &str) -> Vec<String> {
        let bundle = bundle(version).display().to_string();
        let mut words: Vec<String> =
            [workflow, "site", "--bundle", &bundle, "--yes"].iter().map(|word| (*word).to_owned()).collect();
        if workflow == "upgrade" {
            words.extend(["--set".to_owned(), "contact_email=harbour@tidewater.example".to_owned()]);
        }
        words
    }

    /// Installs or upgrades; has to succeed.
    pub fn bring(&self, workflow: &str, version: &str) {
        let words = Self::words(workflow, version);
        self.ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Id of the newest run.
    pub fn newest_run(&self) -> Value {
        self.json(&["run", "list"])["runs"][0].clone()
    }

    /// The page that the application serves tells a version.
    #[track_caller]
    pub fn sees(&self, version: &str) {
        let holding = format!("version {version}\n");
        self.lab.page(&self.namespace.name, "tidewater-web", &holding).expect("the page tells its version");
    }

    /// What the namespace holds, as far as two sites with the same release must be alike.
    pub fn end_state(&self) -> BTreeSet<String> {
        let namespace = &self.namespace.name;
        let kinds = "deployments,services,configmaps,jobs";
        let path = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.spec.template.spec.containers[*].image}{\"\\n\"}{end}";
        let objects = self.lab.kubectl(&["get", kinds, "-n", namespace, "-o", path]).expect("objects");
        let path =
            "jsonpath={range .items[*]}{.metadata.labels.name} {.metadata.labels.status}{\"\\n\"}{end}";
        let selector = ["-l", "owner=helm,status notin (superseded)"];
        let releases = self
            .lab
            .kubectl(&["get", "secrets", "-n", namespace, selector[0], selector[1], "-o", path])
            .expect("releases");
        objects.lines().chain(releases.lines()).map(|line| line.trim().to_owned()).collect()
    }
}
