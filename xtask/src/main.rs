//! The chores of the house: `cargo xtask test` and what it grows into.

mod bench;
mod build;
mod demo;
mod dist;
mod lab;
mod test;
mod ui;
mod vectors;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The chores of the house")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Checks and tests everything; what CI runs.
    Test(test::Options),
    /// Ours and a peer, measured in one run.
    Bench(bench::Options),
    /// A real application, installed, upgraded and taken back on a real cluster.
    Demo(demo::Options),
    /// The package that operators install.
    Dist,
    /// The real parts on this machine.
    #[command(subcommand)]
    Lab(lab::Verb),
    /// Answers to cases that were computed elsewhere.
    Vectors(vectors::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Test(options) => test::run(&options),
        Chore::Bench(options) => bench::run(&options),
        Chore::Demo(options) => demo::run(&options),
        Chore::Dist => dist::run(),
        Chore::Lab(verb) => lab::run(&verb),
        Chore::Vectors(options) => vectors::run(&options),
    }
}
