//! A run and the window it was started in: closed, opened again, closed for good.

use std::time::Duration;

use anyhow::bail;
use longshore_lab::Lab;
use longshore_webdriver::operator::{self, PATIENCE};
use longshore_webdriver::{Shown, Window, until};
use serde_json::json;

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
    let window = operator::open(&lab).expect("the window opens");
    window.page.text("h1").expect("it has come up");
    let process = window.process().expect("it runs");
    let site = operator::add_site(&window, &lab, "site", &namespace.name).expect("a site");
    let bundle = operator::import(&window, "1.0.0").expect("a bundle");
    let run = operator::start(&window, "install", &site, &bundle).expect("the install begins");

    window.display.close(&shown(&window)).expect("it is asked to close");
    until_visible(&window, false);
    let view = window.page.call("run_get", &json!({ "run": run })).expect("the process is there");
    assert_eq!(view["summary"]["executing"], true, "the run goes on: {}", view["summary"]);

    let again = window.start_again().expect("it is started again");
    assert!(again.success(), "the second start hands over: {again}");
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
    lab.page(&namespace.name, "tidewater-web", "version 1.0.0\n").expect("what the run brought is there");
}
