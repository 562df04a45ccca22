//! Routes that only the HTTPS server has: sessions, streams, upload, the description of itself.
//!
//! They are no commands, because the desktop window and the command line have no use for them: the one has
//! its operator at the machine, the other its files. Data all the same, so that the OpenAPI document and
//! the user interface's client know them from here.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use crate::{AppEvent, Empty, ImportStatus, LoginRequest, Method, RefreshRequest, Session, SupportView};

/// Commands that answer without a session.
pub const OPEN_COMMANDS: &[&str] = &["health"];

/// What a route's body is, either way.
#[derive(Debug, Clone, Copy)]
pub enum HttpBody {
    /// None.
    Nothing,
    /// JSON of a type.
    Json(fn(&mut SchemaGenerator) -> Value),
    /// A stream of server-sent events, each JSON of a type.
    Events(fn(&mut SchemaGenerator) -> Value),
    /// A file's bytes.
    File,
}

/// One such route.
#[derive(Debug, Clone, Copy)]
pub struct HttpRoute {
    /// Name, as a command would have.
    pub name: &'static str,
    /// What it does, one sentence.
    pub doc: &'static str,
    /// Method.
    pub method: Method,
    /// Path.
    pub path: &'static str,
    /// Query parameters that it needs, all of them text.
    pub query: &'static [&'static str],
    /// True when it answers without a bearer token.
    pub open: bool,
    /// What is sent.
    pub request: HttpBody,
    /// What is answered.
    pub response: HttpBody,
}

macro_rules! schema {
    ($type:ty) => {
        |generator| generator.subschema_for::<$type>().to_value()
    };
}

/// Every route that only the HTTPS server has.
pub const HTTP_ROUTES: &[HttpRoute] = &[
    HttpRoute {
        name: "auth_login",
        doc: "Begins a session with the server's password. The refresh token also comes as a cookie.",
        method: Method::Post,
        path: "/api/auth/login",
        query: &[],
        open: true,
        request: HttpBody::Json(schema!(LoginRequest)),
        response: HttpBody::Json(schema!(Session)),
    },
    HttpRoute {
        name: "auth_refresh",
        doc: "Goes on with a session: by the refresh token in the body, or by its cookie from the same origin.",
        method: Method::Post,
        path: "/api/auth/refresh",
        query: &[],
        open: true,
        request: HttpBody::Json(schema!(RefreshRequest)),
        response: HttpBody::Json(schema!(Session)),
    },
    HttpRoute {
        name: "auth_logout",
        doc: "Ends a session: by its bearer token, or by its refresh token as for a refresh.",
        method: Method::Post,
        path: "/api/auth/logout",
        query: &[],
        open: true,
        request: HttpBody::Json(schema!(RefreshRequest)),
        response: HttpBody::Json(schema!(Empty)),
    },
    HttpRoute {
        name: "events",
        doc: "What changes anywhere from now on, until the client leaves or the session ends. \
              An event named `missed` tells to read all lists again.",
        method: Method::Get,
        path: "/api/events",
        query: &[],
        open: false,
        request: HttpBody::Nothing,
        response: HttpBody::Events(schema!(AppEvent)),
    },
    HttpRoute {
        name: "bundle_upload",
        doc: "Imports a bundle from the body. `name` is its file name.",
        method: Method::Post,
        path: "/api/bundles/upload",
        query: &["name"],
        open: false,
        request: HttpBody::File,
        response: HttpBody::Json(schema!(ImportStatus)),
    },
    HttpRoute {
        name: "support_upload",
        doc: "Takes a support bundle from the body, secrets masked. `name` is its file name.",
        method: Method::Post,
        path: "/api/support/upload",
        query: &["name"],
        open: false,
        request: HttpBody::File,
        response: HttpBody::Json(schema!(SupportView)),
    },
    HttpRoute {
        name: "support_download",
        doc: "The file of a support bundle.",
        method: Method::Get,
        path: "/api/support/{support}/download",
        query: &[],
        open: false,
        request: HttpBody::Nothing,
        response: HttpBody::File,
    },
    HttpRoute {
        name: "openapi",
        doc: "This document.",
        method: Method::Get,
        path: "/api/openapi.json",
        query: &[],
        open: false,
        request: HttpBody::Nothing,
        response: HttpBody::Json(|_| json!({ "type": "object" })),
    },
];
