//! Linux hosts of a site: how they are reached, what was found on them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{SiteId, SshSettings, Timestamp};

/// What a host does in a site's cluster.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum HostRole {
    /// Runs the control plane.
    Controller,
    /// Runs workloads.
    Worker,
}

/// One host of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteHost {
    /// As ssh takes it: `[user@]host[:port]`, or a name from `ssh_config`.
    pub address: String,
    /// What it does. Without one, it is a controller when no host before it is, and a worker otherwise.
    #[serde(default)]
    pub roles: Vec<HostRole>,
    /// Labels to search by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Hosts to jump over, as `ssh -J` takes them: `[user@]host[:port]`, separated by commas. Empty for what
    /// `ssh_config` says, "none" for none.
    #[serde(default)]
    pub bastion: String,
}

/// How the hosts of a site are reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LinuxSite {
    /// The hosts, in the operator's order.
    pub hosts: Vec<SiteHost>,
    /// The way there, the same for all. Passwords are write-only: kept encrypted and never given back; `None` keeps
    /// the stored one, an empty one clears it.
    #[serde(default)]
    pub ssh: SshSettings,
    /// Which passwords are stored: `password`, `passphrase`, `rootPassword`; filled by the engine.
    #[serde(default)]
    pub stored: Vec<String>,
}

/// What is read of hosts that somebody pasted or has in an `ssh_config`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct HostParseRequest {
    /// Lines, one host each: `[user@]host[:port]`, then words in any order: `controller`, `worker`, `jump=HOSTS`,
    /// `tag=TAG`. `#` begins a remark.
    #[serde(default)]
    pub lines: String,
    /// An `ssh_config` whose named hosts are listed too; empty for the user's own, `None` for none.
    #[serde(default)]
    pub ssh_config: Option<String>,
}

/// Hosts that were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostsFound {
    /// In the order they were written, each once.
    pub hosts: Vec<SiteHost>,
    /// Lines and entries that could not be read, each a sentence with its number.
    pub problems: Vec<String>,
}

/// What is tried on a host, in this order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum HostStepKind {
    /// Its name and the way to it are known.
    Resolve,
    /// It answers, over all jumps.
    Connect,
    /// Its key is known and the same.
    HostKey,
    /// It lets us in.
    Login,
    /// We become root.
    Privilege,
    /// Its facts are read.
    Facts,
}

/// How a step of a host's test stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum HostStepState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// As wanted.
    Passed,
    /// Not as wanted; what comes after it is not tried.
    Failed,
    /// Not tried: one before it failed.
    Skipped,
}

/// One step of a host's test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostStep {
    /// Which.
    pub step: HostStepKind,
    /// How it stands.
    pub state: HostStepState,
    /// What was found or why it failed, in a sentence or two; empty while there is nothing to say.
    pub message: String,
}

/// A file system of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostDisk {
    /// Where it is mounted.
    pub mount: String,
    /// What is mounted.
    pub device: String,
    /// Bytes in all.
    #[ts(type = "number")]
    pub size: u64,
    /// Bytes free to users other than root.
    #[ts(type = "number")]
    pub free: u64,
}

/// What was found on a host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct HostFacts {
    /// Its own name.
    pub name: String,
    /// Operating system, as it calls itself.
    pub os: String,
    /// Kernel release.
    pub kernel: String,
    /// Machine: `x86_64`, `aarch64`.
    pub machine: String,
    /// Processors.
    pub cpus: u32,
    /// Bytes of memory.
    #[ts(type = "number")]
    pub memory: u64,
    /// Bytes of swap that are on.
    #[ts(type = "number")]
    pub swap: u64,
    /// File systems that hold data, the root first.
    pub disks: Vec<HostDisk>,
    /// Container runtimes found, each with its version.
    pub runtimes: Vec<String>,
    /// Kubernetes that is there already (kubelet, k0s, k3s …), each with its version.
    pub kubernetes: Vec<String>,
    /// Network interfaces with their addresses: `eth0 10.0.0.5/24`.
    pub addresses: Vec<String>,
    /// Milliseconds its clock is ahead of this machine's; the uncertainty is half the round trip.
    #[ts(type = "number")]
    pub skew: i64,
    /// Seconds since it was started.
    #[ts(type = "number")]
    pub uptime: u64,
    /// User that logs in.
    pub user: String,
    /// How that user becomes root: `root`, `sudo`, `sudo with password`, `doas`; empty when it does not.
    pub privilege: String,
}

/// A host as it was last tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostTest {
    /// Its address.
    pub host: String,
    /// When it was tested.
    pub at: Timestamp,
    /// Steps in order.
    pub steps: Vec<HostStep>,
    /// Fingerprint of a key that is unknown and has to be compared first; or empty.
    pub unknown_key: String,
    /// Milliseconds of one round trip, when it answered.
    pub latency_ms: Option<u32>,
    /// What was found; what an earlier test found when this one did not come to it.
    pub facts: Option<HostFacts>,
    /// When the facts were found.
    pub facts_at: Option<Timestamp>,
}

impl HostTest {
    /// Whether every step passed.
    pub fn passed(&self) -> bool {
        self.steps.iter().all(|step| step.state == HostStepState::Passed)
    }

    /// The step that failed, if one did.
    pub fn failed(&self) -> Option<&HostStep> {
        self.steps.iter().find(|step| step.state == HostStepState::Failed)
    }
}

/// Tests some hosts of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct HostTestRequest {
    /// Which site.
    pub site: SiteId,
    /// Addresses; empty for all its hosts.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Fingerprints (`SHA256:…`) of unknown host keys that a person has compared and accepts.
    #[serde(default)]
    pub accepted_keys: Vec<String>,
}

/// Hosts as they were last tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostTests {
    /// In the site's order.
    pub hosts: Vec<HostTest>,
    /// Milliseconds between the clocks that are furthest apart, when two hosts were read.
    #[ts(type = "number | null")]
    pub clocks_apart: Option<i64>,
}
