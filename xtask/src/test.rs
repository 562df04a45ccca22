//! `cargo xtask test`: a table of phases, each a command that has to succeed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// How much to test.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Also what is too long for every day.
    #[arg(long)]
    full: bool,
}

/// One phase: a name for people and the command it runs in the repository.
struct Phase {
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    folder: &'static str,
}

const PHASES: &[Phase] = &[
    Phase { name: "format", program: "cargo", arguments: &["fmt", "--all", "--check"], folder: "" },
    Phase {
        name: "lints",
        program: "cargo",
        arguments: &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
        folder: "",
    },
    Phase { name: "tests", program: "cargo", arguments: &["test", "--workspace", "--quiet"], folder: "" },
    Phase {
        name: "generated files are committed",
        program: "git",
        arguments: &["diff", "--exit-code", "--stat", "--", "ui/src/bindings", "docs/openapi.json"],
        folder: "",
    },
];

/// Runs every phase in order; the first that fails ends it.
pub fn run(options: &Options) -> Result<()> {
    let root = root()?;
    let mut passed = 0;
    for phase in PHASES {
        let started = Instant::now();
        println!("── {} ──", phase.name);
        let status = Command::new(phase.program)
            .args(phase.arguments)
            .current_dir(root.join(phase.folder))
            .env("LONGSHORE_TEST_FULL", if options.full { "1" } else { "" })
            .status()
            .with_context(|| format!("{} cannot be started", phase.program))?;
        if !status.success() {
            println!("{passed} passed, 1 failed");
            bail!("{} failed: {} {}", phase.name, phase.program, phase.arguments.join(" "));
        }
        passed += 1;
        println!("   {} done in {:.1} s", phase.name, started.elapsed().as_secs_f64());
    }
    println!("{passed} passed, 0 failed");
    Ok(())
}

/// The repository's folder, wherever the chore was called from.
pub fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask lies in the repository")?.to_owned())
}
