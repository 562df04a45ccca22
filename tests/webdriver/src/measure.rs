//! One start of a windowed program, measured from outside.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::window::{Program, Window};

/// Ticks of a process's start time in a second; the kernel's constant on every Linux.
const TICKS: f64 = 100.0;
/// Memory counts as idle once so many looks in a row differ by no more than a hundredth.
const CALM: usize = 12;
/// Time between looks.
const LOOK: Duration = Duration::from_millis(250);
/// The longest that is waited for it to be idle.
const LIMIT: Duration = Duration::from_mins(1);

/// What one start took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Seconds from the start of the process to the first content on the screen.
    pub start: f64,
    /// MB of memory when idle, over the process and all that it started, shared pages counted in proportion.
    pub memory: f64,
}

/// Starts a program, waits for its page and its calm, and ends it.
///
/// # Errors
/// When it does not come up.
pub fn sample(program: Program) -> Result<Sample> {
    let home = tempfile::tempdir().context("there is no folder to be had")?;
    let window = Window::open(program, home)?;
    window.page.until("performance.getEntriesByName('first-contentful-paint').length")?;
    let painted = window.page.run(
        "return performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime",
        &[],
    )?;
    let process = window.process()?;
    let start = painted.as_f64().context("a time is a number")? / 1e3 - started(process)?;
    Ok(Sample { start, memory: idle(process) })
}

/// When a process was started, in seconds of the clock on the wall.
fn started(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the process is gone")?;
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default();
    let ticks: f64 =
        fields.split_whitespace().nth(19).and_then(|ticks| ticks.parse().ok()).context("no start time")?;
    let uptime = fs::read_to_string("/proc/uptime").context("the kernel does not tell its uptime")?;
    let uptime: f64 =
        uptime.split_whitespace().next().and_then(|text| text.parse().ok()).context("no uptime")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    Ok(now - uptime + ticks / TICKS)
}

/// Memory once it no longer moves.
fn idle(process: u32) -> f64 {
    let begun = Instant::now();
    let mut seen = VecDeque::new();
    loop {
        let memory = tree(process).into_iter().map(proportional).sum::<f64>();
        seen.push_back(memory);
        if seen.len() > CALM {
            seen.pop_front();
            let (least, most) = seen
                .iter()
                .fold((f64::MAX, 0.0_f64), |(least, most), seen| (least.min(*seen), most.max(*seen)));
            if most - least <= most / 100.0 || begun.elapsed() > LIMIT {
                return memory;
            }
        }
        sleep(LOOK);
    }
}

/// A process's share of memory, in MB.
fn proportional(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or_default()
        * 1024.0
        / 1e6
}

/// A process and all that descend from it.
pub(crate) fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default();
        if let Some(parent) = fields.split_whitespace().nth(1).and_then(|parent| parent.parse().ok()) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        found.extend(children.remove(&id).unwrap_or_default());
        next += 1;
    }
    found
}
