//! Runs on sites of Linux hosts: what becomes of their cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_bundle::{BundleRecord, ImageRecord};
use longshore_contract::{
    Change, ClusterChange, ErrorCode, HostChange, HostRole, InstallationChoices, RunId, RuntimeKind,
    SiteHost, WireError, Workflow, chain,
};
use longshore_engine::fold::Folded;
use longshore_managers::linux::{self, ClusterContent, ClusterNeeds, HostSpecs, Hosts, Known};
use longshore_release::{ClusterConfig, ClusterVersion, Release};
use longshore_runtime::{ClusterSpec, MemberSpec};

use super::footing::Footing;
use super::{Runs, RunsError};
use crate::plan::ClusterWanted;
use crate::prepare::{Linux, host_preflights};

/// Digest of what a cluster shall be.
pub(super) fn digest(spec: &ClusterSpec) -> String {
    let value = serde_json::to_value(spec).unwrap_or_default();
    longshore_engine::plan_digest::sha256(longshore_engine::plan_digest::canonical(&value).as_bytes())
}

/// The cluster that a release brings.
pub(super) fn config(release: &Release) -> Result<Option<ClusterConfig>, WireError> {
    release.cluster().map_err(|error| {
        WireError::bad_input(chain(&error)).hint("The package needs to be mended by its vendor.")
    })
}

/// A release without a cluster, where one is needed.
pub(super) fn brings_none(bundle: &BundleRecord) -> WireError {
    let text = format!("{} {} brings no cluster for hosts", bundle.meta.app_slug, bundle.meta.version_label);
    WireError::new(ErrorCode::NotAdmissible, text)
        .hint("Install it on a cluster that exists, added as a site by its kubeconfig; or take a bundle that carries one.")
}

impl Runs {
    /// What a plan for Linux hosts is made from.
    pub(super) async fn linux(
        &self,
        run: &RunId,
        folded: &Folded,
        footing: &Footing,
        (bundle, release): (&BundleRecord, &Release),
        registry: bool,
    ) -> Result<Linux, RunsError> {
        let hosts = footing.hosts()?;
        let release_config = config(release)?;
        let (content, change) = match (folded.workflow, &footing.known) {
            (Workflow::Install, _) => {
                let config = release_config.ok_or_else(|| brings_none(bundle))?;
                self.begun(run, folded, hosts, bundle, config).await?
            }
            (_, Some(known)) => {
                let (content, change) = changed(hosts, known, bundle, release_config).await?;
                let workers_at_once: Option<u32> = self.kept(run, "workers-at-once")?;
                (content, change.map(|change| ClusterChange { workers_at_once, ..change }))
            }
            (_, None) => {
                return Err(footing.none().into());
            }
        };
        let content = ClusterContent {
            host_preflights: self.checks_of(run, folded, hosts, &content, release, bundle)?,
            ..content
        };
        let wanted = change.map(|change| wanted(run, bundle, &content, change));
        let hosts = if registry {
            BTreeMap::new()
        } else {
            lacking(hosts, &content, wanted.as_ref(), folded.workflow, bundle, release, &self.library).await?
        };
        Ok(Linux { content, wanted, hosts })
    }

    /// A cluster that is still to be made.
    async fn begun(
        &self,
        run: &RunId,
        folded: &Folded,
        hosts: &Arc<Hosts>,
        bundle: &BundleRecord,
        config: ClusterConfig,
    ) -> Result<(ClusterContent, Option<ClusterChange>), RunsError> {
        let version = config.versions.last().ok_or_else(|| brings_none(bundle))?;
        if version.files.is_empty() {
            let text = format!("The bundle names Kubernetes {} and carries no files of it", version.version);
            return Err(WireError::new(ErrorCode::NotAdmissible, text)
                .hint("A package of embedded-cluster keeps them in its own installer. Have the vendor name them in a Cluster document.")
                .into());
        }
        let settings = self.settings(run)?;
        let needs =
            ClusterNeeds { slug: &folded.release.slug, settings: &settings, config: &config, version };
        let spec = linux::settled(hosts, &needs).await?;
        let host = |member: &MemberSpec| HostChange {
            host: member.host.clone(),
            node: member.node.clone(),
            role: member.role,
            change: Change::Add,
            from_version: None,
            to_version: Some(version.version.clone()),
            missing_bytes: bytes_of(bundle, config.runtime, member.role, version),
        };
        let change = ClusterChange {
            runtime: config.runtime.to_string(),
            from_version: None,
            to_version: Some(version.version.clone()),
            through: vec![version.version.clone()],
            hosts: spec.members.iter().map(host).collect(),
            workers_at_once: None,
            recovery: "Reset the hosts to begin again.".to_owned(),
        };
        let runtime = config.runtime;
        let content =
            ClusterContent { runtime, spec, versions: config.versions, host_preflights: Vec::new() };
        Ok((content, Some(change)))
    }

