//! The icon in the system's tray: there only while a run goes on behind a closed window.

use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Runtime};

use super::menu;

const ID: &str = "runs";

/// Shows it. Without a tray the window comes back when Longshore is started again.
pub(super) fn show<R: Runtime>(handle: &AppHandle<R>, executing: usize) {
    if handle.tray_by_id(ID).is_some() {
        return count(handle, executing);
    }
    if !is_possible() {
        return;
    }
    let shown = menu::tray(handle, &words(executing)).and_then(|menu| {
        let mut tray = TrayIconBuilder::with_id(ID).menu(&menu).tooltip(words(executing));
        if let Some(icon) = handle.default_window_icon() {
            tray = tray.icon(icon.clone());
        }
        tray.build(handle).map(drop)
    });
    if let Err(error) = shown {
        tracing::warn!(error = %error, "there is no tray to show an icon in");
    }
}

/// Says how many runs go on, where the icon is shown.
pub(super) fn count<R: Runtime>(handle: &AppHandle<R>, executing: usize) {
    let Some(tray) = handle.tray_by_id(ID) else { return };
    let changed = menu::tray(handle, &words(executing)).and_then(|menu| tray.set_menu(Some(menu)));
    if let Err(error) = changed {
        tracing::warn!(error = %error, "the tray icon's menu cannot be changed");
    }
}

/// Takes it away.
pub(super) fn hide<R: Runtime>(handle: &AppHandle<R>) {
    drop(handle.remove_tray_by_id(ID));
}

fn words(executing: usize) -> String {
    if executing == 1 { "1 run is going on".to_owned() } else { format!("{executing} runs are going on") }
}

/// On Linux the tray's library is loaded on first use by a loader that does not return when it is missing.
fn is_possible() -> bool {
    let names = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    let folders = ["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    !cfg!(target_os = "linux")
        || folders
            .iter()
            .any(|folder| names.iter().any(|name| std::path::Path::new(folder).join(name).is_file()))
}
