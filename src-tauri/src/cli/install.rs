//! `install`, `upgrade` and `rollback`: import, create, configure, plan, ask, start, follow.

use std::io::{IsTerminal, Write};
use std::path::Path;

use longshore_contract::WireError;
use serde_json::{Value, json};

use super::args::{Output, StartArguments};
use super::session::Session;
use super::{answers, follow, print};

/// Imports a file and gives the bundle's id.
pub(super) async fn import(session: &Session, file: &Path) -> Result<String, WireError> {
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let status = session.call("bundle_import", json!({ "path": path.display().to_string() })).await?;
    imported(session, status).await
}

/// Shows how far an import is until it ends, and gives the bundle's id.
pub(super) async fn imported(session: &Session, mut status: Value) -> Result<String, WireError> {
    let bar = print::bytes_bar(session.output, status["total"].as_u64().unwrap_or_default(), "Importing");
    while status["state"] == "running" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        status = session.call("bundle_import_status", json!({ "import": status["id"] })).await?;
        bar.set_position(status["done"].as_u64().unwrap_or_default());
    }
    bar.finish_and_clear();
    match serde_json::from_value::<Option<WireError>>(status["error"].clone()) {
        Ok(Some(error)) => Err(error),
        _ => Ok(status["bundle"].as_str().unwrap_or_default().to_owned()),
    }
}

/// Installs or upgrades.
pub(super) async fn start(
    session: &Session,
    workflow: &str,
    arguments: StartArguments,
) -> Result<u8, WireError> {
    let sent = arguments.values.sent()?;
    let site = session.site(&arguments.site).await?;
    let bundle = bundle(session, &arguments.bundle).await?;
    let at_once = arguments.workers_at_once;
    let create = json!({ "site": site, "workflow": workflow, "bundle": bundle, "workersAtOnce": at_once });
    let view = session.call("run_create", create).await?;
    let run = view["summary"]["id"].as_str().unwrap_or_default().to_owned();
    for warning in view["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        print::note(warning);
    }
    session.call("config_set", json!({ "run": run, "values": sent })).await?;
    if workflow == "install" {
        let settings = arguments.settings.settings();
        session.call("installation_set", json!({ "run": run, "settings": settings })).await?;
    }
    let plan = session.call("run_plan", json!({ "run": run })).await?;
    if arguments.plan_only {
        session.print("run_plan", &plan);
        return Ok(0);
    }
    if session.output == Output::Text {
        print::line(answers::text("run_plan", &plan).trim_end());
    }
    if !arguments.yes && !agreed(&plan)? {
        print::note("Nothing was changed.");
        return Ok(0);
    }
    let request = json!({ "run": run, "planDigest": plan["digest"], "bypass": arguments.bypass_preflights });
    session.call("run_execute", request).await?;
    follow::to_end(session, &run, 0).await
}

/// A bundle by its file, which is imported, or by the beginning of its id.
pub(super) async fn bundle(session: &Session, text: &str) -> Result<String, WireError> {
    let file = Path::new(text);
    if file.is_file() { import(session, file).await } else { known(session, text).await }
}

/// A bundle of the library by the beginning of its id.
async fn known(session: &Session, text: &str) -> Result<String, WireError> {
    let found = session.call("bundle_get", json!({ "bundle": text })).await.map_err(|error| {
        if text.contains(['/', '.']) {
            WireError::bad_input(format!("{text} is no file that can be read"))
        } else {
            error
        }
    })?;
    Ok(found["summary"]["id"].as_str().unwrap_or_default().to_owned())
}

fn agreed(plan: &Value) -> Result<bool, WireError> {
    if !std::io::stdin().is_terminal() {
        return Err(WireError::bad_input("Nobody can be asked whether to start")
            .hint("Add --yes to start without being asked, or --plan-only to see the plan."));
    }
    let steps = plan["steps"].as_array().map_or(0, Vec::len);
    eprint!("Start these {steps} steps? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| WireError::bad_input(format!("The answer cannot be read: {error}")))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Rolls back what the site's newest upgrade did.
pub(super) async fn rollback(
    session: &Session,
    site: &str,
    revision: Option<u64>,
    no_wait: bool,
) -> Result<u8, WireError> {
    let site = session.site(site).await?;
    let runs = session.call("run_list", json!({ "site": site })).await?;
    let runs = runs["runs"].as_array().cloned().unwrap_or_default();
    let newest = runs.iter().find(|run| run["workflow"] == "upgrade").ok_or_else(|| {
        WireError::not_found("No upgrade of this site is known here, so there is nothing to go back from")
            .hint("`longshore run list` shows the runs there are.")
    })?;
    let view = session.call("run_rollback", json!({ "run": newest["id"], "revision": revision })).await?;
    let run = view["summary"]["id"].as_str().unwrap_or_default().to_owned();
    if no_wait {
        session.print("run_get", &view);
        return Ok(0);
    }
    follow::to_end(session, &run, 0).await
}
