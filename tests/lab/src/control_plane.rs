//! A control plane alone, on the machine's end of the lab's link: enough to be another cluster. Ends with its handle.

use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::build::{self, KUBERNETES};
use crate::files::write;
use crate::node::OUTSIDE;
use crate::process::{run, signal, start, until};
use crate::state::{Place, Started};

/// A running one.
#[derive(Debug)]
pub struct ControlPlane {
    folder: TempDir,
    parts: Vec<Started>,
}

/// A port that is free now.
fn port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl ControlPlane {
    /// Starts etcd and an API server with certificates by kubeadm.
    pub(crate) fn start(place: &Place) -> Result<Self> {
        let folder = tempfile::tempdir().context("no folder for a control plane")?;
        let binary = build::kubernetes(place)?;
        for name in ["etcd", "kube-apiserver", "kubeadm", "kubectl"] {
            symlink(&binary, folder.path().join(name))?;
        }
        let mut plane = Self { folder, parts: Vec::new() };
        let (etcd, peer, api) = (port()?, port()?, port()?);
        plane.certificates(api)?;
        plane.etcd(etcd, peer)?;
        plane.api_server(etcd, api)?;
        Ok(plane)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Its administrator's kubeconfig, with the same context name as the lab's.
    pub fn kubeconfig(&self) -> PathBuf {
        self.path("admin.conf")
    }

    /// Certificates and kubeconfigs by kubeadm, told all it would otherwise ask the network for.
    fn certificates(&self, api: u16) -> Result<()> {
        let config = format!(
            "apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: {OUTSIDE}
  bindPort: {api}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v{KUBERNETES}
certificatesDir: {}
",
            self.text("pki")
        );
        write(&self.path("kubeadm.yaml"), 0o600, &config)?;
        let folder = self.folder.path().display().to_string();
        for phase in [["certs", "ca"], ["certs", "apiserver"], ["certs", "sa"]] {
            self.kubeadm(&phase, &[])?;
        }
        for name in ["admin", "super-admin"] {
            self.kubeadm(&["kubeconfig", name], &["--kubeconfig-dir", &folder])?;
        }
        Ok(())
    }

    fn kubeadm(&self, phase: &[&str], more: &[&str]) -> Result<()> {
        run(Command::new(self.path("kubeadm"))
            .args(["init", "phase"])
            .args(phase)
            .args(["--config", &self.text("kubeadm.yaml")])
            .args(more))
        .map(drop)
    }

    fn etcd(&mut self, port: u16, peer: u16) -> Result<()> {
        let (client, peer) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{peer}"));
        let mut command = Command::new(self.path("etcd"));
        command
            .args(["--data-dir", &self.text("etcd-data"), "--unsafe-no-fsync", "--log-level", "error"])
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("default={peer}")]);
        self.parts.push(start(&mut command, &self.path("etcd.log"))?);
        Ok(())
    }

    fn api_server(&mut self, etcd: u16, api: u16) -> Result<()> {
        let pki = |name: &str| self.text(&format!("pki/{name}"));
        let mut command = Command::new(self.path("kube-apiserver"));
        command
            .args(["--etcd-servers", &format!("http://127.0.0.1:{etcd}"), "--authorization-mode", "RBAC"])
            .args(["--bind-address", OUTSIDE, "--secure-port", &api.to_string()])
            .args(["--client-ca-file", &pki("ca.crt"), "--service-cluster-ip-range", "10.216.0.0/16"])
            .args(["--tls-cert-file", &pki("apiserver.crt"), "--tls-private-key-file", &pki("apiserver.key")])
            .args(["--service-account-key-file", &pki("sa.pub")])
            .args(["--service-account-signing-key-file", &pki("sa.key")])
            .args(["--service-account-issuer", "https://kubernetes.default.svc.cluster.local"]);
        let log = self.path("kube-apiserver.log");
        self.parts.push(start(&mut command, &log)?);
        self.grant(&log)
    }

    /// kubeadm grants its administrators by a binding that only a whole `init` makes, so it is made here.
    fn grant(&self, log: &Path) -> Result<()> {
        let kubectl = |kubeconfig: &str, words: &[&str]| {
            let at = self.text(kubeconfig);
            run(Command::new(self.path("kubectl")).args(["--kubeconfig", &at]).args(words))
        };
        let binding = "--group=kubeadm:cluster-admins";
        let words = ["create", "clusterrolebinding", "admins", "--clusterrole=cluster-admin", binding];
        until("the second API server", Duration::from_mins(1), Some(log), || {
            kubectl("super-admin.conf", &words).map(drop)
        })?;
        until("its kube-system", Duration::from_mins(1), Some(log), || {
            kubectl("admin.conf", &["get", "namespace", "kube-system"]).map(drop)
        })
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        for part in self.parts.drain(..).rev() {
            signal(part, "-KILL");
        }
    }
}
