//! The program is started while another process has the window of its data folder.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};
use longshore_webdriver::{Window, application, until};

/// Rounds for what goes wrong once in a few hundred: some, so that a change which brings it back is seen within days.
const ROUNDS: usize = 20;

fn open() -> Window {
    let binary = application("longshore-desktop", "debug").expect("the window is built");
    Window::longshore(&binary).expect("the window opens")
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([name, &process.to_string()]).status();
    assert!(sent.expect("kill is there").success(), "{name} reaches {process}");
}

/// Whether a process has a connection to the session's bus, which a thread of its own reads.
fn is_connected(process: u32) -> Result<bool> {
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        if fs::read_to_string(thread?.path().join("comm"))?.starts_with("zbus") {
            return Ok(true);
        }
    }
    Ok(false)
}

#[test]
fn every_further_start_shows_the_window_and_ends() {
    let window = open();
    window.page.text("h1").expect("it has come up");
    for round in 0..ROUNDS {
        let ended = window.start_again().expect("it is started again");
        assert!(ended.success(), "round {round}: {ended}");
    }
}

#[test]
fn a_start_whose_first_process_dies_comes_in_its_place() {
    let window = open();
    let first = window.process().expect("it runs");
    signal("-STOP", first);
    let second = window.again().stdin(Stdio::null()).spawn();
    let mut second = second.expect("it is started");
    until("the question to the first process", Duration::from_secs(20), || {
        if is_connected(second.id())? { Ok(()) } else { bail!("it has not asked") }
    })
    .expect("it asks");
    signal("-KILL", first);
    let shown = until("a window", Duration::from_secs(20), || {
        let shown = window.display.windows()?;
        if shown.iter().any(|shown| shown.title == "Longshore" && shown.visible) {
            Ok(())
        } else {
            bail!("there is none: {shown:?}")
        }
    });
    let ended = second.try_wait().expect("it is ours");
    signal("-KILL", second.id());
    second.wait().expect("it ends");
    shown.expect("the second start has a window of its own");
    assert_eq!(ended, None, "and stays");
}
