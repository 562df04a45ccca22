//! Every command of the list, as the window calls it.

use std::sync::mpsc::channel;

use longshore_contract::COMMANDS;
use serde_json::{Value, json};
use tauri::Listener;
use tauri::async_runtime::block_on;

use super::{PATIENCE, Window, bare};

#[test]
fn every_command_answers_what_the_application_answers() {
    let window = Window::open();
    let (app, caller) = bare(window.data.path());
    for command in COMMANDS {
        let direct = block_on(app.call(&caller, command.name, json!({})));
        let direct = direct.map_err(|error| serde_json::to_value(error).expect("an error is JSON"));
        // The trail has grown by what was called here, a task has an id of its own, a disk fills.
        let counted = |answer: Value| match command.name {
            "audit_list" => Value::Null,
            "library_verify" => answer["kind"].clone(),
            "library_get" => json!([answer["folder"], answer["blobs"], answer["bundles"]]),
            _ => answer,
        };
        assert_eq!(
            window.call(command.name, &json!({})).map(counted),
            direct.map(counted),
            "{} answers the same through the window",
            command.name
        );
    }
}

#[test]
fn a_request_may_be_left_out() {
    let window = Window::open();
    let answer = window.invoke("call", json!({ "name": "site_list" }));
    assert_eq!(answer, Ok(json!({ "sites": [] })), "nothing asked for is an empty request");
}

#[test]
fn refusals_have_the_one_shape() {
    let window = Window::open();
    let unknown = window.call("site_sink", &json!({})).expect_err("there is no such command");
    let missing = window.call("site_get", &json!({ "site": "s-1" })).expect_err("there is no such site");
    let shapeless =
        window.call("site_get", &json!({ "harbour": 1 })).expect_err("the request has no such field");
    insta::assert_json_snapshot!(json!([unknown, missing, shapeless]));
}

#[test]
fn what_changes_something_is_in_the_audit_trail_as_the_windows() {
    let window = Window::open();
    let settings = json!({ "theme": "dark" });
    let stored = window.call("settings_set", &settings).expect("settings are stored");
    assert_eq!(stored["theme"], "dark", "the answer is what was stored");
    let trail = window.call("audit_list", &json!({})).expect("the trail is read");
    assert_eq!(trail["entries"][0]["command"], "settings_set", "the change is there");
    assert_eq!(trail["entries"][0]["door"], "desktop", "and came through the window");
}

#[test]
fn the_window_hears_what_changes() {
    let window = Window::open();
    let (sender, events) = channel();
    window.webview.listen("app-event", move |event| drop(sender.send(event.payload().to_owned())));
    let file = window.data.path().join("no.airgap");
    std::fs::write(&file, b"not an archive").expect("a file");
    let started = window.call("bundle_import", &json!({ "path": file })).expect("the import begins");
    let failed = loop {
        let event = events.recv_timeout(PATIENCE).expect("the import's end is told");
        let event: Value = serde_json::from_str(&event).expect("an event is JSON");
        if event["import"]["state"] == "failed" {
            break event;
        }
    };
    assert_eq!(failed["type"], "importChanged", "it is an AppEvent");
    assert_eq!(failed["import"]["id"], started["id"], "of the import that was begun");
}
