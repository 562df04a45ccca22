//! Errors of what we talk to, as failures of a step: who can mend them, and what they said.

use longshore_cluster::helm::HelmError;
use longshore_cluster::record::RecordError;
use longshore_cluster::registry::RegistryError;
use longshore_cluster::{ApiError, ApiFault};
use longshore_contract::{Failure, FailureClass, chain};

pub(crate) fn failure(class: FailureClass, message: String, said: String, hint: &str) -> Failure {
    let causes = if said.is_empty() { Vec::new() } else { vec![said] };
    Failure { class, message, causes, hint: hint.to_owned() }
}

/// What the API server refused; `doing` says what we were at: "Making namespace web".
pub fn from_api(doing: &str, error: &ApiError) -> Failure {
    let (class, hint) = match error.fault {
        ApiFault::Offline => (FailureClass::Transient, "Check that the cluster answers, then retry."),
        ApiFault::Throttled | ApiFault::Conflict => (FailureClass::Transient, "Retry it."),
        ApiFault::Credential => {
            (FailureClass::NeedsPerson, "Renew the credential of the site's context, then retry.")
        }
        ApiFault::Forbidden => (FailureClass::NeedsPerson, "Grant the right that is named, then retry."),
        ApiFault::Invalid => {
            (FailureClass::NeedsPerson, "The package or its config is refused: change it, then plan again.")
        }
        ApiFault::NotFound | ApiFault::Other => (FailureClass::BrokenTarget, "Mend the cluster, then retry."),
    };
    failure(class, format!("{doing} failed"), format!("{}: {}", error.what, error.said), hint)
}

/// What helm refused.
pub fn from_helm(doing: &str, error: &HelmError) -> Failure {
    if let HelmError::Api(api) = error {
        return from_api(doing, api);
    }
    let said = chain(error);
    let offline = [
        "connection refused",
        "i/o timeout",
        "unreachable",
        "TLS handshake timeout",
        "EOF",
        "no route to host",
        "connection reset",
        "etcdserver",
    ];
    let class = if offline.iter().any(|sign| said.contains(sign)) {
        FailureClass::Transient
    } else if matches!(error, HelmError::Folder(_) | HelmError::Start(_)) {
        FailureClass::NeedsPerson
    } else {
        FailureClass::BrokenTarget
    };
    failure(class, format!("{doing} failed"), said, "Mend what helm reports, then retry.")
}

/// What the registry refused.
pub fn from_registry(doing: &str, error: &RegistryError) -> Failure {
    let class = if error.is_transient() { FailureClass::Transient } else { FailureClass::NeedsPerson };
    failure(class, format!("{doing} failed"), chain(error), "Check the site's registry, then retry.")
}

/// What happened to the installation record.
pub fn from_record(doing: &str, error: &RecordError) -> Failure {
    match error {
        RecordError::Api(api) => from_api(doing, api),
        RecordError::Changed => failure(
            FailureClass::BrokenTarget,
            format!("{doing} failed"),
            error.to_string(),
            "See who works on the site, then plan again.",
        ),
        RecordError::Content(_) => failure(
            FailureClass::BrokenTarget,
            format!("{doing} failed"),
            error.to_string(),
            "Use the version of Longshore that wrote it.",
        ),
    }
}
