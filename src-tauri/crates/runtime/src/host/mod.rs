//! What is changed on a host besides the cluster: kernel settings, modules, swap, folders, names, the firewall. Noted on
//! the host, and taken back by a reset.
//!
//! [`look`] reads what matters in one round trip. What is lacking follows from that by pure rules; [`prepare`] does it in
//! a second one and looks again. Everything is noted on the host, with what was there before, before it is done, so that
//! [`restore`] gives the host back as it was even when a preparation was cut off. The rules for addresses and names that
//! settings are checked by stand here as well.

mod change;
mod cidr;
mod name;
mod network;
mod prepare;
mod restore;
mod state;
mod wanted;

pub use cidr::{Cidr, CidrError};
pub use name::{NameFault, node_name};
pub use network::{
    HostNetwork, HostRoute, Interface, NetworkFault, Networks, NoInterface, choose, is_of_pods, networks,
    no_proxy,
};
pub use prepare::{Preparation, prepare, prepared};
pub use restore::restore;
pub use state::{DataDirectory, Firewalld, HostState, ModuleState, SeLinux, Service, Swap, look};
