//! The lab: real parts on one Linux machine, started and stopped by handles.
//!
//! One host under systemd with sshd, containerd and a kubelet, a Kubernetes control plane that kubeadm puts
//! on it, a registry beside it, and Helm. Built from Debian's packages and Go modules, kept under
//! `target/lab/cache` by what it is made of, run from a copy under `target/lab/run`. Nothing of the machine
//! itself is changed but for one virtual link, which goes when the lab goes. Beside it there are hosts by the dozen that
//! are an sshd each ([`fleet`]), and [bare ones](BareHosts) on which nothing of Kubernetes is.

mod bare;
mod build;
mod cluster;
mod control_plane;
mod debian;
mod files;
pub mod fleet;
mod http;
mod image;
pub mod install;
mod lab;
pub mod login;
mod names;
mod node;
mod oci;
mod parts;
mod process;
mod registry;
mod slow;
mod state;
pub mod tools;

pub use bare::{BareHosts, Snapshot};
pub use build::{KUBERNETES_1_34, KUBERNETES_1_35, Kubernetes, helm};
pub use control_plane::ControlPlane;
pub use files::digest_of;
pub use lab::{Lab, Namespace, kubectl, page};
pub use parts::{ClusterParts, VolumeParts, cluster_parts, volume_parts};
pub use state::Place;
