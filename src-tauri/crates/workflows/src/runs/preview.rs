//! What a run's config is and would bring about: as a file, against what is installed, in the charts.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_cluster::record::RevisionContent;
use longshore_config::{export_values, import_values};
use longshore_contract::{
    Change, ChartRendering, ConfigDiff, ConfigFile, ConfigRenderRequest, ConfigRendering, ConfigView, RunId,
    SentValue, WireError, chain,
};

use super::create::namespace;
use super::footing::Footing;
use super::{Runs, RunsError};
use crate::prepare::{Rendered, Side, config_changes, hide, objects_of, render, secrets};

impl Runs {
    /// The stored values as a ConfigValues document, without passwords.
    ///
    /// # Errors
    /// When the package's Config cannot be evaluated.
    pub async fn config_export(&self, run: &RunId) -> Result<ConfigFile, RunsError> {
        let (form, _) = self.form(run, &BTreeMap::new()).await?;
        let content = export_values(&form.evaluation, false).map_err(|error| WireError::internal(&error))?;
        let passwords = form.config.items().filter(|item| item.kind == "password");
        Ok(ConfigFile { content, left_out: passwords.map(|item| item.name.clone()).collect() })
    }

    /// Checks and stores the values of a ConfigValues document; what is not in it stays.
    ///
    /// # Errors
    /// When it is no such document, and with every refused field at once; nothing is stored then.
    pub async fn config_import(
        &self,
        who: &str,
        run: &RunId,
        content: &str,
    ) -> Result<ConfigView, RunsError> {
        let values = import_values(content).map_err(|error| {
            WireError::bad_input(format!("This is no ConfigValues document: {}", chain(&error)))
                .hint("It needs kind: ConfigValues, and values under spec.values.")
        })?;
        let sent = values.into_iter().map(|(name, value)| {
            let longshore_config::Value { value, filename, repeatable_item } = value;
            (name, SentValue::Set { value, filename, repeatable_item })
        });
        self.config_set(who, run, &sent.collect()).await
    }

    /// What the stored values change of the installed ones.
    ///
    /// # Errors
    /// When the package's Config cannot be evaluated.
    pub async fn config_diff(&self, run: &RunId) -> Result<ConfigDiff, RunsError> {
        let (form, content) = self.form(run, &BTreeMap::new()).await?;
        let live: Option<RevisionContent> = self.kept(run, "live")?;
        Ok(ConfigDiff { changes: config_changes(&form.config, live.as_ref(), &content) })
    }

    /// What values make of the release's charts, before they are stored.
    ///
    /// # Errors
    /// When a template fails, a value is for no item, or, with objects, the site does not answer.
    pub async fn config_render(&self, request: &ConfigRenderRequest) -> Result<ConfigRendering, RunsError> {
        let before = self.side(&request.run, &BTreeMap::new()).await?;
        let after = self.side(&request.run, &request.values).await?;
        let mut rendering = ConfigRendering {
            charts: charts(&before, &after),
            manifests_before: before.manifests.clone(),
            manifests_after: after.manifests.clone(),
        };
        if request.objects {
            self.add_objects(&request.run, &before, &after, &mut rendering).await?;
        }
        let secrets: Vec<String> = before.secrets.iter().chain(&after.secrets).cloned().collect();
        mask(&mut rendering, &secrets);
        Ok(rendering)
    }

    /// The release rendered with values over the stored ones.
    async fn side(&self, run: &RunId, sent: &BTreeMap<String, SentValue>) -> Result<Rendered, RunsError> {
        let folded = self.folded(run).await?;
        let (form, _) = self.form(run, sent).await?;
        let (facts, (_, release)) = self.facts(run, &folded)?;
        let namespace = namespace(&self.site(&folded)?, &folded.release.slug);
        let secrets = secrets(&form.evaluation, None);
        let rendered = render(&release, &Arc::new(form.evaluation), &facts, &namespace, self.now())?;
        Ok(Rendered { secrets, ..rendered })
    }

    async fn add_objects(
        &self,
        run: &RunId,
        before: &Rendered,
        after: &Rendered,
        rendering: &mut ConfigRendering,
    ) -> Result<(), RunsError> {
        let folded = self.folded(run).await?;
        let (_, release) = self.bundle(&folded)?;
        let footing = Footing::find(&self.store, &self.site(&folded)?).await?;
        let cluster = footing.existing().map(AsRef::as_ref);
        for chart in rendering.charts.iter_mut().filter(|chart| chart.change != Change::Keep) {
            let helm = &self.helm;
            let side = |rendered| Side { rendered, release: &release, helm, cluster, kubernetes: None };
            chart.objects = objects_of(&side(before), &side(after), &chart.release).await?;
        }
        Ok(())
    }
}

fn mask(rendering: &mut ConfigRendering, secrets: &[String]) {
    for chart in &mut rendering.charts {
        hide(&mut chart.before, secrets);
        hide(&mut chart.after, secrets);
        for object in &mut chart.objects {
            hide(&mut object.before, secrets);
            hide(&mut object.after, secrets);
        }
    }
    hide(&mut rendering.manifests_before, secrets);
    hide(&mut rendering.manifests_after, secrets);
}

/// Charts of both sides, each with its values as YAML.
fn charts(before: &Rendered, after: &Rendered) -> Vec<ChartRendering> {
    let mut order: Vec<_> = after.charts.iter().collect();
    let leaving = before.charts.iter();
    order.extend(leaving.filter(|old| !after.charts.iter().any(|new| new.release == old.release)));
    order.sort_by(|one, other| (one.weight, &one.release).cmp(&(other.weight, &other.release)));
    let values = |side: &Rendered, release: &str| {
        side.contents.get(release).map(|content| serde_norway::to_string(&content.values).unwrap_or_default())
    };
    order
        .into_iter()
        .map(|chart| {
            let (old, new) = (values(before, &chart.release), values(after, &chart.release));
            let change = match (&old, &new) {
                (None, _) => Change::Add,
                (_, None) => Change::Remove,
                (old, new) if old == new => Change::Keep,
                _ => Change::Change,
            };
            ChartRendering {
                release: chart.release.clone(),
                chart: chart.chart.clone(),
                change,
                before: old.unwrap_or_default(),
                after: new.unwrap_or_default(),
                objects: Vec::new(),
            }
        })
        .collect()
}
