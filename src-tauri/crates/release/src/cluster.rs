//! What a release says of the cluster that it wants on Linux hosts.
//!
//! Two documents are read: our own `longshore.dev/v1beta1` Cluster, which names files and images that the bundle
//! carries, and the `embeddedcluster.replicated.com/v1beta1` Config of embedded-cluster packages.

mod embedded;
mod extension;
mod own;
mod rules;
#[cfg(test)]
mod tests;

use longshore_contract::RuntimeKind;
use serde::{Deserialize, Serialize};

pub use extension::{ClusterExtension, ExtensionChart};

use crate::Release;
use crate::parse::{Document, ReleaseError};

/// A file for hosts, carried in the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterFile {
    /// What it is: `kubelet`, `cni/bridge`.
    pub name: String,
    /// The bundle's member that it is: `cluster/v1.35.4/amd64/kubelet`.
    pub path: String,
}

/// One version of Kubernetes that the bundle carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterVersion {
    /// With a `v`: `v1.35.4`, `v1.35.4+k0s.0`; `v1.35` where an embedded-cluster package tells no more.
    pub version: String,
    /// Files for hosts.
    #[serde(default)]
    pub files: Vec<ClusterFile>,
    /// Images it is made of; they are among the bundle's.
    #[serde(default)]
    pub images: Vec<String>,
}

/// The cluster that a release wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterConfig {
    /// Which program runs it.
    pub runtime: RuntimeKind,
    /// Where its images are named to lie.
    pub image_repository: String,
    /// Versions in ascending order, each a minor after the one before: the last is the one that is wanted, those
    /// before it are passed through by sites that run an older one.
    pub versions: Vec<ClusterVersion>,
    /// What the vendor adds to the runtime's configuration, as YAML; empty for none.
    pub overrides: String,
    /// Name of the StorageClass that volumes are made by where none is named; empty where the release needs none.
    #[serde(default)]
    pub storage_class: String,
    /// Charts that are installed before the application, in their order.
    #[serde(default)]
    pub extensions: Vec<ClusterExtension>,
    /// Names of charts that embedded-cluster brings of its own and whose values the vendor changes.
    #[serde(default)]
    pub builtin_overrides: Vec<String>,
}

/// What of a cluster document is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// No document of that kind, or with fields that are not known.
    #[error("{0}")]
    Content(String),
    /// Not exactly one runtime.
    #[error("its spec must name one runtime, kubeadm or k0s, and names {0}")]
    Runtimes(&'static str),
    /// A field that must not be empty.
    #[error("its {0} is empty")]
    Empty(&'static str),
    /// A text that is no version.
    #[error("{0:?} is no version of Kubernetes; write {1}")]
    Version(String, &'static str),
    /// Versions that do not ascend.
    #[error("version {later} stands after {earlier}, and versions must ascend by one minor each")]
    Order {
        /// The one before.
        earlier: String,
        /// The one after it.
        later: String,
    },
    /// A minor is left out.
    #[error(
        "version {later} stands after {earlier}, and Kubernetes must not skip a minor; list one of {missing} between them"
    )]
    Skipped {
        /// The one before.
        earlier: String,
        /// The one after it.
        later: String,
        /// The minor that is lacking.
        missing: String,
    },
    /// A name that cannot be one.
    #[error("{version} names a file {name:?}; names are of small letters, digits, dots, dashes and slashes")]
    Name {
        /// Version it is of.
        version: String,
        /// Its name.
        name: String,
    },
    /// A path elsewhere.
    #[error("file {name} of {version} lies at {path:?}; files for hosts lie below cluster/ in the bundle")]
    Path {
        /// Version it is of.
        version: String,
        /// Name of the file.
        name: String,
        /// Its path.
        path: String,
    },
    /// An extension that cannot be one.
    #[error("its extension {0:?} {1}")]
    Extension(String, String),
    /// Something twice.
    #[error("{version} names {what} twice")]
    Twice {
        /// Version it is of.
        version: String,
        /// `file kubelet`, `image registry.example.com/pause:3.10`.
        what: String,
    },
}

impl Release {
    /// The cluster that the release wants on Linux hosts; `None` when it says nothing of one.
    ///
    /// # Errors
    /// The first thing in its document that is not as it should be.
    pub fn cluster(&self) -> Result<Option<ClusterConfig>, ReleaseError> {
        self.infrastructure
            .as_ref()
            .map(|document| {
                let read = if own::is(document) { own::read(document) } else { embedded::read(document) };
                let config = read.map_err(|why| refused(document, why))?;
                Ok(ClusterConfig { extensions: self.extensions()?, ..config })
            })
            .transpose()
    }

    /// The same by our own document alone: what it names, a bundle must carry. Packages of embedded-cluster bring the
    /// cluster by other ways, and serve sites that have one already even where their document cannot be read.
    ///
    /// # Errors
    /// As [`Self::cluster`].
    pub fn own_cluster(&self) -> Result<Option<ClusterConfig>, ReleaseError> {
        if self.infrastructure.as_ref().is_some_and(own::is) { self.cluster() } else { Ok(None) }
    }

    /// Charts that are to be installed between the cluster and the application, in their order, as the vendor wrote them.
    ///
    /// # Errors
    /// As [`Self::cluster`], or a chart that the release should carry and does not.
    pub fn extensions(&self) -> Result<Vec<ClusterExtension>, ReleaseError> {
        let Some(document) = &self.infrastructure else { return Ok(Vec::new()) };
        self.extensions_in(&document.text)
    }

    /// The same from the document's text with its templates rendered.
    ///
    /// # Errors
    /// As [`Self::extensions`].
    pub fn extensions_in(&self, text: &str) -> Result<Vec<ClusterExtension>, ReleaseError> {
        let Some(document) = &self.infrastructure else { return Ok(Vec::new()) };
        let document = Document { text: text.to_owned(), ..document.clone() };
        let read =
            if own::is(&document) { own::extensions(&document) } else { embedded::extensions(&document) };
        let found = read.and_then(|found| extension::settled(found, &self.archives));
        found.map_err(|why| refused(&document, why))
    }
}

fn refused(document: &Document, why: ClusterError) -> ReleaseError {
    ReleaseError::Cluster { file: document.file.clone(), why }
}
