//! Upstream's own programs, built from their module.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::root;

const TAGS: &str = "netgo containers_image_ostree_stub exclude_graphdriver_devicemapper \
                    exclude_graphdriver_btrfs containers_image_openpgp";

/// One of the programs in `cmd/` of upstream's troubleshoot, put into a folder as `<program>-peer`.
pub fn troubleshoot(program: &str, folder: &Path) -> Result<PathBuf> {
    let path = folder.join(format!("{program}-peer"));
    println!("   building upstream's {program} (three minutes the first time)");
    let status = Command::new("go")
        .args(["build", "-tags", TAGS, "-o"])
        .arg(&path)
        .arg(format!("github.com/replicatedhq/troubleshoot/cmd/{program}"))
        .env("CGO_ENABLED", "0")
        .current_dir(root()?.join("xtask/peers/preflight"))
        .status()
        .context("go cannot be started")?;
    if status.success() { Ok(path) } else { bail!("the peer could not be built") }
}
