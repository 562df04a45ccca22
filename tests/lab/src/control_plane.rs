//! A control plane alone, on loopback: enough to be another cluster. Ends with its handle.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::build;
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

    fn certificates(&self, api: u16) -> Result<()> {
        let kubeadm = self.path("kubeadm");
        let at = ["--apiserver-advertise-address", "127.0.0.1"];
        for phase in ["ca", "apiserver", "sa"] {
            let mut command = Command::new(&kubeadm);
            command.args(["init", "phase", "certs", phase, "--cert-dir", &self.text("pki")]);
            if phase == "apiserver" {
                command.args(at);
            }
            run(&mut command)?;
        }
        let folder = self.folder.path().display().to_string();
        let to = ["--kubeconfig-dir", &folder, "--cert-dir", &self.text("pki")];
        run(Command::new(&kubeadm)
            .args(["init", "phase", "kubeconfig", "admin"])
            .args(to)
            .args(at)
            .args(["--apiserver-bind-port", &api.to_string()]))
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
            .args(["--bind-address", "127.0.0.1", "--secure-port", &api.to_string()])
            .args(["--client-ca-file", &pki("ca.crt"), "--service-cluster-ip-range", "10.216.0.0/16"])
            .args(["--tls-cert-file", &pki("apiserver.crt"), "--tls-private-key-file", &pki("apiserver.key")])
            .args(["--service-account-key-file", &pki("sa.pub")])
            .args(["--service-account-signing-key-file", &pki("sa.key")])
            .args(["--service-account-issuer", "https://kubernetes.default.svc.cluster.local"]);
        let log = self.path("kube-apiserver.log");
        self.parts.push(start(&mut command, &log)?);
        // kubeadm grants its administrators by a binding that only a whole `init` makes, so it is made here.
        let admin = self.kubeconfig();
        let text = fs::read_to_string(&admin)?;
        anyhow::ensure!(text.contains("kubernetes-admin"), "kubeadm wrote no administrator");
        self.grant(&log)
    }

    fn grant(&self, log: &std::path::Path) -> Result<()> {
        let folder = self.folder.path().display().to_string();
        run(Command::new(self.path("kubeadm"))
            .args(["init", "phase", "kubeconfig", "super-admin", "--kubeconfig-dir", &folder])
            .args(["--cert-dir", &self.text("pki"), "--apiserver-advertise-address", "127.0.0.1"])
            .args(["--apiserver-bind-port", &self.port()?]))?;
        until("the second API server", Duration::from_secs(60), Some(log), || {
            run(Command::new(self.path("kubectl"))
                .args(["--kubeconfig", &self.text("super-admin.conf"), "create", "clusterrolebinding", "admins"])
                .args(["--clusterrole=cluster-admin", "--group=kubeadm:cluster-admins"]))
            .map(drop)
        })?;
        until("its kube-system", Duration::from_secs(60), Some(log), || {
            run(Command::new(self.path("kubectl")).args([
                "--kubeconfig",
                &self.text("admin.conf"),
                "get",
                "namespace",
                "kube-system",
            ]))
            .map(drop)
        })
    }

    /// Port of the API server, as its kubeconfig names it.
    fn port(&self) -> Result<String> {
        let text = fs::read_to_string(self.kubeconfig())?;
        let line = text.lines().find(|line| line.contains("server:")).context("the kubeconfig names no server")?;
        Ok(line.rsplit(':').next().unwrap_or_default().trim().to_owned())
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        for part in self.parts.drain(..).rev() {
            signal(part, "-KILL");
        }
    }
}
