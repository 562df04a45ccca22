//! Everything that talks to a cluster: Kubernetes' API, Helm, and the registry it pulls from.
//!
//! The only crate that uses kube and reqwest. Objects are JSON here: what we apply, compare and record is
//! the vendor's, of kinds we do not know beforehand.

mod api;
mod apply;
mod attach;
mod bounded;
mod connect;
mod exec;
pub mod helm;
mod kubeconfig;
pub mod lease;
pub mod nodes;
pub mod outside;
mod page;
pub mod record;
pub mod registry;
mod report;
mod rights;
pub mod vendor;
pub mod wait;

pub use api::{ApiError, ApiFault, Cluster};
pub use apply::{Applied, ManifestError, Object, ObjectId, objects};
pub use attach::Ran;
pub use bounded::Bounded;
pub use connect::{AccessError, Opened, open, probe};
pub use kubeconfig::{KubeconfigError, Loaded, contexts, load};
pub use longshore_contract::Right;
pub use page::Page;
pub use report::{ReportError, report};
pub use rights::missing as missing_rights;

/// One provider of cryptography for all of us: the one that kube uses. That it is set already is as well.
fn crypto() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
