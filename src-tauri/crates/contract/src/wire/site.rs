//! Sites: places where applications run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{HostRole, HostTest, LeaseHolder, LinuxSite, RunId, RunSummary, SiteId, Target, Timestamp};

/// A request or answer without content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Empty {}

/// Where a kubeconfig comes from. Files are read, never written and never switched.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum KubeconfigSource {
    /// Every file of `$KUBECONFIG`, or the default one, merged.
    Environment,
    /// One more file.
    File {
        /// Its path on this machine.
        path: String,
    },
    /// Text pasted by the operator; kept encrypted and never given back.
    Pasted {
        /// The text; empty in answers.
        #[serde(default)]
        content: String,
    },
}

impl std::fmt::Debug for KubeconfigSource {
    /// Without a pasted text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::File { path } => f.debug_struct("File").field("path", path).finish(),
            Self::Pasted { .. } => f.debug_struct("Pasted").finish_non_exhaustive(),
        }
    }
}

/// A registry that the site's cluster pulls from and that images are pushed to.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RegistrySettings {
    /// `host[:port]` as the cluster reaches it.
    pub address: String,
    /// `host[:port]` as this machine reaches it, when that differs.
    #[serde(default)]
    pub push_address: Option<String>,
    /// Namespace (path prefix) below which images go.
    #[serde(default)]
    pub namespace: String,
    /// User name, or empty for anonymous.
    #[serde(default)]
    pub username: String,
    /// Password: write-only; `None` keeps the stored one.
    #[serde(default)]
    pub password: Option<String>,
    /// True to speak plain HTTP or to accept any certificate. Never assumed.
    #[serde(default)]
    pub insecure: bool,
    /// PEM of the authority that signed its certificate, when it is not a public one.
    #[serde(default)]
    pub ca: String,
}

impl std::fmt::Debug for RegistrySettings {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistrySettings")
            .field("address", &self.address)
            .field("push_address", &self.push_address)
            .field("namespace", &self.namespace)
            .field("username", &self.username)
            .field("insecure", &self.insecure)
            .finish_non_exhaustive()
    }
}

/// How a Kubernetes site is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KubernetesSite {
    /// Where its kubeconfig comes from.
    pub kubeconfig: KubeconfigSource,
    /// Context in it.
    pub context: String,
    /// Namespace of the application; empty takes the application's slug.
    #[serde(default)]
    pub namespace: String,
    /// Its registry, needed for airgapped releases.
    #[serde(default)]
    pub registry: Option<RegistrySettings>,
    /// UID of kube-system when the site was added; filled by the engine.
    #[serde(default)]
    pub cluster_uid: String,
}

/// Adds a site. Its cluster is contacted once to learn its UID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteAddRequest {
    /// Name, unique among sites.
    pub name: String,
    /// Labels to search by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// How to reach it, for a cluster that exists.
    #[serde(default)]
    pub kubernetes: Option<KubernetesSite>,
    /// How to reach it, for Linux hosts. One of the two.
    #[serde(default)]
    pub linux: Option<LinuxSite>,
}

/// Changes a site; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteUpdateRequest {
    /// Which.
    pub site: SiteId,
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New tags.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// Pinned to the sidebar.
    #[serde(default)]
    pub pinned: Option<bool>,
    /// New registry.
    #[serde(default)]
    pub registry: Option<RegistrySettings>,
    /// Whether only bundles signed with the vendor's pinned key may be installed there.
    #[serde(default)]
    pub signature_required: Option<bool>,
    /// New hosts and way there, for a site of Linux hosts.
    #[serde(default)]
    pub linux: Option<LinuxSite>,
    /// True to accept that the context now points to another cluster.
    #[serde(default)]
    pub accept_new_cluster: bool,
}

/// Takes the cluster off hosts of a site, and all that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteResetRequest {
    /// Which site.
    pub site: SiteId,
    /// Addresses of the hosts; empty for all, with which the application and its data go.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The site's name, typed again.
    pub confirm: String,
    /// Hosts that do not answer are only taken out of the cluster.
    #[serde(default)]
    pub force: bool,
}

/// A node of a Linux site's cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteNode {
    /// Address of its host among the site's; empty for a node that is none of them.
    pub host: String,
    /// Name of the node; empty for a host that has not joined.
    pub node: String,
    /// What it does.
    pub role: HostRole,
    /// Version of its kubelet; empty for a host that has not joined.
    pub version: String,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether new pods are kept away from it.
    pub cordoned: bool,
    /// Why it is not ready, or what is wrong with its host; or empty.
    pub reason: String,
}

/// Nodes of a Linux site's cluster, and hosts that have not joined it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteNodes {
    /// Which program runs the cluster: `kubeadm`, `k0s`; empty while there is none.
    pub runtime: String,
    /// Version of the control plane, or empty.
    pub version: String,
    /// Nodes, controllers first.
    pub nodes: Vec<SiteNode>,
}

/// A backup of a cluster's state, on one of a Linux site's controllers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteBackup {
    /// Its name: the run that made it, and the version that the run went on to.
    pub label: String,
    /// Address of the host that it lies on.
    pub host: String,
    /// Version of Kubernetes that ran when it was made.
    pub version: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Bytes on that host's disk.
    pub bytes: u64,
    /// Why it cannot be brought back; empty where it can.
    pub refusal: String,
}

/// Backups of the cluster of a site of Linux hosts, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteBackups {
    /// Backups.
    pub backups: Vec<SiteBackup>,
    /// Controllers that could not be asked, and why.
    pub silent: Vec<String>,
}

