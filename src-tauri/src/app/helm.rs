//! Where helm is.

use std::path::{Path, PathBuf};

use longshore_cluster::helm::Helm;

/// There is no helm.
#[derive(Debug, thiserror::Error)]
#[error(
    "helm cannot be found: neither {asked}beside Longshore nor on the path. Install Helm 4, or name it with --helm"
)]
pub struct HelmMissing {
    asked: String,
}

/// The one that is named, or the one that comes with us, or the operator's own.
pub(super) fn find(asked: Option<&Path>, scratch: &Path) -> Result<Helm, HelmMissing> {
    if let Some(path) = asked {
        let missing = HelmMissing { asked: format!("at {} nor ", path.display()) };
        return if path.is_file() {
            Ok(Helm { binary: path.to_owned(), scratch: scratch.to_owned() })
        } else {
            Err(missing)
        };
    }
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("helm")));
    let listed = std::env::var_os("PATH").map(|list| std::env::split_paths(&list).collect::<Vec<PathBuf>>());
    let on_path = listed.into_iter().flatten().map(|folder| folder.join("helm"));
    beside
        .into_iter()
        .chain(on_path)
        .find(|path| path.is_file())
        .map(|binary| Helm { binary, scratch: scratch.to_owned() })
        .ok_or(HelmMissing { asked: String::new() })
}
