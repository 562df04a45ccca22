//! What would change, object by object, with secrets masked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt, TryStreamExt, stream};
use longshore_cluster::helm::{Helm, Rendered as Made};
use longshore_cluster::record::RevisionContent;
use longshore_cluster::{Cluster, Object, ObjectId, objects};
use longshore_config::{Config, Evaluation};
use longshore_contract::{
    Change, ChartChange, ConfigChange, ErrorCode, ManifestChange, ObjectDiff, WireError, chain,
};
use longshore_engine::plan_digest::sha256;
use longshore_managers::ConfigContent;
use longshore_release::Release;
use serde_json::{Value, json};

use super::site::unreadable;
use super::{Ingredients, Rendered};

/// Charts rendered at a time.
const AT_ONCE: usize = 4;

/// Adds rendered objects, before and after, to each chart's change.
pub(super) async fn charts(
    from: &Ingredients<'_>,
    rendered: &Rendered,
    changes: &mut [ChartChange],
) -> Result<(), WireError> {
    let cluster = from.cluster.map(AsRef::as_ref);
    let side =
        &Side { rendered, release: from.release, helm: from.helm, cluster, kubernetes: from.kubernetes() };
    // Each is a process of its own that waits for the API server most of its time.
    let work = changes.iter_mut().filter(|change| change.change != Change::Keep).map(|change| async move {
        let before = match change.change {
            Change::Add => Made::default(),
            _ => match cluster {
                Some(cluster) => {
                    from.helm.held(cluster, &change.namespace, &change.release).await.unwrap_or_default()
                }
                None => Made::default(),
            },
        };
        let after = side.made(&change.release).await?;
        change.objects = pairs(&before.objects, &after.objects);
        Ok::<_, WireError>(())
    });
    stream::iter(work.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect().await
}

/// A rendered release and where its charts' objects are rendered.
pub(crate) struct Side<'a> {
    pub(crate) rendered: &'a Rendered,
    pub(crate) release: &'a Release,
    pub(crate) helm: &'a Helm,
    /// The cluster that is asked; `None` where there is none yet.
    pub(crate) cluster: Option<&'a Cluster>,
    /// Version of Kubernetes that a cluster which is still to be made will have.
    pub(crate) kubernetes: Option<&'a str>,
}

impl Side<'_> {
    /// Objects of a chart; none when it would not be installed.
    async fn made(&self, release: &str) -> Result<Made, WireError> {
        let Some(upgrade) = self.rendered.upgrade(self.release, release) else {
            return Ok(Made::default());
        };
        let made = match self.cluster {
            Some(cluster) => self.helm.render(cluster, &upgrade).await,
            None => self.helm.render_alone(&upgrade, self.kubernetes).await,
        };
        made.map_err(|error| {
            let text = format!("Chart {release} cannot be rendered: {}", chain(&error));
            WireError::new(ErrorCode::BadInput, text)
                .hint("The package or its config is refused by this cluster.")
        })
    }
}

/// Objects of a chart, on one side and on the other.
///
/// # Errors
/// When the chart does not render or the cluster does not answer.
pub(crate) async fn objects_of(
    before: &Side<'_>,
    after: &Side<'_>,
    release: &str,
) -> Result<Vec<ObjectDiff>, WireError> {
    Ok(pairs(&before.made(release).await?.objects, &after.made(release).await?.objects))
}

/// Objects that are the same on both sides, differ, come or go.
pub(crate) fn pairs(before: &[Object], after: &[Object]) -> Vec<ObjectDiff> {
    let mut diffs: Vec<ObjectDiff> = after
        .iter()
        .map(|object| {
            let old = before.iter().find(|old| old.id == object.id);
            diff(&object.id, old.map(|old| &old.value), Some(&object.value))
        })
        .collect();
    let leaving = before.iter().filter(|old| !after.iter().any(|object| object.id == old.id));
    diffs.extend(leaving.map(|old| diff(&old.id, Some(&old.value), None)));
    diffs
}

fn diff(id: &ObjectId, before: Option<&Value>, after: Option<&Value>) -> ObjectDiff {
    let change = match (before, after) {
        (None, _) => Change::Add,
        (_, None) => Change::Remove,
        (Some(before), Some(after)) if before == after => Change::Keep,
        _ => Change::Change,
    };
    ObjectDiff {
        kind: id.kind.clone(),
        namespace: id.namespace.clone(),
        name: id.name.clone(),
        change,
        before: before.map(yaml).unwrap_or_default(),
        after: after.map(yaml).unwrap_or_default(),
    }
}

/// An object as text. What a Secret holds is replaced by a digest, so that a change shows and the content
/// does not.
fn yaml(value: &Value) -> String {
    let mut value = value.clone();
    if value["kind"] == "Secret" {
        for field in ["data", "stringData"] {
            for (_, content) in value[field].as_object_mut().into_iter().flatten() {
                let digest = sha256(content.to_string().as_bytes());
                *content = json!(format!("(secret, {})", digest.get(..12).unwrap_or_default()));
            }
        }
    }
    serde_norway::to_string(&value).unwrap_or_default()
}

