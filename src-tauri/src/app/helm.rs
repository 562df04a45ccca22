//! Where helm is.

use std::path::{Path, PathBuf};

use longshore_cluster::helm::Helm;

/// There is no helm where one was named.
#[derive(Debug, thiserror::Error)]
#[error("There is no helm at {}; install Helm 4 there, or leave --helm out to have the one on the path", .0.display())]
pub struct HelmMissing(PathBuf);

/// The one that is named, or the one that comes with us, or the operator's own on the path, which need not be there
/// before a chart is to be installed.
pub(super) fn find(asked: Option<&Path>, scratch: &Path) -> Result<Helm, HelmMissing> {
    if let Some(path) = asked.filter(|path| !path.is_file()) {
        return Err(HelmMissing(path.to_owned()));
    }
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("helm")));
    let found = asked.map(Path::to_owned).or_else(|| beside.filter(|path| path.is_file()));
    Ok(Helm { binary: found.unwrap_or_else(|| PathBuf::from("helm")), scratch: scratch.to_owned() })
}
