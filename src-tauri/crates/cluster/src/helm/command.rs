//! One run of the helm binary, in a folder of its own that is removed after it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use super::driver::{Helm, HelmError};
use super::scratch::Scratch;
use crate::api::Cluster;

/// A run to be.
pub(super) struct Call {
    command: Command,
    scratch: Scratch,
    what: String,
}

/// Told each line that helm writes to its standard error.
pub(super) type Lines<'a> = &'a (dyn Fn(&str) + Sync);

impl Call {
    /// Prepares `helm <arguments>` against a cluster, with nothing of the operator's own Helm set-up.
    pub(super) fn new(
        helm: &Helm,
        cluster: &Cluster,
        namespace: &str,
        what: &str,
    ) -> Result<Self, HelmError> {
        let mut call = Self::without_cluster(helm, namespace, what)?;
        let text = serde_norway::to_string(&cluster.kubeconfig)
            .map_err(|error| HelmError::Folder(std::io::Error::other(error)))?;
        let kubeconfig = call.file("kubeconfig", text.as_bytes())?;
        call.command.env("KUBECONFIG", kubeconfig);
        Ok(call)
    }

    /// The same for what helm does by itself.
    pub(super) fn without_cluster(helm: &Helm, namespace: &str, what: &str) -> Result<Self, HelmError> {
        let scratch = Scratch::new(&helm.scratch).map_err(HelmError::Folder)?;
        let mut call = Self { command: Command::new(&helm.binary), scratch, what: what.to_owned() };
        let home = call.scratch.path().to_owned();
        call.command
            .env("KUBECONFIG", "/dev/null")
            .env("HELM_CACHE_HOME", home.join("cache"))
            .env("HELM_CONFIG_HOME", home.join("config"))
            .env("HELM_DATA_HOME", home.join("data"))
            // Where releases are stored is not the operator's to say: they are read there without helm.
            .env("HELM_DRIVER", "secret")
            .env_remove("HELM_NAMESPACE")
            .env_remove("HELM_DEBUG")
            .args(["--namespace", namespace])
            .stdin(call.scratch.input().map_err(HelmError::Folder)?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A run that is given up takes its helm with it; what that leaves pending is recovered.
            .kill_on_drop(true)
            // An interrupt at the terminal is for us: helm is let finish what it has begun.
            .process_group(0);
        Ok(call)
    }

    /// Adds arguments. None of them may be secret.
    pub(super) fn args<S: AsRef<OsStr>>(&mut self, arguments: impl IntoIterator<Item = S>) -> &mut Self {
        self.command.args(arguments);
        self
    }

    /// Writes a file that only we may read and that is gone after the run.
    pub(super) fn file(&self, name: &str, content: &[u8]) -> Result<PathBuf, HelmError> {
        self.scratch.file(name, content).map_err(HelmError::Folder)
    }

    /// Runs it and gives what it wrote to its standard output.
    pub(super) async fn run(mut self, lines: Lines<'_>) -> Result<Vec<u8>, HelmError> {
        self.finish(lines).await
    }

    /// Runs it and gives the one file that it put into the folder named by `option`.
    pub(super) async fn run_for_file(mut self, option: &str) -> Result<Vec<u8>, HelmError> {
        let folder = self.scratch.path().join("made");
        std::fs::create_dir(&folder).map_err(HelmError::Folder)?;
        self.command.arg(option).arg(&folder);
        self.finish(&|_| {}).await?;
        let made = std::fs::read_dir(&folder).map_err(HelmError::Folder)?.next();
        let made = made.ok_or_else(|| HelmError::Folder(std::io::ErrorKind::NotFound.into()))?;
        std::fs::read(made.map_err(HelmError::Folder)?.path()).map_err(HelmError::Folder)
    }

    async fn finish(&mut self, lines: Lines<'_>) -> Result<Vec<u8>, HelmError> {
        let mut child = self.command.spawn().map_err(HelmError::Start)?;
        if let Some(pid) = child.id() {
            self.scratch.started(pid).map_err(HelmError::Folder)?;
        }
        let (mut out, mut said) = (Vec::new(), Vec::new());
        let mut stdout = child.stdout.take();
        let mut stderr = child.stderr.take().map(|stream| BufReader::new(stream).lines());
        let reading = async {
            if let Some(stream) = &mut stdout {
                stream.read_to_end(&mut out).await?;
            }
            Ok::<_, std::io::Error>(())
        };
        let listening = async {
            if let Some(stream) = &mut stderr {
                while let Some(line) = stream.next_line().await? {
                    lines(&line);
                    said.push(line);
                }
            }
            Ok::<_, std::io::Error>(())
        };
        let (read, heard) = tokio::join!(reading, listening);
        read.and(heard).map_err(HelmError::Start)?;
        let status = child.wait().await.map_err(HelmError::Start)?;
        if status.success() {
            return Ok(out);
        }
        let text = said.iter().rev().find(|line| line.starts_with("Error:")).or(said.last());
        let text =
            text.map_or_else(|| status.to_string(), |line| line.trim_start_matches("Error: ").to_owned());
        Err(HelmError::Failed { what: self.what.clone(), said: text })
    }
}
