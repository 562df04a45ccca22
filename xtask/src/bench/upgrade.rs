//! An upgrade by Longshore, against bare `helm upgrade --wait` of the same charts with the same values.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use longshore_lab::{Lab, Place};

use super::measure::{Figure, Goal, empty, seconds};
use crate::build;
use crate::test::root;

/// Where Longshore installs, and where bare helm does.
const OURS: &str = "bench-ours";
const PEER: &str = "bench-helm";
/// Charts by weight; the last two come and go between the releases.
const CHARTS: &[&str] = &["tidewater-data", "tidewater-web", "tidewater-cache"];
const GONE: &str = "tidewater-legacy";

struct Bench {
    lab: Lab,
    longshore: PathBuf,
    folder: PathBuf,
}

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let folder = root()?.join("target/bench");
    let bench = Bench { longshore: build::optimised()?, lab: Lab::up(&Place::here())?, folder };
    bench.clear()?;
    let (old, new) = bench.set_the_table()?;
    let (mut ours, mut peer, mut hasty) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(bench.longshore(&["upgrade", "bench", "--bundle", &new, "--yes", "--set", CONTACT])?);
        peer.push(bench.helm_to("1.1.0", &["--wait-for-jobs"])?);
        bench.longshore(&["rollback", "bench"])?;
        bench.helm_to("1.0.0", &["--wait-for-jobs"])?;
        hasty.push(bench.helm_to("1.1.0", &[])?);
        bench.helm_to("1.0.0", &["--wait-for-jobs"])?;
    }
    bench.clear()?;
    drop(old);
    let goal = Goal::RatioPlus(1.05, 1.0);
    let figure =
        |what: &str, peer| Figure { what: what.to_owned(), ours: ours.clone(), peer, unit: "s", goal };
    Ok(vec![
        // Ours waits for the job of one chart before it goes on with the next.
        figure("upgrade of three charts, a job waited for", peer),
        figure("the same, helm not waiting for the job", hasty),
    ])
}

const CONTACT: &str = "contact_email=harbour@tidewater.example";

impl Bench {
    /// Installs on both sides, and learns the values of both releases from what Longshore put there.
    fn set_the_table(&self) -> Result<(String, String)> {
        let cache = root()?.join("target/sample");
        let bundles = self.folder.join("bundles");
        let old = longshore_sample::build("1.0.0", &bundles, &cache)?.display().to_string();
        let new = longshore_sample::build("1.1.0", &bundles, &cache)?.display().to_string();
        let kubeconfig = self.lab.kubeconfig().display().to_string();
        self.longshore(&[
            "site",
            "add",
            "bench",
            "--kubeconfig",
            &kubeconfig,
            "--context",
            self.lab.context(),
            "--namespace",
            OURS,
            "--registry",
            &self.lab.registry(),
            "--registry-namespace",
            "tidewater",
            "--registry-insecure",
        ])?;
        self.longshore(&["install", "bench", "--bundle", &old, "--yes"])?;
        self.keep_values("1.0.0")?;
        self.longshore(&["upgrade", "bench", "--bundle", &new, "--yes", "--set", CONTACT])?;
        self.keep_values("1.1.0")?;
        self.longshore(&["rollback", "bench"])?;
        for version in ["1.0.0", "1.1.0"] {
            for chart in CHARTS.iter().chain([&GONE]) {
                fs::write(self.archive(chart, version), longshore_sample::chart(chart, version)?)?;
            }
        }
        self.lab.kubectl(&["create", "namespace", PEER])?;
        self.helm_to("1.0.0", &[])?;
        // The bundle is in the library by now; an upgrade names it by its file all the same, as people do.
        Ok((old, new))
    }

    fn archive(&self, chart: &str, version: &str) -> PathBuf {
        self.folder.join(format!("{chart}-{version}.tgz"))
    }

    fn values(&self, chart: &str, version: &str) -> PathBuf {
        self.folder.join(format!("{chart}-{version}.json"))
    }

    fn keep_values(&self, version: &str) -> Result<()> {
        for chart in CHARTS.iter().chain([&GONE]) {
            let output =
                self.helm(&["get", "values", chart, "--namespace", OURS, "--output", "json"]).output()?;
            if output.status.success() {
                fs::write(self.values(chart, version), output.stdout)?;
            }
        }
        Ok(())
    }

    fn helm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.lab.helm());
        command.args(arguments).arg("--kubeconfig").arg(self.lab.kubeconfig());
        command
    }

    /// All charts of a release, one after the other, as a person without Longshore does it.
    fn helm_to(&self, version: &str, more: &[&str]) -> Result<f64> {
        let mut taken = 0.0;
        for chart in CHARTS.iter().chain([&GONE]) {
            let values = self.values(chart, version);
            let wanted = matches!((*chart, version), ("tidewater-cache", "1.1.0") | (GONE, "1.0.0"))
                || !matches!(*chart, "tidewater-cache" | GONE);
            let mut command = if wanted {
                let archive = self.archive(chart, version).display().to_string();
                let mut command =
                    self.helm(&["upgrade", "--install", chart, &archive, "--wait", "--namespace", PEER]);
                command.args(more);
                if values.exists() {
                    command.arg("--values").arg(values);
                }
                command
            } else {
                self.helm(&["uninstall", chart, "--ignore-not-found", "--namespace", PEER])
            };
            taken += seconds(&mut command)?;
        }
        Ok(taken)
    }

    fn longshore(&self, words: &[&str]) -> Result<f64> {
        let mut command = Command::new(&self.longshore);
        command.arg("--data").arg(self.data()).arg("--helm").arg(self.lab.helm()).args(words);
        seconds(&mut command)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("upgrade")
    }

    /// Takes away what an earlier run left.
    fn clear(&self) -> Result<()> {
        empty(&self.data())?;
        let gone = ["delete", "namespace", OURS, PEER, "--ignore-not-found", "--timeout=120s"];
        self.lab.kubectl(&gone).map(drop)
    }
}
