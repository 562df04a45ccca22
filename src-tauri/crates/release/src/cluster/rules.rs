//! Rules that our own document is held against.

use std::collections::BTreeSet;

use semver::Version;

use longshore_contract::RuntimeKind;

use super::{ClusterConfig, ClusterError, ClusterVersion};

pub(super) fn check(config: &ClusterConfig) -> Result<(), ClusterError> {
    if config.runtime == RuntimeKind::Kubeadm && config.image_repository.is_empty() {
        return Err(ClusterError::Empty("imageRepository"));
    }
    if config.versions.is_empty() {
        return Err(ClusterError::Empty("versions"));
    }
    let mut before: Option<(&str, Version)> = None;
    for version in &config.versions {
        let number = number(config.runtime, &version.version)?;
        if let Some((earlier, lower)) = &before {
            ascending((earlier, lower), (&version.version, &number))?;
        }
        files(version)?;
        images(version)?;
        before = Some((&version.version, number));
    }
    Ok(())
}

/// A version in the form of its runtime.
fn number(runtime: RuntimeKind, text: &str) -> Result<Version, ClusterError> {
    let form = match runtime {
        RuntimeKind::Kubeadm => "v1.35.4",
        RuntimeKind::K0s => "v1.35.4+k0s.0",
    };
    let number = text.strip_prefix('v').and_then(|number| Version::parse(number).ok());
    let fits = |number: &Version| match runtime {
        RuntimeKind::Kubeadm => number.build.is_empty(),
        RuntimeKind::K0s => number.build.starts_with("k0s."),
    };
    number.filter(fits).ok_or_else(|| ClusterError::Version(text.to_owned(), form))
}

fn ascending(earlier: (&str, &Version), later: (&str, &Version)) -> Result<(), ClusterError> {
    let (from, to) = (earlier.1, later.1);
    let (earlier, later) = (earlier.0.to_owned(), later.0.to_owned());
    if (to.major, to.minor) <= (from.major, from.minor) {
        return Err(ClusterError::Order { earlier, later });
    }
    if to.major != from.major || to.minor != from.minor + 1 {
        let missing = format!("v{}.{}", from.major, from.minor + 1);
        return Err(ClusterError::Skipped { earlier, later, missing });
    }
    Ok(())
}

fn files(version: &ClusterVersion) -> Result<(), ClusterError> {
    let mut names = BTreeSet::new();
    for file in &version.files {
        let (of, name) = (version.version.clone(), file.name.clone());
        if !is_name(&name) {
            return Err(ClusterError::Name { version: of, name });
        }
        if !is_member(&file.path) {
            return Err(ClusterError::Path { version: of, name, path: file.path.clone() });
        }
        if !names.insert(&file.name) {
            return Err(ClusterError::Twice { version: of, what: format!("file {name}") });
        }
    }
    Ok(())
}

fn images(version: &ClusterVersion) -> Result<(), ClusterError> {
    let mut seen = BTreeSet::new();
    for image in &version.images {
        if image.trim().is_empty() {
            return Err(ClusterError::Empty("image"));
        }
        if !seen.insert(image) {
            let what = format!("image {image}");
            return Err(ClusterError::Twice { version: version.version.clone(), what });
        }
    }
    Ok(())
}

/// Names become paths on hosts.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        !part.is_empty() && !part.starts_with('.') && part.chars().all(plain)
    };
    name.split('/').all(part)
}

/// Whether it is a member's name in its one form, below `cluster/`.
fn is_member(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !matches!(part, "." | "..");
    let odd = |c: char| c.is_control() || c == '\\';
    path.strip_prefix("cluster/").is_some_and(|rest| rest.split('/').all(plain)) && !path.contains(odd)
}
