//! Closing the window and quitting.
//!
//! Closing never asks: the window hides while a run is executed here, and the process ends when the run does.
//! Quitting stops runs at their next boundary, so it asks first.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use longshore_contract::{Commands, RunId, RunListRequest, RunSummary, Workflow};
use serde_json::json;
use tauri::{AppHandle, Manager, Runtime, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use super::desk::Desk;
use super::{tray, window};

/// Hides the window instead of closing it while a run needs the process.
pub(super) fn closing<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let Some(desk) = window.try_state::<Arc<Desk>>() else { return };
    let executing = desk.app.executing().len();
    if executing == 0 {
        return;
    }
    api.prevent_close();
    if let Err(error) = window.hide() {
        tracing::warn!(error = %error, "the window cannot be hidden");
    }
    tray::show(window.app_handle(), executing);
}

/// After a run moved: takes the tray icon away, and ends the process that only the run kept alive.
pub(super) fn settle<R: Runtime>(handle: &AppHandle<R>, desk: &Arc<Desk>) {
    let executing = desk.app.executing().len();
    if executing > 0 {
        tray::count(handle, executing);
        return;
    }
    tray::hide(handle);
    if desk.leaving.load(Ordering::Acquire) || !window::is_shown(handle) {
        tauri::async_runtime::spawn(end(handle.clone(), Arc::clone(desk)));
    }
}

/// The operator wants to leave. Asks when that stops a run.
pub(super) fn quit<R: Runtime>(handle: &AppHandle<R>) {
    let Some(desk) = handle.try_state::<Arc<Desk>>().map(|desk| Arc::clone(&desk)) else {
        return handle.exit(0);
    };
    tauri::async_runtime::spawn(ask(handle.clone(), desk));
}

async fn ask<R: Runtime>(handle: AppHandle<R>, desk: Arc<Desk>) {
    let executing = desk.app.executing();
    if executing.is_empty() {
        return end(handle, desk).await;
    }
    let runs = desk.app.run_list(&desk.caller, RunListRequest { site: None, state: None, limit: 0 }).await;
    let runs = runs.map(|list| list.runs).unwrap_or_default();
    let leaving = desk.leaving.load(Ordering::Acquire);
    let (text, verb) =
        if leaving { (unfinished(&runs, &executing), "Quit now") } else { warning(&runs, &executing) };
    window::show(&handle);
    let dialog = handle.dialog().message(text).title("Quit Longshore").kind(MessageDialogKind::Warning);
    let dialog = match handle.get_webview_window(window::LABEL) {
        Some(parent) => dialog.parent(&parent),
        None => dialog,
    };
    let buttons = MessageDialogButtons::OkCancelCustom(verb.to_owned(), "Keep running".to_owned());
    let answered = handle.clone();
    dialog.buttons(buttons).show(move |yes| {
        if yes && leaving {
            answered.exit(0);
        } else if yes {
            tauri::async_runtime::spawn(stop(answered, desk));
        }
    });
}

/// What quitting does to the runs, in words.
fn warning(runs: &[RunSummary], executing: &[RunId]) -> (String, &'static str) {
    let verb = if executing.len() == 1 { "Stop the run and quit" } else { "Stop the runs and quit" };
    let text = format!(
        "{}\n\nQuitting stops what runs after the step it is at. It can be continued later, from Runs.\n\
         To leave it running, close the window instead.",
        named(runs, executing)
    );
    (text, verb)
}

fn unfinished(runs: &[RunSummary], executing: &[RunId]) -> String {
    format!(
        "{}\n\nThe step it is at has not ended yet. Quitting now leaves that step half done; the run can be \
         resumed, which begins with that step.",
        named(runs, executing)
    )
}

fn named(runs: &[RunSummary], executing: &[RunId]) -> String {
    let lines: Vec<String> = executing
        .iter()
        .map(|id| {
            runs.iter().find(|run| run.id == *id).map_or_else(|| format!("Run {id} is running."), sentence)
        })
        .collect();
    lines.join("\n")
}

fn sentence(run: &RunSummary) -> String {
    let what = match run.workflow {
        Workflow::Install => "is being installed",
        Workflow::Upgrade => "is being upgraded to",
        Workflow::Rollback => "is being rolled back",
        Workflow::Preflight => "is being checked",
        Workflow::Reset => "is being taken off its hosts",
        Workflow::Restore => "is being brought back from a backup",
    };
    let release = &run.release;
    match run.workflow {
        Workflow::Upgrade => format!("{}: {} {what} {}.", run.site_name, release.title, release.version),
        _ => format!("{}: {} {} {what}.", run.site_name, release.title, release.version),
    }
}

/// Asks every run to stop; the last one that does ends the process.
async fn stop<R: Runtime>(handle: AppHandle<R>, desk: Arc<Desk>) {
    desk.leaving.store(true, Ordering::Release);
    for run in desk.app.executing() {
        let request = json!({ "run": run, "why": "the operator quit Longshore" });
        // A run that has just ended cannot be stopped any more, which is as well.
        if let Err(error) = desk.app.call(&desk.caller, "run_cancel", request).await {
            tracing::info!(run = %run, error = %error, "a run was not asked to stop");
        }
    }
    settle(&handle, &desk);
}

async fn end<R: Runtime>(handle: AppHandle<R>, desk: Arc<Desk>) {
    desk.app.settle().await;
    handle.exit(0);
}

/// Says why Longshore cannot be opened, and ends.
pub(super) fn refuse<R: Runtime>(handle: &AppHandle<R>, why: &str) {
    tracing::error!(error = %why, "Longshore cannot be opened");
    eprintln!("{}.", why.trim_end_matches('.'));
    let ended = handle.clone();
    handle
        .dialog()
        .message(format!("{}.", why.trim_end_matches('.')))
        .title("Longshore cannot be opened")
        .kind(MessageDialogKind::Error)
        .show(move |_| ended.exit(1));
}
