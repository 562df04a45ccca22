//! Where the lab is on disk, and what is known of one that runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// Where checkouts of one machine agree on what each has of its networks.
pub(crate) const MACHINE: &str = "/run/longshore-lab";

/// Folders of the lab.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
}

/// What is written while a lab starts, so that whoever comes later can use it or take it down.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// Process of the container, and when it was started.
    pub node: Option<Started>,
    /// Process of the registry.
    pub registry: Option<Started>,
    /// Set once everything answers.
    pub ready: bool,
}

/// A process, told from a later one of the same number by its start time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Number.
    pub pid: u32,
    /// Start time, as the kernel counts it.
    pub at: u64,
}

impl Place {
    /// The lab of the repository at `root`.
    pub fn of(root: &Path) -> Self {
        Self { root: root.join("target/lab") }
    }

    /// The lab of this repository.
    pub fn here() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::of(manifest.parent().and_then(Path::parent).unwrap_or(manifest))
    }

    /// What is kept between labs.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// What one lab uses; gone after it.
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    /// Where the host's file system is.
    pub fn node(&self) -> PathBuf {
        self.run().join("node")
    }

    /// A log of the lab.
    pub fn log(&self, name: &str) -> PathBuf {
        self.run().join(format!("{name}.log"))
    }

    /// What fleets of hosts use.
    pub fn fleets(&self) -> PathBuf {
        self.root.join("fleets")
    }

    /// What sets of bare hosts use.
    pub fn hosts(&self) -> PathBuf {
        self.root.join("hosts")
    }

    /// The file that says who starts or stops the lab.
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// What is known of the lab that runs.
    pub fn state(&self) -> State {
        let text = fs::read(self.run().join("state.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Writes it, whole or not at all.
    pub fn put_state(&self, state: &State) -> Result<()> {
        let path = self.run().join("state.json");
        let fresh = path.with_extension("fresh");
        fs::write(&fresh, serde_json::to_vec_pretty(state)?)
            .with_context(|| format!("{} cannot be written", fresh.display()))?;
        fs::rename(&fresh, &path).with_context(|| format!("{} cannot be written", path.display()))
    }
}
