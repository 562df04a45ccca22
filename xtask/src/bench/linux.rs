//! A cluster on a bare host, against the same `kubeadm init` typed by hand where everything lies on the host already;
//! and images to two hosts' containerd, against scp of the same to each with and without giving them to containerd.
//!
//! What is compared begins when files and images are on the host, and ends when its node is ready. Ours is read off the
//! run's own steps. By hand it is one command over SSH with the same configuration, on a second host that the same run
//! made a worker, with the first one's images: neither has been a controller before. Then by hand once more where a
//! cluster was made and taken back, whose files are warm.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use longshore_lab::{BareHosts, Place};
use serde_json::Value;

use super::measure::{Figure, Goal, empty, seconds};
use crate::build;
use crate::test::root;

const SITE: &str = "bench";
/// Where the operator of an upload has the archive.
const ARCHIVE: &str = "/var/tmp/images.tar";
/// Takes back what is there of a cluster as a person would, and leaves what one is made from, the pods' network too.
const BACK: &str =
    "kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock >/dev/null 2>&1";
/// Makes one.
const BY_HAND: &str = "kubeadm init --config /root/kubeadm.yaml >/dev/null && \
     kubectl --kubeconfig /etc/kubernetes/admin.conf wait --for=condition=Ready node --all --timeout=180s >/dev/null";
/// Leaves the first controller's images and configuration where the other host gets them from.
const HANDED: &str = "mkdir -p /root/handed && cd /root/handed && \
     cp /var/lib/longshore/cluster/kubeadm.yaml . && \
     ctr -n k8s.io images export images.tar $(ctr -n k8s.io images ls -q | grep -v @)";

/// Leaves no image in containerd.
const GONE: &str = "ctr -n k8s.io images rm --sync $(ctr -n k8s.io images ls -q) >/dev/null";

struct Bench {
    longshore: PathBuf,
    helm: PathBuf,
    folder: PathBuf,
    bundles: [PathBuf; 2],
}

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let root = root()?;
    let folder = root.join("target/bench/linux");
    fs::create_dir_all(&folder)?;
    let place = Place::here();
    let bundle = |version: &str| {
        longshore_sample::build_linux(
            version,
            &root.join("target/bundles"),
            &root.join("target/sample"),
            &place,
        )
    };
    let bench = Bench {
        longshore: build::optimised()?,
        helm: longshore_lab::helm(&place)?,
        bundles: [bundle("1.0.0")?, bundle("1.1.0")?],
        folder,
    };
    let mut figures = bench.clusters(runs)?;
    figures.extend(bench.uploads(runs.min(3))?);
    empty(&bench.folder)?;
    Ok(figures)
}

