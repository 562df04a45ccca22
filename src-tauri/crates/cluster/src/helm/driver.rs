//! What we ask of Helm.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use super::command::{Call, Lines};
use super::decide::{Held, Next, description};
use super::{scratch, stored};
use crate::api::{ApiError, Cluster};
use crate::apply::{Object, objects};

/// Part of what helm says when a release is pending.
const BUSY: &str = "another operation (install/upgrade/rollback) is in progress";

/// Part of what helm says when an uninstall was cut off.
const BARE: &str = "has no deployed releases";

/// Flags of vendors that want the values from before, which `--reset-values` would undo.
const REUSING: [&str; 2] = ["--reuse-values", "--reset-then-reuse-values"];

/// The helm binary.
#[derive(Debug, Clone)]
pub struct Helm {
    /// Where it is; a bare name is looked for on the path each time, so that a helm installed later is found.
    pub binary: PathBuf,
    /// Folder for the folders of its single runs.
    pub scratch: PathBuf,
}

impl Helm {
    /// Whether it is there. What needs no chart, such as checks of hosts, needs no helm either.
    ///
    /// # Errors
    /// When it is missing.
    pub fn require(&self) -> Result<(), HelmError> {
        let named = self.binary.components().count() > 1;
        let listed = std::env::var_os("PATH").unwrap_or_default();
        let found = if named {
            self.binary.is_file()
        } else {
            std::env::split_paths(&listed).any(|folder| folder.join(&self.binary).is_file())
        };
        if found { Ok(()) } else { Err(HelmError::Missing) }
    }
}

/// Why Helm failed.
#[derive(Debug, thiserror::Error)]
pub enum HelmError {
    /// Its folder for one run.
    #[error("Helm's temporary folder cannot be made")]
    Folder(#[source] std::io::Error),
    /// There is none.
    #[error("helm cannot be found: neither beside Longshore nor on the path")]
    Missing,
    /// It does not run.
    #[error("helm cannot be started")]
    Start(#[source] std::io::Error),
    /// It failed.
    #[error("{what}: {said}")]
    Failed {
        /// What was asked.
        what: String,
        /// What it said.
        said: String,
    },
    /// The API server, asked for what Helm stored.
    #[error(transparent)]
    Api(ApiError),
    /// A revision that Helm stored.
    #[error("Secret {secret}, a revision of release {release}, cannot be read: {why}")]
    Stored {
        /// Release.
        release: String,
        /// Its Secret.
        secret: String,
        /// Why.
        why: String,
    },
    /// It answered something else than it should.
    #[error("{what}: helm's answer cannot be read")]
    Answer {
        /// What was asked.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl HelmError {
    /// Helm took the release for one that another process is working on.
    fn is_busy(&self) -> bool {
        matches!(self, Self::Failed { said, .. } if said.contains(BUSY))
    }

    /// Helm finds revisions of the release, and none of them deployed: an uninstall was cut off.
    pub fn has_nothing_deployed(&self) -> bool {
        matches!(self, Self::Failed { said, .. } if said.contains(BARE))
    }
}

/// An install or upgrade of one release.
#[derive(Debug, Clone, Copy)]
pub struct Upgrade<'a> {
    /// Release name.
    pub release: &'a str,
    /// Namespace.
    pub namespace: &'a str,
    /// Chart archive.
    pub archive: &'a [u8],
    /// Merged values.
    pub values: &'a Value,
    /// Digest of both.
    pub digest: &'a str,
    /// Vendor's flags, appended last.
    pub flags: &'a [String],
}

/// What a chart would make.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// Its objects, hooks included.
    pub objects: Vec<Object>,
}

#[derive(Deserialize)]
struct DryRun {
    #[serde(default)]
    manifest: String,
    #[serde(default)]
    hooks: Vec<Hook>,
}

#[derive(Deserialize)]
struct Hook {
    #[serde(default)]
    manifest: String,
}

impl Helm {
    /// Ends what killed processes left running, and removes what they left lying.
    ///
    /// # Errors
    /// When a helm does not end or its folder cannot be removed.
    pub async fn sweep(&self) -> Result<(), HelmError> {
        scratch::sweep(&self.scratch).await.map_err(HelmError::Folder)
    }

