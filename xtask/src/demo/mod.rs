//! `cargo xtask demo`: a real application installed, upgraded and taken back.
//!
//! The journey is the command line's own: each line that is run can be typed by hand.

mod journey;
mod linux;
mod typing;

use anyhow::Result;

/// How the demo is shown.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Without the window: the same journey by the command line alone.
    #[arg(long)]
    headless: bool,
    /// On two bare Linux hosts, which become a cluster, in place of a cluster that exists.
    #[arg(long)]
    linux: bool,
}

/// Runs the demo.
pub fn run(options: &Options) -> Result<()> {
    let window = !options.headless && has_display();
    if options.linux { linux::run(window) } else { journey::run(window) }
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|at| !at.is_empty()))
}
