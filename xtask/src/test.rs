//! `cargo xtask test`: a table of phases, each a command that has to succeed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use longshore_lab::{Lab, Place, install};

use crate::{build, ui};

/// How much to test.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Also what is too long for every day: a kill at every record on the real parts.
    #[arg(long)]
    full: bool,
}

/// One phase: a name for people and what it does.
struct Phase {
    name: &'static str,
    work: Work,
}

enum Work {
    /// A function of ours.
    Ours(fn() -> Result<()>),
    /// A command in a folder of the repository.
    Command(&'static str, &'static [&'static str], &'static str),
}

use Work::{Command as Run, Ours};

/// What is cheap and fails often comes first.
const PHASES: &[Phase] = &[
    Phase { name: "what the machine needs", work: Ours(needs) },
    Phase { name: "format", work: Run("cargo", &["fmt", "--all", "--check"], "") },
    Phase { name: "front end: packages", work: Ours(ui::packages) },
    Phase { name: "front end: lints", work: Run("npm", &["run", "lint", "--silent"], "ui") },
    Phase { name: "front end: unit tests", work: Run("npm", &["run", "test", "--silent"], "ui") },
    Phase { name: "front end: build", work: Ours(ui::build) },
    Phase {
        name: "lints",
        work: Run(
            "cargo",
            &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
            "",
        ),
    },
    Phase {
        name: "build of the tests",
        work: Run("cargo", &["test", "--workspace", "--no-run", "--quiet"], ""),
    },
    Phase { name: "the lab", work: Ours(lab) },
    Phase { name: "tests", work: Run("cargo", &["test", "--workspace", "--quiet"], "") },
    Phase { name: "front end: every screen", work: Run("npm", &["run", "e2e", "--silent"], "ui") },
    Phase {
        name: "generated files are committed",
        work: Run(
            "git",
            &["diff", "--exit-code", "--stat", "--", "ui/src/bindings", "docs/openapi.json"],
            "",
        ),
    },
];

fn needs() -> Result<()> {
    install::ensure(&[
        &install::BUILD,
        &install::LAB,
        &install::HOSTS,
        &install::DATABASES,
        &install::DESKTOP,
        &install::BROWSER,
    ])
}

fn lab() -> Result<()> {
    Lab::up(&Place::here()).map(drop)
}

/// Runs every phase in order; the first that fails ends it. A lab that this run started goes with it.
pub fn run(options: &Options) -> Result<()> {
    let was_up = Lab::running(&Place::here()).is_some();
    let result = phases(options);
    if !was_up {
        Lab::down(&Place::here())?;
    }
    result
}

fn phases(options: &Options) -> Result<()> {
    let root = root()?;
    for (passed, phase) in PHASES.iter().enumerate() {
        let started = Instant::now();
        println!("── {} ──", phase.name);
        if let Err(error) = phase.run(&root, options) {
            println!("{passed} passed, 1 failed");
            return Err(error.context(format!("{} failed", phase.name)));
        }
        println!("   {} done in {:.1} s", phase.name, started.elapsed().as_secs_f64());
    }
    println!("{} passed, 0 failed", PHASES.len());
    Ok(())
}

impl Phase {
    fn run(&self, root: &Path, options: &Options) -> Result<()> {
        let (program, arguments, folder) = match self.work {
            Ours(work) => return work(),
            Run(program, arguments, folder) => (program, arguments, folder),
        };
        let mut command = build::untouched(Command::new(program));
        // What makes the next build faster takes gigabytes, and after a run of CI there is none.
        if env::var_os("CI").is_some() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        let status = command
            .args(arguments)
            .current_dir(root.join(folder))
            .env("LONGSHORE_TEST_FULL", if options.full { "1" } else { "" })
            .status()
            .with_context(|| format!("{program} cannot be started"))?;
        if status.success() { Ok(()) } else { bail!("{program} {} ended with {status}", arguments.join(" ")) }
    }
}

/// The repository's folder, wherever the chore was called from.
pub fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask lies in the repository")?.to_owned())
}
