//! What a command is, apart from its body: name, route, whether it changes something, shapes.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

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