/// Values of passwords and files: those in effect, and those of the live revision.
pub(crate) fn secrets(evaluation: &Evaluation, live: Option<&RevisionContent>) -> Vec<String> {
    let mut secrets = Vec::new();
    let old: ConfigContent =
        live.and_then(|live| serde_json::from_value(live.config.clone()).ok()).unwrap_or_default();
    for rendered in evaluation.groups.iter().flat_map(|group| &group.items) {
        if matches!(rendered.item.kind.as_str(), "password" | "file") {
            let name = &rendered.item.name;
            secrets.push(rendered.effective.value.clone());
            secrets.extend(old.given.get(name).map(|held| held.value.clone()));
            secrets.extend(old.generated.get(name).cloned());
        }
    }
    // Shorter ones would mask half of every text and are guessed anyway.
    secrets.retain(|secret| secret.len() >= 4);
    secrets
}

/// Replaces secret values wherever a chart or manifest spells them out.
pub(super) fn mask(charts: &mut [ChartChange], manifests: &mut [ManifestChange], secrets: &[String]) {
    let objects = charts.iter_mut().flat_map(|chart| &mut chart.objects);
    for diff in objects.chain(manifests.iter_mut().map(|manifest| &mut manifest.object)) {
        for text in [&mut diff.before, &mut diff.after] {
            hide(text, secrets);
        }
    }
}

/// Replaces secret values in a text, as they are and in base64.
pub(crate) fn hide(text: &mut String, secrets: &[String]) {
    for secret in secrets {
        for spelled in [secret.clone(), STANDARD.encode(secret)] {
            if text.contains(&spelled) {
                let digest = sha256(secret.as_bytes());
                let mask = format!("(secret, {})", digest.get(..12).unwrap_or_default());
                *text = text.replace(&spelled, &mask);
            }
        }
    }
}

/// What applying the plain manifests would change, as the API server says.
pub(super) async fn manifests(from: &Ingredients<'_>, text: &str) -> Result<Vec<ManifestChange>, WireError> {
    let wanted = objects("of the release", text, from.namespace).map_err(|error| {
        WireError::bad_input(chain(&error)).hint("The package needs to be mended by its vendor.")
    })?;
    let Some(cluster) = from.cluster else {
        let new = |object: &Object| ManifestChange { object: diff(&object.id, None, Some(&object.value)) };
        return Ok(wanted.iter().map(new).collect());
    };
    let mut changes = Vec::new();
    for object in &wanted {
        let before = cluster.find(&object.id).await;
        let before = before.map_err(|error| unreadable("A plain manifest cannot be compared", &error))?;
        let held = before.as_ref().map(|held| projected(held, &object.value));
        changes.push(ManifestChange { object: diff(&object.id, held.as_ref(), Some(&object.value)) });
    }
    let inventory = cluster.inventory(from.namespace, &from.bundle.meta.app_slug).await;
    let inventory =
        inventory.map_err(|error| unreadable("The inventory of plain manifests cannot be read", &error))?;
    for id in inventory.iter().filter(|id| !wanted.iter().any(|object| object.id == **id)) {
        if let Ok(Some(held)) = cluster.find(id).await {
            let shape = json!({ "apiVersion": "", "kind": "", "metadata": { "name": "" }, "spec": held["spec"], "data": held["data"] });
            let held = projected(&held, &shape);
            changes.push(ManifestChange { object: diff(id, Some(&held), None) });
        }
    }
    Ok(changes)
}

/// Of what is there, the fields that the manifest speaks of: what the API server added is no difference.
fn projected(held: &Value, shape: &Value) -> Value {
    match (held, shape) {
        (Value::Object(held), Value::Object(shape)) => {
            let known = shape
                .iter()
                .filter_map(|(name, shape)| Some((name.clone(), projected(held.get(name)?, shape))));
            Value::Object(known.collect())
        }
        (Value::Array(held), Value::Array(shape)) if held.len() == shape.len() => {
            Value::Array(held.iter().zip(shape).map(|(held, shape)| projected(held, shape)).collect())
        }
        (held, _) => held.clone(),
    }
}

/// Config values, old to new. Passwords and files show only that they changed.
pub(super) fn config(config: &Config, old: Option<&ConfigContent>, new: &ConfigContent) -> Vec<ConfigChange> {
    let value = |content: Option<&ConfigContent>, name: &str| {
        content.and_then(|content| content.given.get(name)).map(|held| held.value.clone()).unwrap_or_default()
    };
    let mut names: Vec<&String> =
        new.given.keys().chain(old.iter().flat_map(|old| old.given.keys())).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let (before, after) = (value(old, name), value(Some(new), name));
            // A further value of a repeatable item has a name of its own.
            let repeated = [Some(new), old].into_iter().flatten().find_map(|content| content.given.get(name));
            let repeated = repeated.and_then(|held| config.item(&held.repeatable_item));
            let item = config.item(name).or(repeated.filter(|item| item.repeatable));
            let change = match (before.is_empty(), after.is_empty(), item) {
                (_, _, None) => Change::Remove,
                (true, false, _) => Change::Add,
                (false, true, _) => Change::Remove,
                _ if before == after => return None,
                _ => Change::Change,
            };
            let secret = item.is_none_or(|item| matches!(item.kind.as_str(), "password" | "file"));
            let shown = |text: String| if secret || text.is_empty() { String::new() } else { text };
            let title = item.map(|item| item.title.clone()).unwrap_or_default();
            Some(ConfigChange {
                name: name.clone(),
                title,
                change,
                old: shown(before),
                new: shown(after),
                secret,
            })
        })
        .collect()
}
