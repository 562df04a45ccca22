//! Checks of hosts.

mod certificates;
mod cpu;
mod devices;
mod disk;
mod filesystem;
mod http;
mod kernel;
mod nodes;
mod os;
mod packages;
mod registry;
mod services;
mod status;
mod subnet;
mod system;

use super::Title::{Collector, Is, Made};
use super::{Kind, kind, text};

/// Every kind, in upstream's order.
pub(super) const KINDS: &[Kind] = &[
    kind("cpu", Is("Number of CPUs"), false, cpu::judge),
    kind("memory", Is("Amount of Memory"), false, system::memory),
    kind("tcpLoadBalancer", Is("TCP Load Balancer"), false, status::tcp_load_balancer),
    kind("httpLoadBalancer", Is("HTTP Load Balancer"), false, status::http_load_balancer),
    kind("diskUsage", Made(disk::title), false, disk::judge),
    kind("tcpPortStatus", Is("TCP Port Status"), false, status::tcp_port),
    kind("udpPortStatus", Is("UDP Port Status"), false, status::udp_port),
    kind("http", Is("HTTP Request"), false, http::judge),
    kind("time", Is("Time"), false, system::time),
    kind("blockDevices", Is("Block Devices"), false, devices::judge),
    kind("systemPackages", Is("System Packages"), false, packages::judge),
    kind("kernelModules", Is("Kernel Modules"), false, kernel::modules),
    kind("tcpConnect", Is("TCP Connection Attempt"), false, status::tcp_connect),
    kind("ipv4Interfaces", Is("IPv4 Interfaces"), false, system::interfaces),
    kind("subnetAvailable", Is("Subnet Available"), false, status::subnet_available),
    kind("subnetContainsIP", Is("Subnet Contains IP"), false, subnet::contains),
    kind("filesystemPerformance", Is("Filesystem Performance"), false, filesystem::judge),
    kind("certificate", Is("Certificate Key Pair"), false, certificates::pair),
    kind("certificatesCollection", Is("Host Certificates Collection"), false, certificates::collection),
    kind("hostServices", Is("Host Services"), false, services::judge),
    kind("hostOS", Is("Host OS Info"), false, os::judge),
    kind("textAnalyze", Is("Regular Expression"), false, text::host_text),
    kind("kernelConfigs", Is("Kernel Configs"), true, kernel::configs),
    kind("jsonCompare", Collector("Json Compare"), true, text::json_compare),
    kind("networkNamespaceConnectivity", Is("Network Namespace Connectivity"), false, subnet::namespaces),
    kind("sysctl", Is("Sysctl"), false, system::sysctl),
    kind("registryImages", Is("Registry Images"), false, registry::judge),
];

pub(super) use http::holds as http_holds;
pub(super) use system::SYSCTL;
