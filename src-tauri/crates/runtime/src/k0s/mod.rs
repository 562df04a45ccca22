//! k0s, driven as its own documentation and its own messages say.
//!
//! One binary, which is a real file under `/usr/local/bin`: k0s puts the path of what it is run as into its unit. Its
//! containerd runs only while it runs, so images come as a file of its `images` folder, which it reads before it starts a
//! node. Every command names the data folder, since k0s asks the running one, or the default, else.

mod config;
mod status;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use longshore_contract::HostRole;
use secrecy::SecretString;

use crate::admit::{backup_folder, free, step};
use crate::ask::Asking;
use crate::bring::{bring, check};
use crate::note::Note;
use crate::script::{Script, yes};
use crate::survey::Survey;
use crate::work::{self, Work};
use crate::{
    ClusterSpec, HostFile, Invitation, Leftover, Member, Origin, Runtime, RuntimeError, RuntimeKind,
    Standing, Turn, Watch, leftovers,
};
use config::Config;

const PATIENCE: &str = "300";
const LIMIT: Duration = Duration::from_mins(40);

/// The runtime.
#[derive(Debug, Clone, Copy)]
pub struct K0s;

/// The host, when what is on it is no stranger's.
async fn known(member: &Member, spec: &ClusterSpec) -> Result<(Survey, Standing), RuntimeError> {
    let survey = Survey::take(&*member.host, &spec.data_directory).await?;
    match standing(member, &survey).await? {
        Standing::Foreign { what } => {
            Err(RuntimeError::Foreign { host: member.host.name().to_owned(), what })
        }
        standing => Ok((survey, standing)),
    }
}

/// Where the host stands, with what the running k0s says of its version.
async fn standing(member: &Member, survey: &Survey) -> Result<Standing, RuntimeError> {
    let standing = survey.standing(RuntimeKind::K0s);
    let (Standing::Joined { placed, role, .. }, Some(note)) = (&standing, &survey.note) else {
        return Ok(standing);
    };
    let found = status::ask(&*member.host, &format!("{}/k0s", note.data_directory)).await?;
    let version = found.status.map(|status| status.version).or(found.binary);
    Ok(Standing::Joined {
        version: version.unwrap_or_else(|| placed.clone()),
        placed: placed.clone(),
        role: *role,
        running: found.active,
    })
}

fn unit(role: HostRole) -> &'static str {
    if role == HostRole::Controller { "k0scontroller" } else { "k0sworker" }
}

/// A script with what all of them ask for.
fn script(member: &Member, spec: &ClusterSpec, survey: &Survey, profile: &str) -> Script {
    let before = survey.note.as_ref().map(|note| note.before.join("\n")).unwrap_or_default();
    let role = if member.spec.role == HostRole::Controller { "controller" } else { "worker" };
    let kubelet = format!("--node-ip={} --hostname-override={}", member.spec.address, member.spec.node);
    Script::new()
        .value("version", &spec.version)
        .value("node", &member.spec.node)
        .value("role", role)
        .value("unit", unit(member.spec.role))
        .value("data", config::data(spec))
        .value("profile", profile)
        .value("kubelet", kubelet)
        .value("proxies", if proxy(spec).is_empty() { "" } else { "yes" })
        .value("before", before)
        .value("patience", PATIENCE)
        .piece(include_str!("scripts/library.sh"))
        .piece(include_str!("scripts/clear.sh"))
        .piece(include_str!("../scripts/rules.sh"))
}

/// A drop-in with the proxy, for containerd alone; k0s takes the first word off. May hold a password.
fn proxy(spec: &ClusterSpec) -> String {
    let pairs = [
        ("CONTAINERD_HTTP_PROXY", &spec.http_proxy),
        ("CONTAINERD_HTTPS_PROXY", &spec.https_proxy),
        ("CONTAINERD_NO_PROXY", &spec.no_proxy),
    ];
    if pairs[0].1.is_empty() && pairs[1].1.is_empty() {
        return String::new();
    }
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    crate::kubeadm::proxy_unit(given.map(|(name, value)| (*name, value.as_str())))
}

/// Leaves a configuration and the proxy where the scripts find them; gives the profile of the node's kubelet.
async fn leave(member: &Member, spec: &ClusterSpec, survey: &Survey) -> Result<String, RuntimeError> {
    let Config { yaml, profile } = config::make(spec, &member.spec, survey)?;
    let asking =
        Asking { what: "Writing k0s's configuration", hint: "Look at the host's disk and try again." };
    for (name, content) in [("k0s.yaml", yaml), ("proxy.conf", proxy(spec))] {
        let piece = "umask 077\nmkdir -p /etc/k0s || exit 1\ncat >\"$base/$name.part\" && mv -f \"$base/$name.part\" \"$base/$name\"\n";
        asking.root(&*member.host, Script::new().value("name", name).piece(piece).text(), content).await?;
    }
    Ok(profile)
}

