//! The one error shape on the wire. A code exists only when a caller branches on it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Action, State, Timestamp};

/// What kind of refusal this is; shells map it to an HTTP status or an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ErrorCode {
    /// Input is unusable; `fields` names each bad field. HTTP 400, exit 2.
    BadInput,
    /// No valid session. HTTP 401.
    Unauthorized,
    /// The site, run, bundle or route does not exist. HTTP 404, exit 2.
    NotFound,
    /// The run's state does not allow this; `state` and `allowed` say what is. HTTP 409, exit 5.
    IllegalTransition,
    /// Another operator holds the site's lease; `holder` says who. HTTP 409, exit 6.
    LeaseHeld,
    /// The context points at another cluster than the one the site was added with. HTTP 409, exit 7.
    WrongCluster,
    /// Rights are missing on the site; `fields` lists them. HTTP 403, exit 8.
    MissingRights,
    /// The release may not be installed here; the message lists why. HTTP 409, exit 9.
    NotAdmissible,
    /// Too many attempts; try later. HTTP 429.
    TooManyRequests,
    /// The site, its registry or its API server does not answer or refuses the credential. HTTP 502, exit 4.
    Unreachable,
    /// A defect or a broken store. HTTP 500, exit 1.
    Internal,
}

impl ErrorCode {
    /// The HTTP status that goes with the code.
    pub fn http_status(self) -> u16 {
        match self {
            Self::BadInput => 400,
            Self::Unauthorized => 401,
            Self::MissingRights => 403,
            Self::NotFound => 404,
            Self::IllegalTransition | Self::LeaseHeld | Self::WrongCluster | Self::NotAdmissible => 409,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unreachable => 502,
        }
    }

    /// The exit code of the command line; documented in README.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Internal => 1,
            Self::BadInput | Self::NotFound | Self::Unauthorized => 2,
            Self::Unreachable | Self::TooManyRequests => 4,
            Self::IllegalTransition => 5,
            Self::LeaseHeld => 6,
            Self::WrongCluster => 7,
            Self::MissingRights => 8,
            Self::NotAdmissible => 9,
        }
    }
}

/// One field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FieldError {
    /// Path of the field as the caller sent it, or the name of a config item or right.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// Who holds a site's lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LeaseHolder {
    /// `user@machine` of the operator.
    pub who: String,
    /// The run the lease was taken for, as its holder names it.
    pub run: String,
    /// When it was taken.
    pub since: Timestamp,
    /// When it was last renewed.
    pub renewed: Timestamp,
    /// True once the holder missed its renewals, which is when it may be taken over.
    pub expired: bool,
}

/// An error as every shell answers it: what happened and why (`message`), what to do (`hint`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WireError {
    /// The kind.
    pub code: ErrorCode,
    /// What happened and why.
    pub message: String,
    /// What to do about it; empty when there is nothing to say.
    #[serde(default)]
    pub hint: String,
    /// Every field that was refused, all at once.
    #[serde(default)]
    pub fields: Vec<FieldError>,
    /// With [`ErrorCode::LeaseHeld`]: who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub holder: Option<LeaseHolder>,
    /// With [`ErrorCode::IllegalTransition`]: the state the run is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<State>,
    /// With [`ErrorCode::IllegalTransition`]: what may be done from there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Action>>")]
    pub allowed: Vec<Action>,
}

impl WireError {
    /// An error of `code` with what happened.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: String::new(),
            fields: Vec::new(),
            holder: None,
            state: None,
            allowed: Vec::new(),
        }
    }

    /// The same error with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same error with one more refused field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.fields.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// A refusal of input as a whole.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadInput, message)
    }

    /// Something named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// A defect or broken store; `error` is printed with its chain of causes.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        Self::new(ErrorCode::Internal, chain(error))
    }
}

/// Joins an error and its causes with `: `, each saying its own layer once.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WireError {}
