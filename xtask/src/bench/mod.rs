//! `cargo xtask bench`: ours and a peer in one run, in turn, several times each.
//!
//! Times are whole processes seen from outside. A figure is the median of its runs, with the minimum beside
//! it; the ratio is of medians. Goals are printed with whether they hold, and never asserted by a test.

mod bundle;
mod config;
mod import;
mod linux;
mod measure;
mod peers;
mod preflight;
mod support;
mod upgrade;
mod window;

use anyhow::Result;
use clap::ValueEnum;
use longshore_lab::install;

use measure::Figure;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Only these.
    #[arg(value_enum)]
    only: Vec<What>,
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
    /// Runs of each side.
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

/// Something that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// An upgrade, against bare helm.
    Upgrade,
    /// Importing a bundle, against gzip and sha256sum.
    Import,
    /// A bundle of 2 GB: imported, and pushed, against skopeo.
    Bundle,
    /// A large config form at a keystroke, against Go's template engine.
    Config,
    /// The built-in host checks, against upstream's own program; uploads, against scp.
    Preflight,
    /// A cluster on a bare host, against kubeadm by hand; images to two hosts, against scp.
    Linux,
    /// App checks and support bundles of a cluster, against upstream's own programs.
    Support,
    /// Start and memory of the window, against an empty one.
    Window,
}

/// Measures.
pub fn run(options: &Options) -> Result<()> {
    install::ensure(&[&install::BENCH])?;
    let wanted = |what| options.only.is_empty() || options.only.contains(&what);
    let mut figures: Vec<Figure> = Vec::new();
    if wanted(What::Import) {
        figures.extend(import::measure(options.runs)?);
    }
    if wanted(What::Bundle) {
        figures.extend(bundle::measure(options.runs)?);
    }
    if wanted(What::Upgrade) {
        figures.extend(upgrade::measure(options.runs)?);
    }
    if wanted(What::Config) {
        figures.extend(config::measure(options.runs)?);
    }
    if wanted(What::Preflight) {
        figures.extend(preflight::measure(options.runs)?);
    }
    if wanted(What::Linux) {
        figures.extend(linux::measure(options.runs)?);
    }
    if wanted(What::Support) {
        figures.extend(support::measure(options.runs)?);
    }
    if wanted(What::Window) {
        figures.extend(window::measure(options.runs)?);
    }
    if options.json {
        for figure in &figures {
            println!("{}", figure.json());
        }
        return Ok(());
    }
    println!("{:44} {:>10} {:>10} {:>5} {:>6} {:>14} holds", "what", "ours", "peer", "unit", "ratio", "goal");
    for figure in &figures {
        println!("{figure}");
    }
    Ok(())
}
