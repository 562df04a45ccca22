//! Files for hosts, and what a release's cluster needs of its bundle.

use std::collections::{BTreeMap, BTreeSet};

use longshore_release::ClusterConfig;

use crate::BundleError;
use crate::digest::Digest;
use crate::image::{ImageRecord, full_name};
use crate::record::{BlobRecord, FileRecord};

/// Where files for hosts lie in a bundle.
pub(crate) const FOLDER: &str = "cluster/";

/// Refuses a cluster that names a file or an image which is not there.
pub(crate) fn complete(
    cluster: &ClusterConfig,
    files: &[FileRecord],
    images: &[ImageRecord],
) -> Result<(), BundleError> {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let names: BTreeSet<String> = images.iter().map(|image| full_name(&image.reference)).collect();
    for version in &cluster.versions {
        let lacks = |what: String| BundleError::Cluster { version: version.version.clone(), what };
        if let Some(file) = version.files.iter().find(|file| !paths.contains(file.path.as_str())) {
            return Err(lacks(format!("file {} as {}", file.name, file.path)));
        }
        if let Some(image) = version.images.iter().find(|image| !names.contains(&full_name(image))) {
            return Err(lacks(format!("image {image}")));
        }
    }
    for extension in &cluster.extensions {
        let mut wanted = extension.images.iter().flatten();
        if let Some(image) = wanted.find(|image| !names.contains(&full_name(image))) {
            let version = format!("extension {}", extension.name);
            return Err(BundleError::Cluster { version, what: format!("image {image}") });
        }
    }
    Ok(())
}

/// Files that a bundle's list of digests names: path to blob.
pub(crate) fn listed(root: &str) -> BTreeMap<String, BlobRecord> {
    let file = |line: &str| {
        let (digest, rest) = line.split_once(' ')?;
        let (size, path) = rest.split_once(' ')?;
        let blob = BlobRecord { digest: Digest::parse(digest)?, size: size.parse().ok()? };
        path.starts_with(FOLDER).then(|| (path.to_owned(), blob))
    };
    root.lines().filter_map(file).collect()
}
