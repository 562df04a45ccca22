//! Commands as a person types them, shown with the time that each takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The program, with a data folder of its own.
pub(super) struct Typing {
    pub(super) binary: PathBuf,
    pub(super) data: PathBuf,
    helm: PathBuf,
}

pub(super) fn title(text: &str) {
    println!("\n── {text} ──");
}

impl Typing {
    /// One who has nothing yet: what an earlier demo left in the data folder is taken away.
    pub(super) fn fresh(binary: PathBuf, data: &Path, helm: &Path) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(data).with_context(|| format!("{} cannot be removed", data.display()))?;
        }
        Ok(Self { binary, data: data.to_owned(), helm: helm.to_owned() })
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--data").arg(&self.data).arg("--helm").arg(&self.helm);
        command
    }

    /// The window, on the same data.
    pub(super) fn window(&self) -> Result<()> {
        let window = self.binary.with_file_name("longshore-desktop");
        let mut command = Command::new(&window);
        let status = command.env("LONGSHORE_DATA", &self.data).env("LONGSHORE_HELM", &self.helm).status();
        let status = status.with_context(|| format!("{} cannot be started", window.display()))?;
        if status.success() { Ok(()) } else { bail!("the window ended with {status}") }
    }

    pub(super) fn words(&self, words: &[impl AsRef<str>]) -> String {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let (binary, data, helm) = (self.binary.display(), self.data.display(), self.helm.display());
        format!("{binary} --data {data} --helm {helm} {}", words.join(" "))
    }

    pub(super) fn run(&self, words: &[String]) -> Result<ExitStatus> {
        println!("   $ longshore {}", words.join(" "));
        let started = Instant::now();
        let status = self.command().args(words).stdin(Stdio::null()).status();
        let status = status.with_context(|| format!("{} cannot be started", self.binary.display()))?;
        println!("   ({:.1} s)", started.elapsed().as_secs_f64());
        Ok(status)
    }

    pub(super) fn ok(&self, words: &[String]) -> Result<()> {
        let status = self.run(words)?;
        if status.success() { Ok(()) } else { bail!("longshore {} ended with {status}", words.join(" ")) }
    }
}