/// Brings the state of a site's cluster back from a backup. What changed in the cluster since then is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteRestoreRequest {
    /// Which site.
    pub site: SiteId,
    /// Label of the backup.
    pub backup: String,
    /// The site's name, typed again.
    pub confirm: String,
}

/// Names a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteIdRequest {
    /// Which.
    pub site: SiteId,
}

/// Forgets a site. Nothing on it is touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteRemoveRequest {
    /// Which.
    pub site: SiteId,
    /// The site's name, typed again.
    pub confirm: String,
}

/// Asks for sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SiteListRequest {
    /// Words that name, tags, app or version must contain.
    #[serde(default)]
    pub search: String,
    /// Tag it must have.
    #[serde(default)]
    pub tag: Option<String>,
}

/// Whether a site answers. "Offline" and "credential died" are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Reachability {
    /// Not tried since the process began.
    Unknown,
    /// Answers.
    Reachable {
        /// Round trip.
        latency_ms: u32,
        /// Kubernetes version.
        version: String,
        /// Nodes, when they may be counted.
        nodes: Option<u32>,
    },
    /// No answer.
    Offline {
        /// Why, with the address.
        reason: String,
    },
    /// Hosts that were tested.
    Hosts {
        /// Hosts that answered, let us in and made us root.
        ready: u32,
        /// Hosts in all.
        total: u32,
        /// Why the first of the others is not, or empty.
        reason: String,
    },
    /// It answers but refuses us.
    CredentialDied {
        /// Why, with the exec plugin's own words if it has some.
        reason: String,
    },
    /// It answers and is not the cluster the site was added with.
    OtherCluster {
        /// UID the site was added with.
        expected: String,
        /// UID found.
        found: String,
    },
}

/// What is installed on a site, from its installation record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InstalledApp {
    /// Application slug.
    pub slug: String,
    /// Application title.
    pub title: String,
    /// Icon as a data URI, or empty.
    pub icon: String,
    /// Version.
    pub version: String,
    /// Channel name.
    pub channel: String,
    /// Namespace.
    pub namespace: String,
    /// Revision number.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
}

/// A site in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteSummary {
    /// Id.
    pub id: SiteId,
    /// Name.
    pub name: String,
    /// What it is made of.
    pub target: Target,
    /// Context or first host.
    pub address: String,
    /// Tags.
    pub tags: Vec<String>,
    /// In the sidebar.
    pub pinned: bool,
    /// As last seen.
    pub reachability: Reachability,
    /// When it was last seen.
    pub seen_at: Option<Timestamp>,
    /// As last read.
    pub installed: Option<InstalledApp>,
    /// Its last run.
    pub last_run: Option<RunSummary>,
    /// Who holds its lease, as last read.
    pub lease: Option<LeaseHolder>,
}

/// Sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteList {
    /// In order of name.
    pub sites: Vec<SiteSummary>,
}

/// How an informer's object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum InformerState {
    /// As wanted.
    Ready,
    /// On the way.
    Updating,
    /// Partly there.
    Degraded,
    /// Not there at all.
    Unavailable,
    /// The object does not exist.
    Missing,
}

/// One status informer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InformerView {
    /// `kind/name` as the vendor wrote it.
    pub name: String,
    /// How it stands.
    pub state: InformerState,
    /// In words: "2 of 3 pods ready".
    pub message: String,
}

/// One recorded revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RevisionView {
    /// Number, from 1.
    pub revision: u64,
    /// Version.
    pub version: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// By which run.
    pub run: RunId,
    /// True for the one that is live.
    pub current: bool,
    /// Charts: release name and version.
    pub charts: Vec<String>,
}

/// A site with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteDetail {
    /// As in the list.
    pub summary: SiteSummary,
    /// How it is reached, without secrets. For Linux hosts: how their cluster is, once they have one.
    pub kubernetes: KubernetesSite,
    /// Its hosts, without secrets, for a site of Linux hosts.
    pub linux: Option<LinuxSite>,
    /// Its hosts as they were last tested.
    pub hosts: Vec<HostTest>,
    /// Whether only bundles signed with the vendor's pinned key may be installed there.
    pub signature_required: bool,
    /// Status informers of what is installed.
    pub informers: Vec<InformerView>,
    /// Recorded revisions, newest first.
    pub revisions: Vec<RevisionView>,
    /// Its runs, newest first.
    pub runs: Vec<RunSummary>,
}

/// Answer to testing a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteTest {
    /// Whether it answers.
    pub reachability: Reachability,
    /// Rights a workflow needs and the credential lacks.
    pub missing_rights: Vec<String>,
    /// Whether its registry answers, when one is named: a sentence, empty when all is well.
    pub registry: String,
    /// Its hosts, for a site of Linux hosts.
    pub hosts: Vec<HostTest>,
}

/// Asks for the contexts that can be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ContextListRequest {
    /// Where to look.
    pub kubeconfig: KubeconfigSource,
}

/// A context found, not contacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ContextFound {
    /// Name.
    pub name: String,
    /// Cluster's server URL.
    pub server: String,
    /// User entry.
    pub user: String,
    /// Namespace, or empty.
    pub namespace: String,
    /// File it was found in.
    pub source: String,
    /// True when the kubeconfig names it as current.
    pub current: bool,
}

/// Contexts found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ContextList {
    /// In the files' order.
    pub contexts: Vec<ContextFound>,
    /// Files or entries that could not be read, each a sentence.
    pub problems: Vec<String>,
}

/// Asks whether a context answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ContextProbeRequest {
    /// Where it is.
    pub kubeconfig: KubeconfigSource,
    /// Which.
    pub context: String,
}
