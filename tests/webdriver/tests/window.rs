//! The window itself: it comes up, follows the theme, holds to its policy, and goes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use longshore_webdriver::{Window, application, until};
use serde_json::json;

fn open() -> Window {
    let binary = application("longshore-desktop", "debug").expect("the window is built");
    Window::longshore(&binary).expect("the window opens")
}

fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pictures").join(name)
}

/// What the page complained of.
fn failures(window: &Window) -> Vec<String> {
    window.log().lines().filter(|line| line.contains("the page failed")).map(str::to_owned).collect()
}

#[test]
fn the_window_shows_sites_in_both_themes_and_holds_to_its_policy() {
    let window = open();
    assert_eq!(window.page.text("h1").expect("there is a heading"), "Sites", "it begins where the work does");
    let shown = window.display.windows().expect("the display answers");
    assert!(
        shown.iter().any(|shown| shown.title == "Longshore" && shown.visible),
        "titled and seen: {shown:?}"
    );
    for theme in ["light", "dark"] {
        window.page.call("settings_set", &json!({ "theme": theme })).expect("the theme is set");
        window
            .page
            .until(&format!("matchMedia('(prefers-color-scheme: {theme})').matches"))
            .expect("it follows");
        window.page.picture(&picture(&format!("window-{theme}.png"))).expect("a picture");
    }
    assert_eq!(failures(&window), Vec::<String>::new(), "the page does nothing that its policy forbids");
    // The same log shows what is forbidden, so its silence above means something.
    window.page.run("document.body.setAttribute('style', 'color: red')", &[]).expect("it is tried");
    let told = until("a line in the log", Duration::from_secs(10), || match failures(&window).pop() {
        Some(line) => Ok(line),
        None => bail!("nothing is logged"),
    });
    assert!(told.expect("it is logged").contains("policy: style-src-attr"), "inline styles are forbidden");
}

#[test]
fn closing_an_idle_window_ends_the_process() {
    let window = open();
    window.page.text("h1").expect("it has come up");
    let process = window.process().expect("it runs");
    let shown = window.display.windows().expect("the display answers");
    let shown = shown.iter().find(|shown| shown.title == "Longshore").expect("it is shown");
    window.display.close(shown).expect("it is asked to close");
    until("its end", Duration::from_secs(10), || is_gone(process)).expect("no run keeps it");
}

#[test]
fn a_second_start_shows_the_first_window() {
    let window = open();
    window.page.text("h1").expect("it has come up");
    let second = window.start_again().expect("it is started a second time");
    assert!(second.success(), "the second ends at once, without complaint: {second}");
    let shown = window.display.windows().expect("the display answers");
    let ours = shown.iter().filter(|shown| shown.title == "Longshore" && shown.visible).count();
    assert_eq!(ours, 1, "there is one window: {shown:?}");
}

fn is_gone(process: u32) -> Result<()> {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // What has ended stays listed until its parent, the driver, takes notice.
    if state.is_empty() || state.contains(") Z ") { Ok(()) } else { bail!("it runs") }
}
