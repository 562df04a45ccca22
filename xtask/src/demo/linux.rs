//! Two bare Linux hosts become a cluster with an application on it; cluster and application are upgraded, and the
//! application is taken back. The hosts have no way out: all that they get comes over SSH.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use longshore_lab::{BareHosts, Place};

use super::typing::{Typing, title};
use crate::build;
use crate::test::root;

const SITE: &str = "yard";
const NAMESPACE: &str = "tidewater";
/// Practice hosts share this machine: what the built-in checks ask of ports and disks is too much for them.
const WAIVED: &str = "a practice host";

struct Demo {
    typing: Typing,
    bundles: Vec<PathBuf>,
    hosts: BareHosts,
    kubectl: PathBuf,
}

/// Runs the journey, or sets the table for it and opens the window.
pub(super) fn run(window: bool) -> Result<()> {
    let started = Instant::now();
    let demo = Demo::prepare(window)?;
    demo.set_the_table()?;
    if window {
        return demo.window();
    }
    demo.journey()?;
    println!("\nThe whole journey took {:.0} s.", started.elapsed().as_secs_f64());
    Ok(())
}

impl Demo {
    fn prepare(window: bool) -> Result<Self> {
        let root = root()?;
        title("Longshore");
        let binary = if window { build::desktop()? } else { build::headless()? };
        let place = Place::here();
        title("Tidewater, the sample package, with a cluster of its own");
        let folder = root.join("target/demo");
        let mut bundles = Vec::new();
        for version in &longshore_sample::VERSIONS[..2] {
            let path = longshore_sample::build_linux(
                version,
                &folder.join("bundles"),
                &root.join("target/sample"),
                &place,
            )?;
            println!("   {} ({:.1} MB)", path.display(), std::fs::metadata(&path)?.len() as f64 / 1e6);
            bundles.push(path);
        }
        title("Two bare hosts");
        let hosts = BareHosts::start(&place, 2)?;
        let helm = longshore_lab::helm(&place)?;
        let typing = Typing::fresh(binary, &folder.join("linux-data"), &helm)?;
        Ok(Self { typing, bundles, hosts, kubectl: longshore_lab::kubectl(&place)? })
    }

    /// A site of two hosts with 1.0.0 on it.
    fn set_the_table(&self) -> Result<()> {
        title("Add the hosts as a site");
        let line = |host: usize, role: &str| format!("root@{} {role}", self.hosts.address(host));
        let (key, known) =
            (self.hosts.key().display().to_string(), self.hosts.known_hosts().display().to_string());
        let (first, second) = (line(0, "controller"), line(1, "worker"));
        let add = ["site", "add", SITE, "--host", &first, "--host", &second];
        let way = ["--identity", &key, "--known-hosts", &known, "--ssh-config", "none"];
        self.typing.ok(&add.iter().chain(&way).map(|word| (*word).to_owned()).collect::<Vec<_>>())?;
        title("Install Kubernetes 1.34 and Tidewater 1.0.0");
        self.typing.ok(&self.start("install", 0, &[]))?;
        self.page("1.0.0")
    }

    fn journey(&self) -> Result<()> {
        self.nodes()?;
        title("Upgrade to Kubernetes 1.35 and Tidewater 1.1.0");
        self.typing.ok(&self.start("upgrade", 1, &["--set", "contact_email=harbour@tidewater.example"]))?;
        self.page("1.1.0")?;
        self.nodes()?;
        title("Take the application back");
        self.typing.ok(&["rollback".into(), SITE.into()])?;
        self.page("1.0.0")?;
        title("What the site says now");
        self.typing.ok(&["site".into(), "show".into(), SITE.into()])?;
        self.typing.ok(&["run".into(), "list".into()])
    }

    fn start(&self, workflow: &str, bundle: usize, more: &[&str]) -> Vec<String> {
        let bundle = self.bundles[bundle].display().to_string();
        let words = [workflow, SITE, "--bundle", &bundle, "--yes", "--bypass-preflights", WAIVED];
        words.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    fn nodes(&self) -> Result<()> {
        title("Its nodes");
        self.typing.ok(&["site".into(), "nodes".into(), SITE.into()])
    }

    /// The page that a pod serves, from either host, must name the version.
    fn page(&self, version: &str) -> Result<()> {
        let mut ask = self.typing.command();
        ask.args(["site", "shell", SITE, "--"]).arg(&self.kubectl);
        ask.args([
            "get",
            "service",
            "tidewater-web",
            "-n",
            NAMESPACE,
            "-o",
            "jsonpath={.spec.ports[0].nodePort}",
        ]);
        let port = said(&mut ask)?;
        for host in 0..self.hosts.count() {
            let address = format!("{}:{port}", self.hosts.address(host));
            let holding = format!("version {version}\n");
            let page = longshore_lab::page(&address, &holding, Duration::from_mins(1))?;
            println!(
                "\n   the page on {} answers: {}",
                self.hosts.name(host),
                page.trim().replace('\n', ", ")
            );
        }
        Ok(())
    }

    /// Opens the window on the site and a library that holds what comes after. The hosts go with it.
    fn window(&self) -> Result<()> {
        self.typing.ok(&["bundle".into(), "import".into(), self.bundles[1].display().to_string()])?;
        title("The window: open the site and upgrade it");
        self.typing.window()
    }
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().context("longshore cannot be started")?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    bail!("{}", String::from_utf8_lossy(&output.stderr))
}
