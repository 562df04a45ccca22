//! What a command is, apart from its body: name, route, whether it changes something, shapes.

use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::{COMMANDS, SITE_ROUTES, WireError};

/// HTTP method of a command's route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Does.
    Post,
    /// Changes in part.
    Patch,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// As HTTP spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// The shell a call came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// The desktop window.
    Desktop,
    /// The HTTPS server.
    Http,
    /// The command line.
    Cli,
}

impl Door {
    /// As the audit trail spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Http => "http",
            Self::Cli => "cli",
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// `user@machine`.
    pub who: String,
    /// Through which shell.
    pub door: Door,
}

/// One declared command.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// Name, `area_verb`.
    pub name: &'static str,
    /// What it does, one sentence.
    pub doc: &'static str,
    /// Method of its route.
    pub method: Method,
    /// Path of its route; `{x}` is the request's field `x`.
    pub path: &'static str,
    /// Name of the request type.
    pub request: &'static str,
    /// Name of the answer type.
    pub response: &'static str,
    /// True when it changes something, which the audit trail then shows.
    pub changes: bool,
    /// JSON Schemas of request and answer, by a shared generator.
    pub schemas: fn(&mut SchemaGenerator) -> (Value, Value),
}

/// Both schemas of one command.
pub(crate) fn schemas_of<Request: JsonSchema, Response: JsonSchema>(
    generator: &mut SchemaGenerator,
) -> (Value, Value) {
    let request = generator.subschema_for::<Request>().to_value();
    let response = generator.subschema_for::<Response>().to_value();
    (request, response)
}

/// The OpenAPI 3.1 document of all routes, made from the command list alone.
pub fn openapi(version: &str) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|s| s.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for command in COMMANDS {
        let (request, response) = (command.schemas)(&mut generator);
        let operation =
            operation(command.name, command.doc, command.method, command.path, &request, &response);
        insert(&mut paths, command.path, command.method, operation);
    }
    for route in SITE_ROUTES {
        let Some(command) = COMMANDS.iter().find(|command| command.name == route.command) else { continue };
        let (request, response) = (command.schemas)(&mut generator);
        let id = format!(
            "{}_{}",
            route.path.trim_start_matches("/api/sites/{site}/").replace(['/', '-'], "_"),
            command.name
        );
        let operation = operation(&id, command.doc, route.method, route.path, &request, &response);
        insert(&mut paths, route.path, route.method, operation);
    }
    let error = generator.subschema_for::<WireError>().to_value();
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Error".into(), error);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Longshore", "version": version, "license": { "name": "Apache-2.0" } },
        "security": [{ "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "session": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    })
}

fn insert(
    paths: &mut BTreeMap<String, BTreeMap<String, Value>>,
    path: &str,
    method: Method,
    operation: Value,
) {
    paths.entry(path.to_owned()).or_default().insert(method.name().to_lowercase(), operation);
}

fn operation(id: &str, doc: &str, method: Method, path: &str, request: &Value, response: &Value) -> Value {
    let parameters: Vec<Value> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let mut operation = json!({
        "operationId": id,
        "summary": doc.trim(),
        "parameters": parameters,
        "responses": {
            "200": { "description": "Done", "content": { "application/json": { "schema": response } } },
            "default": { "description": "Refused or failed", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } },
        },
    });
    if method != Method::Get && method != Method::Delete {
        operation["requestBody"] = json!({
            "description": "Fields that are in the path may be left out.",
            "content": { "application/json": { "schema": request } },
        });
    }
    operation
}