    /// The revisions of a release, oldest first; none when there is no such release.
    ///
    /// # Errors
    /// When the API server refuses, or a revision cannot be read.
    pub async fn history(
        &self,
        cluster: &Cluster,
        namespace: &str,
        release: &str,
    ) -> Result<Vec<Held>, HelmError> {
        let found = stored::revisions(cluster, namespace, release).await?;
        Ok(found.into_iter().map(|stored| stored.held).collect())
    }

    /// Installs or upgrades. Values go in by a file that only we may read.
    ///
    /// # Errors
    /// When helm fails; its own words are in the error.
    pub async fn upgrade(
        &self,
        cluster: &Cluster,
        upgrade: &Upgrade<'_>,
        lines: Lines<'_>,
    ) -> Result<(), HelmError> {
        let mut call = self.prepared(cluster, upgrade, &format!("helm upgrade {}", upgrade.release))?;
        // The API server's schema, a large text for each helm, was asked when the chart was rendered for the plan; what
        // is wrong since then the server itself refuses.
        call.args(["--history-max", "64", "--hide-notes", "--disable-openapi-validation"])
            .args(upgrade.flags);
        call.run(lines).await.map(drop)
    }

    /// What an upgrade would make, by asking the API server without changing anything.
    ///
    /// # Errors
    /// When the chart does not render or the API server refuses an object.
    pub async fn render(&self, cluster: &Cluster, upgrade: &Upgrade<'_>) -> Result<Rendered, HelmError> {
        let what = format!("rendering chart {}", upgrade.release);
        let mut call = self.prepared(cluster, upgrade, &what)?;
        call.args(["--dry-run=server", "--output", "json"]).args(upgrade.flags);
        let answer = match call.run(&|_| {}).await {
            Err(error) if error.is_busy() || error.has_nothing_deployed() => {
                return self.template(cluster, upgrade).await;
            }
            other => other?,
        };
        let dry: DryRun =
            serde_json::from_slice(&answer).map_err(|source| HelmError::Answer { what, source })?;
        Ok(dry.rendered(upgrade.release, upgrade.namespace))
    }

    /// The same without a look at the release, which a dead writer may have left pending: Helm upgrades no
    /// such release, not even for show. It is freed when its step is executed, by the lease's holder.
    async fn template(&self, cluster: &Cluster, upgrade: &Upgrade<'_>) -> Result<Rendered, HelmError> {
        let what = format!("rendering chart {}", upgrade.release);
        let call = Call::new(self, cluster, upgrade.namespace, &what)?;
        Self::templated(call, upgrade, &["--is-upgrade", "--dry-run=server"]).await
    }

    /// What a chart makes where no cluster is asked: Kubernetes is of the version given, or of the one that helm knows
    /// best, and what a chart looks up there is not found.
    ///
    /// # Errors
    /// When the chart does not render.
    pub async fn render_alone(
        &self,
        upgrade: &Upgrade<'_>,
        kubernetes: Option<&str>,
    ) -> Result<Rendered, HelmError> {
        self.require()?;
        let what = format!("rendering chart {}", upgrade.release);
        let call = Call::without_cluster(self, upgrade.namespace, &what)?;
        let version: Vec<&str> =
            kubernetes.into_iter().flat_map(|version| ["--kube-version", version]).collect();
        Self::templated(call, upgrade, &version).await
    }

    async fn templated(mut call: Call, upgrade: &Upgrade<'_>, more: &[&str]) -> Result<Rendered, HelmError> {
        let archive = call.file("chart.tgz", upgrade.archive)?;
        let values = call.file("values.json", upgrade.values.to_string().as_bytes())?;
        call.args(["template", upgrade.release])
            .args([&archive])
            .args(["--values".as_ref(), values.as_os_str()])
            .args(more);
        let answer = call.run(&|_| {}).await?;
        let dry = DryRun { manifest: String::from_utf8_lossy(&answer).into_owned(), hooks: Vec::new() };
        Ok(dry.rendered(upgrade.release, upgrade.namespace))
    }

