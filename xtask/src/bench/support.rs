//! App checks and support bundles of a cluster, against upstream's own programs with the same spec; and that each side
//! opens what the other wrote.

mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use longshore_lab::{Lab, Place, tools};
use serde_json::{Value, json};

use super::measure::{Figure, Goal, empty, peak_memory, seconds_accepting};
use super::peers;
use crate::build;
use crate::test::root;
use table::{namespace, objects, pods, spec};

/// Namespaces of the cluster; the application is in the first.
const NAMESPACES: usize = 12;
/// What checks end with when they could be run: passed, failures, warnings.
const RAN: &[i32] = &[0, 3, 4];

struct Bench {
    lab: Lab,
    longshore: PathBuf,
    preflight: PathBuf,
    support: PathBuf,
    folder: PathBuf,
}

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let folder = root()?.join("target/bench/support");
    empty(&folder)?;
    fs::create_dir_all(&folder)?;
    let place = folder.with_file_name("");
    let (preflight, support) =
        (peers::troubleshoot("preflight", &place)?, peers::troubleshoot("troubleshoot", &place)?);
    let bench =
        Bench { longshore: build::optimised()?, lab: Lab::up(&Place::here())?, preflight, support, folder };
    bench.clear()?;
    bench.set_the_table()?;
    let mut figures = bench.side("app checks", runs, &bench.our_checks(), &bench.their_checks())?;
    bench.agree()?;
    figures.extend(bench.side("support bundle", runs, &bench.our_bundle(), &bench.their_bundle())?);
    bench.open_each_other()?;
    bench.clear()?;
    Ok(figures)
}

/// A program and its words.
type Line = (PathBuf, Vec<String>);

fn line(program: &Path, words: &[&str]) -> Line {
    (program.to_owned(), words.iter().map(|word| (*word).to_owned()).collect())
}

impl Bench {
    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// The cluster's objects, the specs, and the site.
    fn set_the_table(&self) -> Result<()> {
        tools::bring(&self.lab)?;
        let items: Vec<Value> = (0..NAMESPACES).flat_map(objects).chain(pods()).collect();
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
        fs::write(self.folder.join("objects.json"), list.to_string())?;
        for number in 0..NAMESPACES {
            self.lab.kubectl(&["create", "namespace", &namespace(number)])?;
        }
        // No pod is let in before a cluster has put this into a namespace.
        let account =
            ["wait", "--for=create", "serviceaccount/default", "--timeout=60s", "-n", &namespace(0)];
        self.lab.kubectl(&account)?;
        self.lab.kubectl(&["create", "-f", &self.file("objects.json")])?;
        self.lab.kubectl(&["wait", "--for=condition=Ready", "pod", "--all", "-n", &namespace(0)])?;
        for (kind, name) in [("Preflight", "preflight.yaml"), ("SupportBundle", "support.yaml")] {
            fs::write(self.folder.join(name), spec(kind).to_string())?;
        }
        let kubeconfig = self.lab.kubeconfig().display().to_string();
        let site = ["site", "add", "bench", "--kubeconfig", &kubeconfig, "--context", self.lab.context()];
        self.run(&self.ours(&[&site[..], &["--namespace", &namespace(0)]].concat()), &[0]).map(drop)
    }

    fn ours(&self, words: &[&str]) -> Line {
        let data = self.file("data");
        line(&self.longshore, &[&["--data", &data, "--output", "json"], words].concat())
    }

    fn theirs(&self, program: &Path, words: &[&str]) -> Line {
        let kubeconfig = self.lab.kubeconfig().display().to_string();
        let usual = ["--interactive=false", "--auto-update=false", "--no-uri", "--kubeconfig", &kubeconfig];
        line(program, &[&usual, words].concat())
    }

    fn our_checks(&self) -> Line {
        self.ours(&["preflight", "run", &self.file("preflight.yaml"), "--site", "bench"])
    }

    fn their_checks(&self) -> Line {
        self.theirs(&self.preflight, &["--format", "json", &self.file("preflight.yaml")])
    }

    fn our_bundle(&self) -> Line {
        self.ours(&["support", "collect", "bench", "--spec", &self.file("support.yaml")])
    }

    fn their_bundle(&self) -> Line {
        let file = self.file("theirs.tar.gz");
        self.theirs(&self.support, &["--output", &file, &self.file("support.yaml")])
    }

