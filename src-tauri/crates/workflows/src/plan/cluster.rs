//! Steps that make, change or take away the cluster of a site of Linux hosts.
//!
//! Hosts are worked on side by side where nothing depends on the other; in an upgrade one controller at a time, then the
//! workers in batches, and one minor version after the other.

use std::collections::BTreeMap;

use longshore_contract::{
    Change, ClusterChange, Estimate, HostChange, HostRole, Phase, PointOfNoReturn, StepSpec,
};
use longshore_managers::params::{
    BackupParams, ClusterParams, HostImagesParams, HostParams, HostPreflightParams, HostVersionParams,
    NodeParams, kind,
};
use serde::Serialize;

use super::steps::Steps;

/// The cluster that a run makes or changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterWanted {
    /// What happens to it.
    pub change: ClusterChange,
    /// Digest of what it shall be.
    pub digest: String,
    /// Bundle in the library.
    pub bundle: String,
    /// Images of each version that is passed through, as hosts of a role run them, by name in the bundle.
    pub images: BTreeMap<(String, HostRole), Vec<String>>,
    /// Label of backups: the run.
    pub label: String,
    /// Whether a reset passes over hosts that do not answer.
    pub force: bool,
}

/// Seconds for what a host does by itself: kernel settings, folders.
pub(super) const QUICK: u32 = 300;
/// Seconds for making a cluster, joining it, moving a node.
pub(super) const NODE: u32 = 1800;
/// Seconds for moving pods away: their grace periods and the budgets that hold them up.
const DRAIN: u32 = 3600;
/// Seconds that an upload may take whatever its size.
const UPLOAD: u32 = 24 * 3600;

impl ClusterWanted {
    fn hosts(&self, change: Change) -> impl Iterator<Item = &HostChange> {
        self.change.hosts.iter().filter(move |host| host.change == change)
    }

    /// Hosts that are part of the cluster after the run.
    pub(super) fn staying(&self) -> impl Iterator<Item = &HostChange> {
        self.change.hosts.iter().filter(|host| host.change != Change::Remove)
    }

    fn images_of(&self, version: &str, role: HostRole) -> &[String] {
        self.images.get(&(version.to_owned(), role)).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn version(&self, host: &HostChange, version: &str) -> HostVersionParams {
        HostVersionParams {
            host: host.host.clone(),
            version: version.to_owned(),
            cluster: self.digest.clone(),
        }
    }

    /// Workers that are moved at a time.
    fn at_once(&self) -> usize {
        let chosen = self.change.workers_at_once.and_then(|count| usize::try_from(count).ok());
        chosen.unwrap_or(1).max(1)
    }

    pub(super) fn target(&self) -> &str {
        self.change.to_version.as_deref().unwrap_or_default()
    }
}

/// Pushes a step that waits for these, whatever came before it.
pub(super) fn after<'s>(
    steps: &'s mut Steps,
    phase: Phase,
    (id, kind): (&str, &str),
    title: String,
    params: impl Serialize,
    needs: &[String],
) -> &'s mut StepSpec {
    let step = steps.push(phase, id, kind, title, params);
    step.needs = needs.to_vec();
    step
}

/// Hosts are made ready and checked, before anything is installed on them.
pub(super) fn hosts(steps: &mut Steps, cluster: &ClusterWanted, install: bool) {
    // In an upgrade only hosts that join are made ready, right before they are checked.
    let phase = if install { Phase::HostConfiguration } else { Phase::HostPreflights };
    let ready: Vec<String> =
        cluster.hosts(Change::Add).map(|host| configure(steps, phase, cluster, host)).collect();
    let step = checked(steps, cluster.staying().map(|host| host.host.clone()).collect());
    step.needs = if install { Vec::new() } else { ready };
}

/// Checks hosts that the cluster is on or will be.
pub(super) fn checked(steps: &mut Steps, hosts: Vec<String>) -> &mut StepSpec {
    let title = format!("Check {}", of_hosts(hosts.len()));
    let params = HostPreflightParams { hosts };
    let kind = ("host-preflights", kind::HOST_PREFLIGHTS);
    let step = after(steps, Phase::HostPreflights, kind, title, params, &[]);
    step.timeout_seconds = NODE;
    step
}

