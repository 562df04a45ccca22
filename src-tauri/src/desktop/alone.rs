//! One process has the window of a data folder; a further start has it shown and ends.
//!
//! The plugin for that looks only after the toolkit has come up, and then ends the process under threads that the toolkit
//! has begun: once in a few hundred times one of them dies of it. A lock on the folder says before, which of the two a
//! process is. The plugin stays for what asks it, and for systems where nobody can be asked.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use longshore_contract::{ErrorCode, WireError};

/// How long the process that has the window may take to show it, or to leave.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long one question waits for its answer.
const ANSWER: Duration = Duration::from_secs(5);
const PACE: Duration = Duration::from_millis(50);

/// How a start goes on.
#[derive(Debug)]
pub(super) enum Start {
    /// With a window of its own, for as long as this is held.
    Opens(Option<File>),
    /// Another process has shown its window.
    Ends,
}

/// Takes the place of the window of a data folder, or has its window shown by the process that `name` is of on the bus.
///
/// # Errors
/// When another process has the place and does not answer.
pub(super) fn start(data: &Path, name: &str) -> Result<Start, WireError> {
    start_within(PATIENCE, data, || ask(name))
}

fn start_within(
    patience: Duration,
    data: &Path,
    mut ask: impl FnMut() -> Result<Asked, String>,
) -> Result<Start, WireError> {
    let path = data.join("window.lock");
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
    // A folder that cannot be written is refused with its name when the application is opened.
    let Ok(file) = opened else { return Ok(Start::Opens(None)) };
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Start::Opens(Some(file))),
            Err(TryLockError::Error(_)) => return Ok(Start::Opens(None)),
            Err(TryLockError::WouldBlock) => {}
        }
        // It may be about to come up, or to leave.
        let why = match ask() {
            Ok(Asked::Shown) => return Ok(Start::Ends),
            Ok(Asked::Nobody) => return Ok(Start::Opens(None)),
            Err(why) => why,
        };
        if begun.elapsed() > patience {
            let message =
                format!("Another process has the window of {} and does not answer: {why}", data.display());
            let hint = format!(
                "End it (`fuser {}` names it), or choose another folder with --data.",
                path.display()
            );
            return Err(WireError::new(ErrorCode::Unreachable, message).hint(hint));
        }
        sleep(PACE);
    }
}

/// What came of the question for the window.
enum Asked {
    Shown,
    /// There is no bus on which anybody could be asked.
    Nobody,
}

/// Asks as the plugin does, whose other half answers.
#[cfg(target_os = "linux")]
fn ask(name: &str) -> Result<Asked, String> {
    let connection =
        zbus::blocking::connection::Builder::session().and_then(|bus| bus.method_timeout(ANSWER).build());
    let Ok(connection) = connection else { return Ok(Asked::Nobody) };
    let name = format!("{name}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let nothing: (Vec<String>, &str) = (Vec::new(), "");
    let interface = Some("org.SingleInstance.DBus");
    let answer =
        connection.call_method(Some(name.as_str()), path.as_str(), interface, "ExecuteCallback", &nothing);
    answer.map(|_| Asked::Shown).map_err(|error| longshore_contract::chain(&error))
}

#[cfg(not(target_os = "linux"))]
fn ask(_: &str) -> Result<Asked, String> {
    Ok(Asked::Nobody)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(data: &Path, ask: impl FnMut() -> Result<Asked, String>) -> Result<Start, WireError> {
        start_within(Duration::from_millis(200), data, ask)
    }

    #[test]
    fn a_folder_has_one_window() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path();
        let never = || unreachable!("nobody is asked");
        let first = again(data, never).expect("it begins");
        assert!(matches!(first, Start::Opens(Some(_))), "nobody was before it: {first:?}");

        let shown = again(data, || Ok(Asked::Shown)).expect("it is answered");
        assert!(matches!(shown, Start::Ends), "the first has shown its window: {shown:?}");
        let alone = again(data, || Ok(Asked::Nobody)).expect("it begins");
        assert!(matches!(alone, Start::Opens(None)), "without a bus there is a window more: {alone:?}");
        let silent = again(data, || Err("no reply".to_owned())).expect_err("the first is silent");
        assert_eq!(silent.code, ErrorCode::Unreachable, "{silent:?}");
        assert!(silent.message.contains(&data.display().to_string()), "the folder is named: {silent:?}");

        let mut first = Some(first);
        let left = again(data, || {
            first = None;
            Err("no reply".to_owned())
        });
        assert!(
            matches!(left, Ok(Start::Opens(Some(_)))),
            "it comes in the place of one that leaves: {left:?}"
        );
        drop(left);
        let nowhere = again(&data.join("gone"), never).expect("it begins");
        assert!(
            matches!(nowhere, Start::Opens(None)),
            "what cannot be taken is told by the application: {nowhere:?}"
        );
    }
}
