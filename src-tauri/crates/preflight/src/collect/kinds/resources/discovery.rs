//! What the API server has: its groups, and the resources of each.

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::AT_ONCE;
use crate::collect::job::{Job, text};
use crate::collect::reads::GROUPS;
use crate::collect::world::Refusal;

const FILE: &str = "cluster-resources/groups.json";
const ERRORS: &str = "cluster-resources/groups-resources-errors.json";

/// Keeps both.
pub(super) async fn collect(job: &Job<'_>) {
    let found = match job.cluster().get("/apis").await {
        Ok(found) => found.unwrap_or_default(),
        Err(refusal) => {
            job.kept.json(ERRORS, &json!([refusal.words()]));
            job.kept.refuse(FILE, refusal.clone());
            return job.kept.refuse(GROUPS, refusal);
        }
    };
    let version = json!({ "groupVersion": "v1", "version": "v1" });
    let mut groups = vec![json!({ "name": "", "versions": [version], "preferredVersion": version })];
    groups.extend(found["groups"].as_array().cloned().unwrap_or_default());
    let versions: Vec<String> = groups
        .iter()
        .flat_map(|group| group["versions"].as_array().into_iter().flatten())
        .map(|version| text(version, "/groupVersion").to_owned())
        .collect();
    job.kept.json(FILE, &Value::Array(groups));
    let lists: Vec<(String, Result<Option<Value>, Refusal>)> = stream::iter(versions)
        .map(|version| async move {
            let root = if version.contains('/') { "/apis/" } else { "/api/" };
            let found = job.cluster().get(&format!("{root}{version}")).await;
            (version, found)
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (version, found) in lists {
        match found {
            Ok(Some(list)) => all.push(list),
            // That there is such a group is all that most checks ask.
            Ok(None) => all.push(json!({ "groupVersion": version })),
            Err(refusal) => {
                errors.push(format!("{version}: {}", refusal.words()));
                all.push(json!({ "groupVersion": version }));
            }
        }
    }
    job.kept.json(GROUPS, &Value::Array(all));
    if !errors.is_empty() {
        job.kept.json(ERRORS, &json!(errors));
    }
}