fn configure(steps: &mut Steps, phase: Phase, cluster: &ClusterWanted, host: &HostChange) -> String {
    let id = format!("host:{}", host.node);
    let params = HostParams { host: host.host.clone(), cluster: cluster.digest.clone(), force: false };
    let title = format!("Prepare {}", host.host);
    after(steps, phase, (&id, kind::HOST_CONFIGURATION), title, params, &[]).timeout_seconds = QUICK;
    id
}

fn of_hosts(count: usize) -> String {
    if count == 1 { "1 host".to_owned() } else { format!("{count} hosts") }
}

/// Brings a version's files and images to a host; gives the id of the last of these steps.
fn bring(
    steps: &mut Steps,
    cluster: &ClusterWanted,
    host: &HostChange,
    version: &str,
    needs: &[String],
) -> String {
    let phase = Phase::Infrastructure;
    let files = format!("files@{version}:{}", host.node);
    let title = format!("Bring Kubernetes {version} to {}", host.host);
    let step =
        after(steps, phase, (&files, kind::CLUSTER_FILES), title, cluster.version(host, version), needs);
    step.timeout_seconds = UPLOAD;
    step.estimate = Estimate { bytes: host.missing_bytes, seconds: 0 };
    let images = cluster.images_of(version, host.role);
    if images.is_empty() {
        return files;
    }
    let id = format!("images@{version}:{}", host.node);
    let params =
        HostImagesParams { host: host.host.clone(), bundle: cluster.bundle.clone(), images: images.to_vec() };
    let title = format!("Bring images of Kubernetes {version} to {}", host.host);
    after(steps, phase, (&id, kind::HOST_IMAGES), title, params, &[files]).timeout_seconds = UPLOAD;
    id
}

/// Makes the cluster, on its first controller; the others join. Gives the step that all that comes after waits for.
pub(super) fn make(steps: &mut Steps, cluster: &ClusterWanted) {
    let phase = Phase::Infrastructure;
    let target = cluster.target().to_owned();
    let ready: Vec<(HostChange, String)> = cluster
        .hosts(Change::Add)
        .map(|host| (host.clone(), bring(steps, cluster, host, &target, &[])))
        .collect();
    let Some((first, first_ready)) = ready.first() else { return };
    let title = format!("Make the cluster on {}", first.host);
    let params = cluster.version(first, &target);
    after(steps, phase, ("cluster", kind::CLUSTER_MAKE), title, params, std::slice::from_ref(first_ready))
        .timeout_seconds = NODE;
    let noted = note(steps, ("note", &target), vec!["cluster".to_owned()]);
    let joined = join(steps, cluster, &ready[1..], &target, "cluster");
    let needs: Vec<String> = joined.into_iter().chain([noted]).collect();
    all_ready(steps, cluster, &target, &needs);
}

/// Controllers join one after the other: each changes etcd's membership. Workers join side by side after them.
fn join(
    steps: &mut Steps,
    cluster: &ClusterWanted,
    hosts: &[(HostChange, String)],
    version: &str,
    made: &str,
) -> Vec<String> {
    let mut last = made.to_owned();
    let mut joined = Vec::new();
    for role in [HostRole::Controller, HostRole::Worker] {
        for (host, ready) in hosts.iter().filter(|(host, _)| host.role == role) {
            let id = format!("join:{}", host.node);
            let needs = [last.clone(), ready.clone()];
            let title = format!("Let {} join as {}", host.host, named(role));
            let params = cluster.version(host, version);
            after(steps, Phase::Infrastructure, (&id, kind::CLUSTER_JOIN), title, params, &needs)
                .timeout_seconds = NODE;
            joined.push(id.clone());
            if role == HostRole::Controller {
                last = id;
            }
        }
    }
    joined
}

fn named(role: HostRole) -> &'static str {
    match role {
        HostRole::Controller => "a controller",
        HostRole::Worker => "a worker",
    }
}

fn note(steps: &mut Steps, (id, version): (&str, &str), needs: Vec<String>) -> String {
    let params = ClusterParams { nodes: Vec::new(), version: version.to_owned() };
    let title = "Note what the cluster is".to_owned();
    after(steps, Phase::Infrastructure, (id, kind::CLUSTER_NOTE), title, params, &needs).timeout_seconds =
        QUICK;
    id.to_owned()
}