fn failed(member: &Member, what: &str, why: &str, hint: &str) -> RuntimeError {
    Asking { what, hint }.failed(&*member.host, why)
}

fn not_placed(member: &Member, what: &str) -> RuntimeError {
    let hint = "Bring k0s to the host first, by doing the step before this one again.";
    failed(member, what, "k0s is not there", hint)
}

/// Work of this runtime on a host.
async fn work(
    member: &Member,
    name: String,
    title: &'static str,
    script: Script,
    input: Bytes,
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let work = Work { id: format!("k0s-{name}"), title, script: script.text(), input, limit: LIMIT };
    work::run(&*member.host, work, watch).await
}

#[async_trait]
impl Runtime for K0s {
    fn kind(&self) -> RuntimeKind {
        RuntimeKind::K0s
    }

    async fn look(&self, member: &Member) -> Result<Standing, RuntimeError> {
        let survey = Survey::take(&*member.host, "/").await?;
        standing(member, &survey).await
    }

    /// k0s's container runtime starts with k0s: images are taken in then, from its folder, or at once where it runs.
    async fn place(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        files: &[HostFile],
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let host = &*member.host;
        let (mut survey, standing) = known(member, spec).await?;
        config::check(spec, member, &survey)?;
        let files: Vec<HostFile> =
            files.iter().filter(|file| file.name.starts_with("k0s")).cloned().collect();
        if files.iter().all(|file| file.name != "k0s") {
            let why = "the release does not bring k0s";
            return Err(failed(member, "Bringing k0s", why, "Choose a release that brings it."));
        }
        check(host, &files)?;
        let noted = survey.note.clone();
        let mut note = noted.unwrap_or_else(|| Note::begin(RuntimeKind::K0s, member, spec, &survey));
        if survey.note.is_none() {
            free(member, &survey, &[9443], spec.api_port())?;
            note.write(host).await?;
        }
        bring(host, &spec.version, &files, watch).await?;
        survey.note = Some(note.clone());
        let joined = matches!(standing, Standing::Joined { .. });
        let put = script(member, spec, &survey, "")
            .value("joined", yes(joined))
            .piece(include_str!("scripts/place.sh"))
            .text();
        let asking = Asking { what: "Giving k0s its place", hint: "Look at the host's disk and try again." };
        asking.root(host, put, "").await?;
        note.version.clone_from(&spec.version);
        note.write(host).await
    }

    async fn install(
        &self,
        first: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let title = "Making the cluster";
        let (survey, standing) = known(first, spec).await?;
        if standing == Standing::Nothing {
            return Err(not_placed(first, title));
        }
        config::check(spec, first, &survey)?;
        let profile = leave(first, spec, &survey).await?;
        let script = script(first, spec, &survey, &profile).piece(include_str!("scripts/install.sh"));
        work(first, format!("install-{}", spec.version), title, script, Bytes::new(), watch).await
    }

    async fn invite(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        role: HostRole,
    ) -> Result<Invitation, RuntimeError> {
        let asking = Asking {
            what: "Asking for an invitation",
            hint: "Check that k0s runs on this controller and its API server answers, and try again.",
        };
        let role = if role == HostRole::Controller { "controller" } else { "worker" };
        let script = Script::new().value("data", config::data(spec)).value("role", role).piece(
            "timeout 60 env -u KUBECONFIG /usr/local/bin/k0s token create --data-dir \"$data\" --role \"$role\" --expiry 30m\n",
        );
        let host = &*controller.host;
        let finished = asking.root(host, script.text(), "").await?;
        // Not the text for readers, from which secrets are taken.
        let content = String::from_utf8_lossy(&finished.output.stdout).trim().to_owned();
        let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        if content.len() < 100 || !content.bytes().all(base64) {
            return Err(asking.failed(host, "k0s printed no token"));
        }
        host.redactor().learn(&SecretString::from(content.clone()));
        Ok(Invitation { content })
    }

    async fn join(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        invitation: &Invitation,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let title = "Joining the cluster";
        let (survey, standing) = known(member, spec).await?;
        if standing == Standing::Nothing {
            return Err(not_placed(member, title));
        }
        config::check(spec, member, &survey)?;
        let profile = leave(member, spec, &survey).await?;
        member.host.redactor().learn(&SecretString::from(invitation.content.clone()));
        let input = Bytes::from(invitation.content.clone());
        let script = script(member, spec, &survey, &profile).piece(include_str!("scripts/join.sh"));
        work(member, format!("join-{}", spec.version), title, script, input, watch).await
    }

