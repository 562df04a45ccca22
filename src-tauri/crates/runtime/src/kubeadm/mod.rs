//! Upstream Kubernetes, made by kubeadm on containerd.
//!
//! Files of a version lie under `/var/lib/longshore/cluster/<version>`; what the host runs are links to them, so that an
//! upgrade puts the new ones beside the old and each host is switched when it is its turn. A host that has containerd as
//! a service keeps it: it gets a configuration with which a cluster can run, and its own back at the end. All long work is
//! a job of the host, a script of the folder `scripts` that looks first at what is done.

mod config;
mod files;
mod place;
mod save;
mod token;
mod turn;

#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use async_trait::async_trait;
use longshore_contract::HostRole;

use crate::ask::Asking;
use crate::script::{Script, yes};
use crate::survey::Survey;
use crate::work::{self, Work};
use crate::{
    ClusterSpec, HostFile, Invitation, Leftover, Member, Origin, Runtime, RuntimeError, RuntimeKind,
    Standing, Turn, Watch,
};
pub(crate) use files::proxy_unit;
use token::Token;

/// The oldest minor version that is made: earlier ones upgrade by other files.
const OLDEST: u32 = 32;
/// Seconds that one thing is waited for on a host.
const PATIENCE: &str = "300";
/// For all of a piece of long work.
const LIMIT: Duration = Duration::from_mins(40);

/// The runtime.
#[derive(Debug, Clone, Copy)]
pub struct Kubeadm;

/// The minor version of `v1.35.4`.
fn minor(version: &str) -> Option<u32> {
    let mut parts = version.strip_prefix("v1.")?.split('.');
    let minor = parts.next()?.parse().ok()?;
    let patch = parts.next()?;
    patch.starts_with(|first: char| first.is_ascii_digit()).then_some(minor)
}

/// The host, when what is on it is no stranger's.
async fn known(member: &Member, spec: &ClusterSpec) -> Result<(Survey, Standing), RuntimeError> {
    let survey = Survey::take(&*member.host, &spec.data_directory).await?;
    match survey.standing(RuntimeKind::Kubeadm) {
        Standing::Foreign { what } => {
            Err(RuntimeError::Foreign { host: member.host.name().to_owned(), what })
        }
        standing => Ok((survey, standing)),
    }
}

/// A script with what all of them ask for.
fn script(member: &Member, spec: &ClusterSpec, survey: &Survey, role: &str) -> Script {
    let ours = survey.note.as_ref().map_or(!survey.has_containerd(), |note| note.containerd);
    let before = survey.note.as_ref().map(|note| note.before.join("\n")).unwrap_or_default();
    Script::new()
        .value("version", &spec.version)
        .value("node", &member.spec.node)
        .value("role", role)
        .value("data", &spec.data_directory)
        .value("etcd", config::etcd(&spec.data_directory))
        .value("port", spec.api_port().to_string())
        .value("socket", config::SOCKET)
        .value("repository", &spec.image_repository)
        .value("pause", config::pause(spec).unwrap_or_default())
        .value("dns", yes(config::has_dns(spec)))
        .value("altered", yes(!spec.overrides.trim().is_empty()))
        .value("ours", yes(ours))
        .value("before", before)
        .value("patience", PATIENCE)
        .value("cni", config::cni(spec))
        .piece(include_str!("scripts/library.sh"))
        .piece(include_str!("scripts/ports.sh"))
        .piece(include_str!("../scripts/rules.sh"))
}

fn role(member: &Member) -> &'static str {
    if member.spec.role == HostRole::Controller { "controller" } else { "worker" }
}

/// Writes a file of ours into the base folder.
async fn leave(member: &Member, name: &str, content: String) -> Result<(), RuntimeError> {
    let asking = Asking {
        what: "Writing the cluster's configuration",
        hint: "Look at the host's disk and try again.",
    };
    let piece = "umask 077\ncat >\"$base/$name.part\" && mv -f \"$base/$name.part\" \"$base/$name\"\n";
    asking.root(&*member.host, Script::new().value("name", name).piece(piece).text(), content).await.map(drop)
}

fn not_placed(member: &Member, what: &str) -> RuntimeError {
    let hint = "Bring the cluster's files to the host first, by doing the step before this one again.";
    Asking { what, hint }.failed(&*member.host, "the cluster's files are not there")
}

