//! Whether a release may be installed on a site, and the one sentence that says why not.
//!
//! The order is the product's: slug, channel, license; then for an upgrade: downgrade, skipped required
//! releases, an unfinished required release, then the cluster's own version, which is known later than the others. The
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
    /// An older Kubernetes.
    #[error(
        "This release wants Kubernetes {to}, and the site runs {from}; Kubernetes does not go back, install the release on a site of its own"
    )]
    ClusterDowngrade {
        /// On the site.
        from: String,
        /// The newest of the release.
        to: String,
    },
    /// Minors of Kubernetes that would be skipped.
    #[error(
        "This release brings Kubernetes {to}, and the site runs {from}: Kubernetes is upgraded one minor at a time, and the bundle carries no {}", .missing.join(", ")
    )]
    ClusterSkipped {
        /// On the site.
        from: String,
        /// The newest of the release.
        to: String,
        /// Minors that are lacking, the lowest first: `v1.34`.
        missing: Vec<String>,
    },
    /// Versions that cannot be held against each other.
    #[error(
        "Kubernetes {to} of this release cannot be held against {from} of the site: {odd:?} is no version of the same kind"
    )]
    ClusterUnknown {
        /// On the site.
        from: String,
        /// The newest of the release.
        to: String,
        /// The one that cannot be read, or is of another major version.
        odd: String,
    },
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

/// No Kubernetes has as many minors: all that lie between two versions can be named.
const MINORS: u64 = 1000;

/// A version of Kubernetes: major, minor, and the rest, which an embedded-cluster package does not tell.
fn kubernetes(text: &str) -> Option<(u64, u64, Option<Version>)> {
    let number = text.strip_prefix('v')?;
    let (major, minor, version) = if let Ok(version) = Version::parse(number) {
        (version.major, version.minor, Some(version))
    } else {
        let (major, minor) = number.split_once('.')?;
        (major.parse().ok()?, minor.parse().ok()?, None)
    };
    (minor < MINORS).then_some((major, minor, version))
}

/// Judges the cluster's version, after [`admit`]: `site` is what the site's hosts run, `bundle` what the release carries in
/// ascending order. Within a minor any patch may follow, an older one not.
///
/// # Errors
/// A downgrade; minors that are neither on the site nor in the bundle and lie between; versions that cannot be read.
pub fn admit_cluster(site: &str, bundle: &[&str]) -> Result<(), Refusal> {
    let Some(to) = bundle.last() else { return Ok(()) };
    let (from, to) = (site.to_owned(), (*to).to_owned());
    let unknown =
        |odd: &str| Refusal::ClusterUnknown { from: from.clone(), to: to.clone(), odd: odd.to_owned() };
    let here = kubernetes(site).ok_or_else(|| unknown(site))?;
    let target = kubernetes(&to).filter(|target| target.0 == here.0).ok_or_else(|| unknown(&to))?;
    let patch_is_older = match (&here.2, &target.2) {
        (Some(here), Some(target)) => target.cmp_precedence(here).is_lt(),
        _ => false,
    };
    if target.1 < here.1 || (target.1 == here.1 && patch_is_older) {
        return Err(Refusal::ClusterDowngrade { from, to });
    }
    let carried: Vec<u64> = bundle.iter().filter_map(|version| kubernetes(version)).map(|of| of.1).collect();
    let between = (here.1 + 1..target.1).filter(|minor| !carried.contains(minor));
    let missing: Vec<String> = between.map(|minor| format!("v{}.{minor}", here.0)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::ClusterSkipped { from, to, missing }) }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Installed, Refusal, admit, admit_cluster};
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

    #[test]
    fn clusters_go_up_one_minor_at_a_time() {
        let table: &[(&str, &[&str])] = &[
            ("v1.34.4", &["v1.34.4"]),
            ("v1.34.4", &["v1.34.9"]),
            ("v1.34.4", &["v1.35.4"]),
            ("v1.34.4", &["v1.34.4", "v1.35.4"]),
            ("v1.34.4", &["v1.35.4", "v1.36.0"]),
            ("v1.34.4", &[]),
            ("v1.34.4+k0s.1", &["v1.35.4+k0s.0"]),
            ("v1.34.4+k0s.1", &["v1.34.4+k0s.0"]),
            ("v1.29.4+k0s.0", &["v1.30"]),
            ("v1.30.4+k0s.0", &["v1.30"]),
            ("v1.35.4", &["v1.34.4"]),
            ("v1.35.4", &["v1.35.3"]),
            ("v1.31.4+k0s.0", &["v1.30"]),
            ("v1.33.4", &["v1.35.4"]),
            ("v1.32.0", &["v1.33.1", "v1.36.0"]),
            ("v1.28.4+k0s.0", &["v1.30"]),
            ("1.34.4", &["v1.35.4"]),
            ("v1.34.4", &["newest"]),
            ("v1.34.4", &["v2.0.0"]),
            ("v1.34.4", &["v1.433333333"]),
            ("v1.18446744073709551615.0", &["v1.34.4"]),
        ];
        let judged = table.iter().map(|(site, bundle)| {
            let said =
                admit_cluster(site, bundle).map_or_else(|refusal| refusal.to_string(), |()| "yes".to_owned());
            format!("{site} with {bundle:?}: {said}")
        });
        insta::assert_snapshot!(judged.collect::<Vec<_>>().join("\n"));
    }
}