    /// The archive of a chart that lies elsewhere: `oci://…`, or a chart's name in the repository at a URL.
    ///
    /// # Errors
    /// When it cannot be had; helm's own words are in the error.
    pub async fn pull(
        &self,
        chart: &str,
        repository: Option<&str>,
        version: &str,
    ) -> Result<Vec<u8>, HelmError> {
        self.require()?;
        let mut call = Call::without_cluster(self, "default", &format!("helm pull {chart} {version}"))?;
        call.args(["pull", chart, "--version", version]);
        if let Some(url) = repository {
            call.args(["--repo", url]);
        }
        call.run_for_file("--destination").await
    }

    /// What the newest revision of a release has made; nothing when there is no such release.
    ///
    /// # Errors
    /// As [`Self::history`].
    pub async fn held(
        &self,
        cluster: &Cluster,
        namespace: &str,
        release: &str,
    ) -> Result<Rendered, HelmError> {
        let found = stored::revisions(cluster, namespace, release).await?;
        let manifest = found.into_iter().next_back().map(|stored| stored.manifest).unwrap_or_default();
        Ok(DryRun { manifest, hooks: Vec::new() }.rendered(release, namespace))
    }

    fn prepared(&self, cluster: &Cluster, upgrade: &Upgrade<'_>, what: &str) -> Result<Call, HelmError> {
        let mut call = Call::new(self, cluster, upgrade.namespace, what)?;
        let archive = call.file("chart.tgz", upgrade.archive)?;
        let values = call.file("values.json", upgrade.values.to_string().as_bytes())?;
        call.args(["upgrade", "--install", upgrade.release])
            .args([&archive])
            .args(["--values".as_ref(), values.as_os_str()])
            .args(["--description", &description(upgrade.digest)]);
        // Without it helm takes the values from before when there are none now.
        if !upgrade.flags.iter().any(|flag| REUSING.iter().any(|reusing| flag.starts_with(reusing))) {
            call.args(["--reset-values"]);
        }
        Ok(call)
    }

    /// Takes a release back to a revision, marked with that revision's digest.
    ///
    /// # Errors
    /// When helm fails.
    pub async fn rollback(
        &self,
        cluster: &Cluster,
        namespace: &str,
        release: &str,
        revision: u64,
        digest: &str,
        lines: Lines<'_>,
    ) -> Result<(), HelmError> {
        let mut call = Call::new(self, cluster, namespace, &format!("helm rollback {release} {revision}"))?;
        call.args(["rollback", release, &revision.to_string(), "--history-max", "64"])
            .args(["--description", &description(digest)]);
        call.run(lines).await.map(drop)
    }

    /// Removes a release's objects. Its history stays, so that a rollback can bring it back.
    ///
    /// # Errors
    /// When helm fails.
    pub async fn uninstall(
        &self,
        cluster: &Cluster,
        namespace: &str,
        release: &str,
        keep_history: bool,
        lines: Lines<'_>,
    ) -> Result<(), HelmError> {
        let mut call = Call::new(self, cluster, namespace, &format!("helm uninstall {release}"))?;
        call.args(["uninstall", release, "--ignore-not-found"]);
        if keep_history {
            call.args(["--keep-history"]);
        }
        call.run(lines).await.map(drop)
    }

    /// Frees a release that a dead writer left pending: back to its newest good revision, or, after a first
    /// install, away with it. Only for whoever holds the site's lease.
    ///
    /// # Errors
    /// When helm fails.
    pub async fn recover(
        &self,
        cluster: &Cluster,
        namespace: &str,
        release: &str,
        history: &[Held],
        next: &Next,
        lines: Lines<'_>,
    ) -> Result<(), HelmError> {
        let Next::Recover { good, .. } = next else { return Ok(()) };
        let Some(good) = good else {
            return self.uninstall(cluster, namespace, release, false, lines).await;
        };
        let digest =
            history.iter().find(|held| held.revision == *good).and_then(Held::digest).unwrap_or_default();
        self.rollback(cluster, namespace, release, *good, digest, lines).await
    }
}

impl DryRun {
    fn rendered(self, release: &str, namespace: &str) -> Rendered {
        let texts = std::iter::once(self.manifest).chain(self.hooks.into_iter().map(|hook| hook.manifest));
        // Helm parsed these already; a document it let pass that we cannot name is not worth failing for.
        let objects = texts.filter_map(|text| objects(release, &text, namespace).ok()).flatten().collect();
        Rendered { objects }
    }
}
