//! The lab: real parts on one Linux machine, started and stopped by handles.
//!
//! One host under systemd with sshd, containerd and a kubelet, a Kubernetes control plane that kubeadm puts
//! on it, a registry beside it, and Helm. Built from Debian's packages and Go modules, kept under
//! `target/lab/cache` by what it is made of, run from a copy under `target/lab/run`. Nothing of the machine
//! itself is changed but for one virtual link, which goes when the lab goes.

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
mod process;
mod registry;
mod slow;
mod state;

pub use bare::BareHosts;
pub use build::helm;
pub use control_plane::ControlPlane;
pub use files::digest_of;
pub use lab::{Lab, Namespace, kubectl, page};
pub use state::Place;
