//! The menu, which is little more than its shortcuts: the window's content has its own commands.

use tauri::menu::{Menu, MenuEvent, MenuItem, Submenu};
use tauri::{AppHandle, Manager, Runtime};

use super::{leave, window};

const CLOSE: &str = "close";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// The menu bar.
pub(super) fn bar<R: Runtime>(handle: &AppHandle<R>) -> tauri::Result<Menu<R>> {
    let close = MenuItem::with_id(handle, CLOSE, "Close window", true, Some("CmdOrCtrl+W"))?;
    let quit = MenuItem::with_id(handle, QUIT, "Quit Longshore", true, Some("CmdOrCtrl+Q"))?;
    let file = Submenu::with_items(handle, "Longshore", true, &[&close, &quit])?;
    #[cfg(not(target_os = "macos"))]
    return Menu::with_items(handle, &[&file]);
    // Elsewhere a web view brings the editing shortcuts; on macOS they are the menu's.
    #[cfg(target_os = "macos")]
    Menu::with_items(handle, &[&file, &edit(handle)?])
}

#[cfg(target_os = "macos")]
fn edit<R: Runtime>(handle: &AppHandle<R>) -> tauri::Result<Submenu<R>> {
    use tauri::menu::PredefinedMenuItem as Item;
    let (undo, redo) = (Item::undo(handle, None)?, Item::redo(handle, None)?);
    let (cut, copy, paste) =
        (Item::cut(handle, None)?, Item::copy(handle, None)?, Item::paste(handle, None)?);
    let (line, all) = (Item::separator(handle)?, Item::select_all(handle, None)?);
    Submenu::with_items(handle, "Edit", true, &[&undo, &redo, &line, &cut, &copy, &paste, &all])
}

/// The tray icon's menu, headed by what keeps the process alive.
pub(super) fn tray<R: Runtime>(handle: &AppHandle<R>, heading: &str) -> tauri::Result<Menu<R>> {
    let heading = MenuItem::new(handle, heading, false, None::<&str>)?;
    let open = MenuItem::with_id(handle, OPEN, "Open Longshore", true, None::<&str>)?;
    let quit = MenuItem::with_id(handle, QUIT, "Quit Longshore", true, None::<&str>)?;
    Menu::with_items(handle, &[&heading, &open, &quit])
}

/// Does what was chosen.
#[expect(clippy::needless_pass_by_value, reason = "the shape that the menu's listener has")]
pub(super) fn chosen<R: Runtime>(handle: &AppHandle<R>, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => window::show(handle),
        QUIT => leave::quit(handle),
        CLOSE => {
            if let Some(Err(error)) = handle.get_webview_window(window::LABEL).map(|window| window.close()) {
                tracing::warn!(error = %error, "the window cannot be closed");
            }
        }
        _ => {}
    }
}
