//! Figures, and how whole processes are timed.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// What is aimed at.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// Ours at most this times the peer's.
    Ratio(f64),
    /// Ours at most this times the peer's, plus so much.
    RatioPlus(f64, f64),
    /// Ours at most so much, whatever the peer takes.
    AtMost(f64),
    /// None: it is told.
    Told,
}

/// One comparison.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// Ours, each run.
    pub ours: Vec<f64>,
    /// The peer's, each run; none when there is no peer.
    pub peer: Vec<f64>,
    /// Unit of both.
    pub unit: &'static str,
    /// What is aimed at.
    pub goal: Goal,
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// The value in the middle; 0 when there is none.
pub fn median(values: &[f64]) -> f64 {
    let values = sorted(values);
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

/// The value that so great a part of all are at most.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    let values = sorted(values);
    let place = (values.len() as f64 * part).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

fn minimum(values: &[f64]) -> f64 {
    sorted(values).first().copied().unwrap_or_default()
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        let peer = median(&self.peer);
        (peer > 0.0).then(|| median(&self.ours) / peer)
    }

    fn holds(&self) -> bool {
        let (ours, peer) = (median(&self.ours), median(&self.peer));
        match self.goal {
            Goal::Ratio(ratio) => ours <= peer * ratio,
            Goal::RatioPlus(ratio, plus) => ours <= peer * ratio + plus,
            Goal::AtMost(most) => ours <= most,
            Goal::Told => true,
        }
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::Ratio(ratio) => format!("≤ {ratio} ×"),
            Goal::RatioPlus(ratio, plus) => format!("≤ {ratio} × + {plus} {}", self.unit),
            Goal::AtMost(most) => format!("≤ {most} {}", self.unit),
            Goal::Told => "–".to_owned(),
        }
    }

    /// As one JSON object.
    pub fn json(&self) -> Value {
        let side = |values: &[f64]| json!({ "min": minimum(values), "median": median(values), "runs": values.len() });
        json!({
            "what": self.what, "ours": side(&self.ours), "peer": side(&self.peer), "unit": self.unit,
            "ratio": self.ratio(), "goal": self.goal(), "holds": self.holds(),
        })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |values: &[f64]| {
            if values.is_empty() { "–".to_owned() } else { format!("{:.2}", median(values)) }
        };
        let ratio = self.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        let holds = if self.holds() { "yes" } else { "no" };
        let (ours, peer, goal) = (side(&self.ours), side(&self.peer), self.goal());
        write!(out, "{:44} {ours:>10} {peer:>10} {:>5} {ratio:>6} {goal:>14} {holds}", self.what, self.unit)
    }
}

/// Removes a folder with all that is in it, if it is there.
pub fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}

/// Seconds that a command takes; it has to succeed.
pub fn seconds(command: &mut Command) -> Result<f64> {
    seconds_accepting(command, &[0])
}

/// Seconds that a command takes; it has to end with one of `codes`.
pub fn seconds_accepting(command: &mut Command, codes: &[i32]) -> Result<f64> {
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().context("a command cannot be started")?;
    let taken = started.elapsed().as_secs_f64();
    if output.status.code().is_some_and(|code| codes.contains(&code)) {
        return Ok(taken);
    }
    bail!(
        "{} ended with {}: {}{}",
        command.get_program().display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Peak resident memory of a command in MB, by `/usr/bin/time`; it has to end with one of `codes`.
pub fn peak_memory(program: &std::path::Path, arguments: &[String], codes: &[i32]) -> Result<f64> {
    // Programs that leave something where they are started leave it beside themselves.
    let folder = program.parent().unwrap_or(Path::new("."));
    let mut command = Command::new("/usr/bin/time");
    let output = command.args(["-f", "%M"]).arg(program).args(arguments).current_dir(folder).output();
    let output = output.context("/usr/bin/time cannot be started; it is in Debian's package time")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let kilobytes: f64 = said.lines().last().and_then(|line| line.trim().parse().ok()).unwrap_or_default();
    if output.status.code().is_some_and(|code| codes.contains(&code)) {
        Ok(kilobytes / 1e3)
    } else {
        bail!("{} failed: {said}", program.display())
    }
}