#[async_trait]
impl Runtime for Kubeadm {
    fn kind(&self) -> RuntimeKind {
        RuntimeKind::Kubeadm
    }

    fn is_run_by(&self, role: HostRole, image: &str) -> bool {
        role == HostRole::Controller || !config::CONTROL_PLANE.contains(&config::image_name(image))
    }

    async fn look(&self, member: &Member) -> Result<Standing, RuntimeError> {
        let survey = Survey::take(&*member.host, "/").await?;
        Ok(survey.standing(RuntimeKind::Kubeadm))
    }

    async fn place(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        files: &[HostFile],
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        place::place(member, spec, files, watch).await
    }

    async fn install(
        &self,
        first: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let (survey, standing) = known(first, spec).await?;
        if standing == Standing::Nothing {
            return Err(not_placed(first, "Making the cluster"));
        }
        config::check(spec, first, &survey)?;
        leave(first, "kubeadm.yaml", config::init(&first.spec, spec, &survey)?).await?;
        let work = Work {
            id: format!("kubeadm-install-{}", spec.version),
            title: "Making the cluster",
            script: script(first, spec, &survey, "first")
                .value("first_subnet", config::first_subnet(spec).unwrap_or_default())
                .piece(include_str!("scripts/install.sh"))
                .text(),
            input: bytes::Bytes::new(),
            limit: LIMIT,
        };
        work::run(&*first.host, work, watch).await
    }

    async fn invite(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        role: HostRole,
    ) -> Result<Invitation, RuntimeError> {
        token::invite(controller, spec, role).await
    }

    async fn join(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        invitation: &Invitation,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let what = "Joining the cluster";
        let (survey, standing) = known(member, spec).await?;
        if standing == Standing::Nothing {
            return Err(not_placed(member, what));
        }
        config::check(spec, member, &survey)?;
        let token: Token = serde_json::from_str(&invitation.content).map_err(|_| {
            // What is wrong with it would show what is in it.
            let asking = Asking { what, hint: "Ask a controller for a new invitation." };
            asking.failed(&*member.host, "the invitation is not one of this runtime")
        })?;
        token.hide(&*member.host);
        let work = Work {
            id: format!("kubeadm-join-{}", spec.version),
            title: what,
            script: script(member, spec, &survey, role(member)).piece(include_str!("scripts/join.sh")).text(),
            input: config::join(&member.spec, spec, &survey, &token)?.into(),
            limit: LIMIT,
        };
        work::run(&*member.host, work, watch).await
    }

    async fn connect(&self, members: &[Member], spec: &ClusterSpec) -> Result<(), RuntimeError> {
        place::connect(members, spec).await
    }

    async fn kubeconfig(&self, controller: &Member) -> Result<String, RuntimeError> {
        let asking = Asking {
            what: "Reading the administrator's kubeconfig",
            hint: "Choose a controller whose cluster is made.",
        };
        let read = Script::new().piece("cat /etc/kubernetes/admin.conf\n").text();
        let finished = asking.root(&*controller.host, read, "").await?;
        // Not the text for readers, from which secrets are taken.
        String::from_utf8(finished.output.stdout)
            .map_err(|_| asking.failed(&*controller.host, "/etc/kubernetes/admin.conf is no text"))
    }

    async fn back_up(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        label: &str,
        watch: &dyn Watch,
    ) -> Result<String, RuntimeError> {
        save::back_up(controller, spec, label, watch).await
    }

    fn unrestorable(&self, controllers: usize) -> Option<String> {
        (controllers > 1).then(|| {
            format!(
                "The cluster has {controllers} controllers, and a backup is brought back on one alone: the others would \
                 hold on to what it takes back"
            )
        })
    }

    async fn restore(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        from: Origin<'_>,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        save::restore(controller, spec, from, watch).await
    }

    async fn put_back(
        &self,
        worker: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        save::put_back(worker, spec, watch).await
    }

    async fn upgrade(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        turn: Turn,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        turn::upgrade(member, spec, turn, watch).await
    }

    async fn reset(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<Vec<Leftover>, RuntimeError> {
        turn::reset(member, spec, watch).await
    }
}
