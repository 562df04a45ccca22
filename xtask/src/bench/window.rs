//! The window, against one with nothing in it: from the start of the process to its first content, and its
//! memory when idle.

use std::path::Path;

use anyhow::Result;
use longshore_webdriver::{Program, Sample, sample};

use super::measure::{Figure, Goal};
use crate::build;

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let (window, empty) = build::windows()?;
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(longshore(&window)?);
        peer.push(sample(Program { path: empty.clone(), arguments: Vec::new() })?);
    }
    let figure = |what: &str, unit, of: fn(&Sample) -> f64| Figure {
        what: what.to_owned(),
        ours: ours.iter().map(of).collect(),
        peer: peer.iter().map(of).collect(),
        unit,
        goal: Goal::Ratio(1.3),
    };
    Ok(vec![
        figure("window from start to first content", "s", |sample| sample.start),
        figure("memory of the idle window", "MB", |sample| sample.memory),
    ])
}

/// A start with nothing kept from earlier ones.
fn longshore(path: &Path) -> Result<Sample> {
    let data = tempfile::tempdir()?;
    // Nothing is installed here, so any file does for helm.
    let arguments = ["--data", &data.path().join("data").display().to_string(), "--helm", "/bin/true"];
    sample(Program { path: path.to_owned(), arguments: arguments.map(str::to_owned).to_vec() })
}
