//! Programs built from Go modules, once for each state of what they are made of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::files::key;
use crate::process::run;
use crate::state::Place;

/// Version of Kubernetes.
pub const KUBERNETES: &str = KUBERNETES_1_35.version;

/// A Kubernetes that can be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kubernetes {
    /// Version, without a `v`.
    pub version: &'static str,
    /// Tag of the etcd image that its kubeadm asks for.
    pub etcd: &'static str,
    /// Version of the CoreDNS that its kubeadm asks for.
    pub coredns: &'static str,
    /// Name of its module file.
    module: &'static str,
}

/// The one that the lab runs.
pub const KUBERNETES_1_35: Kubernetes =
    Kubernetes { version: "1.35.4", etcd: "3.6.6-0", coredns: "1.13.1", module: "go" };
/// The minor before it, from which clusters are upgraded.
pub const KUBERNETES_1_34: Kubernetes =
    Kubernetes { version: "1.34.4", etcd: "3.6.5-0", coredns: "1.12.1", module: "1.34" };
/// Version of Helm.
pub const HELM: &str = "4.3.1";
/// Version of the provisioner that makes volumes of folders.
pub const LOCAL_PATH: &str = "0.0.30";

/// Builds into the cache unless it is there already.
fn cached(place: &Place, name: &str, key: &str, build: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let path = place.cache().join(format!("{name}-{key}"));
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(place.cache())?;
    println!("   building {name} (some minutes the first time)");
    let started = Instant::now();
    let fresh = place.cache().join(format!("{name}-{key}.fresh"));
    build(&fresh)?;
    fs::rename(&fresh, &path)?;
    println!("   {name} built in {:.0} s", started.elapsed().as_secs_f64());
    Ok(path)
}

/// The whole of Kubernetes in one static binary, of the version that the lab runs.
pub fn kubernetes(place: &Place) -> Result<PathBuf> {
    kubernetes_of(place, KUBERNETES_1_35)
}

/// The same of another version.
pub fn kubernetes_of(place: &Place, kubernetes: Kubernetes) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("kubernetes");
    let Kubernetes { version, module, .. } = kubernetes;
    let modules = format!("{module}.mod");
    let mut parts = vec![version.as_bytes().to_vec()];
    for file in ["main.go", &modules, &format!("{module}.sum")] {
        parts.push(fs::read(source.join(file))?);
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    cached(place, "kubernetes", &key(&parts), |out| {
        let (major, minor) = ("1", version.split('.').nth(1).unwrap_or_default());
        let package = "k8s.io/component-base/version";
        // Without a version that looks like a release kubeadm refuses to work.
        let flags = format!(
            "-s -w -X {package}.gitVersion=v{version} -X {package}.gitMajor={major} \
             -X {package}.gitMinor={minor} -X {package}.gitTreeState=clean"
        );
        run(Command::new("go")
            .args(["build", "-trimpath", "-modfile", &modules, "-ldflags", &flags, "-o"])
            .arg(out)
            .arg(".")
            .current_dir(&source)
            .env("CGO_ENABLED", "0"))
        .map(drop)
    })
}

/// Helm.
pub fn helm(place: &Place) -> Result<PathBuf> {
    installed(place, "helm", "helm.sh/helm/v4/cmd/helm", HELM)
}

/// The DNS of a cluster.
pub fn coredns(place: &Place, kubernetes: Kubernetes) -> Result<PathBuf> {
    installed(place, "coredns", "github.com/coredns/coredns", kubernetes.coredns)
}

/// A provisioner that makes volumes of folders on a node.
pub fn local_path(place: &Place) -> Result<PathBuf> {
    let name = "local-path-provisioner";
    installed(place, name, "github.com/rancher/local-path-provisioner", LOCAL_PATH)
}

/// A program that is a Go module's own.
fn installed(place: &Place, name: &str, module: &str, version: &str) -> Result<PathBuf> {
    cached(place, name, &key(&[version.as_bytes()]), |out| {
        let folder = out.with_extension("gobin");
        run(Command::new("go")
            .args(["install", "-trimpath", "-ldflags", "-s -w"])
            .arg(format!("{module}@v{version}"))
            .env("CGO_ENABLED", "0")
            .env("GOBIN", &folder))?;
        fs::rename(folder.join(name), out)?;
        Ok(fs::remove_dir(folder)?)
    })
}

/// The program that holds a pod's namespaces open: it waits, and does nothing else.
pub fn pause(place: &Place) -> Result<PathBuf> {
    compiled(place, "pause")
}

/// The program that makes and removes a volume's folder when the provisioner asks for it.
pub fn volume(place: &Place) -> Result<PathBuf> {
    compiled(place, "volume")
}

/// A small static program of one file of ours.
fn compiled(place: &Place, name: &str) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/{name}.rs"));
    let text = fs::read(&source)?;
    cached(place, name, &key(&[&text]), |out| {
        run(Command::new("rustc")
            .args(["--edition=2024", "-Copt-level=s", "-Cstrip=symbols", "-Cpanic=abort"])
            .args(["-Ctarget-feature=+crt-static", "-o"])
            .arg(out)
            .arg(&source))
        .map(drop)
    })
}
