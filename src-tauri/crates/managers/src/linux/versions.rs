//! Versions of Kubernetes that a cluster goes through: one minor after the other, none left out, none back.

use longshore_contract::{ErrorCode, WireError};
use longshore_release::ClusterVersion;

/// Major, minor and patch of `v1.35.4` or `v1.35.4+k0s.0`, and what comes after them.
fn parts(version: &str) -> Option<(u64, u64, u64, &str)> {
    let text = version.strip_prefix('v').unwrap_or(version);
    let (numbers, rest) = text.split_once('+').unwrap_or((text, ""));
    let mut numbers = numbers.split('.').map(|number| number.parse::<u64>().ok());
    let found = (numbers.next()??, numbers.next()??, numbers.next()??, rest);
    numbers.next().is_none().then_some(found)
}

/// Versions of a bundle that a cluster of version `now` passes through, the last one wanted; none when it has that.
///
/// # Errors
/// When the bundle's is older than what runs, or a minor between the two is not in it.
pub fn through(now: &str, versions: &[ClusterVersion]) -> Result<Vec<String>, WireError> {
    let Some(wanted) = versions.last() else { return Ok(Vec::new()) };
    let not = |text: String, hint: &str| WireError::new(ErrorCode::NotAdmissible, text).hint(hint);
    let unread = |version: &str| {
        not(format!("{version} is no version of Kubernetes"), "The package needs to be mended.")
    };
    let from = parts(now).ok_or_else(|| unread(now))?;
    let to = parts(&wanted.version).ok_or_else(|| unread(&wanted.version))?;
    if to < from {
        return Err(not(
            format!(
                "The cluster runs Kubernetes {now}, and the release brings {}, which is older",
                wanted.version
            ),
            "A cluster never goes back. Take a release that brings what runs, or a newer one.",
        ));
    }
    let mut passed = Vec::new();
    let mut last = from;
    for version in versions {
        let next = parts(&version.version).ok_or_else(|| unread(&version.version))?;
        if next <= last {
            continue;
        }
        if next.0 != last.0 || next.1 > last.1 + 1 {
            return Err(not(
                format!(
                    "The cluster runs Kubernetes {now}, and the release brings {}: Kubernetes {}.{} lies between and is not in it",
                    version.version,
                    last.0,
                    last.1 + 1
                ),
                "Upgrade to a release that brings the version between first.",
            ));
        }
        passed.push(version.version.clone());
        last = next;
    }
    Ok(passed)
}

/// The minor of a version: 35 of `v1.35.4`.
pub(super) fn minor(version: &str) -> u32 {
    parts(version).and_then(|(_, minor, ..)| u32::try_from(minor).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(versions: &[&str]) -> Vec<ClusterVersion> {
        let version = |text: &&str| ClusterVersion {
            version: (*text).to_owned(),
            files: Vec::new(),
            images: Vec::new(),
        };
        versions.iter().map(version).collect()
    }

    #[test]
    fn a_cluster_passes_through_each_minor_once() {
        let table: &[(&str, &[&str], Result<&[&str], &str>)] = &[
            ("v1.34.4", &[], Ok(&[])),
            ("v1.34.4", &["v1.34.4"], Ok(&[])),
            ("v1.34.4", &["v1.34.6"], Ok(&["v1.34.6"])),
            ("v1.34.4", &["v1.35.4"], Ok(&["v1.35.4"])),
            ("v1.34.4", &["v1.34.4", "v1.35.4"], Ok(&["v1.35.4"])),
            ("v1.33.1", &["v1.34.4", "v1.35.4"], Ok(&["v1.34.4", "v1.35.4"])),
            ("v1.35.4+k0s.0", &["v1.35.4+k0s.1"], Ok(&["v1.35.4+k0s.1"])),
            ("v1.33.1", &["v1.35.4"], Err("Kubernetes 1.34 lies between")),
            ("v1.35.4", &["v1.34.4"], Err("which is older")),
            ("v1.35.4", &["v1.34.9", "v1.35.3"], Err("which is older")),
            ("v1.35.4", &["latest"], Err("is no version")),
        ];
        for (now, versions, expected) in table {
            match (through(now, &bundle(versions)), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, *expected, "{now} by {versions:?}"),
                (Err(error), Err(part)) => assert!(error.message.contains(part), "{now}: {}", error.message),
                (found, _) => panic!("{now} by {versions:?} gives {found:?}"),
            }
        }
    }
}
