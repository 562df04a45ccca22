//! Logging in to `longshore serve`. The desktop window and the command line have no use for these.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Timestamp;

/// A password, to become a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LoginRequest {
    /// The server's password.
    pub password: String,
}

/// A refresh token, to become a new session. The old refresh token ends with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RefreshRequest {
    /// As given by the last login or refresh.
    pub refresh_token: String,
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
