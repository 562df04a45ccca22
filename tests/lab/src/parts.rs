//! What a vendor would carry for the hosts of a site: Kubernetes, a container runtime and the images of the control
//! plane. The container runtime and the network plugins are Debian's.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build::{self, Kubernetes};
use crate::files::key;
use crate::image::{self, PACKAGES, TOOLS};
use crate::oci::{self, Entry, Image};
use crate::state::Place;
use crate::{debian, install};

/// Files of Debian: what each is called among files for hosts, and where it lies.
const RUNTIME: &[(&str, &str)] = &[
    ("containerd", "usr/bin/containerd"),
    ("containerd-shim-runc-v2", "usr/bin/containerd-shim-runc-v2"),
    ("ctr", "usr/bin/ctr"),
    ("runc", "usr/sbin/runc"),
    ("cni/bridge", "usr/lib/cni/bridge"),
    ("cni/host-local", "usr/lib/cni/host-local"),
    ("cni/loopback", "usr/lib/cni/loopback"),
    ("cni/portmap", "usr/lib/cni/portmap"),
];

/// All of one version of Kubernetes.
#[derive(Debug, Clone)]
pub struct ClusterParts {
    /// Version, with a `v`.
    pub version: String,
    /// Name of each file for hosts, its member in a bundle, and where it lies. Several names may share a member.
    pub files: Vec<(String, String, PathBuf)>,
    /// References of the images.
    pub images: Vec<String>,
    /// Folder with an OCI layout that holds them.
    pub layout: PathBuf,
}

/// Makes them, or takes what was made before; their images are named below `repository`.
///
/// # Errors
/// When something cannot be built, or Debian not be had.
pub fn cluster_parts(place: &Place, kubernetes: Kubernetes, repository: &str) -> Result<ClusterParts> {
    install::require_root()?;
    fs::create_dir_all(place.cache())?;
    let making = File::create(place.lock()).context("the lab's lock cannot be made")?;
    making.lock().context("the lab's lock cannot be taken")?;
    install::ensure(&[&install::LAB])?;
    let root = debian::folder(place, PACKAGES)?;
    let binary = build::kubernetes_of(place, kubernetes)?;
    let version = format!("v{}", kubernetes.version);
    let member = format!("cluster/{version}/amd64/kubernetes");
    let tools = TOOLS.iter().map(|tool| ((*tool).to_owned(), member.clone(), binary.clone()));
    // Both versions run on the same container runtime, which is carried once.
    let runtime = RUNTIME
        .iter()
        .map(|(name, path)| ((*name).to_owned(), format!("cluster/amd64/{name}"), root.join(path)));
    Ok(ClusterParts {
        files: tools.chain(runtime).collect(),
        images: image::images(repository, kubernetes)
            .into_iter()
            .map(|image| image.reference)
            .chain([dns_image(repository, kubernetes)])
            .collect(),
        layout: layout(place, &root, kubernetes, repository)?,
        version,
    })
}

/// What makes volumes of folders: the provisioner, and what it starts on a node for each.
#[derive(Debug, Clone)]
pub struct VolumeParts {
    /// Version of the provisioner.
    pub version: &'static str,
    /// The provisioner.
    pub provisioner: PathBuf,
    /// Makes and removes one folder.
    pub helper: PathBuf,
}

/// Makes them, or takes what was made before.
///
/// # Errors
/// When something cannot be built.
pub fn volume_parts(place: &Place) -> Result<VolumeParts> {
    fs::create_dir_all(place.cache())?;
    let making = File::create(place.lock()).context("the lab's lock cannot be made")?;
    making.lock().context("the lab's lock cannot be taken")?;
    Ok(VolumeParts {
        version: build::LOCAL_PATH,
        provisioner: build::local_path(place)?,
        helper: build::volume(place)?,
    })
}

/// The cluster's DNS, as kubeadm of that version names its image below a repository.
fn dns_image(repository: &str, kubernetes: Kubernetes) -> String {
    format!("{repository}/coredns:v{}", kubernetes.coredns)
}

/// The folder with the images, made once.
fn layout(place: &Place, root: &Path, kubernetes: Kubernetes, repository: &str) -> Result<PathBuf> {
    let (binary, pause) = (build::kubernetes_of(place, kubernetes)?, build::pause(place)?);
    let dns = build::coredns(place, kubernetes)?;
    let made_of =
        [&binary, &pause, &dns, root].map(|path| path.display().to_string()).join(" ") + " " + repository;
    let sources =
        [made_of.as_str(), include_str!("image.rs"), include_str!("parts.rs"), include_str!("oci.rs")];
    let path = place.cache().join(format!("images-{}", key(&sources.map(str::as_bytes))));
    if path.exists() {
        return Ok(path);
    }
    println!("   making the images of Kubernetes {}", kubernetes.version);
    let fresh = path.with_extension("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    let archive = path.with_extension("tar");
    let mut layers = image::layers(root, &binary, &pause)?;
    let mut images = image::images(repository, kubernetes);
    images.push(Image {
        reference: dns_image(repository, kubernetes),
        layers: vec![layers.len()],
        entrypoint: "/coredns".to_owned(),
    });
    layers.push(vec![Entry::File { from: dns, to: "coredns".to_owned() }]);
    oci::write(&archive, &layers, &images)?;
    let file = File::open(&archive).with_context(|| format!("{} cannot be read", archive.display()))?;
    tar::Archive::new(file).unpack(&fresh).with_context(|| format!("{} cannot be made", fresh.display()))?;
    fs::remove_file(&archive)?;
    fs::rename(&fresh, &path)?;
    Ok(path)
}
