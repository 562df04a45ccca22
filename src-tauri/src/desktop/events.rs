//! What changed in the application, told to the window.

use std::sync::Arc;

use longshore_contract::{AppEvent, Commands, RunListRequest, SiteListRequest, WireError};
use tauri::{AppHandle, Emitter, Runtime};
use tokio::sync::broadcast::error::RecvError;

use super::desk::Desk;
use super::leave;

/// Name under which the window hears of it.
const NAME: &str = "app-event";

/// Tells the window what changes, for as long as the application lives.
pub(super) async fn forward<R: Runtime>(handle: AppHandle<R>, desk: Arc<Desk>) {
    let mut events = desk.app.events();
    loop {
        let missed = match events.recv().await {
            Ok(event) => vec![event],
            Err(RecvError::Lagged(_)) => everything(&desk).await.unwrap_or_else(|error| {
                tracing::warn!(error = %error, "what changed meanwhile cannot be read");
                Vec::new()
            }),
            Err(RecvError::Closed) => return,
        };
        for event in missed {
            let run_moved = matches!(event, AppEvent::RunChanged { .. });
            if let Err(error) = handle.emit(NAME, event) {
                tracing::warn!(error = %error, "the window could not be told of a change");
            }
            if run_moved {
                leave::settle(&handle, &desk);
            }
        }
    }
}

/// What a window that missed something has to read again: all there is.
async fn everything(desk: &Desk) -> Result<Vec<AppEvent>, WireError> {
    let sites =
        desk.app.site_list(&desk.caller, SiteListRequest { search: String::new(), tag: None }).await?.sites;
    let runs =
        desk.app.run_list(&desk.caller, RunListRequest { site: None, state: None, limit: 0 }).await?.runs;
    let sites = sites.into_iter().map(|site| AppEvent::SiteChanged { site: site.id });
    let runs = runs.into_iter().map(|run| AppEvent::RunChanged { run });
    Ok(sites.chain(runs).chain([AppEvent::BundlesChanged { bundle: None }]).collect())
}
