//! Running programs: what they say when they fail, and which of them are ours.

use std::fs::{self, File};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::state::Started;

/// Runs a program to its end and gives what it printed.
pub fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{} cannot be started", words(command)))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}): {}", words(command), output.status, last(&format!("{text}\n{said}"), 12));
    }
    Ok(text)
}

fn words(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args().take(8) {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// The last lines of a text.
pub fn last(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Starts a program that outlives us, its output in a log.
pub fn start(command: &mut Command, log: &Path) -> Result<Started> {
    let file = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
    let errors = file.try_clone().context("the log cannot be shared")?;
    let child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .spawn()
        .with_context(|| format!("{} cannot be started", words(command)))?;
    Ok(Started { pid: child.id(), at: start_time(child.id()).unwrap_or_default() })
}

/// When a process was started; `None` when there is none.
pub fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold spaces; what follows its closing parenthesis does not.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    (fields.next()? != "Z").then_some(())?;
    fields.nth(18)?.parse().ok()
}

/// Whether a process still runs, and is the one that was started.
pub fn is_alive(started: Started) -> bool {
    start_time(started.pid) == Some(started.at)
}

/// Sends a signal to a process that is ours.
pub fn signal(started: Started, signal: &str) {
    if is_alive(started) {
        // It may end by itself in this moment, which is as well.
        drop(Command::new("kill").args([signal, &started.pid.to_string()]).output());
    }
}

/// The first child of a process.
pub fn child(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Waits until something holds, and says what it was when it never does.
pub fn until<T>(
    what: &str,
    limit: Duration,
    log: Option<&Path>,
    mut look: impl FnMut() -> Result<T>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        match look() {
            Ok(found) => return Ok(found),
            Err(error) if started.elapsed() > limit => {
                let said = log.and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default();
                let said = last(&said, 15);
                return Err(
                    error.context(format!("{what} did not come about within {} s\n{said}", limit.as_secs()))
                );
            }
            Err(_) => sleep(Duration::from_millis(100)),
        }
    }
}

/// Does something on a thread that is in a network namespace: what is made there stays there.
pub(crate) fn in_namespace<T: Send + 'static>(
    namespace: Option<&str>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let namespace = namespace.map(|name| Path::new("/run/netns").join(name));
    let done = std::thread::spawn(move || {
        if let Some(path) = namespace {
            move_into_link_name_space(File::open(path)?.as_fd(), Some(LinkNameSpaceType::Network))?;
        }
        work()
    });
    done.join().map_err(|_| anyhow!("it broke off"))?
}
