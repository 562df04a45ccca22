//! Whether a release may be installed on a site, and the one sentence that says why not.
//!
//! The order is the product's: slug, channel, license; then for an upgrade: downgrade, skipped required
//! releases, an unfinished required release. (Cluster versions are judged where the cluster is known.) The
//! license itself is judged by [`crate::license`], for which the time must be known and the keys that count.

use semver::Version;

use crate::meta::{Airgap, License};

/// What is to be installed.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Metadata of the release.
    pub meta: &'a Airgap,
    /// License it would be installed under, if one is known.
    pub license: Option<&'a License>,
}

/// What is installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// Application slug.
    pub slug: String,
    /// Version label.
    pub version: String,
    /// Channel id.
    pub channel_id: String,
    /// Place in its channel.
    pub cursor: String,
    /// Whether it is a required release.
    pub required: bool,
    /// Whether its own installation or upgrade ended well.
    pub finished: bool,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another application.
    #[error("This release is of application {found}, and the site runs {expected}")]
    OtherApplication {
        /// Slug of the release.
        found: String,
        /// Slug on the site.
        expected: String,
    },
    /// Another channel.
    #[error("This release is of channel {found}, and the installation follows {expected}")]
    OtherChannel {
        /// Channel of the release.
        found: String,
        /// Channel of the installation.
        expected: String,
    },
    /// An older release.
    #[error(
        "Version {to} is older than {from}, which is installed; going back is a rollback, not an upgrade"
    )]
    Downgrade {
        /// Installed.
        from: String,
        /// Release.
        to: String,
    },
    /// Required releases in between.
    #[error("Version {to} cannot be installed over {from} before {}", .missing.join(", "))]
    Skipped {
        /// Installed.
        from: String,
        /// Release.
        to: String,
        /// Required releases in between, oldest first.
        missing: Vec<String>,
    },
    /// The installed release is required and did not get through.
    #[error("Version {0} is a required release and its own run has not succeeded yet; finish it first")]
    Unfinished(String),
}

/// Judges.
///
/// # Errors
/// The first reason in the product's order.
pub fn admit(candidate: &Candidate<'_>, installed: Option<&Installed>) -> Result<(), Refusal> {
    let meta = candidate.meta;
    if let Some(installed) = installed.filter(|installed| installed.slug != meta.app_slug) {
        return Err(Refusal::OtherApplication {
            found: meta.app_slug.clone(),
            expected: installed.slug.clone(),
        });
    }
    if let Some(installed) = installed.filter(|installed| differ(&installed.channel_id, &meta.channel_id)) {
        return Err(Refusal::OtherChannel {
            found: meta.channel_id.clone(),
            expected: installed.channel_id.clone(),
        });
    }
    installed.map_or(Ok(()), |installed| admit_upgrade(candidate, installed))
}

fn differ(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

fn admit_upgrade(candidate: &Candidate<'_>, installed: &Installed) -> Result<(), Refusal> {
    let meta = candidate.meta;
    let semver = candidate.license.is_some_and(|license| license.is_semver_required);
    if is_older(meta, installed, semver) {
        return Err(Refusal::Downgrade { from: installed.version.clone(), to: meta.version_label.clone() });
    }
    let here = number(&installed.cursor);
    let target = number(&meta.update_cursor);
    let mut missing: Vec<String> = meta
        .required_releases
        .iter()
        .filter(|required| here < number(&required.update_cursor) && number(&required.update_cursor) < target)
        .map(|required| required.version_label.clone())
        .collect();
    missing.reverse();
    if !missing.is_empty() {
        return Err(Refusal::Skipped {
            from: installed.version.clone(),
            to: meta.version_label.clone(),
            missing,
        });
    }
    // Retrying the unfinished required release itself is how it gets finished.
    if installed.required && !installed.finished && installed.version != meta.version_label {
        return Err(Refusal::Unfinished(installed.version.clone()));
    }
    Ok(())
}

fn is_older(meta: &Airgap, installed: &Installed, semver: bool) -> bool {
    let parse = |text: &str| Version::parse(text.trim_start_matches('v')).ok();
    if semver && let (Some(to), Some(from)) = (parse(&meta.version_label), parse(&installed.version)) {
        return to < from;
    }
    number(&meta.update_cursor) < number(&installed.cursor)
}

fn number(cursor: &str) -> u64 {
    cursor.trim().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Installed, Refusal, admit};
    use crate::meta::{Airgap, License, RequiredRelease};

    fn release(version: &str, cursor: &str, required: &[(&str, &str)]) -> Airgap {
        Airgap {
            app_slug: "tidewater".into(),
            version_label: version.into(),
            update_cursor: cursor.into(),
            channel_id: "stable".into(),
            required_releases: required
                .iter()
                .map(|(version, cursor)| RequiredRelease {
                    version_label: (*version).into(),
                    update_cursor: (*cursor).into(),
                })
                .collect(),
            ..Airgap::default()
        }
    }

    fn installed() -> Installed {
        Installed {
            slug: "tidewater".into(),
            version: "1.1.0".into(),
            channel_id: "stable".into(),
            cursor: "2".into(),
            required: false,
            finished: true,
        }
    }

    #[test]
    fn each_refusal_is_one_sentence_in_the_products_order() {
        let other = Airgap { app_slug: "other".into(), ..release("9.0.0", "9", &[]) };
        let beta = Airgap { channel_id: "beta".into(), ..release("9.0.0", "9", &[]) };
        let skipped = release("1.4.0", "5", &[("1.3.0", "4"), ("1.2.0", "3"), ("1.0.0", "1")]);
        let unfinished = Installed { required: true, finished: false, ..installed() };
        let cases = [
            (other, installed()),
            (beta, installed()),
            (release("1.0.0", "1", &[]), installed()),
            (skipped, installed()),
            (release("1.2.0", "3", &[]), unfinished.clone()),
        ];
        let said: Vec<String> = cases
            .iter()
            .map(|(meta, installed)| {
                let candidate = Candidate { meta, license: None };
                admit(&candidate, Some(installed)).expect_err("each case is refused").to_string()
            })
            .collect();
        insta::assert_snapshot!(said.join("\n"));
        let retry = release("1.1.0", "2", &[]);
        assert_eq!(
            admit(&Candidate { meta: &retry, license: None }, Some(&unfinished)),
            Ok(()),
            "a retry is allowed"
        );
    }

    #[test]
    fn semantic_versions_count_where_the_license_says_so() {
        let license = License { is_semver_required: true, ..License::default() };
        let meta = release("1.0.9", "7", &[]);
        let candidate = Candidate { meta: &meta, license: Some(&license) };
        assert!(
            matches!(admit(&candidate, Some(&installed())), Err(Refusal::Downgrade { .. })),
            "1.0.9 is older"
        );
    }
}