impl Bench {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.longshore);
        command.arg("--data").arg(self.folder.join("data")).arg("--helm").arg(&self.helm).args(words);
        command
    }

    fn json(&self, words: &[&str]) -> Result<Value> {
        let mut words = words.to_vec();
        words.extend(["--output", "json"]);
        let output = self.command(&words).output().context("longshore cannot be started")?;
        if !output.status.success() {
            bail!("longshore {} failed: {}", words.join(" "), String::from_utf8_lossy(&output.stdout));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Fresh hosts as a site with a cluster and 1.0.0 on it.
    fn installed(&self, count: u8) -> Result<BareHosts> {
        empty(&self.folder.join("data"))?;
        let hosts = BareHosts::start(&Place::here(), count)?;
        let lines: Vec<String> = (0..hosts.count())
            .map(|host| {
                format!("root@{} {}", hosts.address(host), if host == 0 { "controller" } else { "worker" })
            })
            .collect();
        let mut words = vec!["site", "add", SITE];
        words.extend(lines.iter().flat_map(|line| ["--host", line]));
        let way = way(&hosts);
        words.extend(way.iter().map(String::as_str));
        seconds(&mut self.command(&words))?;
        let bundle = self.bundles[0].display().to_string();
        let install =
            ["install", SITE, "--bundle", &bundle, "--yes", "--bypass-preflights", "a practice host"];
        seconds(&mut self.command(&install))?;
        Ok(hosts)
    }

    fn clusters(&self, runs: usize) -> Result<Vec<Figure>> {
        let (mut ours, mut fresh, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..runs {
            let hosts = self.installed(2)?;
            ours.push(self.made_in()?);
            seconds(&mut ssh(&hosts, 0, HANDED))?;
            seconds(&mut ssh(&hosts, 0, BACK))?;
            seconds(&mut ssh(&hosts, 1, BACK))?;
            let from = hosts.root(0).join("root/handed");
            let to = hosts.root(1).join("root");
            fs::copy(from.join("images.tar"), to.join("images.tar"))?;
            let config = fs::read_to_string(from.join("kubeadm.yaml"))?
                .replace(&hosts.address(0), &hosts.address(1))
                .replace(&hosts.name(0), &hosts.name(1));
            fs::write(to.join("kubeadm.yaml"), config)?;
            let import = "ctr -n k8s.io images import /root/images.tar >/dev/null && rm /root/images.tar";
            seconds(&mut ssh(&hosts, 1, import))?;
            fresh.push(seconds(&mut ssh(&hosts, 1, BY_HAND))?);
            seconds(&mut ssh(&hosts, 1, BACK))?;
            again.push(seconds(&mut ssh(&hosts, 1, BY_HAND))?);
        }
        let figure = |what: &str, peer, goal| Figure {
            what: format!("cluster on a host, against kubeadm by hand{what}"),
            ours: ours.clone(),
            peer,
            unit: "s",
            goal,
        };
        Ok(vec![figure("", fresh, Goal::Ratio(1.1)), figure(" again", again, Goal::Told)])
    }

    /// Seconds of the step that makes the cluster; it ends when its node is ready.
    fn made_in(&self) -> Result<f64> {
        let runs = self.json(&["run", "list"])?;
        let run = runs["runs"][0]["id"].as_str().context("there is no run")?.to_owned();
        let view = self.json(&["run", "show", &run])?;
        let steps = view["steps"].as_array().context("the run has no steps")?;
        let step = steps.iter().find(|step| step["id"] == "cluster").context("the run made no cluster")?;
        let at = |end: &str| step[end].as_f64().with_context(|| format!("the step has no {end}"));
        Ok((at("endedAt")? - at("startedAt")?) / 1e3)
    }

    fn uploads(&self, runs: usize) -> Result<Vec<Figure>> {
        let hosts = self.installed(2)?;
        let id = self.imported()?;
        // All that the bundle carries is on the hosts once: what is exported there is what scp has to move.
        seconds(&mut self.push(&hosts, &id))?;
        seconds(&mut ssh(
            &hosts,
            0,
            &format!("ctr -n k8s.io images export {ARCHIVE} $(ctr -n k8s.io images ls -q | grep -v @)"),
        ))?;
        let archive = self.folder.join("images.tar");
        fs::rename(hosts.root(0).join(ARCHIVE.trim_start_matches('/')), &archive)
            .or_else(|_| fs::copy(hosts.root(0).join(ARCHIVE.trim_start_matches('/')), &archive).map(drop))?;
        let bytes = fs::metadata(&archive)?.len();
        let (mut ours, mut copied, mut given) = (Vec::new(), Vec::new(), Vec::new());
        // One after the other, as the copies go.
        let both =
            |script: &str| (0..2).try_for_each(|host| seconds(&mut ssh(&hosts, host, script)).map(drop));
        for _ in 0..runs {
            both(GONE)?;
            ours.push(seconds(&mut self.push(&hosts, &id))?);
            let copy = |host| {
                let (options, address) = (options(&hosts), hosts.address(host));
                format!("scp -q {options} '{}' root@{address}:{ARCHIVE}", archive.display())
            };
            let line = format!("{} && {}", copy(0), copy(1));
            let copying = seconds(Command::new("sh").args(["-c", &line]))?;
            both(GONE)?;
            let started = Instant::now();
            both(&format!("ctr -n k8s.io images import --no-unpack {ARCHIVE} >/dev/null"))?;
            copied.push(copying);
            given.push(copying + started.elapsed().as_secs_f64());
            both(&format!("rm -f {ARCHIVE}"))?;
        }
        let figure = |what: &str, peer, goal| Figure {
            what: format!("{} MB of images {what}", bytes / 1_000_000),
            ours: ours.clone(),
            peer,
            unit: "s",
            goal,
        };
        Ok(vec![
            figure("to two hosts, against scp and import", given, Goal::Ratio(1.0)),
            figure("to two hosts, against scp alone", copied, Goal::Told),
        ])
    }

    /// The later bundle in the library; its id.
    fn imported(&self) -> Result<String> {
        let file = self.bundles[1].display().to_string();
        seconds(&mut self.command(&["bundle", "import", &file]))?;
        let list = self.json(&["bundle", "list"])?;
        let found =
            list["bundles"].as_array().into_iter().flatten().find(|bundle| bundle["version"] == "1.1.0");
        let id =
            found.and_then(|bundle| bundle["id"].as_str()).context("the bundle is not in the library")?;
        Ok(id.to_owned())
    }

    fn push(&self, hosts: &BareHosts, id: &str) -> Command {
        let to: Vec<String> = (0..2).map(|host| format!("root@{}", hosts.address(host))).collect();
        let mut command = self.command(&["bundle", "push", id, "--host", &to[0], "--host", &to[1]]);
        command.args(way(hosts));
        command
    }
}

/// Flags that say how hosts are entered.
fn way(hosts: &BareHosts) -> [String; 6] {
    let (key, known) = (hosts.key().display().to_string(), hosts.known_hosts().display().to_string());
    ["--identity", &key, "--known-hosts", &known, "--ssh-config", "none"].map(str::to_owned)
}

/// The same for ssh and scp.
fn options(hosts: &BareHosts) -> String {
    let (key, known) = (hosts.key(), hosts.known_hosts());
    format!("-F none -i '{}' -o UserKnownHostsFile='{}' -o BatchMode=yes", key.display(), known.display())
}

fn ssh(hosts: &BareHosts, host: usize, script: &str) -> Command {
    let mut command = Command::new("sh");
    let line = format!("ssh {} root@{} sh", options(hosts), hosts.address(host));
    command.args(["-c", &format!("{line} <<'end'\nPATH=$PATH:/usr/local/bin\n{script}\nend\n")]);
    command
}
