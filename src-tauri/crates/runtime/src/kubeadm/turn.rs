//! A host's turn in an upgrade, and the way back to a host without a cluster.

use bytes::Bytes;

use super::{LIMIT, config, known, leave, minor, not_placed, role, script};
use crate::admit::step;
use crate::ask::Asking;
use crate::work::{self, Work};
use crate::{ClusterSpec, Leftover, Member, RuntimeError, Standing, Turn, Watch, leftovers};

pub(super) async fn upgrade(
    member: &Member,
    spec: &ClusterSpec,
    turn: Turn,
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let what = "Upgrading the host";
    let (survey, standing) = known(member, spec).await?;
    let Standing::Joined { version, placed, .. } = standing else {
        let hint = "Let the host join the cluster first.";
        return Err(Asking { what, hint }.failed(&*member.host, "it is not part of a cluster"));
    };
    if placed != spec.version {
        return Err(not_placed(member, what));
    }
    step(&*member.host, (&version, minor(&version)), (&spec.version, minor(&spec.version)))?;
    config::check(spec, member, &survey)?;
    leave(member, "upgrade.yaml", config::upgrade(spec, &survey)?).await?;
    let first = if turn == Turn::First { "first" } else { "other" };
    let work = Work {
        id: format!("kubeadm-upgrade-{}", spec.version),
        title: what,
        script: script(member, spec, &survey, role(member))
            .value("turn", first)
            .value("previous", &version)
            .piece(include_str!("scripts/upgrade.sh"))
            .text(),
        input: Bytes::new(),
        limit: LIMIT,
    };
    work::run(&*member.host, work, watch).await
}

pub(super) async fn reset(
    member: &Member,
    spec: &ClusterSpec,
    watch: &dyn Watch,
) -> Result<Vec<Leftover>, RuntimeError> {
    let (survey, _) = known(member, spec).await?;
    let Some(note) = &survey.note else { return Ok(Vec::new()) };
    // The folder that was chosen when the cluster was made counts.
    let spec = ClusterSpec { data_directory: note.data_directory.clone(), ..spec.clone() };
    let work = Work {
        id: "kubeadm-reset".to_owned(),
        title: "Taking the cluster off the host",
        script: script(member, &spec, &survey, role(member)).piece(include_str!("scripts/reset.sh")).text(),
        input: Bytes::new(),
        limit: LIMIT,
    };
    work::run(&*member.host, work, watch).await?;
    let asking = Asking { what: "Looking at what is left", hint: "Try again." };
    let script = script(member, &spec, &survey, role(member)).piece(include_str!("scripts/left.sh")).text();
    Ok(leftovers(&asking.root(&*member.host, script, "").await?.stdout()))
}
