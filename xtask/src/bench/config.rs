//! A large config form evaluated anew at each keystroke, against Go's own template engine with sprig on the same
//! templates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::measure::{Figure, Goal, median, percentile};
use crate::build;
use crate::test::root;

/// Chains of items that depend on each other, and items in each.
const CHAINS: usize = 10;
const LENGTH: usize = 20;
/// Keystrokes in one process.
const KEYS: usize = 200;

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let root = root()?;
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder)?;
    let path = folder.join("keystrokes.json");
    fs::write(&path, input().to_string())?;
    let (ours, peer) = (build::example("longshore-config", "keystrokes")?, peer(&root, &folder)?);
    let (mut medians, mut highs, mut peers) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let (times, said) = times(&ours, &path)?;
        let (others, also) = self::times(&peer, &path)?;
        if said != also {
            bail!("the two sides differ: {said} and {also}");
        }
        // The first pass of either side also reads the templates.
        medians.push(median(&times[1..]) / 1e3);
        highs.push(percentile(&times, 0.99) / 1e3);
        peers.push(median(&others[1..]) / 1e3);
    }
    let what = format!("{} items at a keystroke", CHAINS * LENGTH);
    Ok(vec![
        Figure { what: what.clone(), ours: medians, peer: peers, unit: "ms", goal: Goal::Ratio(1.0) },
        Figure {
            what: format!("{what}, 99th of 100"),
            ours: highs,
            peer: Vec::new(),
            unit: "ms",
            goal: Goal::AtMost(5.0),
        },
    ])
}

fn peer(root: &Path, folder: &Path) -> Result<PathBuf> {
    let path = folder.join("config-peer");
    let status = Command::new("go")
        .args(["build", "-o"])
        .arg(&path)
        .arg(".")
        .current_dir(root.join("xtask/peers/config"))
        .status()
        .context("go cannot be started")?;
    if status.success() { Ok(path) } else { bail!("the peer could not be built") }
}

/// Microseconds of each keystroke, and the last value.
fn times(program: &Path, input: &Path) -> Result<(Vec<f64>, String)> {
    let output = Command::new(program).arg(input).output()?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !output.status.success() {
        bail!("{} failed: {said}", program.display());
    }
    let times: Vec<f64> =
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect();
    if times.len() == KEYS {
        Ok((times, said))
    } else {
        bail!("{} told {} times", program.display(), times.len())
    }
}

fn input() -> Value {
    let items = (0..CHAINS).flat_map(|chain| (0..LENGTH).map(move |place| item(chain, place)));
    let mut typed = String::new();
    let edits = (0..KEYS).map(|key| {
        let chain = (key / 20) % CHAINS;
        if key % 20 == 0 {
            typed.clear();
        }
        typed.push_str(&(key % 7).to_string());
        json!({ "name": format!("c{chain}-0"), "value": typed })
    });
    let edits: Vec<Value> = edits.collect();
    json!({ "items": items.collect::<Vec<Value>>(), "edits": edits })
}

/// An item that depends on the one before it in its chain.
fn item(chain: usize, place: usize) -> Value {
    let name = format!("c{chain}-{place}");
    if place == 0 {
        return json!({ "name": name, "default": format!("start-{chain}"), "when": "", "help": "" });
    }
    let before = format!("c{chain}-{}", place - 1);
    json!({
        "name": name,
        "default": format!("{{{{repl ConfigOption \"{before}\" | upper | trunc 40 | printf \"%s.{place}\" | trimSuffix \".\" }}}}"),
        "when": format!("{{{{repl ConfigOptionNotEquals \"c{chain}-0\" \"off\" }}}}"),
        "help": format!(
            "{{{{repl $v := ConfigOption \"{before}\" }}}}{{{{repl if contains \"1\" $v }}}}one{{{{repl else }}}}{{{{repl $v | b64enc | sha256sum }}}}{{{{repl end }}}}"
        ),
    })
}
