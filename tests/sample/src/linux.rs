//! Bundles for Linux sites: the same releases with a cluster document, and with the files and images that it names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use longshore_bundle::{Create, ImageOrigin, ImageSource, Layer, MadeImages, OciLayout, create};
use longshore_lab::{
    ClusterParts, KUBERNETES_1_34, KUBERNETES_1_35, Kubernetes, Place, VolumeParts, cluster_parts,
    volume_parts,
};

use crate::{Files, package, services};

/// Repository that the cluster's images are named to lie in.
pub const REPOSITORY: &str = "registry.tidewater.example/kubernetes";

/// The chart of what makes its volumes, and its version: that of the provisioner, so that it is the same in every release.
const DISKS: (&str, &str) = ("tidewater-disks", "0.0.30");
/// The provisioner's image.
const DISKS_IMAGE: &str = "registry.tidewater.example/tidewater/disks:0.0.30";

/// What Tidewater changes of kubelet's configuration. Its own limits are parts of the disk, which the disks of small sites
/// are often past: it would then evict every pod.
const OVERRIDES: &str = "
      kind: KubeletConfiguration
      evictionHard:
        memory.available: 100Mi
        nodefs.available: 1Gi
        imagefs.available: 1Gi
        nodefs.inodesFree: 1%
";

/// The versions of Kubernetes that a release carries, the one that it wants last.
fn kubernetes(version: &str) -> &'static [Kubernetes] {
    match version {
        "1.0.0" => &[KUBERNETES_1_34],
        _ => &[KUBERNETES_1_34, KUBERNETES_1_35],
    }
}

/// Makes the `.airgap` file of one release for Linux sites in `out`: some hundred megabytes. Compiled services are kept in
/// `cache`, what the lab builds in its own.
///
/// # Errors
/// When something cannot be built or a file cannot be written.
pub fn build_linux(version: &str, out: &Path, cache: &Path, place: &Place) -> Result<PathBuf> {
    build_linux_with(version, &out.join(format!("tidewater-{version}-linux.airgap")), cache, place, &|_| {})
}

/// The same at `path`, of a release that `change` has had its way with.
///
/// # Errors
/// As [`build_linux`].
pub fn build_linux_with(
    version: &str,
    path: &Path,
    cache: &Path,
    place: &Place,
    change: &dyn Fn(&mut Files),
) -> Result<PathBuf> {
    let out = path.parent().unwrap_or(path);
    fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let parts = kubernetes(version)
        .iter()
        .map(|of| cluster_parts(place, *of, REPOSITORY))
        .collect::<Result<Vec<ClusterParts>>>()?;
    let mut release = linux_release(version, &parts)?;
    change(&mut release);
    let mut sources = services::images(version, cache)?;
    sources.push(disks(&volume_parts(place)?)?);
    let fresh = path.with_extension(std::process::id().to_string());
    write(version, &fresh, &release, &sources, &parts)?;
    fs::rename(&fresh, path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path.to_owned())
}

/// The image of what makes volumes, and of what it starts for each.
fn disks(parts: &VolumeParts) -> Result<ImageSource> {
    let read = |path: &Path| fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let files = vec![
        ("bin/local-path-provisioner".to_owned(), read(&parts.provisioner)?, true),
        ("bin/volume".to_owned(), read(&parts.helper)?, true),
    ];
    Ok(ImageSource {
        reference: DISKS_IMAGE.to_owned(),
        layers: vec![Layer { files }],
        entrypoint: vec!["/bin/local-path-provisioner".to_owned()],
        // It makes folders on the host.
        user: "0".to_owned(),
    })
}

