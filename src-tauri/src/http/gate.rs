//! What every request passes: the log, the check that it was meant for this server, the headers that
//! browsers obey.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use longshore_contract::{ErrorCode, WireError};

use super::Shell;
use super::answer::Refusal;

/// Nothing from elsewhere, nothing inline, no frame around it. Icons of packages are data URIs.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Takes a request in, logs it and gives the answer its headers. The log holds the route's template: no
/// query, no header, no body.
pub(super) async fn pass(State(shell): State<Arc<Shell>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.unwrap_or_else(|| "(no route)".to_owned());
    let mut response = match meant_for_us(&shell, &request) {
        Err(refusal) => refusal.into_response(),
        // A defect in one request must not take the connection with it, which others may share.
        Ok(()) => AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
            Refusal::from(WireError::new(ErrorCode::Internal, "a handler panicked")).into_response()
        }),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let caching = response.headers_mut().entry(header::CACHE_CONTROL);
    caching.or_insert(HeaderValue::from_static("no-store"));
    let (status, millis) = (response.status().as_u16(), started.elapsed().as_millis() as u64);
    tracing::info!(method = %method, path, status, millis, "request");
    response
}

/// Refuses requests for another name than ours, which a page gets here by pointing its own name at our
/// address, and changes asked for by pages of other origins.
fn meant_for_us(shell: &Shell, request: &Request) -> Result<(), Refusal> {
    let authority = authority(request.uri(), request.headers()).ok_or_else(|| {
        WireError::bad_input("The request does not say which host it is for").hint("Send a Host header.")
    })?;
    if !is_ours(&shell.hosts, &authority) {
        let error = WireError::bad_input(format!("This server is not known as {}", authority.host()));
        return Err(error.hint("Use its address, or start it with --allow-host and this name.").into());
    }
    if matches!(*request.method(), Method::GET | Method::HEAD)
        || from_here(shell, request.headers(), &authority)
    {
        return Ok(());
    }
    let error = WireError::bad_input("A page of another origin asks for a change");
    Err(error.hint("Use the server's own pages, or a client that is no browser.").into())
}

pub(super) fn authority(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    // HTTP/2 says it in the request's target.
    let named = uri.authority().cloned();
    named.or_else(|| headers.get(header::HOST)?.to_str().ok()?.parse().ok())
}

fn is_ours(hosts: &[String], authority: &Authority) -> bool {
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let named =
        |known: &String| known.eq_ignore_ascii_case(host) || known.eq_ignore_ascii_case(authority.as_str());
    // An address cannot be pointed elsewhere by its owner.
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok() || hosts.iter().any(named)
}

/// True unless a browser says that a page of another origin sent the request.
fn from_here(shell: &Shell, headers: &HeaderMap, authority: &Authority) -> bool {
    match headers.get(header::ORIGIN) {
        Some(origin) => is_own_origin(shell, origin, authority),
        None => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none"),
    }
}

fn is_own_origin(shell: &Shell, origin: &HeaderValue, authority: &Authority) -> bool {
    let scheme = if shell.secure { "https://" } else { "http://" };
    let Ok(origin) = origin.to_str() else { return false };
    let named = origin.split_once("://").map(|(_, authority)| authority).unwrap_or_default();
    origin.strip_prefix(scheme).is_some_and(|origin| origin.eq_ignore_ascii_case(authority.as_str()))
        // A name that was allowed with its port, such as a development server before this one.
        || shell.hosts.iter().any(|known| known.contains(':') && known.eq_ignore_ascii_case(named))
}

/// Whether a browser says that one of our own pages sent the request, which is what a cookie takes.
pub(super) fn is_from_own_page(shell: &Shell, uri: &Uri, headers: &HeaderMap) -> bool {
    match (headers.get(header::ORIGIN), authority(uri, headers)) {
        (Some(origin), Some(authority)) => is_own_origin(shell, origin, &authority),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_ours_when_it_cannot_be_anybody_elses() {
        let hosts = ["longshore.lan".to_owned(), "localhost:5173".to_owned()];
        let cases = [
            ("localhost:8443", true),
            ("127.0.0.1:8443", true),
            ("[::1]:8443", true),
            ("192.168.7.4", true),
            ("LONGSHORE.lan:8443", true),
            ("localhost:5173", true),
            ("longshore.lan.example:8443", false),
            ("example.org", false),
            ("127.0.0.1.example.org:8443", false),
        ];
        for (name, ours) in cases {
            let authority: Authority = name.parse().expect("is an authority");
            assert_eq!(is_ours(&hosts, &authority), ours, "{name}");
        }
    }
}
