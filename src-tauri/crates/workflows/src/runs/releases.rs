//! What two releases make of their charts where no site is asked, for comparing them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_cluster::Object;
use longshore_contract::{
    Change, InstallationSettings, ObjectDiff, ReleaseChange, ReleaseDiff, WireError, chain,
};
use longshore_managers::ConfigContent;
use longshore_release::Release;

use super::{Runs, RunsError};
use crate::prepare::{Facts, Rendered, evaluation, hide, pairs, render, secrets};

/// A release as it would be installed anew.
struct Made {
    objects: Vec<Object>,
    /// Values that must be in no text.
    secrets: Vec<String>,
    /// Passwords, keys and the like that its Config made.
    generated: BTreeMap<String, String>,
}

/// `Kind namespace/name`.
fn named(object: &ObjectDiff) -> String {
    let ObjectDiff { kind, namespace, name, .. } = object;
    if namespace.is_empty() { format!("{kind} {name}") } else { format!("{kind} {namespace}/{name}") }
}

impl Runs {
    /// Adds the objects of charts to a comparison of two bundles, or why they cannot be rendered.
    pub async fn add_rendered(&self, diff: &mut ReleaseDiff) {
        match self.rendered(diff).await {
            Ok(changes) => (diff.rendered, diff.rendered_problem) = (changes, String::new()),
            Err(error) => diff.rendered_problem = format!("Charts are not rendered: {error}"),
        }
    }

    async fn rendered(&self, diff: &ReleaseDiff) -> Result<Vec<ReleaseChange>, RunsError> {
        let before = self.made(&diff.from.bundle.0, BTreeMap::new()).await?;
        let after = self.made(&diff.to.bundle.0, before.generated.clone()).await?;
        let secrets: BTreeSet<&String> = before.secrets.iter().chain(&after.secrets).collect();
        let secrets: Vec<String> = secrets.into_iter().cloned().collect();
        let shown = |mut text: String| {
            hide(&mut text, &secrets);
            text
        };
        let changed = pairs(&before.objects, &after.objects).into_iter();
        let mut changes: Vec<ReleaseChange> = changed
            .filter(|object| object.change != Change::Keep)
            .map(|object| ReleaseChange {
                name: named(&object),
                before: (object.change != Change::Add).then(|| shown(object.before)),
                after: (object.change != Change::Remove).then(|| shown(object.after)),
            })
            .collect();
        changes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(changes)
    }

    async fn made(&self, bundle: &str, generated: BTreeMap<String, String>) -> Result<Made, RunsError> {
        let (record, release) = self.bundle_by_id(bundle)?;
        let slug = &record.meta.app_slug;
        let facts = Facts::new(&release, &record.meta, slug, None, &InstallationSettings::default());
        let config = ConfigContent { generated, ..ConfigContent::default() };
        // What is required and has no default is not given here; the charts show what they make of nothing.
        let evaluation = evaluation(&release, &config, &facts, self.now())?;
        let (secrets, generated) = (secrets(&evaluation, None), evaluation.generated.clone());
        let rendered = render(&release, &Arc::new(evaluation), &facts, slug, self.now())?;
        let objects = self.objects_alone(&release, &rendered).await?;
        Ok(Made { objects, secrets, generated })
    }

    async fn objects_alone(&self, release: &Release, rendered: &Rendered) -> Result<Vec<Object>, RunsError> {
        let mut objects = Vec::new();
        for chart in &rendered.charts {
            let Some(upgrade) = rendered.upgrade(release, &chart.release) else { continue };
            let made = self.helm.render_alone(&upgrade, None).await;
            let made = made.map_err(|error| WireError::bad_input(chain(&error)))?;
            objects.extend(made.objects);
        }
        Ok(objects)
    }
}
