//! Releases: what a vendor ships, parsed and nothing more, and whether it may be installed here.
//!
//! Pure: bytes in, values out. Templates are not rendered here; Config, HelmCharts and preflight specs are
//! kept as the vendor wrote them until there are config values to render them with.

pub mod admissibility;
mod archive;
mod chart;
mod cluster;
mod kind;
pub mod license;
mod meta;
mod parse;

pub use admissibility::{Candidate, Installed, Refusal, admit, admit_cluster};
pub use archive::ArchiveError;
pub use chart::{ChartArchive, ChartError};
pub use cluster::{
    ClusterConfig, ClusterError, ClusterExtension, ClusterFile, ClusterVersion, ExtensionChart,
};
pub use kind::Kind;
pub use meta::{Airgap, Application, ChannelRelease, License, LicenseChannel, RequiredRelease};
pub use parse::{Document, Release, ReleaseError};
