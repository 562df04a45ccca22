//! Importing a bundle, against what reading it at all costs: `gzip -dc | sha256sum`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use longshore_bundle::{ImageSource, Layer};

use super::measure::{Figure, Goal, empty, peak_memory, seconds};
use crate::build;
use crate::test::root;

/// Layers of the bundle, and bytes of each.
const LAYERS: usize = 24;
const LAYER: usize = 16 << 20;

/// Measures.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let folder = root()?.join("target/bench");
    let bundle = bundle(&folder)?;
    let longshore = build::optimised()?;
    let data = folder.join("import");
    let import = || -> Vec<String> {
        let words = ["--data", &data.display().to_string(), "--helm", "/bin/true", "bundle", "import"];
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        words.push(bundle.display().to_string());
        words
    };
    let (mut ours, mut peer, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        empty(&data)?;
        ours.push(seconds(Command::new(&longshore).args(import()))?);
        let line = format!("gzip -dc '{}' | sha256sum", bundle.display());
        peer.push(seconds(Command::new("sh").args(["-c", &line]))?);
    }
    for _ in 0..runs.min(3) {
        empty(&data)?;
        memory.push(peak_memory(&longshore, &import(), &[0])?);
    }
    empty(&data)?;
    let size = fs::metadata(&bundle)?.len() as f64 / 1e6;
    Ok(vec![
        Figure {
            what: format!("import a bundle of {size:.0} MB"),
            ours,
            peer,
            unit: "s",
            goal: Goal::Ratio(1.0),
        },
        Figure {
            what: "peak memory of that import".into(),
            ours: memory,
            peer: Vec::new(),
            unit: "MB",
            goal: Goal::AtMost(256.0),
        },
    ])
}

/// A bundle of Tidewater with large images; made once.
fn bundle(folder: &Path) -> Result<PathBuf> {
    let path = folder.join(format!("large-{}.airgap", LAYERS * LAYER));
    if path.exists() {
        return Ok(path);
    }
    println!("   making a bundle of {LAYERS} layers");
    fs::create_dir_all(folder)?;
    let images: Vec<ImageSource> = (0..LAYERS)
        .map(|number| ImageSource {
            reference: format!("registry.tidewater.example/large/{number}:1"),
            layers: vec![Layer { files: vec![("data".to_owned(), content(number), false)] }],
            entrypoint: vec!["/data".to_owned()],
            user: "65532".to_owned(),
        })
        .collect();
    let fresh = path.with_extension("new");
    longshore_sample::build_with("1.0.0", &fresh, &images)?;
    fs::rename(&fresh, &path)?;
    Ok(path)
}

/// Half of it can be compressed, as binaries can; the same at each call.
fn content(seed: usize) -> Vec<u8> {
    let mut state = seed as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut bytes = Vec::with_capacity(LAYER);
    while bytes.len() < LAYER {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
        bytes.extend([(state & 3) as u8; 8]);
    }
    bytes
}
