//! What of an image a host needs: the manifests of its platform, and the blobs that they name.

use std::collections::{BTreeMap, BTreeSet};

use longshore_bundle::{BlobRecord, Digest, ImageRecord, Library, Manifest, full_name};
use serde::Deserialize;
use serde_json::{Value, json};

/// An image as a host takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The whole name that containerd knows it by.
    pub(super) name: String,
    /// Its manifest or index.
    pub(super) top: Digest,
    /// Manifests and blobs, each once.
    pub(super) blobs: BTreeSet<BlobRecord>,
    /// The `index.json` of an OCI image layout that holds it alone.
    pub(super) index: Vec<u8>,
}

/// An image index, as far as it is read.
#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Child>,
}

#[derive(Deserialize)]
struct Child {
    digest: String,
    #[serde(default)]
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
}

/// The architecture of images for a machine, as `uname -m` names it: Go's names.
pub(super) fn architecture(machine: &str) -> &str {
    match machine {
        "x86_64" | "amd64" => "amd64",
        "aarch64" | "arm64" => "arm64",
        "i386" | "i486" | "i586" | "i686" => "386",
        other if other.starts_with("armv") => "arm",
        other => other,
    }
}

/// What hosts of an architecture need of an image. An index of which no manifest is for them is taken whole: the
/// host says then what is wrong with it. `None` for an image without a manifest.
pub(super) fn wanted(image: &ImageRecord, library: &Library, architecture: &str) -> Option<Wanted> {
    let top = image.manifests.last()?;
    let known: BTreeMap<&str, &Manifest> =
        image.manifests.iter().map(|manifest| (manifest.digest.hex(), manifest)).collect();
    let mut blobs = BTreeSet::new();
    let mut open = vec![top];
    while let Some(manifest) = open.pop() {
        if !blobs.insert(BlobRecord { digest: manifest.digest.clone(), size: manifest.size }) {
            continue;
        }
        blobs.extend(manifest.blobs.iter().cloned());
        let content = library.read_blob(&manifest.digest).unwrap_or_default();
        let children = serde_json::from_slice::<Index>(&content).map(|index| index.manifests);
        open.extend(fitting(children.unwrap_or_default(), architecture).iter().filter_map(|digest| {
            let hex = digest.strip_prefix("sha256:")?;
            known.get(hex).copied()
        }));
    }
    let name = full_name(&image.reference);
    let index = layout_index(top, &name).to_string().into_bytes();
    Some(Wanted { name, top: top.digest.clone(), blobs, index })
}

/// The children of an index that are for an architecture; all of them when none is.
fn fitting(children: Vec<Child>, architecture: &str) -> Vec<String> {
    let fits = |child: &&Child| match &child.platform {
        Some(platform) => platform.os == "linux" && platform.architecture == architecture,
        None => true,
    };
    let chosen: Vec<String> = children.iter().filter(fits).map(|child| child.digest.clone()).collect();
    if chosen.is_empty() { children.into_iter().map(|child| child.digest).collect() } else { chosen }
}

/// As containerd reads it: the annotation is the image's whole name.
fn layout_index(top: &Manifest, name: &str) -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{
            "mediaType": top.media_type,
            "digest": top.digest.to_string(),
            "size": top.size,
            "annotations": { "io.containerd.image.name": name },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(digest: &str, platform: Option<(&str, &str)>) -> Child {
        let platform = platform
            .map(|(os, architecture)| Platform { os: os.to_owned(), architecture: architecture.to_owned() });
        Child { digest: digest.to_owned(), platform }
    }

    #[test]
    fn a_host_needs_the_manifests_of_its_platform() {
        let index = || {
            vec![
                child("a", Some(("linux", "amd64"))),
                child("b", Some(("linux", "arm64"))),
                child("c", Some(("windows", "amd64"))),
                child("d", Some(("unknown", "unknown"))),
            ]
        };
        assert_eq!(fitting(index(), "arm64"), ["b"]);
        assert_eq!(fitting(index(), "amd64"), ["a"], "no attestations, and nothing for Windows");
        assert_eq!(fitting(index(), "s390x").len(), 4, "the host says what is wrong with it");
        assert_eq!(fitting(vec![child("a", None)], "amd64"), ["a"], "an index that names no platforms");
    }

    #[test]
    fn machines_have_their_names_in_images() {
        let table = [
            ("x86_64", "amd64"),
            ("aarch64", "arm64"),
            ("armv7l", "arm"),
            ("i686", "386"),
            ("s390x", "s390x"),
        ];
        for (machine, expected) in table {
            assert_eq!(architecture(machine), expected);
        }
    }
}
