//! Clusters on Linux hosts: what runs Kubernetes there, how it gets there, grows, is upgraded and goes again.
//!
//! A runtime is one module that implements [`Runtime`]: [`kubeadm`] for upstream Kubernetes, [`k0s`] for what
//! embedded-cluster packages carry. All of them work on a [`Host`](longshore_remote::Host) by plain commands. Every
//! method may be called again after it was cut off anywhere: it looks first and does what is lacking, which is what
//! lets a run resume by doing its step once more. Work that takes long is a [`job`] of the host's own systemd, which
//! outlives the link. What is changed on a host besides the cluster is in [`host`], and can be taken back.

mod admit;
mod ask;
mod backup;
mod bring;
mod error;
pub mod host;
pub mod job;
pub mod k0s;
pub mod kubeadm;
mod kubelet;
mod leaving;
mod lock;
mod note;
mod overrides;
mod script;
mod spec;
mod survey;
mod work;

use async_trait::async_trait;
use longshore_contract::HostRole;
use longshore_remote::Host;

pub use backup::{Backup, backups, noted};
pub use error::RuntimeError;
pub use lock::{HeldLock, HostLock, LOCK_DURATION, Lockholder};
pub use longshore_contract::RuntimeKind;
pub use spec::{ClusterSpec, HostFile, Member, MemberSpec};

/// Takes what goes on, while it goes on.
pub trait Watch: Send + Sync {
    /// A line for the run's log. Secrets are hidden already.
    fn line(&self, text: &str);
    /// Bytes that have reached the host, of how many.
    fn bytes(&self, done: u64, total: u64);
}

/// What of a cluster is on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Nothing,
    /// A Kubernetes that we did not bring: it is not touched.
    Foreign {
        /// What was found, in a sentence: "kubelet 1.33.2 runs, and /etc/kubernetes was not written by Longshore".
        what: String,
    },
    /// The runtime's files lie there, and it is not part of a cluster.
    Placed {
        /// Version of the files.
        version: String,
    },
    /// It is part of a cluster.
    Joined {
        /// Version that runs on it.
        version: String,
        /// Version of the files that lie there; another one in the middle of an upgrade.
        placed: String,
        /// Whether the control plane runs on it.
        role: HostRole,
        /// Whether its kubelet is up.
        running: bool,
    },
}

/// What lets a host join. Holds a secret: it is kept in memory only.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// As the runtime reads it.
    pub content: String,
}

impl std::fmt::Debug for Invitation {
    /// Without its content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").finish_non_exhaustive()
    }
}

/// What of an upgrade is done on a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The first controller, with which the cluster's own version moves.
    First,
    /// Another controller.
    Controller,
    /// A worker.
    Worker,
}

/// What a cluster's state is brought back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Label of the backup.
    pub backup: &'a str,
    /// Names this bringing back: what was done under a name is not done again, so that a try that was cut off does not
    /// take what it has brought back already for what is to be replaced.
    pub once: &'a str,
}

/// Something that a reset left on the host, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// A path, interface, rule or unit.
    pub what: String,
    /// Why it is still there.
    pub why: String,
}

/// Reads what the scripts say of what is left: a path and a reason a line, a tab between them.
fn leftovers(text: &str) -> Vec<Leftover> {
    let leftover = |line: &str| {
        let (what, why) = line.split_once('\t')?;
        Some(Leftover { what: what.to_owned(), why: why.to_owned() })
    };
    text.lines().filter_map(leftover).collect()
}

/// A program that runs Kubernetes on hosts. Every method may be repeated.
#[async_trait]
pub trait Runtime: Send + Sync {
    /// Which one.
    fn kind(&self) -> RuntimeKind;

    /// Whether a host of a role runs an image of a version.
    fn is_run_by(&self, _role: HostRole, _image: &str) -> bool {
        true
    }

    /// Looks at a host and changes nothing.
    async fn look(&self, member: &Member) -> Result<Standing, RuntimeError>;

    /// Brings the files of `spec.version` and starts the container runtime, so that images can be given to it. In an
    /// upgrade the new files are put beside the old ones and nothing that runs is touched.
    async fn place(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        files: &[HostFile],
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError>;

    /// Makes the cluster on its first controller.
    async fn install(
        &self,
        first: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError>;

    /// Asks a controller for what lets a host join.
    async fn invite(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        role: HostRole,
    ) -> Result<Invitation, RuntimeError>;

    /// Lets a host join.
    async fn join(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        invitation: &Invitation,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError>;

    /// Lets the pods of all hosts reach each other, after hosts have joined or were taken off. `members` are the hosts that
    /// are part of the cluster. A runtime whose own network finds its ways has nothing to do here.
    async fn connect(&self, members: &[Member], spec: &ClusterSpec) -> Result<(), RuntimeError>;

    /// The administrator's kubeconfig, as the controller has it. A secret.
    async fn kubeconfig(&self, controller: &Member) -> Result<String, RuntimeError>;

    /// Backs up the cluster's state on a controller; gives the path there. `label` names the backup: the same label
    /// twice is one backup.
    async fn back_up(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        label: &str,
        watch: &dyn Watch,
    ) -> Result<String, RuntimeError>;

    /// Why a backup cannot be brought back by [`restore`](Self::restore) in a cluster of so many controllers; `None`
    /// where it can.
    fn unrestorable(&self, controllers: usize) -> Option<String>;

    /// Brings the cluster's state back from a backup, on its only controller. `spec.version` is the backup's.
    async fn restore(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        from: Origin<'_>,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError>;

    /// Puts a worker back to `spec.version`, whose files still lie there, after the cluster's state was brought back.
    async fn put_back(
        &self,
        worker: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError>;

    /// Moves one host to `spec.version`, whose files are placed. Its pods have been moved away before, where that is
    /// wanted.
    async fn upgrade(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        turn: Turn,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError>;

    /// Takes the cluster off a host, and everything that came with it; gives what stays. A controller of several leaves
    /// the others' etcd first.
    async fn reset(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<Vec<Leftover>, RuntimeError>;
}

/// Which program a cluster was begun with on a host, whether it was finished or not; `None` where none of ours was.
///
/// # Errors
/// When the host cannot be asked.
pub async fn begun(host: &dyn Host) -> Result<Option<RuntimeKind>, RuntimeError> {
    Ok(survey::Survey::take(host, "/").await?.note.map(|note| note.runtime))
}

/// The runtime of a kind.
pub fn of(kind: RuntimeKind) -> Box<dyn Runtime> {
    match kind {
        RuntimeKind::Kubeadm => Box::new(kubeadm::Kubeadm),
        RuntimeKind::K0s => Box::new(k0s::K0s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_read() {
        let expected = Leftover { what: "/srv".to_owned(), why: "it holds files".to_owned() };
        assert_eq!(leftovers("/srv\tit holds files\nnoise\n"), [expected], "a line without a reason is none");
    }

    #[test]
    fn an_invitation_shows_nothing() {
        let shown = format!("{:?}", Invitation { content: "secret".to_owned() });
        assert!(!shown.contains("secret"), "it shows {shown}");
    }
}
