//! What a member of a bundle is, by its name; and which names are refused.

use crate::BundleError;
use crate::cluster::FOLDER;
use crate::digest::Digest;
use crate::error::shown;
use crate::signature::SignatureKind;

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
        /// Last segment of the repository.
        repository: String,
        /// Tag.
        tag: String,
    },
    /// An image in an archive of its own.
    Image {
        /// Its reference, from its path.
        reference: String,
    },
    /// A file for hosts.
    HostFile,
    /// The list of all digests.
    Root,
    /// A signature over that list.
    Signature(SignatureKind),
    /// The public key of that signature.
    Key,
    /// What the bundle builds on.
    Base,
    /// A bundle inside this file.
    Bundle,
    /// Something read over.
    Other,
}

/// Where registries keep their data, below `images/`.
const TREE: &str = "images/docker/registry/v2/";
/// Where images lie that have an archive each.
const ARCHIVES: &str = "images/docker-archive/";

/// The list of all digests of a bundle.
pub(crate) const ROOT: &str = "longshore/root.txt";
/// The public key of its signature.
pub(crate) const KEY: &str = "longshore/root.txt.pub";
/// What a bundle builds on.
pub(crate) const BASE: &str = "longshore/base.txt";

/// A name in its one form: relative, no `.`, no empty part.
///
/// # Errors
/// When it leads out.
pub(crate) fn clean(name: &str) -> Result<String, BundleError> {
    let leads_out = name.starts_with('/') || name.contains('\\') || name.split('/').any(|part| part == "..");
    if leads_out {
        return Err(BundleError::Name(shown(name)));
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    Ok(parts.join("/"))
}

/// What a member is, by its clean name.
pub(super) fn classify(name: &str) -> Member {
    match name {
        "airgap.yaml" => Member::Airgap,
        "app.tar.gz" => Member::Release,
        ROOT => Member::Root,
        KEY => Member::Key,
        BASE => Member::Base,
        _ => {
            let signature = name.strip_prefix(ROOT).and_then(SignatureKind::of_suffix).map(Member::Signature);
            signature
                .or_else(|| name.strip_prefix(TREE).and_then(in_tree))
                .or_else(|| name.strip_prefix(ARCHIVES).and_then(archive))
                .or_else(|| name.strip_prefix("assets/").and_then(inner_bundle))
                .or_else(|| name.starts_with(FOLDER).then_some(Member::HostFile))
                .unwrap_or(Member::Other)
        }
    }
}

fn in_tree(path: &str) -> Option<Member> {
    if let Some(blob) = path.strip_prefix("blobs/sha256/") {
        let mut parts = blob.split('/');
        let (folder, hex, data) = (parts.next()?, parts.next()?, parts.next()?);
        let digest = Digest::parse(&format!("sha256:{hex}"))?;
        let fits = data == "data" && folder.len() == 2 && hex.starts_with(folder) && parts.next().is_none();
        return fits.then_some(Member::Blob(digest));
    }
    let (repository, rest) = path.strip_prefix("repositories/")?.split_once("/_manifests/tags/")?;
    let tag = rest.strip_suffix("/current/link")?;
    let last = repository.rsplit('/').next()?;
    Some(Member::Tag { repository: last.to_owned(), tag: tag.to_owned() })
}

/// `<host>/<path>/<name>/<tag>` or `<host>/<path>/<name>/sha256/<hex>`.
fn archive(path: &str) -> Option<Member> {
    let (name, last) = path.rsplit_once('/')?;
    let pinned = name
        .strip_suffix("/sha256")
        .and_then(|name| Digest::parse(&format!("sha256:{last}")).map(|digest| format!("{name}@{digest}")));
    Some(Member::Image { reference: pinned.unwrap_or_else(|| format!("{name}:{last}")) })
}

/// The download of embedded-cluster v3 holds the application's bundle and one of its own, `ec-<version>`.
fn inner_bundle(name: &str) -> Option<Member> {
    let slug = name.strip_suffix(".airgap").filter(|slug| !slug.contains('/'))?;
    let version = slug.strip_prefix("ec-").map(|version| version.trim_start_matches('v'));
    let of_cluster = version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    (!of_cluster).then_some(Member::Bundle)
}
