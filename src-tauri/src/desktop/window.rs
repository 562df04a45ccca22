//! The one window.

use longshore_contract::{Commands, Empty, Theme};
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewWindowBuilder};

use super::desk::Desk;
use super::tray;

/// Its label, which tauri.conf.json grants rights to.
pub(super) const LABEL: &str = "main";

/// The page's own background (`--page` in ui/src/tokens.css) in either theme, so that nothing flashes before it is drawn.
const LIGHT: Color = Color(0xf7, 0xfa, 0xfb, 0xff);
const DARK: Color = Color(0x13, 0x18, 0x1a, 0xff);

/// Opens the window that tauri.conf.json describes.
pub(super) fn open<R: Runtime>(handle: &AppHandle<R>, desk: &Desk) -> tauri::Result<()> {
    let configured = handle.config().app.windows.iter().find(|window| window.label == LABEL);
    let configured = configured.ok_or(tauri::Error::WindowNotFound)?;
    let settings = tauri::async_runtime::block_on(desk.app.settings_get(&desk.caller, Empty {}));
    let theme = settings.map(|settings| settings.theme).unwrap_or_default();
    let window = WebviewWindowBuilder::from_config(handle, configured)?
        .theme(native(theme))
        .initialization_script(include_str!("page.js"))
        .on_navigation(is_ours)
        .on_new_window(|url, _| {
            elsewhere(&url);
            NewWindowResponse::Deny
        })
        // What a web view keeps on disk lies with everything else that is the operator's.
        .data_directory(desk.app.data().join("webview"))
        .build()?;
    #[cfg(target_os = "linux")]
    window.with_webview(|view| frugal(&view.inner()))?;
    let dark = window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark);
    window.set_background_color(Some(if dark { DARK } else { LIGHT }))?;
    window.show()
}

/// The one page is the application's own: nothing is played or drawn in three dimensions, and no page is gone back to.
#[cfg(target_os = "linux")]
fn frugal(view: &webkit2gtk::WebView) {
    use webkit2gtk::{CacheModel, SettingsExt as _, WebContextExt as _, WebViewExt};
    if let Some(context) = view.context() {
        context.set_cache_model(CacheModel::DocumentViewer);
    }
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_page_cache(false);
        settings.set_enable_webaudio(false);
        settings.set_enable_webgl(false);
        settings.set_enable_media(false);
        settings.set_enable_html5_database(false);
        settings.set_enable_offline_web_application_cache(false);
    }
}

/// Whether a page is the application's own. Vendors' texts may link anywhere; the window itself goes nowhere.
fn is_ours(url: &Url) -> bool {
    let development = cfg!(debug_assertions) && url.host_str() == Some("localhost");
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || development
}

/// Opens a link in the operator's own browser or mail program.
fn elsewhere(url: &Url) {
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        return tracing::warn!(scheme = url.scheme(), "a link of a kind that is not opened");
    }
    if let Err(error) = open::that_detached(url.as_str()) {
        tracing::warn!(%error, "a link cannot be opened");
    }
}

/// Brings the window back, wherever it was.
pub(super) fn show<R: Runtime>(handle: &AppHandle<R>) {
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(error = %error, "the window cannot be shown");
    }
    tray::hide(handle);
}

/// Closes the window as its close button does.
pub(super) fn close<R: Runtime>(handle: &AppHandle<R>) {
    if let Some(Err(error)) = handle.get_webview_window(LABEL).map(|window| window.close()) {
        tracing::warn!(error = %error, "the window cannot be closed");
    }
}

/// Whether the operator can see it.
pub(super) fn is_shown<R: Runtime>(handle: &AppHandle<R>) -> bool {
    handle.get_webview_window(LABEL).is_some_and(|window| window.is_visible().unwrap_or(true))
}

/// Colours as the operator set them.
pub(super) fn colour<R: Runtime>(handle: &AppHandle<R>, theme: Theme) {
    let window = handle.get_webview_window(LABEL);
    if let Some(Err(error)) = window.map(|window| window.set_theme(native(theme))) {
        tracing::warn!(error = %error, "the window cannot change its colours");
    }
}

/// `None` is as the system says.
fn native(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_pages() {
        let page = |text: &str| is_ours(&text.parse().expect("an address"));
        assert!(page("tauri://localhost/index.html"), "the application's page");
        for other in
            ["https://tidewater.example/", "file:///etc/passwd", "data:text/html,x", "http://10.0.0.1/"]
        {
            assert!(!page(other), "{other} is not ours");
        }
    }
}
