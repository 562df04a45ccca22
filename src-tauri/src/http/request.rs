//! Requests: path, query and body of an HTTP request as the one object that a command takes.

use std::time::Duration;

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use futures::StreamExt;
use longshore_contract::{FieldError, WireError};
use serde_json::{Map, Value};

use super::answer::Refusal;
use super::shape::Shapes;

/// Bytes that a JSON body may have; config items may be whole files.
const BODY: usize = 16 << 20;
/// Bytes that it may have from somebody who has not logged in.
pub(super) const BODY_OF_STRANGERS: usize = 8 << 10;
/// How long a client may take to send it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request, its head read.
pub(super) struct Incoming {
    pub(super) parts: Parts,
    pub(super) path: Map<String, Value>,
    body: Body,
}

impl Incoming {
    /// Reads the head.
    pub(super) async fn new(mut request: Request) -> Self {
        let mut path = Map::new();
        if let Ok(found) = request.extract_parts::<RawPathParams>().await {
            path.extend(found.iter().map(|(name, value)| (name.to_owned(), Value::from(value))));
        }
        let (parts, body) = request.into_parts();
        Self { parts, path, body }
    }

    /// The request of a command: path, query and body merged and checked as a whole. `filled` replaces what
    /// the path says, for routes that name a run by its site.
    pub(super) async fn of_command(
        self,
        shapes: &Shapes,
        command: &str,
        filled: Option<Map<String, Value>>,
    ) -> Result<Value, Refusal> {
        let query = self.parts.uri.query().unwrap_or_default();
        let reads_query = matches!(self.parts.method, Method::GET | Method::HEAD | Method::DELETE);
        if !reads_query && !query.is_empty() {
            let error =
                WireError::bad_input("This route takes no query").hint("Send the fields in the body.");
            return Err(error.into());
        }
        let (mut fields, mut errors) = shapes.of_query(command, query);
        if !matches!(self.parts.method, Method::GET | Method::HEAD) {
            for (name, value) in object(&self.parts, self.body, BODY).await? {
                merge(&mut fields, &mut errors, name, value, "the query");
            }
        }
        for (name, value) in filled.unwrap_or(self.path) {
            merge(&mut fields, &mut errors, name, value, "the path");
        }
        let request = Value::Object(fields);
        errors.extend(shapes.errors(command, &request));
        if errors.is_empty() { Ok(request) } else { Err(refused(errors)) }
    }

    /// The body as a JSON object, for the routes that are no commands.
    pub(super) async fn object(self, limit: usize) -> Result<Value, Refusal> {
        object(&self.parts, self.body, limit).await.map(Value::Object)
    }

    /// The body as it comes.
    pub(super) fn into_body(self) -> Body {
        self.body
    }
}

fn merge(
    fields: &mut Map<String, Value>,
    errors: &mut Vec<FieldError>,
    name: String,
    value: Value,
    place: &str,
) {
    if fields.get(&name).is_some_and(|known| *known != value) {
        let message = format!("differs from what {place} says");
        errors.push(FieldError { field: name.clone(), message });
    }
    fields.insert(name, value);
}

fn refused(fields: Vec<FieldError>) -> Refusal {
    let message = match fields.as_slice() {
        [one] => format!("The request cannot be read: {} {}", one.field, one.message),
        many => format!("The request cannot be read: {} of its fields are wrong", many.len()),
    };
    let error = WireError::bad_input(message).hint("GET /api/openapi.json shows each request's fields.");
    Refusal::from(WireError { fields, ..error })
}

/// A body as a JSON object; an empty one has no fields.
async fn object(parts: &Parts, body: Body, limit: usize) -> Result<Map<String, Value>, Refusal> {
    let bytes = match tokio::time::timeout(PATIENCE, bytes(parts, body, limit)).await {
        Ok(bytes) => bytes?,
        Err(_) => return Err(slow()),
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let error = WireError::bad_input("The body is not declared as JSON")
            .hint("Send it with `Content-Type: application/json`.");
        return Err(Refusal::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(WireError::bad_input("The body must be a JSON object").into()),
        Err(error) => Err(WireError::bad_input(format!("The body is not JSON: {error}")).into()),
    }
}

async fn bytes(parts: &Parts, body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::too_large("The body", limit as u64);
    if declared(parts).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let (mut stream, mut bytes) = (body.into_data_stream(), Vec::new());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| torn())?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The length that the client declares.
pub(super) fn declared(parts: &Parts) -> Option<u64> {
    parts.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The client broke off.
pub(super) fn torn() -> Refusal {
    WireError::bad_input("The body broke off before its end").hint("Send it again.").into()
}

/// The client takes too long.
pub(super) fn slow() -> Refusal {
    let error = WireError::bad_input("The body did not arrive in time").hint("Send it again.");
    Refusal::with_status(StatusCode::REQUEST_TIMEOUT, error)
}
