//! Processes that belong to one window and end with it.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a process may take to end when it is asked to.
const MANNERS: Duration = Duration::from_secs(5);

/// A process with all that it starts.
#[derive(Debug)]
pub(crate) struct Part {
    name: &'static str,
    child: Child,
}

impl Part {
    /// Starts a program at the head of a process group of its own.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        let child =
            child.with_context(|| format!("{name} cannot be started; cargo xtask test installs it"))?;
        Ok(Self { name, child })
    }

    /// The first line that a program prints, whose output was piped.
    pub(crate) fn first_line(&mut self) -> Result<String> {
        let output: ChildStdout = self.child.stdout.take().context("its output is not read")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("{} ended without a word", self.name);
        }
        Ok(line.trim().to_owned())
    }

    /// Its number, which is its group's as well.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, signal: &str) {
        // The group may have ended by itself in this moment, which is as well.
        drop(
            Command::new("kill")
                .args([signal, "--", &format!("-{}", self.id())])
                .stderr(Stdio::null())
                .status(),
        );
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.signal("-TERM");
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < MANNERS {
            sleep(Duration::from_millis(20));
        }
        // Whatever of the group did not listen.
        self.signal("-KILL");
        drop(self.child.wait());
    }
}

/// Waits until something holds, and says what it was when it never does.
///
/// # Errors
/// The last reason why it did not hold.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    loop {
        match look() {
            Ok(found) => return Ok(found),
            Err(error) if started.elapsed() > limit => {
                return Err(error.context(format!("{what} did not come about within {} s", limit.as_secs())));
            }
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}