fn all_ready(steps: &mut Steps, cluster: &ClusterWanted, version: &str, needs: &[String]) {
    let nodes: Vec<String> = cluster.staying().map(|host| host.node.clone()).collect();
    let phase = Phase::Infrastructure;
    let mut needs = needs.to_vec();
    if nodes.len() > 1 && cluster.hosts(Change::Add).next().is_some() {
        needs = vec![connect(steps, phase, version, &nodes, &needs)];
    }
    let title =
        if nodes.len() == 1 { "Wait until the node is ready" } else { "Wait until all nodes are ready" };
    let params = ClusterParams { nodes, version: version.to_owned() };
    after(steps, phase, ("nodes-ready", kind::CLUSTER_READY), title.to_owned(), params, &needs)
        .timeout_seconds = NODE;
}

/// Lets the pods of these nodes reach each other.
pub(super) fn connect(
    steps: &mut Steps,
    phase: Phase,
    version: &str,
    nodes: &[String],
    needs: &[String],
) -> String {
    let params = ClusterParams { nodes: nodes.to_vec(), version: version.to_owned() };
    let title = "Let the pods of all hosts reach each other".to_owned();
    after(steps, phase, ("connect", kind::CLUSTER_CONNECT), title, params, needs).timeout_seconds = QUICK;
    "connect".to_owned()
}

/// Moves the cluster through its versions, node by node; hosts that are new join at the end.
///
/// `images` are the application's, for hosts that join: the others have them already.
pub(super) fn change(steps: &mut Steps, cluster: &ClusterWanted, images: &[String]) {
    let mut last: Vec<String> = Vec::new();
    let target = cluster.target().to_owned();
    for version in &cluster.change.through {
        last = pass(steps, cluster, version, &last);
    }
    let new: Vec<HostChange> = cluster.hosts(Change::Add).cloned().collect();
    let mut ready = Vec::new();
    for host in new {
        let mut brought = bring(steps, cluster, &host, &target, &[]);
        if !images.is_empty() {
            let of = (cluster.bundle.as_str(), images);
            brought = self::images(steps, Phase::Infrastructure, (&host.host, &host.node), of, &[brought]);
        }
        ready.push((host, brought));
    }
    if !ready.is_empty() {
        let noted = note(steps, ("note-members", &target), last.clone());
        last = join(steps, cluster, &ready, &target, &noted);
    }
    all_ready(steps, cluster, &target, &last);
}

/// Moves all nodes to one version.
fn pass(steps: &mut Steps, cluster: &ClusterWanted, version: &str, before: &[String]) -> Vec<String> {
    let phase = Phase::Infrastructure;
    let moved: Vec<HostChange> = cluster.hosts(Change::Change).cloned().collect();
    let brought: Vec<String> =
        moved.iter().map(|host| bring(steps, cluster, host, version, before)).collect();
    let Some(first) = moved.first() else { return before.to_vec() };
    let backup = format!("backup@{version}");
    let label = format!("{}-{version}", cluster.label);
    let params = BackupParams { host: first.host.clone(), label };
    let title = format!("Back up the cluster's state before {version}");
    after(steps, phase, (&backup, kind::CLUSTER_BACKUP), title, params, &brought).timeout_seconds = NODE;
    let mut last = vec![backup];
    let elsewhere = moved.len() > 1;
    for (role, at_once) in [(HostRole::Controller, 1), (HostRole::Worker, cluster.at_once())] {
        let hosts: Vec<&HostChange> = moved.iter().filter(|host| host.role == role).collect();
        for batch in hosts.chunks(at_once) {
            // The next batch waits for all of this one: a node that does not get ready stops it.
            let moved = batch.iter().map(|host| node(steps, cluster, host, version, &last, elsewhere));
            last = moved.collect();
        }
    }
    vec![note(steps, (&format!("note@{version}"), version), last)]
}

/// Moves one node: its pods leave, where there is somewhere to go to, and may come back.
fn node(
    steps: &mut Steps,
    cluster: &ClusterWanted,
    host: &HostChange,
    version: &str,
    before: &[String],
    elsewhere: bool,
) -> String {
    let phase = Phase::Infrastructure;
    let mut last = before.to_vec();
    let params = NodeParams { node: host.node.clone(), version: version.to_owned() };
    if elsewhere {
        let id = format!("drain@{version}:{}", host.node);
        let title = format!("Move pods away from {}", host.node);
        after(steps, phase, (&id, kind::NODE_DRAIN), title, &params, &last).timeout_seconds = DRAIN;
        last = vec![id];
    }
    let id = format!("upgrade@{version}:{}", host.node);
    let title = format!("Upgrade {} to {version}", host.node);
    after(steps, phase, (&id, kind::NODE_UPGRADE), title, cluster.version(host, version), &last)
        .timeout_seconds = NODE;
    if elsewhere {
        let uncordon = format!("uncordon@{version}:{}", host.node);
        let title = format!("Let pods onto {} again", host.node);
        after(steps, phase, (&uncordon, kind::NODE_UNCORDON), title, &params, &[id]).timeout_seconds = QUICK;
        return uncordon;
    }
    id
}

