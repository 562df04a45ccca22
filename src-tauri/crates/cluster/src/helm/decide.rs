//! What a look at a release's history means; pure.

/// Our mark in a revision's description, before the digest.
const MARK: &str = "longshore ";

/// One revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Number.
    pub revision: u64,
    /// `deployed`, `failed`, `pending-upgrade`, …
    pub status: String,
    /// `name-version`.
    pub chart: String,
    /// With our mark, when it is ours.
    pub description: String,
}

impl Held {
    /// Digest of chart and values, when the revision is ours.
    pub fn digest(&self) -> Option<&str> {
        self.description.strip_prefix(MARK)
    }

    fn is_pending(&self) -> bool {
        self.status.starts_with("pending-") || self.status == "uninstalling"
    }
}

/// The description that marks a revision as ours.
pub(super) fn description(digest: &str) -> String {
    format!("{MARK}{digest}")
}

/// What is to be done so that a release has the wanted digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It has.
    Done {
        /// Helm's revision.
        revision: u64,
    },
    /// Install or upgrade.
    Upgrade,
    /// A dead writer left it pending: free it, then look again.
    Recover {
        /// Revision that is pending.
        revision: u64,
        /// Its status.
        status: String,
        /// Newest revision that was good; `None` after a first install, which is then uninstalled.
        good: Option<u64>,
    },
}

/// Decides from the history, oldest first.
///
/// That nobody else is at work is known by the lease, which the caller holds: whoever left the release
/// pending is dead, or was not asked to share.
pub fn next(history: &[Held], digest: &str) -> Next {
    let Some(last) = history.last() else { return Next::Upgrade };
    if last.is_pending() {
        let good = history
            .iter()
            .rev()
            .skip(1)
            .find(|held| matches!(held.status.as_str(), "deployed" | "superseded"));
        let good = good.map(|held| held.revision);
        return Next::Recover { revision: last.revision, status: last.status.clone(), good };
    }
    match last.status.as_str() {
        "deployed" if last.digest() == Some(digest) => Next::Done { revision: last.revision },
        _ => Next::Upgrade,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(revision: u64, status: &str, description: &str) -> Held {
        Held { revision, status: status.into(), chart: "web-1.0.0".into(), description: description.into() }
    }

    #[test]
    fn every_history_has_its_answer() {
        let ours = description("d");
        let recover = |revision, status: &str, good| Next::Recover { revision, status: status.into(), good };
        let table: Vec<(Vec<Held>, Next)> = vec![
            (vec![], Next::Upgrade),
            (vec![held(1, "deployed", &ours)], Next::Done { revision: 1 }),
            (vec![held(1, "deployed", "Install complete")], Next::Upgrade),
            (vec![held(1, "deployed", "longshore other")], Next::Upgrade),
            (vec![held(1, "failed", &ours)], Next::Upgrade),
            (vec![held(1, "uninstalled", &ours)], Next::Upgrade),
            (vec![held(1, "pending-install", &ours)], recover(1, "pending-install", None)),
            (
                vec![held(1, "deployed", "x"), held(2, "pending-upgrade", &ours)],
                recover(2, "pending-upgrade", Some(1)),
            ),
            (
                vec![held(1, "superseded", "x"), held(2, "failed", "x"), held(3, "pending-rollback", "x")],
                recover(3, "pending-rollback", Some(1)),
            ),
            (
                vec![held(1, "deployed", "x"), held(2, "uninstalling", "x")],
                recover(2, "uninstalling", Some(1)),
            ),
        ];
        for (history, expected) in table {
            assert_eq!(next(&history, "d"), expected, "{history:?}");
        }
    }
}
