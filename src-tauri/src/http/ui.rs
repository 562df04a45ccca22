//! The user interface for a browser, built into the program.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use longshore_contract::WireError;
use ring::digest::{SHA256, digest};

use super::answer::Refusal;

static BUILT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/ui/dist");

const NOT_BUILT: &[u8] = b"<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Longshore</title></head><body>
<h1>Longshore is running</h1>
<p>This program was built without its user interface. To have it, run <code>npm ci</code> and
<code>npm run build</code> in the folder <code>ui</code>, then build Longshore again.</p>
<p>The API and the command line work as they are.</p>
</body></html>
";

/// A file of the user interface.
struct Asset {
    body: &'static [u8],
    kind: &'static str,
    /// Names its content, so that a browser need not fetch it twice.
    tag: String,
    /// Its name changes with its content.
    hashed: bool,
}

/// All its files, by path.
pub(super) struct Assets(HashMap<String, Asset>);

impl Assets {
    /// As they were built in.
    pub(super) fn built() -> Self {
        let mut files = Vec::new();
        gather(&BUILT, &mut files);
        Self::new(files)
    }

    fn new(files: Vec<(String, &'static [u8])>) -> Self {
        let asset = |(path, body): (String, &'static [u8])| {
            let hash = digest(&SHA256, body);
            let tag: String = hash.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
            let asset = Asset {
                body,
                kind: kind(&path),
                tag: format!("\"{tag}\""),
                hashed: path.starts_with("assets/"),
            };
            (path, asset)
        };
        let mut assets: HashMap<String, Asset> = files.into_iter().map(asset).collect();
        assets
            .entry("index.html".to_owned())
            .or_insert_with(|| asset(("index.html".to_owned(), NOT_BUILT)).1);
        Self(assets)
    }
}

fn gather(folder: &Dir<'static>, files: &mut Vec<(String, &'static [u8])>) {
    for file in folder.files() {
        files.push((file.path().to_string_lossy().into_owned(), file.contents()));
    }
    for inner in folder.dirs() {
        gather(inner, files);
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Answers with a file; `/` is the page itself.
pub(super) fn serve(assets: &Assets, path: &str, headers: &HeaderMap) -> Response {
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let Some(asset) = assets.0.get(name) else {
        let error = WireError::not_found(format!("There is nothing at {path}"));
        return Refusal::from(error.hint("The user interface is at /.")).into_response();
    };
    let caching = if asset.hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let about = [(header::ETAG, asset.tag.as_str()), (header::CACHE_CONTROL, caching)];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.tag)) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, asset.kind)], asset.body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        Assets::new(vec![
            ("index.html".to_owned(), b"<p>page"),
            ("assets/index-1f2e.js".to_owned(), b"let a = 1;"),
        ])
    }

    fn header_of(response: &Response, name: header::HeaderName) -> String {
        let value = response.headers().get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
        value.unwrap_or_default()
    }

    #[test]
    fn the_page_is_asked_for_again_and_hashed_files_are_not() {
        let page = serve(&assets(), "/", &HeaderMap::new());
        assert_eq!(header_of(&page, header::CACHE_CONTROL), "no-cache", "the page may change");
        assert_eq!(header_of(&page, header::CONTENT_TYPE), "text/html; charset=utf-8", "it is a page");
        let script = serve(&assets(), "/assets/index-1f2e.js", &HeaderMap::new());
        assert!(header_of(&script, header::CACHE_CONTROL).ends_with("immutable"), "its name has its hash");
        let mut headers = HeaderMap::new();
        let tag = page.headers()[header::ETAG].clone();
        headers.insert(header::IF_NONE_MATCH, tag);
        let again = serve(&assets(), "/", &headers);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "nothing new since");
        let script = serve(&assets(), "/assets/index-1f2e.js", &headers);
        assert_eq!(script.status(), StatusCode::OK, "the tag is another file's");
    }

    #[test]
    fn what_is_not_there_is_said_and_a_missing_page_says_how_to_build_it() {
        let response = serve(&assets(), "/assets/../index.html", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "paths are names, not ways");
        let page = serve(&Assets::new(Vec::new()), "/", &HeaderMap::new());
        assert_eq!(page.status(), StatusCode::OK, "there is always a page");
    }
}
