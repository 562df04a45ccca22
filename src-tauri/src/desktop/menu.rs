//! Menus: the tray icon's, and on macOS the bar. Elsewhere the window's content has its own commands, and the page
//! brings the shortcuts.

use tauri::menu::{Menu, MenuEvent, MenuItem};
use tauri::{AppHandle, Runtime};

use super::{leave, window};

const CLOSE: &str = "close";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// The tray icon's menu, headed by what keeps the process alive.
pub(super) fn tray<R: Runtime>(handle: &AppHandle<R>, heading: &str) -> tauri::Result<Menu<R>> {
    let heading = MenuItem::new(handle, heading, false, None::<&str>)?;
    let open = MenuItem::with_id(handle, OPEN, "Open Longshore", true, None::<&str>)?;
    let quit = MenuItem::with_id(handle, QUIT, "Quit Longshore", true, None::<&str>)?;
    Menu::with_items(handle, &[&heading, &open, &quit])
}

/// The menu bar, where the editing shortcuts are the menu's.
#[cfg(target_os = "macos")]
pub(super) fn bar<R: Runtime>(handle: &AppHandle<R>) -> tauri::Result<Menu<R>> {
    use tauri::menu::{PredefinedMenuItem as Item, Submenu};
    let close = MenuItem::with_id(handle, CLOSE, "Close window", true, Some("Cmd+W"))?;
    let quit = MenuItem::with_id(handle, QUIT, "Quit Longshore", true, Some("Cmd+Q"))?;
    let file = Submenu::with_items(handle, "Longshore", true, &[&close, &quit])?;
    let (undo, redo) = (Item::undo(handle, None)?, Item::redo(handle, None)?);
    let (cut, copy, paste) =
        (Item::cut(handle, None)?, Item::copy(handle, None)?, Item::paste(handle, None)?);
    let (line, all) = (Item::separator(handle)?, Item::select_all(handle, None)?);
    let edit = Submenu::with_items(handle, "Edit", true, &[&undo, &redo, &line, &cut, &copy, &paste, &all])?;
    Menu::with_items(handle, &[&file, &edit])
}

/// Does what was chosen.
#[expect(clippy::needless_pass_by_value, reason = "the shape that the menu's listener has")]
pub(super) fn chosen<R: Runtime>(handle: &AppHandle<R>, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => window::show(handle),
        QUIT => leave::quit(handle),
        CLOSE => window::close(handle),
        _ => {}
    }
}
