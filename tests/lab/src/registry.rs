//! A registry beside the host: Debian's, speaking plain HTTP, which containerd is told to accept.

use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::files::write;
use crate::node::OUTSIDE;
use crate::process::{signal, start, until};
use crate::state::{Place, Started};

/// `host:port` of the registry, the same from the machine and from the host.
pub fn address() -> String {
    format!("{OUTSIDE}:5000")
}

/// What tells containerd how to speak with it.
pub fn hosts() -> String {
    format!(
        "server = \"http://{0}\"\n[host.\"http://{0}\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
        address()
    )
}

/// Starts it.
pub fn begin(place: &Place) -> Result<Started> {
    let config = format!(
        "version: 0.1\nlog:\n  level: warn\nstorage:\n  filesystem:\n    rootdirectory: {}\n  delete:\n    enabled: true\nhttp:\n  addr: {}\n",
        place.run().join("registry").display(),
        address(),
    );
    let path = place.run().join("registry.yml");
    write(&path, 0o644, &config)?;
    let log = place.log("registry");
    let started = start(Command::new("docker-registry").arg("serve").arg(&path), &log)?;
    until("the registry", Duration::from_secs(20), Some(&log), || {
        TcpStream::connect(address()).map(drop).context("it does not answer")
    })?;
    Ok(started)
}

/// Ends it.
pub fn end(registry: Option<Started>) {
    if let Some(registry) = registry {
        signal(registry, "-KILL");
    }
}
