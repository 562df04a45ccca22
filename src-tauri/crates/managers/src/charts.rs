//! Charts: installed, upgraded, removed, taken back; done when their workloads are ready.

use async_trait::async_trait;
use longshore_cluster::helm::{Held, HelmError, Next, Upgrade, next};
use longshore_cluster::wait::workloads_of;
use longshore_contract::{Failure, FailureClass, LogLevel};
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::{Value, json};

use crate::failure::{failure, from_helm};
use crate::materials::Materials;
use crate::params::{ChartParams, ChartRollbackParams, RemoveChartParams};
use crate::waiting::{first_waiting, look, until_ready};

/// Installs or upgrades a chart and waits for it.
pub struct Chart {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: ChartParams,
    /// Whose it is.
    pub of: Owner,
}

/// Whose a chart is: two of the same name may be in different namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The application's.
    Application,
    /// The cluster's own.
    Cluster,
}

/// Takes a chart back to a recorded revision and waits for it.
pub struct RollBackChart {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: ChartRollbackParams,
}

/// Removes a chart.
pub struct RemoveChart {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: RemoveChartParams,
    /// Whether its history stays, so that a rollback can bring it back.
    pub keep_history: bool,
}

/// A release of a chart, whatever is to be done with it.
struct Release<'a> {
    materials: &'a Materials,
    namespace: &'a str,
    name: &'a str,
}

impl Release<'_> {
    fn doing(&self, verb: &str) -> String {
        format!("{verb} chart {}", self.name)
    }

    async fn history(&self) -> Result<Vec<Held>, Failure> {
        let found = self.materials.helm.history(&self.materials.cluster, self.namespace, self.name).await;
        found.map_err(|error| from_helm(&self.doing("Reading"), &error))
    }

    /// Done when the release has the digest and what it made is ready.
    async fn probe(&self, digest: &str) -> Result<Probe, Failure> {
        let history = self.history().await?;
        let Some(last) = history.last() else { return Ok(Probe::NotBegun) };
        match next(&history, digest) {
            Next::Done { revision } => {
                let made = self.materials.helm.held(&self.materials.cluster, self.namespace, self.name).await;
                let made = made.map_err(|error| from_helm(&self.doing("Reading"), &error))?;
                let found =
                    look(&self.materials.cluster, &self.doing("Reading"), &workloads_of(&made.objects))
                        .await?;
                Ok(match first_waiting(&found) {
                    Some(what) => Probe::Partly { what, detail: Value::Null },
                    None => Probe::Done { outputs: json!({ "revision": revision }), checks: None },
                })
            }
            Next::Recover { status, revision, .. } => {
                Ok(Probe::Partly { what: format!("revision {revision} is {status}"), detail: Value::Null })
            }
            Next::Upgrade => Ok(Probe::Partly {
                what: format!("revision {} is {} with other content", last.revision, last.status),
                detail: Value::Null,
            }),
        }
    }

    /// Frees what a dead writer left pending. The lease is ours, so no living one is at it.
    async fn recover(&self, cx: &StepContext<'_>, digest: &str) -> Result<Vec<Held>, Failure> {
        let history = self.history().await?;
        let found = next(&history, digest);
        let Next::Recover { revision, status, .. } = &found else { return Ok(history) };
        cx.log(LogLevel::Warn, &format!("{}: revision {revision} was left {status}; freeing it", self.name));
        let lines = |line: &str| cx.log(LogLevel::Info, line);
        let helm = &self.materials.helm;
        helm.recover(&self.materials.cluster, self.namespace, self.name, &history, &found, &lines)
            .await
            .map_err(|error| from_helm(&self.doing("Freeing"), &error))?;
        self.history().await
    }

    async fn wait(&self, cx: &StepContext<'_>, verb: &str) -> Result<(), Failure> {
        let made = self.materials.helm.held(&self.materials.cluster, self.namespace, self.name).await;
        let made = made.map_err(|error| from_helm(&self.doing(verb), &error))?;
        until_ready(&self.materials.cluster, cx, &self.doing(verb), &workloads_of(&made.objects)).await
    }
}

