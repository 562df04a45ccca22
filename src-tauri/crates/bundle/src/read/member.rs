//! What a member of a bundle is, by its name; and which names are refused.

use tar::EntryType;

use crate::BundleError;
use crate::digest::Digest;

/// A member that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    /// `airgap.yaml`.
    Airgap,
    /// `app.tar.gz`.
    Release,
    /// A blob of the registry tree, which must have this digest.
    Blob(Digest),
    /// A tag of the registry tree.
    Tag {
        /// Repository.
        repository: String,
        /// Tag.
        tag: String,
    },
    /// Something read over.
    Other,
}

/// Where registries keep their data, below `images/`.
const TREE: &str = "images/docker/registry/v2/";

pub(super) fn classify(name: &str, kind: EntryType) -> Result<Member, BundleError> {
    let clean = name.strip_prefix("./").unwrap_or(name);
    let leads_out = clean.starts_with('/')
        || clean.contains('\\')
        || clean.contains('\0')
        || clean.split('/').any(|part| part == "..");
    if leads_out {
        return Err(BundleError::Name(name.to_owned()));
    }
    if !kind.is_file() && !kind.is_dir() {
        return Err(BundleError::NotAFile(name.to_owned()));
    }
    Ok(match clean {
        "airgap.yaml" => Member::Airgap,
        "app.tar.gz" => Member::Release,
        _ => clean.strip_prefix(TREE).and_then(in_tree).unwrap_or(Member::Other),
    })
}

fn in_tree(path: &str) -> Option<Member> {
    if let Some(blob) = path.strip_prefix("blobs/sha256/") {
        let mut parts = blob.split('/');
        let (folder, hex, data) = (parts.next()?, parts.next()?, parts.next()?);
        let digest = Digest::parse(&format!("sha256:{hex}"))?;
        return (data == "data" && hex.starts_with(folder)).then_some(Member::Blob(digest));
    }
    let (repository, rest) = path.strip_prefix("repositories/")?.split_once("/_manifests/tags/")?;
    let tag = rest.strip_suffix("/current/link")?;
    let last = repository.rsplit('/').next()?;
    Some(Member::Tag { repository: last.to_owned(), tag: tag.to_owned() })
}
