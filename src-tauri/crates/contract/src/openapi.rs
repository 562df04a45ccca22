//! The OpenAPI document, made from the declared routes alone.

use std::collections::BTreeMap;

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::{
    COMMANDS, CommandSpec, HTTP_ROUTES, HttpBody, HttpRoute, Method, OPEN_COMMANDS, RunEvent, SITE_ROUTES,
    WireError,
};

type Paths = BTreeMap<String, BTreeMap<String, Value>>;

/// The OpenAPI 3.1 document of all routes, made from the declared lists alone.
pub fn openapi(version: &str) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|s| s.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Paths::new();
    for command in COMMANDS {
        let operation = of_command(&mut generator, command, command.name, command.path, &[]);
        insert(&mut paths, command.path, command.method, operation);
    }
    for route in SITE_ROUTES {
        let Some(command) = COMMANDS.iter().find(|command| command.name == route.command) else { continue };
        let below = route.path.trim_start_matches("/api/sites/{site}/").replace(['/', '-'], "_");
        let id = format!("{below}_{}", command.name);
        let operation = of_command(&mut generator, command, &id, route.path, &["run"]);
        insert(&mut paths, route.path, route.method, operation);
    }
    for route in HTTP_ROUTES {
        let operation = of_route(&mut generator, route);
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

fn insert(paths: &mut Paths, path: &str, method: Method, operation: Value) {
    paths.entry(path.to_owned()).or_default().insert(method.name().to_lowercase(), operation);
}

/// `filled` are fields that the server fills in itself.
fn of_command(
    generator: &mut SchemaGenerator,
    command: &CommandSpec,
    id: &str,
    path: &str,
    filled: &[&str],
) -> Value {
    let (request, response) = (command.schemas)(generator);
    let mut operation = operation(id, command.doc, path);
    operation["responses"]["200"]["content"] = json!({ "application/json": { "schema": response } });
    if command.name == "run_events" {
        let event = generator.subschema_for::<RunEvent>().to_value();
        operation["responses"]["200"]["content"]["text/event-stream"] = json!({ "schema": event });
    }
    if OPEN_COMMANDS.contains(&command.name) {
        operation["security"] = json!([]);
    }
    let parameters = operation["parameters"].as_array_mut();
    if let (Method::Get | Method::Delete, Some(parameters)) = (command.method, parameters) {
        let known: Vec<&str> = path_fields(path).chain(filled.iter().copied()).collect();
        parameters.extend(query_fields(generator, command.request, &known));
    } else {
        operation["requestBody"] = json!({
            "description": "Fields that are in the path may be left out.",
            "content": { "application/json": { "schema": request } },
        });
    }
    operation
}

fn of_route(generator: &mut SchemaGenerator, route: &HttpRoute) -> Value {
    let mut operation = operation(route.name, route.doc, route.path);
    if let Some(content) = content(generator, route.response) {
        operation["responses"]["200"]["content"] = content;
    }
    if let Some(content) = content(generator, route.request) {
        operation["requestBody"] = json!({ "content": content });
    }
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.extend(route.query.iter().map(
            |name| json!({ "name": name, "in": "query", "required": true, "schema": { "type": "string" } }),
        ));
    }
    if route.open {
        operation["security"] = json!([]);
    }
    operation
}

fn content(generator: &mut SchemaGenerator, body: HttpBody) -> Option<Value> {
    Some(match body {
        HttpBody::Nothing => return None,
        HttpBody::Json(schema) => json!({ "application/json": { "schema": schema(generator) } }),
        HttpBody::Events(schema) => json!({ "text/event-stream": { "schema": schema(generator) } }),
        HttpBody::File => {
            json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } })
        }
    })
}

fn path_fields(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
}

/// A request's fields as query parameters, for methods without a body.
fn query_fields(generator: &SchemaGenerator, request: &str, known: &[&str]) -> Vec<Value> {
    let definition = generator.definitions().get(request).cloned().unwrap_or_default();
    let required = definition["required"].as_array().cloned().unwrap_or_default();
    let properties = definition["properties"].as_object().cloned().unwrap_or_default();
    let unknown = properties.into_iter().filter(|(name, _)| !known.contains(&name.as_str()));
    unknown
        .map(|(name, schema)| {
            let required = required.iter().any(|field| field == &name);
            json!({ "name": name, "in": "query", "required": required, "schema": schema })
        })
        .collect()
}

fn operation(id: &str, doc: &str, path: &str) -> Value {
    let parameters: Vec<Value> = path_fields(path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    json!({
        "operationId": id,
        "summary": doc.trim(),
        "parameters": parameters,
        "responses": {
            "200": { "description": "Done" },
            "default": { "description": "Refused or failed", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } },
        },
    })
}
