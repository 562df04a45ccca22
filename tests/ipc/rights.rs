//! What the window may not call.

use serde_json::json;

use super::Window;

#[test]
fn the_window_may_call_nothing_but_what_it_needs() {
    let window = Window::open();
    for command in [
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:event|emit",
        "plugin:dialog|message",
        "plugin:window-state|restore_state",
        "plugin:app|version",
    ] {
        let refusal = window.invoke(command, json!({})).expect_err("it is not granted");
        let said = refusal.as_str().unwrap_or_default();
        assert!(
            said.contains("not allowed") || said.contains("not found"),
            "{command} is refused for want of a right: {refusal}"
        );
    }
}

#[test]
fn a_page_from_elsewhere_may_call_nothing() {
    let window = Window::open();
    let refusal = window.invoke_from("https://example.org", "call", json!({ "name": "health" }));
    assert!(refusal.is_err(), "only the window's own page reaches the engine: {refusal:?}");
    assert!(window.call("health", &json!({})).is_ok(), "which it does");
}
