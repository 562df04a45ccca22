//! Rights that every workflow needs, asked for before anything is changed.

use longshore_cluster::{Cluster, Right, missing_rights};
use longshore_contract::{ErrorCode, FieldError, WireError};

/// What every workflow needs in an application's namespace, whatever the application.
pub(super) fn rights(namespace: &str) -> Vec<Right> {
    let mut rights = Vec::new();
    for (group, resource) in [
        ("", "secrets"),
        ("", "configmaps"),
        ("", "services"),
        ("apps", "deployments"),
        ("batch", "jobs"),
        ("coordination.k8s.io", "leases"),
    ] {
        for verb in ["get", "create", "update", "patch", "delete"] {
            rights.push(Right::new(verb, group, resource, namespace));
        }
    }
    for resource in ["pods", "events"] {
        rights.push(Right::new("list", "", resource, namespace));
    }
    rights.push(Right::new("get", "", "namespaces", ""));
    rights
}

/// Fails with every missing right at once, before anything is changed.
///
/// # Errors
/// `MissingRights` with the list.
pub async fn require_rights(cluster: &Cluster, namespace: &str) -> Result<(), WireError> {
    let missing = missing_rights(cluster, &rights(namespace)).await.map_err(|error| {
        WireError::new(ErrorCode::Unreachable, format!("The rights could not be asked for: {error}"))
    })?;
    if missing.is_empty() {
        return Ok(());
    }
    let fields = missing
        .iter()
        .map(|right| FieldError { field: right.words(), message: "is needed and missing".to_owned() })
        .collect();
    let text = format!(
        "The credential lacks {} {} on this site",
        missing.len(),
        if missing.len() == 1 { "right" } else { "rights" }
    );
    Err(WireError {
        fields,
        ..WireError::new(ErrorCode::MissingRights, text)
            .hint("Have the rights that are listed granted, then start again.")
    })
}
