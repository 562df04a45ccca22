//! Routes per site and workflow: other doors to commands, with the site's newest run of that workflow
//! filled in.

use longshore_contract::{Caller, RunList, SiteList, SiteRoute, Target, WireError, Workflow};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::answer::Refusal;
use crate::app::App;

/// The fields that the route fills in.
///
/// # Errors
/// When there is no such site, it is made of something else, or it has no such run.
pub(super) async fn fill(
    app: &App,
    caller: &Caller,
    route: &SiteRoute,
    path: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let id = path.get("site").and_then(Value::as_str).unwrap_or_default();
    let sites: SiteList = ask(app, caller, "site_list", json!({})).await?;
    let site = sites.sites.into_iter().find(|site| site.id.0 == id).ok_or_else(|| {
        WireError::not_found(format!("There is no site {id}")).hint("GET /api/sites lists those there are.")
    })?;
    if site.target != route.target {
        let (is, wanted) = (name_of_target(site.target), name_of_target(route.target));
        let error = WireError::not_found(format!("Site {} is a {is} site, not a {wanted} site", site.name));
        return Err(error.hint(format!("Use its routes below /api/sites/{id}/{is}.")).into());
    }
    let runs: RunList = ask(app, caller, "run_list", json!({ "site": id })).await?;
    let newest = runs.runs.into_iter().find(|run| run.workflow == route.workflow).ok_or_else(|| {
        let workflow = name_of_workflow(route.workflow);
        let body = json!({ "site": id, "workflow": workflow, "bundle": "…" });
        WireError::not_found(format!("Site {} has no {workflow} run yet", site.name))
            .hint(format!("Create one with POST /api/runs {body}."))
    })?;
    Ok(Map::from_iter([("run".to_owned(), Value::from(newest.id.0))]))
}

async fn ask<T: DeserializeOwned>(
    app: &App,
    caller: &Caller,
    name: &str,
    request: Value,
) -> Result<T, WireError> {
    let answer = app.call(caller, name, request).await?;
    serde_json::from_value(answer).map_err(|error| WireError::internal(&error))
}

fn name_of_target(target: Target) -> &'static str {
    match target {
        Target::Linux => "linux",
        Target::Kubernetes => "kubernetes",
    }
}

fn name_of_workflow(workflow: Workflow) -> &'static str {
    match workflow {
        Workflow::Install => "install",
        Workflow::Upgrade => "upgrade",
        Workflow::Rollback => "rollback",
        Workflow::Preflight => "preflight",
        Workflow::Reset => "reset",
        Workflow::Restore => "restore",
    }
}