/// The first step that moves the control plane cannot be undone by a rollback of the application.
pub(super) fn points_of_no_return(cluster: &ClusterWanted) -> Vec<PointOfNoReturn> {
    let first = cluster.hosts(Change::Change).find(|host| host.role == HostRole::Controller);
    let Some(first) = first else { return Vec::new() };
    let point = |version: &String| PointOfNoReturn {
        step: format!("upgrade@{version}:{}", first.node),
        why: format!("The cluster moves to Kubernetes {version}. {}", cluster.change.recovery),
    };
    cluster.change.through.iter().map(point).collect()
}

/// Images of the application straight to a host of a site without a registry; gives the step's id.
pub(super) fn images(
    steps: &mut Steps,
    phase: Phase,
    (host, node): (&str, &str),
    of: (&str, &[String]),
    needs: &[String],
) -> String {
    let title = format!("Bring the application's images to {host}");
    images_as(steps, phase, (&format!("app-images:{node}"), title), (host, of), needs)
}

/// Some images straight to a host; gives the step's id.
pub(super) fn images_as(
    steps: &mut Steps,
    phase: Phase,
    (id, title): (&str, String),
    (host, (bundle, names)): (&str, (&str, &[String])),
    needs: &[String],
) -> String {
    let params =
        HostImagesParams { host: host.to_owned(), bundle: bundle.to_owned(), images: names.to_vec() };
    after(steps, phase, (id, kind::HOST_IMAGES), title, params, needs).timeout_seconds = UPLOAD;
    id.to_owned()
}

/// Takes the cluster off hosts: workers before controllers, the first of these last.
pub(super) fn reset(steps: &mut Steps, cluster: &ClusterWanted) {
    let whole = cluster.staying().next().is_none();
    let leaving: Vec<HostChange> = cluster.hosts(Change::Remove).cloned().collect();
    let mut last: Vec<String> = Vec::new();
    for role in [HostRole::Worker, HostRole::Controller] {
        for host in leaving.iter().rev().filter(|host| host.role == role) {
            last = vec![leave(steps, cluster, host, &last, whole)];
        }
    }
    if !whole {
        let staying: Vec<String> = cluster.staying().map(|host| host.node.clone()).collect();
        last = vec![connect(steps, Phase::Reset, cluster.target(), &staying, &last)];
        let params = ClusterParams { nodes: staying, version: cluster.target().to_owned() };
        let title = "Note what the cluster is".to_owned();
        after(steps, Phase::Reset, ("note", kind::CLUSTER_NOTE), title, params, &last).timeout_seconds =
            QUICK;
    }
}

fn leave(
    steps: &mut Steps,
    cluster: &ClusterWanted,
    host: &HostChange,
    before: &[String],
    whole: bool,
) -> String {
    let phase = Phase::Reset;
    let mut last = before.to_vec();
    let params = NodeParams { node: host.node.clone(), version: String::new() };
    if !whole {
        let id = format!("drain:{}", host.node);
        let title = format!("Move pods away from {}", host.node);
        let step = after(steps, phase, (&id, kind::NODE_DRAIN), title, &params, &last);
        (step.timeout_seconds, step.may_skip) = (DRAIN, true);
        last = vec![id];
    }
    let id = format!("reset:{}", host.node);
    let (address, digest) = (host.host.clone(), cluster.digest.clone());
    let reset = HostParams { host: address, cluster: digest, force: cluster.force };
    let title = format!("Take the cluster off {}", host.host);
    let step = after(steps, phase, (&id, kind::HOST_RESET), title, reset, &last);
    (step.timeout_seconds, step.may_skip) = (NODE, true);
    if whole {
        return id;
    }
    let removed = format!("remove-node:{}", host.node);
    let title = format!("Take {} out of the cluster", host.node);
    after(steps, phase, (&removed, kind::NODE_REMOVE), title, &params, &[id]).timeout_seconds = QUICK;
    removed
}
