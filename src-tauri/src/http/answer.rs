//! Answers: what a command answered or refused, as HTTP says it.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use longshore_contract::{ErrorCode, WireError};
use longshore_store::StoreError;
use serde_json::Value;

/// An error on its way out, with what HTTP adds to it.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: Box<WireError>,
    headers: HeaderMap,
}

impl Refusal {
    /// With a status that the error's code does not say: 405, 413, 415.
    pub(super) fn with_status(status: StatusCode, error: WireError) -> Self {
        Self { status, error: Box::new(error), headers: HeaderMap::new() }
    }

    /// Its code.
    pub(super) fn code(&self) -> ErrorCode {
        self.error.code
    }

    /// The same with one more header.
    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// No valid session.
    pub(super) fn unauthorized(message: &str) -> Self {
        let error = WireError::new(ErrorCode::Unauthorized, message)
            .hint("Log in with POST /api/auth/login and send its token as `Authorization: Bearer …`.");
        Self::from(error).header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// Too many attempts.
    pub(super) fn later(message: &str, seconds: u64) -> Self {
        let error =
            WireError::new(ErrorCode::TooManyRequests, message).hint(format!("Try again in {seconds} s."));
        Self::from(error).header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// More than may be sent.
    pub(super) fn too_large(what: &str, limit: u64) -> Self {
        let error = WireError::bad_input(format!("{what} is larger than {limit} bytes, which is the limit"));
        Self::with_status(StatusCode::PAYLOAD_TOO_LARGE, error)
    }

    /// The error as it is sent. What failed on our side may name anything, so the client gets a reference
    /// to the log instead.
    fn shown(self) -> (StatusCode, HeaderMap, WireError) {
        if self.error.code != ErrorCode::Internal {
            return (self.status, self.headers, *self.error);
        }
        let reference = format!("{:08x}", rand::random::<u32>());
        tracing::error!(reference, error = %self.error, "a request failed on our side");
        let error = WireError::new(
            ErrorCode::Internal,
            format!("Longshore failed to do this for a reason on its own side (reference {reference})"),
        );
        (self.status, self.headers, error.hint("The server's log names the reason under this reference."))
    }
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        let status =
            StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::with_status(status, error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::from(WireError::internal(&error))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, headers, error) = self.shown();
        let body = serde_json::to_vec(&error).unwrap_or_default();
        (status, headers, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// An answer as JSON.
pub(super) fn json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
