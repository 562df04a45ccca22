//! What an operator does before a run can be seen: a site, a bundle, a run of them. Through the page's own door.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use longshore_lab::Lab;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::part::until;
use crate::tools::application;
use crate::window::{Program, Window};

/// How long an import or a run may take.
pub const PATIENCE: Duration = Duration::from_mins(3);

/// Opens our window with a data folder of its own and the lab's helm.
///
/// # Errors
/// When it does not come up.
pub fn open(lab: &Lab) -> Result<Window> {
    let path = application("longshore-desktop", "debug")?;
    let home: TempDir = tempfile::Builder::new().prefix("longshore-").tempdir()?;
    let data = home.path().join("data").display().to_string();
    let helm = lab.helm().display().to_string();
    let arguments = ["--data", &data, "--helm", &helm].map(str::to_owned).to_vec();
    Window::open(Program { path, arguments }, home)
}

/// Adds the lab's cluster as a site and gives its id.
///
/// # Errors
/// What the engine refuses.
pub fn add_site(window: &Window, lab: &Lab, name: &str, namespace: &str) -> Result<Value> {
    let kubernetes = json!({
        "kubeconfig": { "type": "file", "path": lab.kubeconfig() },
        "context": lab.context(),
        "namespace": namespace,
        "registry": { "address": lab.registry(), "namespace": "tidewater", "insecure": true },
    });
    let site = window.page.call("site_add", &json!({ "name": name, "kubernetes": kubernetes }))?;
    Ok(site["summary"]["id"].clone())
}

/// Imports a version of the sample application and gives the bundle's id.
///
/// # Errors
/// What the engine refuses.
pub fn import(window: &Window, version: &str) -> Result<Value> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let bundle = longshore_sample::build(version, &target.join("bundles"), &target.join("sample"))?;
    let import = window.page.call("bundle_import", &json!({ "path": bundle }))?["id"].clone();
    until("the import", PATIENCE, || {
        match window.page.call("bundle_import_status", &json!({ "import": import }))? {
            status if status["state"] == "done" => Ok(status["bundle"].clone()),
            status => bail!("it is {status}"),
        }
    })
}

/// Starts to install or upgrade and gives the run's id.
///
/// # Errors
/// What the engine refuses.
pub fn start(window: &Window, workflow: &str, site: &Value, bundle: &Value) -> Result<Value> {
    let page = &window.page;
    let request = json!({ "site": site, "workflow": workflow, "bundle": bundle });
    let run = page.call("run_create", &request)?["summary"]["id"].clone();
    let contact = json!({ "type": "set", "value": "harbour@tidewater.example" });
    let values = if workflow == "upgrade" { json!({ "contact_email": contact }) } else { json!({}) };
    page.call("config_set", &json!({ "run": run, "values": values }))?;
    if workflow == "install" {
        page.call("installation_set", &json!({ "run": run, "settings": {} }))?;
    }
    page.call("run_execute", &json!({ "run": run }))?;
    Ok(run)
}

/// Waits for the end of a run.
///
/// # Errors
/// When it does not end, or fails.
pub fn finished(window: &Window, run: &Value) -> Result<()> {
    let summary = until("the end of the run", PATIENCE, || {
        let view = window.page.call("run_get", &json!({ "run": run }))?;
        if view["summary"]["executing"] == true { bail!("it goes on") } else { Ok(view["summary"].clone()) }
    })?;
    let state = summary["state"].as_str().context("a run has a state")?;
    if state == "Succeeded" { Ok(()) } else { bail!("it ended in {state}: {}", summary["failure"]) }
}

/// Shows a run.
///
/// # Errors
/// When the page does not answer.
pub fn show(window: &Window, run: &Value) -> Result<()> {
    let place = "history.replaceState({ place: { screen: 'run', run: arguments[0] }, index: 0 }, ''); location.reload()";
    window.page.run(place, std::slice::from_ref(run)).map(drop)?;
    window.page.until("document.querySelector('h1, h2')")
}
