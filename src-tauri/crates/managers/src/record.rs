//! The end of a run: the application is ready, and the installation record says so.

use async_trait::async_trait;
use longshore_cluster::ObjectId;
use longshore_cluster::record::{self, Installation, RecordError, RecordedChart, Revision, RevisionContent};
use longshore_cluster::wait::informer_id;
use longshore_contract::{Failure, Timestamp};
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::{Value, json};

use crate::failure::from_record;
use crate::materials::Materials;
use crate::params::RecordParams;
use crate::waiting::{first_waiting, look, until_ready};

/// Waits for the status informers.
pub struct Ready {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: RecordParams,
}

impl Ready {
    fn awaited(&self) -> Vec<ObjectId> {
        self.params.informers.iter().filter_map(|name| informer_id(&self.params.namespace, name)).collect()
    }
}

const WAITING: &str = "Waiting for the application";

#[async_trait]
impl StepBody for Ready {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = look(&self.materials.cluster, WAITING, &self.awaited()).await?;
        Ok(match first_waiting(&found) {
            Some(what) => Probe::Partly { what, detail: Value::Null },
            None => Probe::Done { outputs: Value::Null, checks: None },
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        until_ready(&self.materials.cluster, cx, WAITING, &self.awaited()).await
    }
}

/// Writes the new revision and makes it the live one.
pub struct Record {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: RecordParams,
}

const WRITING: &str = "Writing the installation record";

async fn read(materials: &Materials, params: &RecordParams) -> Result<Option<Installation>, Failure> {
    let found = record::read(&materials.cluster, &params.namespace, &params.slug).await;
    found.map_err(|error| from_record("Reading the installation record", &error))
}

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

impl Record {
    fn revision(&self, cx: &StepContext<'_>, number: u64) -> Revision {
        let charts = self.params.charts.iter().map(|chart| {
            let output =
                cx.output(&format!("chart:{}", chart.release)).and_then(|output| output["revision"].as_u64());
            RecordedChart { helm_revision: output.unwrap_or(chart.helm_revision), ..chart.clone() }
        });
        let identity = &self.materials.content.identity;
        Revision {
            revision: number,
            version: self.params.version.clone(),
            at: now(),
            who: self.materials.who.clone(),
            run: self.materials.run.0.clone(),
            charts: charts.collect(),
            manifests_digest: self.params.manifests_digest.clone(),
            informers: self.params.informers.clone(),
            config_digest: self.params.config_digest.clone(),
            cursor: identity.cursor.clone(),
            required: identity.required,
            from: self.params.from_revision,
        }
    }

    async fn write(&self, cx: &StepContext<'_>) -> Result<(), RecordError> {
        let (cluster, namespace) = (&self.materials.cluster, &self.params.namespace);
        let found = record::read(cluster, namespace, &self.params.slug).await?;
        let mut record = found
            .unwrap_or_else(|| Installation { slug: self.params.slug.clone(), ..Installation::default() });
        if record.revision != self.params.from_revision {
            return Err(RecordError::Changed);
        }
        let content = &self.materials.content;
        let number = record.newest + 1;
        let config = serde_json::to_value(&content.config).unwrap_or_default();
        let (manifests, config_spec) = (content.manifests.clone(), content.config_spec.clone());
        let held = RevisionContent { manifests, config, config_spec };
        record::write_content(cluster, namespace, &self.params.slug, number, &held).await?;
        let identity = content.identity.clone();
        record.title = identity.title;
        record.icon = identity.icon;
        record.channel_id = identity.channel_id;
        record.channel = identity.channel;
        record.history.push(self.revision(cx, number));
        (record.revision, record.newest) = (number, number);
        finish(&self.materials, &mut record, "Succeeded");
        let dropped = record.trim();
        record::write(cluster, namespace, &mut record).await?;
        record::remove_contents(cluster, namespace, &self.params.slug, &dropped).await
    }
}

fn finish(materials: &Materials, record: &mut Installation, state: &str) {
    record.run.clone_from(&materials.run.0);
    record.plan_digest.clone_from(&materials.plan_digest);
    state.clone_into(&mut record.run_state);
}

#[async_trait]
impl StepBody for Record {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = read(&self.materials, &self.params).await?;
        let live = found.as_ref().and_then(Installation::live);
        Ok(match live {
            Some(live) if live.run == self.materials.run.0 => {
                Probe::Done { outputs: json!({ "revision": live.revision }), checks: None }
            }
            _ => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        self.write(cx).await.map_err(|error| from_record(WRITING, &error))
    }
}

/// Makes a recorded revision the live one.
pub struct RollBackRecord {
    /// What it works with.
    pub materials: Materials,
    /// Parameters.
    pub params: RecordParams,
}

#[async_trait]
impl StepBody for RollBackRecord {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = read(&self.materials, &self.params).await?;
        Ok(match found {
            Some(found)
                if Some(found.revision) == self.params.to_revision && found.run == self.materials.run.0 =>
            {
                Probe::Done { outputs: json!({ "revision": found.revision }), checks: None }
            }
            _ => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let result = async {
            let (cluster, namespace) = (&self.materials.cluster, &self.params.namespace);
            let found = record::read(cluster, namespace, &self.params.slug).await?;
            let mut record = found.ok_or(RecordError::Changed)?;
            if record.revision != self.params.from_revision {
                return Err(RecordError::Changed);
            }
            let to = self.params.to_revision.unwrap_or(record.revision);
            for known in record.history.iter_mut().filter(|known| known.revision == to) {
                // The charts have new numbers in Helm now; the next rollback must find these.
                for chart in &mut known.charts {
                    let output = cx.output(&format!("chart:{}", chart.release));
                    if let Some(revision) = output.and_then(|output| output["revision"].as_u64()) {
                        chart.helm_revision = revision;
                    }
                }
            }
            record.roll_back(to, now(), &self.materials.who, &self.materials.run.0);
            finish(&self.materials, &mut record, "RolledBack");
            record::write(cluster, namespace, &mut record).await
        };
        result.await.map_err(|error| from_record(WRITING, &error))
    }
}