fn write(
    version: &str,
    path: &Path,
    release: &Files,
    sources: &[ImageSource],
    parts: &[ClusterParts],
) -> Result<()> {
    let made = MadeImages::new(sources)?;
    let mut layouts = Vec::new();
    for part in parts {
        layouts.push((part, OciLayout::open(&part.layout)?));
    }
    let own = sources.iter().map(|source| (source.reference.clone(), &made as &dyn ImageOrigin));
    let mut images: BTreeMap<String, &dyn ImageOrigin> = own.collect();
    let mut files = BTreeMap::new();
    for (part, layout) in &layouts {
        images.extend(part.images.iter().map(|image| (image.clone(), layout as &dyn ImageOrigin)));
        files.extend(part.files.iter().map(|(_, member, path)| (member.clone(), path.clone())));
    }
    let meta = package::meta(version);
    let images: Vec<(String, &dyn ImageOrigin)> = images.into_iter().collect();
    let parts = Create { meta: &meta, release, images: &images, files: &files, signing: None };
    let mut file = fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    create(&mut file, &parts)?;
    Ok(())
}

/// The files of one release for Linux sites: those of the release, and a document that names these parts.
///
/// # Errors
/// When there is no such release.
pub fn linux_release(version: &str, parts: &[ClusterParts]) -> Result<Files> {
    let mut files = package::files(version)?;
    let (chart, at) = DISKS;
    files.insert(format!("{chart}-{at}.tgz"), package::chart(chart, at)?);
    files.insert("cluster.yaml".to_owned(), document(parts).into_bytes());
    Ok(files)
}

fn document(parts: &[ClusterParts]) -> String {
    let mut text = format!(
        "apiVersion: longshore.dev/v1beta1
kind: Cluster
metadata:
  name: tidewater
spec:
  kubeadm:
    imageRepository: {REPOSITORY}
    overrides: |{OVERRIDES}    versions:
"
    );
    for part in parts {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "      - version: {}\n        files:", part.version);
        for (name, member, _) in &part.files {
            let _ = writeln!(text, "          - {{ name: {name}, path: {member} }}");
        }
        text.push_str("        images:\n");
        for image in &part.images {
            let _ = writeln!(text, "          - {image}");
        }
    }
    text.push_str(&extensions());
    text
}

/// What its cluster has besides: volumes.
fn extensions() -> String {
    let (chart, version) = DISKS;
    format!(
        "  storage:
    defaultClass: {chart}
  extensions:
    - name: {chart}
      chart: {chart}-{version}.tgz
      namespace: {chart}
      weight: 10
      timeout: 5m
      images: ['{DISKS_IMAGE}']
      values: {{ image: '{DISKS_IMAGE}' }}
"
    )
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use longshore_contract::RuntimeKind;
    use longshore_lab::ClusterParts;
    use longshore_release::Release;

    use super::{REPOSITORY, linux_release};

    fn part(version: &str) -> ClusterParts {
        let member = format!("cluster/{version}/amd64/kubernetes");
        ClusterParts {
            version: version.to_owned(),
            files: vec![("kubelet".to_owned(), member, PathBuf::from("/kubernetes"))],
            images: vec![format!("{REPOSITORY}/kube-proxy:{version}")],
            layout: PathBuf::from("/images"),
        }
    }

    #[test]
    fn the_cluster_document_says_what_the_bundle_carries() {
        let files = linux_release("1.1.0", &[part("v1.34.4"), part("v1.35.4")]).expect("there is a 1.1.0");
        let release = Release::from_files(files).expect("it is read");
        let cluster = release.cluster().expect("it is read");
        let cluster = cluster.expect("there is one");
        assert_eq!(cluster.runtime, RuntimeKind::Kubeadm, "upstream's Kubernetes");
        let versions: Vec<&str> = cluster.versions.iter().map(|version| version.version.as_str()).collect();
        assert_eq!(versions, ["v1.34.4", "v1.35.4"], "one after the other");
        assert_eq!(cluster.versions[1].files[0].path, "cluster/v1.35.4/amd64/kubernetes", "its files");
        assert_eq!(cluster.versions[1].images, [format!("{REPOSITORY}/kube-proxy:v1.35.4")], "and images");
        assert_eq!(cluster.storage_class, "tidewater-disks", "what makes volumes");
        assert_eq!(cluster.extensions[0].name, "tidewater-disks", "and the chart that brings it");
        assert!(cluster.overrides.starts_with("kind: KubeletConfiguration\n"), "{}", cluster.overrides);
    }
}
