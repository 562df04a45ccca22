//! What the window may call.

use std::path::PathBuf;
use std::sync::Arc;

use longshore_contract::{Commands, EventsRequest, RunEvent, RunId, Settings, WireError};
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};

use super::desk::Desk;
use super::dropped::{Dropped, DroppedFile};
use super::streams::Streams;
use super::{leave, window};

/// Calls a command of the list by its name.
#[tauri::command]
pub(super) async fn call<R: Runtime>(
    handle: AppHandle<R>,
    desk: State<'_, Arc<Desk>>,
    name: String,
    request: Option<Value>,
) -> Result<Value, WireError> {
    let answer = desk.app.call(&desk.caller, &name, request.unwrap_or_default()).await?;
    if name == "settings_set"
        && let Ok(settings) = serde_json::from_value::<Settings>(answer.clone())
    {
        window::colour(&handle, settings.theme);
    }
    Ok(answer)
}

/// Sends a run's events after a cursor through a channel, until the run is over, the page is gone, or
/// [`run_events_end`] is called with the channel's id.
#[tauri::command]
pub(super) async fn run_events_stream(
    desk: State<'_, Arc<Desk>>,
    run: RunId,
    since: Option<u64>,
    channel: Channel<RunEvent>,
) -> Result<(), WireError> {
    // Asked once before anything is promised: a run that is not there is refused here and not in silence.
    let first = EventsRequest { run, since: since.unwrap_or_default(), wait_ms: 0 };
    let page = desk.app.run_events(&desk.caller, first.clone()).await?;
    Streams::begin(&desk, first.run, page, channel);
    Ok(())
}

/// Ends a stream of events.
#[tauri::command]
pub(super) async fn run_events_end(desk: State<'_, Arc<Desk>>, channel: u32) -> Result<(), WireError> {
    desk.streams.end(channel);
    Ok(())
}

/// Reads a file that was just dropped on the window, for the field that it was dropped on.
#[tauri::command]
pub(super) async fn dropped_file(
    dropped: State<'_, Dropped>,
    path: PathBuf,
) -> Result<DroppedFile, WireError> {
    dropped.read(&path)
}

/// The longest that a page's failure is logged with, in characters: it is for people to read, not a way to fill a disk.
const LONGEST: usize = 200;

/// Logs what went wrong in the page without anybody seeing it.
#[tauri::command]
pub(super) fn page_failed(what: &str, r#where: &str) {
    let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
    tracing::error!(what = %short(what), place = %short(r#where), "the page failed");
}

/// Closes the window as its close button does.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "what a command gets, it gets by value")]
pub(super) fn window_close<R: Runtime>(handle: AppHandle<R>) {
    window::close(&handle);
}

/// Leaves; asks first when that stops a run.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "what a command gets, it gets by value")]
pub(super) fn quit<R: Runtime>(handle: AppHandle<R>) {
    leave::quit(&handle);
}