impl Chart {
    fn release(&self) -> Release<'_> {
        Release { materials: &self.materials, namespace: &self.params.namespace, name: &self.params.release }
    }

    async fn upgrade(&self, cx: &StepContext<'_>) -> Result<(), Failure> {
        let params = &self.params;
        let gone = |what: &str| {
            failure(
                FailureClass::NeedsPerson,
                format!("Upgrading chart {} failed: {what} is gone", params.release),
                String::new(),
                "Import the bundle again, then plan again.",
            )
        };
        let charts = match self.of {
            Owner::Application => &self.materials.content.charts,
            Owner::Cluster => &self.materials.content.extensions,
        };
        let content = charts.get(&params.release).ok_or_else(|| gone("its values"))?;
        let release = self.materials.release.as_ref().ok_or_else(|| gone("the release"))?;
        let fetched = content.fetched().map_err(|_| gone("its archive"))?;
        let carried = || Some(release.archive(&params.chart, &params.version)?.bytes.as_slice());
        let archive = fetched.as_deref().or_else(carried).ok_or_else(|| gone("its archive"))?;
        if content.digest != params.values_digest {
            return Err(gone("what the plan was made with"));
        }
        let upgrade = Upgrade {
            release: &params.release,
            namespace: &params.namespace,
            archive,
            values: &content.values,
            digest: &params.values_digest,
            flags: &params.flags,
        };
        let lines = |line: &str| cx.log(LogLevel::Info, line);
        let (helm, cluster) = (&self.materials.helm, &self.materials.cluster);
        let mut done = helm.upgrade(cluster, &upgrade, &lines).await;
        if done.as_ref().is_err_and(HelmError::has_nothing_deployed) {
            // What is left of the release stands in the way of a new one, and nothing of it serves any more.
            cx.log(LogLevel::Warn, &format!("{}: an uninstall was cut off; finishing it", params.release));
            done = helm.uninstall(cluster, &params.namespace, &params.release, false, &lines).await;
            if done.is_ok() {
                done = helm.upgrade(cluster, &upgrade, &lines).await;
            }
        }
        done.map_err(|error| from_helm(&format!("Upgrading chart {}", params.release), &error))
    }
}

#[async_trait]
impl StepBody for Chart {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        self.release().probe(&self.params.values_digest).await
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let history = self.release().recover(cx, &self.params.values_digest).await?;
        if !matches!(next(&history, &self.params.values_digest), Next::Done { .. }) {
            cx.log(LogLevel::Info, &format!("helm upgrade {} {}", self.params.release, self.params.version));
            self.upgrade(cx).await?;
        }
        self.release().wait(cx, "Upgrading").await
    }
}

#[async_trait]
impl StepBody for RollBackChart {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let chart = &self.params.chart;
        let release =
            Release { materials: &self.materials, namespace: &chart.namespace, name: &chart.release };
        release.probe(&chart.values_digest).await
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let chart = &self.params.chart;
        let release =
            Release { materials: &self.materials, namespace: &chart.namespace, name: &chart.release };
        let history = release.recover(cx, &chart.values_digest).await?;
        if !matches!(next(&history, &chart.values_digest), Next::Done { .. }) {
            // A rollback gives the old content a new number; any revision with its digest will do.
            let known = history.iter().rev().find(|held| held.digest() == Some(&chart.values_digest));
            let revision = known.map_or(chart.helm_revision, |held| held.revision);
            if !history.iter().any(|held| held.revision == revision) {
                return Err(failure(
                    FailureClass::BrokenTarget,
                    format!(
                        "Rolling back chart {} failed: Helm keeps no revision {revision} of it",
                        chart.release
                    ),
                    String::new(),
                    "Install the release that it belongs to instead.",
                ));
            }
            cx.log(LogLevel::Info, &format!("helm rollback {} {revision}", chart.release));
            let lines = |line: &str| cx.log(LogLevel::Info, line);
            let helm = &self.materials.helm;
            helm.rollback(
                &self.materials.cluster,
                &chart.namespace,
                &chart.release,
                revision,
                &chart.values_digest,
                &lines,
            )
            .await
            .map_err(|error| from_helm(&format!("Rolling back chart {}", chart.release), &error))?;
        }
        release.wait(cx, "Rolling back").await
    }
}

#[async_trait]
impl StepBody for RemoveChart {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let name = &self.params.release;
        let release = Release { materials: &self.materials, namespace: &self.params.namespace, name };
        let history = release.history().await?;
        Ok(match history.last() {
            None => Probe::Done { outputs: Value::Null, checks: None },
            Some(last) if last.status == "uninstalled" => Probe::Done { outputs: Value::Null, checks: None },
            Some(last) => Probe::Partly {
                what: format!("revision {} is {}", last.revision, last.status),
                detail: Value::Null,
            },
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let name = &self.params.release;
        let release = Release { materials: &self.materials, namespace: &self.params.namespace, name };
        // A pending revision is uninstalled as any other; there is nothing to free first.
        cx.log(LogLevel::Info, &format!("helm uninstall {name}"));
        let lines = |line: &str| cx.log(LogLevel::Info, line);
        let helm = &self.materials.helm;
        let (cluster, namespace) = (&self.materials.cluster, &self.params.namespace);
        let done = helm.uninstall(cluster, namespace, name, self.keep_history, &lines).await;
        done.map_err(|error| from_helm(&release.doing("Removing"), &error))
    }
}
