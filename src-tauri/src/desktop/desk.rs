//! What the window's commands work with.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use longshore_contract::{Caller, Door};
use tauri::{AppHandle, Manager, Runtime};

use super::events;
use super::streams::Streams;
use crate::app::App;

/// The application and who sits before it.
pub(super) struct Desk {
    pub(super) app: Arc<App>,
    pub(super) caller: Caller,
    pub(super) streams: Streams,
    /// Set once the operator has said that runs shall stop and the process end.
    pub(super) leaving: AtomicBool,
}

impl Desk {
    /// Takes its place in the shell, and tells the window from now on what changes.
    pub(super) fn begin<R: Runtime>(handle: &AppHandle<R>, app: Arc<App>) -> Arc<Self> {
        let caller = Caller { who: crate::cli::who(), door: Door::Desktop };
        let desk =
            Arc::new(Self { app, caller, streams: Streams::default(), leaving: AtomicBool::new(false) });
        handle.manage(Arc::clone(&desk));
        tauri::async_runtime::spawn(events::forward(handle.clone(), Arc::clone(&desk)));
        desk
    }
}
