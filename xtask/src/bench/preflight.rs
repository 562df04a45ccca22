//! The built-in host checks, against copying upstream's own program to the host and running it there; and files to a
//! host, against scp. On a host of a fleet whose wire is made as slow as real ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use longshore_lab::Place;
use longshore_lab::fleet::{Fleet, Host};

use super::measure::{Figure, Goal, peak_memory, seconds, seconds_accepting};
use super::peers;
use crate::build;
use crate::test::root;

/// Round trips in milliseconds; what our share of the peer's time may be cold and over an open connection; how many
/// times scp's rate an upload has.
const TRIPS: [(u32, f64, f64, f64); 3] = [(0, 0.35, 0.2, 1.0), (20, 0.15, 0.1, 2.5), (80, 0.1, 0.05, 3.5)];
/// Hosts at once.
const MANY: usize = 50;
/// Bytes of the file that is uploaded.
const FILE: usize = 256 << 20;
/// What checks end with when they could be run: passed, errors, failures, warnings.
const RAN: &[i32] = &[0, 1, 3, 4];

struct Bench {
    fleet: Fleet,
    hosts: Vec<Host>,
    longshore: PathBuf,
    again: PathBuf,
    upload: PathBuf,
    peer: PathBuf,
    spec: PathBuf,
    folder: PathBuf,
    known: PathBuf,
}

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let folder = root()?.join("target/bench");
    fs::create_dir_all(&folder)?;
    let mut bench = Bench::begin(folder)?;
    let mut figures = Vec::new();
    // Told as they come: all of it takes minutes.
    let mut tell = |more: Vec<Figure>| {
        for figure in &more {
            eprintln!("   {figure}");
        }
        figures.extend(more);
    };
    for (trip, cold, open, rate) in TRIPS {
        bench.fleet.round_trip(bench.hosts[1], trip)?;
        tell(bench.checks(runs, trip, cold, open)?);
        tell(vec![bench.transfer(runs, trip, rate)?]);
    }
    bench.fleet.round_trip(bench.hosts[1], 0)?;
    tell(vec![bench.left()?]);
    tell(bench.many(runs)?);
    Ok(figures)
}

impl Bench {
    fn begin(folder: PathBuf) -> Result<Self> {
        let longshore = build::optimised()?;
        let again = build::example("longshore-managers", "again")?;
        let upload = build::example("longshore-remote", "upload")?;
        let peer = peers::troubleshoot("preflight", &folder)?;
        println!("   starting {MANY} hosts");
        let mut fleet = Fleet::begin(&Place::here())?;
        let mut hosts = Vec::new();
        for at in 0..=MANY {
            // The first is looked at for what is left on it. The others keep in memory what they write: one check
            // writes 22 MB and waits for each piece of it, which would measure one disk, and that of fifty hosts.
            if at == 1 {
                fleet.keep_in_memory();
            }
            let host = fleet.host(22)?;
            fleet.wire(None, host)?;
            fleet.names(host)?;
            fleet.start(host)?;
            hosts.push(host);
        }
        let known = fleet.known_hosts()?;
        let spec = folder.join("host.yaml");
        let output = Command::new(&longshore).args(["preflight", "builtin"]).output()?;
        fs::write(&spec, output.stdout)?;
        Ok(Self { fleet, hosts, longshore, again, upload, peer, spec, folder, known })
    }

    fn address(&self) -> String {
        format!("root@{}", self.fleet.address(self.hosts[1]))
    }

    /// Words that run the built-in list on hosts, one a line in a file.
    fn words(&self, hosts: &[Host]) -> Result<Vec<String>> {
        let file = self.folder.join(format!("hosts-{}", hosts.len()));
        let lines: Vec<String> =
            hosts.iter().map(|host| format!("root@{}\n", self.fleet.address(*host))).collect();
        fs::write(&file, lines.concat())?;
        let text = |path: &Path| path.display().to_string();
        let data = self.folder.join("preflight-data");
        let words = ["--data", &text(&data), "preflight", "run", "--output", "json", "--ssh-config", "none"];
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        words.extend(["-i".into(), text(&self.fleet.key()), "--known-hosts".into(), text(&self.known)]);
        words.extend(["--hosts-file".into(), text(&file)]);
        Ok(words)
    }

    /// Options of ssh and scp.
    fn options(&self) -> String {
        let (key, known) = (self.fleet.key(), &self.known);
        format!("-F none -i '{}' -o UserKnownHostsFile='{}' -o BatchMode=yes", key.display(), known.display())
    }

