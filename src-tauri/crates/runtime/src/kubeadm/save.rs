//! Backups of a controller and how they are brought back.

use bytes::Bytes;

use super::{LIMIT, config, known, leave, role, script};
use crate::admit::backup_folder;
use crate::ask::Asking;
use crate::work::{self, Work};
use crate::{ClusterSpec, Member, Origin, RuntimeError, Standing, Watch};

pub(super) async fn back_up(
    controller: &Member,
    spec: &ClusterSpec,
    label: &str,
    watch: &dyn Watch,
) -> Result<String, RuntimeError> {
    let what = "Backing up the cluster";
    let to = backup_folder(&*controller.host, label)?;
    let (survey, standing) = known(controller, spec).await?;
    let Standing::Joined { version, .. } = standing else {
        let hint = "Choose a controller of the cluster.";
        return Err(Asking { what, hint }.failed(&*controller.host, "it is not part of a cluster"));
    };
    let now = ClusterSpec { version, ..spec.clone() };
    let work = Work {
        id: format!("kubeadm-backup-{label}"),
        title: what,
        script: script(controller, &now, &survey, "controller")
            .value("to", &to)
            .piece(include_str!("scripts/backup.sh"))
            .text(),
        input: Bytes::new(),
        limit: LIMIT,
    };
    work::run(&*controller.host, work, watch).await?;
    Ok(to)
}

pub(super) async fn restore(
    controller: &Member,
    spec: &ClusterSpec,
    Origin { backup, once }: Origin<'_>,
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let from = backup_folder(&*controller.host, backup)?;
    let (survey, _) = known(controller, spec).await?;
    let work = Work {
        id: format!("kubeadm-restore-{backup}"),
        title: "Bringing the cluster's state back",
        script: script(controller, spec, &survey, "controller")
            .value("from", &from)
            .value("once", once)
            .value("etcd", config::etcd(&spec.data_directory))
            .piece(include_str!("scripts/restore.sh"))
            .text(),
        input: Bytes::new(),
        limit: LIMIT,
    };
    work::run(&*controller.host, work, watch).await
}

pub(super) async fn put_back(
    worker: &Member,
    spec: &ClusterSpec,
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let what = "Putting the host back";
    let (survey, standing) = known(worker, spec).await?;
    if !matches!(standing, Standing::Joined { .. }) {
        let hint = "Let the host join the cluster again by an upgrade.";
        return Err(Asking { what, hint }.failed(&*worker.host, "it is not part of the cluster any more"));
    }
    leave(worker, "upgrade.yaml", config::upgrade(spec, &survey)?).await?;
    let work = Work {
        id: format!("kubeadm-put-back-{}", spec.version),
        title: what,
        script: script(worker, spec, &survey, role(worker)).piece(include_str!("scripts/put-back.sh")).text(),
        input: Bytes::new(),
        limit: LIMIT,
    };
    work::run(&*worker.host, work, watch).await
}
