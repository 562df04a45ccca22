//! The routes of sessions, and the cookie that lets a browser reload.
//!
//! The cookie carries the refresh token and nothing else, goes to these routes only, cannot be read by
//! pages, and counts only when the browser says that one of our own pages sent the request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use longshore_contract::{LoginRequest, RefreshRequest, WireError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Issued;
use crate::http::answer::{self, Refusal};
use crate::http::request::{BODY_OF_STRANGERS, Incoming};
use crate::http::{Shell, caller, gate, peer};

const COOKIE: &str = "longshore_refresh";

/// `POST /api/auth/login`
pub(in crate::http) async fn login(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Refusal> {
    let incoming = Incoming::new(request).await;
    let (parts, sent) = read::<LoginRequest>(incoming).await?;
    let begun = shell.sessions.begin(peer(&parts), sent.password).await;
    audit(&shell, &parts, "auth_login", begun.as_ref().map(drop));
    Ok(answer(&shell, &begun?))
}

/// `POST /api/auth/refresh`
pub(in crate::http) async fn refresh(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, sent) = read::<RefreshRequest>(Incoming::new(request).await).await?;
    let Some(token) = sent.refresh_token.or_else(|| cookie(&shell, &parts)) else {
        return Err(Refusal::unauthorized("The request carries no refresh token"));
    };
    let gone_on = shell.sessions.go_on(&token);
    gone_on.map(|issued| answer(&shell, &issued)).map_err(|refusal| forget(&shell, refusal))
}

/// `POST /api/auth/logout`
pub(in crate::http) async fn logout(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, sent) = read::<RefreshRequest>(Incoming::new(request).await).await?;
    let by_bearer = shell.sessions.of(&parts.headers);
    let token = sent.refresh_token.or_else(|| cookie(&shell, &parts));
    let by_refresh = match &token {
        Some(token) => shell.sessions.end_by_refresh(token)?,
        None => false,
    };
    if let Ok(session) = &by_bearer {
        shell.sessions.store.end_session(session)?;
    }
    match by_bearer {
        Err(refusal) if !by_refresh => Err(forget(&shell, refusal)),
        _ => {
            audit(&shell, &parts, "auth_logout", Ok(()));
            let gone = [(header::SET_COOKIE, set_cookie(&shell, "", 0))];
            Ok((gone, answer::json(&json!({}))).into_response())
        }
    }
}

/// The body of somebody who may be a stranger.
async fn read<T: DeserializeOwned>(incoming: Incoming) -> Result<(Parts, T), Refusal> {
    let parts = incoming.parts.clone();
    let body = incoming.object(BODY_OF_STRANGERS).await?;
    let read = serde_json::from_value(body).map_err(|error| {
        // Serde names fields and kinds here, no content: there are texts only.
        WireError::bad_input(format!("The request cannot be read: {error}"))
    })?;
    Ok((parts, read))
}

fn answer(shell: &Shell, issued: &Issued) -> Response {
    let cookie = set_cookie(shell, &issued.session.refresh_token, issued.lasts);
    let session = serde_json::to_value(&issued.session).unwrap_or(Value::Null);
    ([(header::SET_COOKIE, cookie)], answer::json(&session)).into_response()
}

/// The same refusal; the cookie is of no use any more.
fn forget(shell: &Shell, refusal: Refusal) -> Refusal {
    refusal.header(header::SET_COOKIE, set_cookie(shell, "", 0))
}

fn set_cookie(shell: &Shell, token: &str, seconds: i64) -> HeaderValue {
    // Some browsers refuse `Secure` from plain HTTP even on loopback.
    let secure = if shell.secure { "; Secure" } else { "" };
    let text =
        format!("{COOKIE}={token}; Path=/api/auth; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// The refresh token of the cookie, when one of our own pages sent it.
fn cookie(shell: &Shell, parts: &Parts) -> Option<String> {
    if !gate::is_from_own_page(shell, &parts.uri, &parts.headers) {
        return None;
    }
    named(&parts.headers, COOKIE)
}

fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value.to_owned())
}

/// Who came and went is in the audit trail like every change.
fn audit(shell: &Shell, parts: &Parts, name: &str, outcome: Result<(), &Refusal>) {
    shell.app.audit(&caller(parts), name, &Value::Null, outcome.map_err(Refusal::code));
}
