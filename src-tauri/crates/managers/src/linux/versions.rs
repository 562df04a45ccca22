//! Versions of Kubernetes that a cluster goes through: one minor after the other, none left out, none back.

use longshore_contract::{ErrorCode, WireError, chain};
use longshore_release::{ClusterVersion, admit_cluster};

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
    let carried: Vec<&str> = versions.iter().map(|version| version.version.as_str()).collect();
    admit_cluster(now, &carried)
        .map_err(|refusal| WireError::new(ErrorCode::NotAdmissible, chain(&refusal)))?;
    let from = parts(now);
    let newer = carried.into_iter().filter(|version| parts(version) > from);
    Ok(newer.map(str::to_owned).collect())
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
        type Row = (&'static str, &'static [&'static str], Result<&'static [&'static str], &'static str>);
        let table: &[Row] = &[
            ("v1.34.4", &[], Ok(&[])),
            ("v1.34.4", &["v1.34.4"], Ok(&[])),
            ("v1.34.4", &["v1.34.6"], Ok(&["v1.34.6"])),
            ("v1.34.4", &["v1.35.4"], Ok(&["v1.35.4"])),
            ("v1.34.4", &["v1.34.4", "v1.35.4"], Ok(&["v1.35.4"])),
            ("v1.33.1", &["v1.34.4", "v1.35.4"], Ok(&["v1.34.4", "v1.35.4"])),
            ("v1.35.4+k0s.0", &["v1.35.4+k0s.1"], Ok(&["v1.35.4+k0s.1"])),
            ("v1.33.1", &["v1.35.4"], Err("carries no v1.34")),
            ("v1.35.4", &["v1.34.4"], Err("does not go back")),
            ("v1.35.4", &["v1.34.9", "v1.35.3"], Err("does not go back")),
            ("v1.35.4", &["latest"], Err("is no version of the same kind")),
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
