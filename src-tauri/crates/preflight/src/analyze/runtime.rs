//! `containerRuntime`: what the nodes run containers with.

use super::outcome::Unjudged;
use super::{Check, Judged};

pub(super) fn container_runtime(check: &Check<'_>) -> Judged {
    let nodes = check.items("cluster-resources/nodes.json")?;
    let found: Vec<String> = nodes
        .iter()
        .filter_map(|node| {
            let version = node["status"]["nodeInfo"]["containerRuntimeVersion"].as_str()?;
            Some(version.split("://").next().unwrap_or(version).to_owned())
        })
        .collect();
    let outcome = check.first(|when| match when.split(' ').collect::<Vec<_>>()[..] {
        ["=" | "==" | "===", wanted] => Ok(found.iter().any(|found| found == wanted)),
        [_, _] => Ok(false),
        _ => Err(Unjudged(format!("`when: {when}` cannot be read: `== containerd` is the form"))),
    })?;
    Ok(vec![check.result(&check.title("Container Runtime"), &outcome)])
}
