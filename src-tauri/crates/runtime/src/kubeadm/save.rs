//! Backups of a controller and how they are brought back.

use bytes::Bytes;

use super::{LIMIT, config, known, script};
use crate::admit::backup_folder;
use crate::ask::Asking;
use crate::script::BACKUPS;
use crate::work::{self, Work};
use crate::{ClusterSpec, Member, RuntimeError, Standing, Watch};

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
    backup: &str,
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let label = backup.strip_prefix(BACKUPS).and_then(|rest| rest.strip_prefix('/')).unwrap_or(backup);
    let from = backup_folder(&*controller.host, label)?;
    let (survey, _) = known(controller, spec).await?;
    let work = Work {
        id: format!("kubeadm-restore-{label}"),
        title: "Bringing the cluster's state back",
        script: script(controller, spec, &survey, "controller")
            .value("from", &from)
            .value("etcd", config::etcd(&spec.data_directory))
            .piece(include_str!("scripts/restore.sh"))
            .text(),
        input: Bytes::new(),
        limit: LIMIT,
    };
    work::run(&*controller.host, work, watch).await
}
