//! Logging in to `longshore serve`. The desktop window and the command line have no use for these.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Timestamp;

/// A password, to become a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct LoginRequest {
    /// The server's password.
    pub password: String,
}

/// A refresh token, to go on with its session. It is used up by that: whoever sends it again ends the
/// session, because one of the two senders is not the operator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RefreshRequest {
    /// As given by the last login or refresh; a browser leaves it out and sends its cookie.
    #[serde(default)]
    pub refresh_token: Option<String>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Session {
    /// Bearer token for the `Authorization` header.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// For the next session.
    pub refresh_token: String,
}
