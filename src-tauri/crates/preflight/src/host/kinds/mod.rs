//! Every kind of host collector: its script and what is made of the answer, side by side.

mod balancer;
mod certificates;
mod cgroups;
mod connect;
mod copy;
mod cpu;
mod curl;
mod delivered;
mod devices;
mod disk;
mod dns;
mod fsperf;
mod http;
mod interfaces;
mod journald;
mod kconfig;
mod memory;
mod modules;
mod netns;
mod os;
mod packages;
mod pair;
mod ports;
mod registry;
mod run;
mod services;
mod subnet;
mod sysctl;
mod time;

use super::facts::{Facts, Found, files};
use super::plan::{Asked, Built, Plan, Probe, Stage};
use crate::collect::Refusal;

/// A kind, the files it makes (folders end with a slash), and what it asks.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) files: fn(&Asked<'_>) -> Vec<String>,
    pub(super) plan: fn(&Asked<'_>) -> Result<Plan, String>,
}

type Files = fn(&Asked<'_>) -> Vec<String>;
type Planned = fn(&Asked<'_>) -> Result<Plan, String>;

const fn kind(name: &'static str, files: Files, plan: Planned) -> Kind {
    Kind { name, files, plan }
}

/// Every kind, in the order in which upstream looks for one in an item.
pub(super) const KINDS: &[Kind] = &[
    kind("cpu", cpu::files, cpu::plan),
    kind("memory", memory::files, memory::plan),
    kind("tcpLoadBalancer", balancer::tcp_files, balancer::tcp),
    kind("httpLoadBalancer", balancer::http_files, balancer::http),
    kind("diskUsage", disk::files, disk::plan),
    kind("tcpPortStatus", ports::tcp_files, ports::tcp),
    kind("udpPortStatus", ports::udp_files, ports::udp),
    kind("http", http::files, http::plan),
    kind("time", time::files, time::plan),
    kind("blockDevices", devices::files, devices::plan),
    kind("systemPackages", packages::files, packages::plan),
    kind("kernelModules", modules::files, modules::plan),
    kind("tcpConnect", connect::files, connect::plan),
    kind("ipv4Interfaces", interfaces::files, interfaces::plan),
    kind("subnetAvailable", subnet::files, subnet::plan),
    kind("filesystemPerformance", fsperf::files, fsperf::plan),
    kind("certificate", pair::files, pair::plan),
    kind("certificatesCollection", certificates::files, certificates::plan),
    kind("hostServices", services::files, services::plan),
    kind("hostOS", os::files, os::plan),
    kind("run", run::files, run::plan),
    kind("copy", copy::files, copy::plan),
    kind("kernelConfigs", kconfig::files, kconfig::plan),
    kind("journald", journald::files, journald::plan),
    kind("cgroups", cgroups::files, cgroups::plan),
    kind("dns", dns::files, dns::plan),
    kind("networkNamespaceConnectivity", netns::files, netns::plan),
    kind("sysctl", sysctl::files, sysctl::plan),
    kind("registryImages", registry::files, registry::plan),
];
