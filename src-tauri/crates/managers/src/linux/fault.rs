//! What goes wrong on hosts, as shells answer it and as a step fails.

use longshore_contract::{ErrorCode, Failure, FailureClass, WireError, chain};
use longshore_remote::{Host, RemoteError};
use longshore_runtime::RuntimeError;

use crate::failure::failure;

pub(super) fn unreachable(host: &dyn Host, error: &RemoteError) -> WireError {
    WireError::new(ErrorCode::Unreachable, host.redactor().scrub(&chain(error)))
        .hint("Test the site's hosts to see what is wrong.")
}

/// A host that could not be had while `doing` something.
pub(super) fn from_wire(doing: &str, error: WireError) -> Failure {
    let class = match error.code {
        ErrorCode::Unreachable => FailureClass::Transient,
        _ => FailureClass::NeedsPerson,
    };
    failure(class, format!("{doing} failed"), error.message, &error.hint)
}

/// What a runtime answered.
pub(super) fn from_runtime(doing: &str, error: &RuntimeError) -> Failure {
    let said = chain(error);
    match error {
        RuntimeError::Remote(remote) if is_transient(remote) => failure(
            FailureClass::Transient,
            format!("{doing} failed"),
            said,
            "Check the link to the host, then retry.",
        ),
        RuntimeError::Remote(_) => failure(
            FailureClass::NeedsPerson,
            format!("{doing} failed"),
            said,
            "Test the site's hosts to see what is wrong, then retry.",
        ),
        RuntimeError::Failed { what, host, why, hint } => {
            failure(FailureClass::BrokenTarget, format!("{what} on {host} failed"), why.clone(), hint)
        }
        RuntimeError::Foreign { .. } => failure(
            FailureClass::NeedsPerson,
            format!("{doing} failed"),
            said,
            "Nothing was touched. Take that Kubernetes away, or add the cluster as a site by its kubeconfig.",
        ),
        RuntimeError::Held { .. } => failure(
            FailureClass::NeedsPerson,
            format!("{doing} failed"),
            said,
            "Wait until it is done, or take the site over once it has expired.",
        ),
        RuntimeError::Unsupported { hint, .. } => {
            failure(FailureClass::NeedsPerson, format!("{doing} failed"), said, hint)
        }
    }
}

fn is_transient(error: &RemoteError) -> bool {
    error.is_link_lost()
        || matches!(
            error,
            RemoteError::Refused { .. } | RemoteError::Timeout { .. } | RemoteError::CommandTimeout { .. }
        )
}
