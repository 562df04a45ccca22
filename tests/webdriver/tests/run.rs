//! A run and the window it was started in: closed, opened again, closed for good.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use longshore_lab::{Lab, Namespace};
use longshore_webdriver::{Program, Shown, Window, application, until};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(2);

fn open(lab: &Lab) -> Window {
    let path = application("longshore-desktop", "debug").expect("the window is built");
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().join("data").display().to_string();
    let helm = lab.helm().display().to_string();
    let arguments = ["--data", &data, "--helm", &helm].map(str::to_owned).to_vec();
    Window::open(Program { path, arguments }, home).expect("the window opens")
}

/// Starts to install Tidewater on the lab's cluster and gives the run's id.
fn install(window: &Window, lab: &Lab, namespace: &Namespace) -> Result<Value> {
    let page = &window.page;
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let bundle = longshore_sample::build("1.0.0", &target.join("bundles"), &target.join("sample"))?;
    let kubernetes = json!({
        "kubeconfig": { "type": "file", "path": lab.kubeconfig() },
        "context": lab.context(),
        "namespace": namespace.name,
        "registry": { "address": lab.registry(), "namespace": "tidewater", "insecure": true },
    });
    let site =
        page.call("site_add", &json!({ "name": "site", "kubernetes": kubernetes }))?["summary"]["id"].clone();
    let import = page.call("bundle_import", &json!({ "path": bundle }))?["id"].clone();
    let bundle = until("the import", PATIENCE, || {
        match page.call("bundle_import_status", &json!({ "import": import }))? {
            status if status["state"] == "done" => Ok(status["bundle"].clone()),
            status => bail!("it is {status}"),
        }
    })?;
    let request = json!({ "site": site, "workflow": "install", "bundle": bundle });
    let run = page.call("run_create", &request)?["summary"]["id"].clone();
    page.call("config_set", &json!({ "run": run, "values": {} }))?;
    page.call("installation_set", &json!({ "run": run, "settings": {} }))?;
    page.call("run_execute", &json!({ "run": run }))?;
    Ok(run)
}

fn shown(window: &Window) -> Shown {
    let all = window.display.windows().expect("the display answers");
    all.into_iter().find(|shown| shown.title == "Longshore").expect("there is our window")
}

fn until_visible(window: &Window, visible: bool) {
    let seen = || if shown(window).visible == visible { Ok(()) } else { bail!("it is not so") };
    until("the window seen or hidden", Duration::from_secs(10), seen).expect("it is");
}

#[test]
fn a_run_goes_on_behind_a_closed_window_and_the_process_ends_with_it() {
    let lab = Lab::shared();
    let namespace = lab.namespace("window");
    let window = open(&lab);
    window.page.text("h1").expect("it has come up");
    let process = window.process().expect("it runs");
    let run = install(&window, &lab, &namespace).expect("the install begins");

    window.display.close(&shown(&window)).expect("it is asked to close");
    until_visible(&window, false);
    let view = window.page.call("run_get", &json!({ "run": run })).expect("the process is there");
    assert_eq!(view["summary"]["executing"], true, "the run goes on: {}", view["summary"]);

    assert!(window.start_again().expect("it is started again").success(), "the second start hands over");
    until_visible(&window, true);

    window.display.close(&shown(&window)).expect("it is asked to close");
    until_visible(&window, false);
    until("the end of the process", PATIENCE, || {
        let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        if state.is_empty() || state.contains(") Z ") { Ok(()) } else { bail!("it runs") }
    })
    .expect("the run is over, and nothing else needs the process");
    let log = std::fs::read_to_string(window.data().join("longshore.log")).unwrap_or_default();
    assert!(!log.contains("a run stopped"), "it went to its end: {log}");
    let page = lab.page(&namespace.name, "tidewater-web").expect("the page answers");
    assert!(page.contains("1.0.0"), "what the run brought is there: {page}");
}