    fn checks(&self, runs: usize, trip: u32, cold: f64, open: f64) -> Result<Vec<Figure>> {
        let (options, at) = (self.options(), self.address());
        let line = format!(
            "ssh {options} {at} mkdir -p /tmp/peer && scp -q {options} '{}' '{}' {at}:/tmp/peer/ && \
             ssh {options} {at} '/tmp/peer/preflight-peer --interactive=false --auto-update=false --no-uri --format json /tmp/peer/host.yaml; \
             code=$?; rm -rf /tmp/peer; exit $code'",
            self.peer.display(),
            self.spec.display()
        );
        let (mut ours, mut again, mut peer) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..runs {
            let words = self.words(&self.hosts[1..2])?;
            ours.push(seconds_accepting(Command::new(&self.longshore).args(words), RAN)?);
            peer.push(seconds_accepting(Command::new("sh").args(["-c", &line]), RAN)?);
        }
        let output = Command::new(&self.again)
            .arg(&at)
            .args([self.fleet.key(), self.known.clone()])
            .arg(runs.to_string())
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        again.extend(said.lines().filter_map(|line| line.split(' ').next()?.parse::<f64>().ok()));
        if again.len() != runs {
            bail!("the checks over an open connection failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let figure = |what: &str, ours, goal| Figure {
            what: format!("built-in host checks at {trip} ms, {what}"),
            ours,
            peer: peer.clone(),
            unit: "s",
            goal: Goal::Ratio(goal),
        };
        Ok(vec![figure("cold", ours, cold), figure("connected", again, open)])
    }

    fn transfer(&self, runs: usize, trip: u32, rate: f64) -> Result<Figure> {
        let file = self.folder.join("upload");
        if fs::metadata(&file).map(|meta| meta.len()).unwrap_or_default() != FILE as u64 {
            let random = fs::File::open("/dev/urandom").context("/dev/urandom cannot be read")?;
            let mut from = std::io::Read::take(random, FILE as u64);
            std::io::copy(&mut from, &mut fs::File::create(&file)?)?;
        }
        let at = self.address();
        let (mut ours, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let mut upload = Command::new(&self.upload);
            upload.arg(&file).arg(&at).args([self.fleet.key(), self.known.clone()]).arg("/var/tmp/ours");
            ours.push(seconds(&mut upload)?);
            let line = format!("scp -q {} '{}' {at}:/var/tmp/theirs", self.options(), file.display());
            peer.push(seconds(Command::new("sh").args(["-c", &line]))?);
            let line = format!("ssh {} {at} rm /var/tmp/ours /var/tmp/theirs", self.options());
            seconds(Command::new("sh").args(["-c", &line]))?;
        }
        let what = format!("upload of {} MiB at {trip} ms, against scp", FILE >> 20);
        Ok(Figure { what, ours, peer, unit: "s", goal: Goal::Ratio(1.0 / rate) })
    }

    /// Bytes that checks leave on a host.
    fn left(&self) -> Result<Figure> {
        let before = bytes(&self.fleet.changes(self.hosts[0]));
        let words = self.words(&self.hosts[..1])?;
        seconds_accepting(Command::new(&self.longshore).args(words), RAN)?;
        let left = bytes(&self.fleet.changes(self.hosts[0])).saturating_sub(before);
        let what = "left on a host by its checks".to_owned();
        Ok(Figure { what, ours: vec![left as f64], peer: Vec::new(), unit: "B", goal: Goal::AtMost(0.0) })
    }

    fn many(&self, runs: usize) -> Result<Vec<Figure>> {
        let (mut ours, mut one, mut memory) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..runs {
            let words = self.words(&self.hosts[1..2])?;
            one.push(seconds_accepting(Command::new(&self.longshore).args(words), RAN)?);
            let words = self.words(&self.hosts[1..])?;
            ours.push(seconds_accepting(Command::new(&self.longshore).args(words), RAN)?);
        }
        for _ in 0..runs.min(3) {
            memory.push(peak_memory(&self.longshore, &self.words(&self.hosts[1..])?, RAN)?);
        }
        Ok(vec![
            Figure {
                what: format!("built-in checks of {MANY} hosts, against one"),
                ours,
                peer: one,
                unit: "s",
                goal: Goal::Ratio(3.0),
            },
            Figure {
                what: format!("peak memory of checking {MANY} hosts"),
                ours: memory,
                peer: Vec::new(),
                unit: "MB",
                goal: Goal::AtMost(256.0),
            },
        ])
    }
}

/// Bytes of the files below a folder, but for what sshd notes about who came in.
fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .filter(|path| !path.ends_with("var/log") && !path.ends_with("run"))
        .map(|path| match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => bytes(&path),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