    /// k0s brings a network that finds its ways.
    async fn connect(&self, _: &[Member], _: &ClusterSpec) -> Result<(), RuntimeError> {
        Ok(())
    }

    async fn kubeconfig(&self, controller: &Member) -> Result<String, RuntimeError> {
        let asking = Asking {
            what: "Reading the administrator's kubeconfig",
            hint: "Choose a controller whose cluster is made.",
        };
        let host = &*controller.host;
        let note = Survey::take(host, "/").await?.note;
        let data = note.ok_or_else(|| not_placed(controller, asking.what))?.data_directory;
        let script = Script::new()
            .value("data", format!("{data}/k0s"))
            .piece("timeout 60 env -u KUBECONFIG /usr/local/bin/k0s kubeconfig admin --data-dir \"$data\"\n");
        let finished = asking.root(host, script.text(), "").await?;
        String::from_utf8(finished.output.stdout).map_err(|_| asking.failed(host, "k0s printed no text"))
    }

    async fn back_up(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        label: &str,
        watch: &dyn Watch,
    ) -> Result<String, RuntimeError> {
        let title = "Backing up the cluster";
        let to = backup_folder(&*controller.host, label)?;
        let (survey, standing) = known(controller, spec).await?;
        if !matches!(standing, Standing::Joined { .. }) {
            return Err(not_placed(controller, title));
        }
        let script =
            script(controller, spec, &survey, "").value("to", &to).piece(include_str!("scripts/backup.sh"));
        work(controller, format!("backup-{label}"), title, script, Bytes::new(), watch).await?;
        Ok(to)
    }

    fn unrestorable(&self, controllers: usize) -> Option<String> {
        (controllers > 1).then(|| {
            format!(
                "The cluster has {controllers} controllers, and k0s brings a backup back on one alone: the others would \
                 have to join anew"
            )
        })
    }

    async fn restore(
        &self,
        controller: &Member,
        spec: &ClusterSpec,
        Origin { backup, once }: Origin<'_>,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let from = backup_folder(&*controller.host, backup)?;
        let (survey, _) = known(controller, spec).await?;
        let profile = leave(controller, spec, &survey).await?;
        let script = script(controller, spec, &survey, &profile)
            .value("from", &from)
            .value("once", once)
            .piece(include_str!("scripts/restore.sh"));
        let title = "Bringing the cluster's state back";
        work(controller, format!("restore-{backup}"), title, script, Bytes::new(), watch).await
    }

    async fn put_back(
        &self,
        worker: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let title = "Putting the host back";
        let (survey, standing) = known(worker, spec).await?;
        if !matches!(standing, Standing::Joined { .. }) {
            return Err(not_placed(worker, title));
        }
        let profile = leave(worker, spec, &survey).await?;
        let script = script(worker, spec, &survey, &profile).piece(include_str!("scripts/put-back.sh"));
        work(worker, format!("put-back-{}", spec.version), title, script, Bytes::new(), watch).await
    }

    async fn upgrade(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        _: Turn,
        watch: &dyn Watch,
    ) -> Result<(), RuntimeError> {
        let title = "Upgrading the host";
        let (survey, standing) = known(member, spec).await?;
        let Standing::Joined { version, placed, .. } = standing else {
            return Err(not_placed(member, title));
        };
        if placed != spec.version {
            return Err(not_placed(member, title));
        }
        config::check(spec, member, &survey)?;
        step(
            &*member.host,
            (&version, config::minor(&version)),
            (&spec.version, config::minor(&spec.version)),
        )?;
        let profile = leave(member, spec, &survey).await?;
        let script = script(member, spec, &survey, &profile)
            .value("previous", &version)
            .piece(include_str!("scripts/upgrade.sh"));
        work(member, format!("upgrade-{}", spec.version), title, script, Bytes::new(), watch).await
    }

    async fn reset(
        &self,
        member: &Member,
        spec: &ClusterSpec,
        watch: &dyn Watch,
    ) -> Result<Vec<Leftover>, RuntimeError> {
        let (survey, _) = known(member, spec).await?;
        let Some(note) = &survey.note else { return Ok(Vec::new()) };
        // The folder that was chosen when the cluster was made counts.
        let spec = ClusterSpec { data_directory: note.data_directory.clone(), ..spec.clone() };
        let script = |piece: &str| script(member, &spec, &survey, "").piece(piece);
        let title = "Taking the cluster off the host";
        let off = script(include_str!("scripts/reset.sh"));
        work(member, "reset".to_owned(), title, off, Bytes::new(), watch).await?;
        let asking = Asking { what: "Looking at what is left", hint: "Try again." };
        let left = script(include_str!("scripts/left.sh")).text();
        Ok(leftovers(&asking.root(&*member.host, left, "").await?.stdout()))
    }
}