    /// Upstream writes a bundle into the folder where it is started, whether it is asked to or not.
    fn command(&self, (program, words): &Line) -> Command {
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.folder);
        command
    }

    fn run(&self, line: &Line, codes: &[i32]) -> Result<String> {
        let output = self.command(line).output().context("a command cannot be started")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let met = output.status.code().is_some_and(|code| codes.contains(&code));
        ensure!(
            met,
            "{} ended with {}: {said}{}",
            line.0.display(),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(said)
    }

    /// Time and memory of both.
    fn side(&self, what: &str, runs: usize, ours: &Line, theirs: &Line) -> Result<Vec<Figure>> {
        let (mut time, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            time.push(seconds_accepting(&mut self.command(ours), RAN)?);
            peer.push(seconds_accepting(&mut self.command(theirs), RAN)?);
        }
        let (mut memory, mut peers) = (Vec::new(), Vec::new());
        for _ in 0..runs.min(3) {
            memory.push(peak_memory(&ours.0, &ours.1, RAN)?);
            peers.push(peak_memory(&theirs.0, &theirs.1, RAN)?);
        }
        let figure =
            |what: String, ours, peer, unit| Figure { what, ours, peer, unit, goal: Goal::Ratio(0.5) };
        Ok(vec![
            figure(format!("{what} of {NAMESPACES} namespaces"), time, peer, "s"),
            figure(format!("{what}, peak memory"), memory, peers, "MB"),
        ])
    }

    /// Both have to say the same of the cluster, or one of them did less.
    fn agree(&self) -> Result<()> {
        let verdicts = |line: &Line| -> Result<BTreeSet<String>> {
            let found: Value = serde_json::from_str(&self.run(line, RAN)?).context("no JSON came")?;
            Ok(titles(&found))
        };
        let (ours, theirs) = (verdicts(&self.our_checks())?, verdicts(&self.their_checks())?);
        let different: Vec<&String> = ours.symmetric_difference(&theirs).collect();
        ensure!(different.is_empty(), "the verdicts differ: {different:?}");
        println!("   {} verdicts, the same on both sides", ours.len());
        Ok(())
    }

    /// Upstream judges our file, and we judge upstream's.
    fn open_each_other(&self) -> Result<()> {
        let (spec, file) = (self.file("support.yaml"), self.file("ours.tar.gz"));
        let mut words = self.our_bundle();
        words.1.extend(["--to".to_owned(), file.clone()]);
        self.run(&words, RAN)?;
        let read = ["analyze", "--quiet", "--output", "json", "--bundle", &file, &spec];
        let theirs: Value = serde_json::from_str(&self.run(&line(&self.support, &read), &[0])?)
            .context("upstream says no JSON of our bundle")?;
        let ours =
            self.run(&self.ours(&["support", "analyze", &self.file("theirs.tar.gz"), "--spec", &spec]), RAN)?;
        let ours: Value = serde_json::from_str(&ours).context("we say no JSON of upstream's bundle")?;
        let (theirs, ours) = (insights(&theirs), results(&ours));
        ensure!(!ours.is_empty(), "nothing was judged");
        let different: Vec<&String> = ours.symmetric_difference(&theirs).collect();
        ensure!(different.is_empty(), "each other's bundles are judged differently: {different:?}");
        println!("   {} verdicts, the same of each other's bundles", ours.len());
        Ok(())
    }

    fn clear(&self) -> Result<()> {
        let names: Vec<String> = (0..NAMESPACES).map(namespace).collect();
        let mut words = vec!["delete", "namespace", "--ignore-not-found", "--timeout=180s"];
        words.extend(names.iter().map(String::as_str));
        self.lab.kubectl(&words).map(drop)
    }
}

/// State and title of every verdict of an answer by groups.
fn titles(found: &Value) -> BTreeSet<String> {
    let of = |group: &str| {
        let results = found[group].as_array().cloned().unwrap_or_default();
        results.into_iter().map(|result| format!("{group} {}", result["title"])).collect::<Vec<_>>()
    };
    ["pass", "warn", "fail", "error"].into_iter().flat_map(of).collect()
}

/// The same of our list of results.
fn results(view: &Value) -> BTreeSet<String> {
    let results = view["results"].as_array().into_iter().flatten();
    results
        .map(|result| format!("{} {}", result["state"].as_str().unwrap_or_default(), result["title"]))
        .collect()
}

/// The same of upstream's.
fn insights(found: &Value) -> BTreeSet<String> {
    let state = |insight: &Value| match (insight["IsFail"] == true, insight["IsWarn"] == true) {
        (true, _) => "fail",
        (_, true) => "warn",
        _ => "pass",
    };
    let insights = found.as_array().into_iter().flatten();
    insights.map(|insight| format!("{} {}", state(insight), insight["Title"])).collect()
}
