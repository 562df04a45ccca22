//! Charts of the cluster itself: installed, upgraded, removed, and named in the installation record.
//!
//! They are of no revision of the application, so the record names them beside its history. One is named before helm is
//! asked for it and again when it is done: however a run ends, the next one knows what may be there.

use async_trait::async_trait;
use longshore_cluster::record::{self, Installation, RecordedChart};
use longshore_contract::Failure;
use longshore_engine::step::{Probe, StepBody, StepContext};
use serde_json::Value;

use crate::charts::{Chart, Owner, RemoveChart};
use crate::failure::from_record;
use crate::materials::Materials;
use crate::params::{ChartParams, ExtensionParams, NamespaceParams, RemoveExtensionParams};

/// Installs or upgrades a chart of the cluster itself, and waits for it.
pub struct Extension {
    chart: Chart,
    noted: Noted,
}

/// Removes a chart of the cluster itself.
pub struct RemoveExtension {
    chart: RemoveChart,
    noted: Noted,
}

/// Where such charts are named.
struct Noted {
    materials: Materials,
    record: NamespaceParams,
}

impl Noted {
    async fn read(&self) -> Result<Option<Installation>, Failure> {
        let NamespaceParams { namespace, slug } = &self.record;
        let found = record::read(&self.materials.cluster, namespace, slug).await;
        found.map_err(|error| from_record("Reading the installation record", &error))
    }

    async fn find(&self, namespace: &str, release: &str) -> Result<Option<RecordedChart>, Failure> {
        let named = |known: &RecordedChart| known.release == release && known.namespace == namespace;
        Ok(self.read().await?.and_then(|record| record.extensions.into_iter().find(named)))
    }

    /// Names a chart in the record, or no more.
    async fn write(
        &self,
        namespace: &str,
        release: &str,
        chart: Option<RecordedChart>,
    ) -> Result<(), Failure> {
        let slug = self.record.slug.clone();
        let found = self.read().await?;
        let mut record = found.unwrap_or_else(|| Installation { slug, ..Installation::default() });
        record.extensions.retain(|known| known.release != release || known.namespace != namespace);
        record.extensions.extend(chart);
        let written = record::write(&self.materials.cluster, &self.record.namespace, &mut record).await;
        written.map_err(|error| from_record("Writing the installation record", &error))
    }
}

impl Extension {
    /// The body of a step.
    pub fn new(materials: Materials, params: ExtensionParams) -> Self {
        let ExtensionParams { chart, record } = params;
        let noted = Noted { materials: materials.clone(), record };
        Self { chart: Chart { materials, params: chart, of: Owner::Cluster }, noted }
    }

    fn params(&self) -> &ChartParams {
        &self.chart.params
    }

    async fn named(&self) -> Result<Option<RecordedChart>, Failure> {
        self.noted.find(&self.params().namespace, &self.params().release).await
    }

    async fn name(&self, values_digest: &str, helm_revision: u64) -> Result<(), Failure> {
        let params = self.params();
        let chart = RecordedChart {
            release: params.release.clone(),
            chart: params.chart.clone(),
            version: params.version.clone(),
            namespace: params.namespace.clone(),
            weight: params.weight,
            values_digest: values_digest.to_owned(),
            helm_revision,
        };
        self.noted.write(&params.namespace, &params.release, Some(chart)).await
    }
}

fn revision(outputs: &Value) -> u64 {
    outputs["revision"].as_u64().unwrap_or_default()
}

#[async_trait]
impl StepBody for Extension {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = self.chart.probe(cx).await?;
        let Probe::Done { outputs, .. } = &found else { return Ok(found) };
        let named = self.named().await?.is_some_and(|named| {
            named.values_digest == self.params().values_digest && named.helm_revision == revision(outputs)
        });
        let what = || "the installation record does not name it yet".to_owned();
        Ok(if named { found } else { Probe::Partly { what: what(), detail: Value::Null } })
    }

    async fn act(&self, cx: &StepContext<'_>, action: &Value) -> Result<(), Failure> {
        if self.named().await?.is_none_or(|named| !named.values_digest.is_empty()) {
            self.name("", 0).await?;
        }
        self.chart.act(cx, action).await?;
        match self.chart.probe(cx).await? {
            Probe::Done { outputs, .. } => self.name(&self.params().values_digest, revision(&outputs)).await,
            // The look that comes after says what is lacking.
            _ => Ok(()),
        }
    }
}

impl RemoveExtension {
    /// The body of a step.
    pub fn new(materials: Materials, params: RemoveExtensionParams) -> Self {
        let RemoveExtensionParams { chart, record } = params;
        let noted = Noted { materials: materials.clone(), record };
        Self { chart: RemoveChart { materials, params: chart, keep_history: false }, noted }
    }
}

#[async_trait]
impl StepBody for RemoveExtension {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        let found = self.chart.probe(cx).await?;
        let (namespace, release) = (&self.chart.params.namespace, &self.chart.params.release);
        if !matches!(found, Probe::Done { .. }) || self.noted.find(namespace, release).await?.is_none() {
            return Ok(found);
        }
        let what = "the installation record still names it".to_owned();
        Ok(Probe::Partly { what, detail: Value::Null })
    }

    async fn act(&self, cx: &StepContext<'_>, action: &Value) -> Result<(), Failure> {
        if !matches!(self.chart.probe(cx).await?, Probe::Done { .. }) {
            self.chart.act(cx, action).await?;
        }
        self.noted.write(&self.chart.params.namespace, &self.chart.params.release, None).await
    }
}
