//! The desktop window: one web view over the command list.
//!
//! The window keeps nothing. It calls commands by name, is told what changed and follows runs from a cursor, so
//! it may be closed and opened again at any time. The process stays while it executes a run, and no longer.

mod alone;
mod commands;
mod desk;
mod dropped;
mod events;
mod leave;
mod logs;
mod menu;
mod streams;
mod tray;
mod window;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use longshore_contract::WireError;
use tauri::async_runtime::JoinHandle;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Builder, Context, Runtime};
use tauri_plugin_window_state::StateFlags;

use crate::app::{App, OpenError, Options, Place};
use desk::Desk;

/// Installs and upgrades vendor-packaged Kubernetes applications on remote sites.
#[derive(Debug, Parser)]
#[command(name = "longshore-desktop", version)]
struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// Opens the window and stays until the operator leaves.
pub fn main() -> ExitCode {
    match Arguments::parse().place.options().and_then(run) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            eprintln!("{}. {}", error.message.trim_end_matches('.'), error.hint);
            ExitCode::from(error.code.exit_code())
        }
    }
}

fn run(options: Options) -> Result<i32, WireError> {
    if cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none())
    {
        let hint =
            "The command line, longshore, needs none; longshore serve shows the same window in a browser.";
        return Err(WireError::bad_input("There is no display to open a window on").hint(hint));
    }
    logs::begin(&options.data);
    let data = options.data.clone();
    let name = name(&data);
    let alone::Start::Opens(_place) = alone::start(&data, &name)? else { return Ok(0) };
    // Beside the window's own libraries, which take as long to come up.
    let opening = begin(options);
    let builder = Builder::default()
        .plugin(one_process(&name))
        .plugin(geometry(&data))
        .on_menu_event(menu::chosen)
        .setup(move |app| {
            if let Err(error) = open(app.handle(), opening) {
                leave::refuse(app.handle(), &error.message);
            }
            Ok(())
        });
    #[cfg(target_os = "macos")]
    let builder = builder.menu(menu::bar);
    let app = shell(builder).build(context()).map_err(|error| WireError::internal(&error))?;
    Ok(app.run_return(|_, _| {}))
}

/// What tauri.conf.json says: the window, its content policy, what it may call, and the user interface.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// What the window may call, and how it is closed; for any runtime.
pub fn shell<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder
        .plugin(tauri_plugin_dialog::init())
        .manage(dropped::Dropped::default())
        .on_window_event(|window, event| {
            dropped::heard(window, event);
            leave::closing(window, event);
        })
        .on_page_load(streams::end_with_page)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::run_events_stream,
            commands::run_events_end,
            commands::dropped_file,
            commands::page_failed,
            commands::window_close,
            commands::quit
        ])
}

/// An application that is being opened.
pub struct Opening(JoinHandle<Result<Arc<App>, OpenError>>);

/// Begins to open the application that `options` describe.
pub fn begin(options: Options) -> Opening {
    // Inside the runtime that commands run on: whatever the application starts belongs there.
    Opening(tauri::async_runtime::spawn(async move { App::open(&options) }))
}

/// Opens the window of an application.
///
/// # Errors
/// When the data, its key or helm cannot be used, or there is no window to be had.
pub fn open<R: Runtime>(handle: &AppHandle<R>, opening: Opening) -> Result<(), WireError> {
    let opened = tauri::async_runtime::block_on(opening.0).map_err(|error| WireError::internal(&error))?;
    let opened = opened.map_err(|error| WireError::internal(&error))?;
    let desk = Desk::begin(handle, opened);
    window::open(handle, &desk).map_err(|error| WireError::internal(&error).hint("Is there a display?"))
}

/// The name on the session's bus of the process that has a data folder's window.
fn name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    std::path::absolute(data).unwrap_or_else(|_| data.to_owned()).hash(&mut hasher);
    format!("dev.longshore.desktop.d{:016x}", hasher.finish())
}

/// A second start for the same data folder shows the window of the first.
fn one_process<R: Runtime>(name: &str) -> TauriPlugin<R> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(name)
        .callback(|handle, _, _| window::show(handle))
        .build()
}

/// Size and place of the window, kept beside the data.
fn geometry<R: Runtime>(data: &Path) -> TauriPlugin<R> {
    let file = std::path::absolute(data).unwrap_or_else(|_| data.to_owned()).join("window.json");
    tauri_plugin_window_state::Builder::default()
        .with_filename(file.display().to_string())
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}