    /// Host preflight specs of each host, rendered.
    fn checks_of(
        &self,
        run: &RunId,
        folded: &Folded,
        hosts: &Hosts,
        content: &ClusterContent,
        release: &Release,
        bundle: &BundleRecord,
    ) -> Result<Vec<HostSpecs>, RunsError> {
        let (facts, _) = self.facts(run, folded)?;
        let values = self.config_content(run)?;
        let vendor = host_preflights(release, &values, &facts, self.now())?;
        let install = folded.workflow == Workflow::Install;
        let one = |member: &MemberSpec| {
            let builtin = linux::builtin(&content.spec, member, install, bundle.meta.uncompressed_size);
            let mut specs = vec![builtin?];
            specs.extend(vendor.iter().cloned());
            Ok((member.host.clone(), specs))
        };
        let named = |member: &&MemberSpec| hosts.named().iter().any(|host| host.address == member.host);
        content.spec.members.iter().filter(named).map(one).collect()
    }

    /// What installation settings can be chosen from.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn installation_choices(&self, run: &RunId) -> Result<InstallationChoices, RunsError> {
        let folded = self.folded(run).await?;
        let site = self.site(&folded)?;
        let hosts = site.linux.is_some().then(|| Hosts::new(&self.store, &site));
        let choices = linux::choices(hosts.as_ref(), &folded.release.slug).await;
        Ok(choices)
    }
}

/// The cluster that a run stands on, for steps on its hosts.
pub(super) fn standing(footing: &Footing) -> Option<ClusterContent> {
    let known = footing.known.as_ref()?;
    Some(ClusterContent {
        runtime: known.runtime,
        spec: known.spec.clone(),
        versions: Vec::new(),
        host_preflights: Vec::new(),
    })
}

/// What becomes of a cluster that exists.
async fn changed(
    hosts: &Arc<Hosts>,
    known: &Known,
    bundle: &BundleRecord,
    config: Option<ClusterConfig>,
) -> Result<(ClusterContent, Option<ClusterChange>), RunsError> {
    let new: Vec<SiteHost> = hosts
        .named()
        .iter()
        .filter(|host| !known.spec.members.iter().any(|member| member.host == host.address))
        .cloned()
        .collect();
    let now = &known.spec.version;
    let versions = config.as_ref().map(|config| config.versions.clone()).unwrap_or_default();
    let through = linux::through(now, &versions)?;
    let target = through.last().unwrap_or(now).clone();
    if !new.is_empty() && !versions.iter().any(|version| version.version == target) {
        let text =
            format!("The bundle carries no Kubernetes {target}, which {} hosts that join need", new.len());
        return Err(WireError::new(ErrorCode::NotAdmissible, text)
            .hint(
                "Take the bundle that the cluster was made from, or take the new hosts off the site for now.",
            )
            .into());
    }
    let mut spec = known.spec.clone();
    spec.members.extend(linux::members(hosts, &new, &known.spec).await?);
    if let Some(version) = versions.iter().find(|version| version.version == target) {
        spec.version.clone_from(&version.version);
        spec.images.clone_from(&version.images);
    }
    let content = ClusterContent {
        runtime: known.runtime,
        spec,
        versions: versions.clone(),
        host_preflights: Vec::new(),
    };
    if through.is_empty() && new.is_empty() {
        return Ok((content, None));
    }
    // A host that joins gets the last version, one that is there all that it passes through.
    let joining = std::slice::from_ref(&target);
    let brought = |role: HostRole, passed: &[String]| -> u64 {
        let passed = versions.iter().filter(|version| passed.contains(&version.version));
        passed.map(|version| bytes_of(bundle, known.runtime, role, version)).sum()
    };
    let host = |member: &MemberSpec| {
        let joins = new.iter().any(|host| host.address == member.host);
        let (change, missing_bytes) = match (joins, through.is_empty()) {
            (true, _) => (Change::Add, brought(member.role, joining)),
            (false, true) => (Change::Keep, 0),
            (false, false) => (Change::Change, brought(member.role, &through)),
        };
        HostChange {
            host: member.host.clone(),
            node: member.node.clone(),
            role: member.role,
            change,
            from_version: (!joins).then(|| now.clone()),
            to_version: Some(target.clone()),
            missing_bytes,
        }
    };
    let controllers =
        content.spec.members.iter().filter(|member| member.role == HostRole::Controller).count();
    let change = ClusterChange {
        runtime: known.runtime.to_string(),
        from_version: Some(now.clone()),
        to_version: Some(target.clone()),
        hosts: content.spec.members.iter().map(host).collect(),
        through,
        workers_at_once: None,
        recovery: linux::recovery(known.runtime, controllers),
    };
    Ok((content, Some(change)))
}

