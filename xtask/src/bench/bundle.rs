//! Bundles of a size that vendors ship: imported, against what reading them at all costs; pushed, against skopeo.

mod layout;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use longshore_lab::install::{self, Need};
use serde_json::Value;

use super::measure::{Figure, Goal, empty, peak_memory, seconds};
use crate::build;
use crate::test::root;
use layout::{Images, Large};

/// What is measured against, and a registry to push to.
const PEERS: Need = Need {
    purpose: "benchmarks of bundles: a registry, and skopeo",
    packages: &["docker-registry", "skopeo"],
};

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    install::ensure(&[&PEERS])?;
    let place = Place { folder: root()?.join("target/bench/bundle"), longshore: build::optimised()? };
    let limit = build::example("longshore-bundle", "limit")?;
    let large = layout::make(&place.folder, &|arguments| place.run(arguments).map(drop))?;
    let mut figures = place.imports(&large, &limit, runs)?;
    figures.extend(place.pushes(&large, runs.min(3))?);
    for gone in ["data", "registry"] {
        empty(&place.folder.join(gone))?;
    }
    Ok(figures)
}

struct Place {
    folder: PathBuf,
    longshore: PathBuf,
}

fn megabytes(path: &Path) -> Result<f64> {
    Ok(fs::metadata(path)?.len() as f64 / 1e6)
}

impl Place {
    fn words(&self, arguments: &[&str]) -> Vec<String> {
        let data = self.folder.join("data").display().to_string();
        let own = ["--data", &data, "--helm", "/bin/true", "--output", "json"].map(str::to_owned);
        own.into_iter().chain(arguments.iter().map(|word| (*word).to_owned())).collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.longshore);
        command.args(self.words(arguments));
        command
    }

    /// Runs Longshore, and gives its last answer.
    fn run(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("longshore {}: {said}{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        let last = said.lines().last().unwrap_or("null");
        serde_json::from_str(last).with_context(|| format!("no answer: {said}"))
    }

    fn imports(&self, large: &Large, limit: &Path, runs: usize) -> Result<Vec<Figure>> {
        let file = large.first.file.display().to_string();
        let (mut ours, mut peer, mut best, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..runs {
            empty(&self.folder.join("data"))?;
            settle()?;
            ours.push(seconds(&mut self.command(&["bundle", "import", &file]))?);
            settle()?;
            let line = format!("gzip -dc '{file}' | sha256sum");
            peer.push(seconds(Command::new("sh").args(["-c", &line]))?);
            best.push(self::limit(limit, &file)?);
        }
        empty(&self.folder.join("data"))?;
        memory.push(peak_memory(&self.longshore, &self.words(&["bundle", "import", &file]), &[0])?);
        let size = megabytes(&large.first.file)?;
        let what = format!("import {} images, {size:.0} MB", large.first.references.len());
        Ok(vec![
            Figure { what: what.clone(), ours: ours.clone(), peer, unit: "s", goal: Goal::Ratio(0.5) },
            Figure {
                what: "the same, against gunzip and SHA-256 alone".into(),
                ours,
                peer: best,
                unit: "s",
                goal: Goal::Ratio(1.25),
            },
            Figure {
                what: "peak memory of that import".into(),
                ours: memory,
                peer: Vec::new(),
                unit: "MB",
                goal: Goal::AtMost(256.0),
            },
        ])
    }

    fn pushes(&self, large: &Large, runs: usize) -> Result<Vec<Figure>> {
        let (first, second) = (&large.first, &large.second);
        let bundle = |images: &Images| -> Result<String> {
            let answer = self.run(&["bundle", "import", &images.file.display().to_string()])?;
            Ok(answer["summary"]["id"].as_str().context("a bundle has an id")?.to_owned())
        };
        let (one, other) = (bundle(first)?, bundle(second)?);
        let (mut cold, mut warm, mut copied, mut synced) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut moved, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let registry = Registry::begin(&self.folder)?;
            let push = |bundle: &str| {
                let words =
                    ["bundle", "push", bundle, "--registry", &registry.address, "--registry-insecure"];
                self.words(&words)
            };
            settle()?;
            cold.push(seconds(Command::new(&self.longshore).args(push(&one)))?);
            warm.push(seconds(Command::new(&self.longshore).args(push(&one)))?);
            let answer = self.run(&[
                "bundle",
                "push",
                &other,
                "--registry",
                &registry.address,
                "--registry-insecure",
            ])?;
            moved.push(answer["outcome"]["sent"].as_f64().context("a push says what it sent")? / 1e6);
            drop(registry);
            let registry = Registry::begin(&self.folder)?;
            settle()?;
            let started = Instant::now();
            for reference in &first.references {
                let name = reference.split_once('/').map_or(reference.as_str(), |(_, name)| name);
                let (from, to) = (
                    format!("oci:{}:{reference}", first.layout.display()),
                    format!("docker://{}/{name}", registry.address),
                );
                seconds(Command::new("skopeo").args([
                    "copy",
                    "--all",
                    "--quiet",
                    "--dest-tls-verify=false",
                    &from,
                    &to,
                ]))?;
            }
            copied.push(started.elapsed().as_secs_f64());
            drop(registry);
            let registry = Registry::begin(&self.folder)?;
            settle()?;
            let folder = large.folders.display().to_string();
            synced.push(seconds(Command::new("skopeo").args([
                "sync",
                "--all",
                "--src",
                "dir",
                "--dest",
                "docker",
                "--dest-tls-verify=false",
                &folder,
                &registry.address,
            ]))?);
        }
        let registry = Registry::begin(&self.folder)?;
        let words =
            self.words(&["bundle", "push", &one, "--registry", &registry.address, "--registry-insecure"]);
        memory.push(peak_memory(&self.longshore, &words, &[0])?);
        drop(registry);
        let unique = large.unique as f64 / 1e6;
        let figure = |what: &str, ours: &[f64], peer: &[f64], unit, goal| Figure {
            what: what.to_owned(),
            ours: ours.to_vec(),
            peer: peer.to_vec(),
            unit,
            goal,
        };
        Ok(vec![
            figure("push them, against skopeo copy one by one", &cold, &copied, "s", Goal::Ratio(1.0 / 1.5)),
            figure("push them, against skopeo sync", &cold, &synced, "s", Goal::Ratio(1.0 / 1.5)),
            figure("push them again, against the first time", &warm, &cold, "s", Goal::Ratio(0.05)),
            figure("a second release, against its own bytes", &moved, &[unique], "MB", Goal::Ratio(1.1)),
            figure("peak memory of a push", &memory, &[], "MB", Goal::AtMost(256.0)),
        ])
    }
}

/// What was written before goes to the disk, so that the next does not wait for it.
fn settle() -> Result<()> {
    seconds(&mut Command::new("sync")).map(drop)
}

/// The longer of unpacking and hashing alone, which two cores may do side by side.
fn limit(program: &Path, file: &str) -> Result<f64> {
    let output = Command::new(program).arg(file).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().with_context(|| format!("{}: {said}", program.display()))
}

/// A registry of its own on loopback, without anything in it.
struct Registry {
    child: Child,
    address: String,
}

impl Registry {
    fn begin(folder: &Path) -> Result<Self> {
        let storage = folder.join("registry");
        empty(&storage)?;
        fs::create_dir_all(&storage)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let config = format!(
            "version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
            storage.join("root").display(),
        );
        let path = storage.join("registry.yml");
        fs::write(&path, config)?;
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().context("docker-registry cannot be started")?;
        let registry = Self { child, address };
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&registry.address).is_err() {
            if Instant::now() > until {
                bail!("the registry does not answer");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(registry)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