fn wanted(
    run: &RunId,
    bundle: &BundleRecord,
    content: &ClusterContent,
    change: ClusterChange,
) -> ClusterWanted {
    let images = content.versions.iter().flat_map(|version| {
        [HostRole::Controller, HostRole::Worker].map(|role| {
            let run = images_of(content.runtime, role, version);
            ((version.version.clone(), role), run.cloned().collect())
        })
    });
    ClusterWanted {
        change,
        digest: digest(&content.spec),
        bundle: bundle.id.clone(),
        images: images.collect(),
        label: run.0.clone(),
        force: false,
    }
}

/// Images of a version that a host of a role runs.
fn images_of(
    runtime: RuntimeKind,
    role: HostRole,
    version: &ClusterVersion,
) -> impl Iterator<Item = &String> {
    let runtime = longshore_runtime::of(runtime);
    version.images.iter().filter(move |image| runtime.is_run_by(role, image))
}

/// Bytes of a version's files and images, as a host of a role gets them.
fn bytes_of(bundle: &BundleRecord, runtime: RuntimeKind, role: HostRole, version: &ClusterVersion) -> u64 {
    let files =
        bundle.files.iter().filter(|file| version.files.iter().any(|wanted| wanted.path == file.path));
    let digests: BTreeMap<_, _> = files.map(|file| (&file.blob.digest, file.blob.size)).collect();
    let wanted: BTreeSet<&String> = images_of(runtime, role, version).collect();
    let images = bundle.images.iter().filter(|image| wanted.contains(&image.reference));
    digests.values().sum::<u64>() + images.map(ImageRecord::size).sum::<u64>()
}

/// Hosts that get the application's images before the run's end, and what each lacks of them.
async fn lacking(
    hosts: &Arc<Hosts>,
    content: &ClusterContent,
    wanted: Option<&ClusterWanted>,
    workflow: Workflow,
    bundle: &BundleRecord,
    release: &Release,
    library: &longshore_bundle::Library,
) -> Result<BTreeMap<String, u64>, RunsError> {
    let images = crate::prepare::of_application(bundle, release)?;
    let joins = |member: &MemberSpec| {
        wanted.is_some_and(|wanted| {
            wanted.change.hosts.iter().any(|host| host.host == member.host && host.change == Change::Add)
        })
    };
    let mut lacking = BTreeMap::new();
    if images.is_empty() {
        return Ok(lacking);
    }
    let all: u64 = images.iter().map(|image| image.size()).sum();
    for member in &content.spec.members {
        let bytes = match (workflow, joins(member)) {
            (Workflow::Install, _) => all,
            // It gets them once its container runtime is there.
            (_, true) => continue,
            (_, false) => linux::lacks(hosts, &member.host, library, &images).await?,
        };
        lacking.insert(member.host.clone(), bytes);
    }
    Ok(lacking)
}
