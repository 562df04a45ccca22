//! What a site's config became over time, as the installation record there keeps it.

use std::collections::BTreeMap;

use longshore_cluster::record::{self, Installation, Revision, RevisionContent, Rollback};
use longshore_config::Config;
use longshore_contract::{Change, ConfigChange, ConfigHistory, ConfigHistoryEntry, RunId, SiteId, Workflow};
use longshore_managers::{ConfigContent, access, sites};

use super::create::record_refusal;
use super::{Runs, RunsError};
use crate::prepare::config_changes;

impl Runs {
    /// Every time that the site's config was put in place, newest first, whichever machine did it.
    ///
    /// # Errors
    /// When there is no such site or it does not answer.
    pub async fn config_history(&self, site: &SiteId) -> Result<ConfigHistory, RunsError> {
        let row = access::site(&self.store, site)?;
        let cluster = access::cluster(&self.store, &row).await?;
        let mut history = ConfigHistory {
            site: row.id.clone(),
            slug: String::new(),
            title: String::new(),
            entries: Vec::new(),
        };
        let Some((namespace, record)) = sites::installation(&cluster, &row).await else { return Ok(history) };
        let contents = record::read_contents(&cluster, &namespace, &record.slug).await;
        history.entries = entries(&record, &contents.map_err(|error| record_refusal(&error))?);
        (history.slug, history.title) = (record.slug, record.title);
        Ok(history)
    }
}

/// Entries of a record, newest first.
fn entries(record: &Installation, contents: &BTreeMap<u64, RevisionContent>) -> Vec<ConfigHistoryEntry> {
    let mut entries: Vec<ConfigHistoryEntry> =
        record.history.iter().map(|known| of_revision(record, known, contents)).collect();
    entries.extend(record.rollbacks.iter().filter_map(|known| of_rollback(record, known, contents)));
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.revision)));
    entries
}

fn of_revision(
    record: &Installation,
    known: &Revision,
    contents: &BTreeMap<u64, RevisionContent>,
) -> ConfigHistoryEntry {
    let earlier = record.history.iter().rev().find(|other| other.revision < known.revision);
    // Before revisions named what they came from, the one before was as good as always that.
    let from = match known.from {
        0 => earlier.map(|other| other.revision),
        named => Some(named),
    };
    let from = from.filter(|_| known.revision > 1);
    let (changes, comparable) = changes(from, known.revision, contents, known.revision == 1);
    ConfigHistoryEntry {
        at: known.at,
        who: known.who.clone(),
        run: RunId(known.run.clone()),
        workflow: if known.revision == 1 { Workflow::Install } else { Workflow::Upgrade },
        from_revision: from,
        revision: known.revision,
        from_version: from.and_then(|from| record.find(from)).map(|from| from.version.clone()),
        version: known.version.clone(),
        changes,
        comparable,
    }
}

fn of_rollback(
    record: &Installation,
    known: &Rollback,
    contents: &BTreeMap<u64, RevisionContent>,
) -> Option<ConfigHistoryEntry> {
    let to = record.find(known.to)?;
    let (changes, comparable) = changes(Some(known.from), known.to, contents, false);
    Some(ConfigHistoryEntry {
        at: known.at,
        who: known.who.clone(),
        run: RunId(known.run.clone()),
        workflow: Workflow::Rollback,
        from_revision: Some(known.from),
        revision: known.to,
        from_version: Some(known.from_version.clone()),
        version: to.version.clone(),
        changes,
        comparable,
    })
}

/// What changed from one revision's values to another's, and whether that can be told. The first revision of all
/// is compared with nothing.
fn changes(
    from: Option<u64>,
    to: u64,
    contents: &BTreeMap<u64, RevisionContent>,
    first: bool,
) -> (Vec<ConfigChange>, bool) {
    let before = from.and_then(|from| contents.get(&from));
    let Some(after) = contents.get(&to).filter(|_| first || before.is_some()) else {
        return (Vec::new(), false);
    };
    let values: ConfigContent = serde_json::from_value(after.config.clone()).unwrap_or_default();
    let config = Config::parse(&after.config_spec).unwrap_or_default();
    let old = before.and_then(|before| Config::parse(&before.config_spec).ok()).unwrap_or_default();
    let mut changes = config_changes(&config, before, &values);
    // Values of items that left long ago are kept, and leave once only.
    changes.retain(|change| {
        change.change != Change::Remove
            || config.item(&change.name).is_some()
            || old.item(&change.name).is_some()
    });
    (changes, true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use longshore_cluster::record::{Installation, Revision, RevisionContent};
    use longshore_contract::{Timestamp, Workflow};
    use serde_json::json;

    use super::entries;

    fn revision(revision: u64, version: &str, from: u64) -> Revision {
        let at = i64::try_from(revision).expect("small") * 10;
        Revision {
            revision,
            version: version.to_owned(),
            at: Timestamp(at),
            who: format!("op{revision}@laptop"),
            run: format!("run{revision}"),
            charts: Vec::new(),
            manifests_digest: String::new(),
            informers: Vec::new(),
            config_digest: String::new(),
            cursor: String::new(),
            required: false,
            from,
        }
    }

    fn content(title: &str, password: &str) -> RevisionContent {
        let spec = "spec: {groups: [{name: g, items: [{name: title, type: text, title: Title}, {name: pw, type: password}]}]}";
        let given = json!({ "title": { "value": title }, "pw": { "value": password } });
        let config = json!({ "given": given, "generated": {} });
        RevisionContent { manifests: String::new(), config, config_spec: spec.to_owned() }
    }

    fn installation() -> Installation {
        let history = vec![revision(1, "1.0.0", 0), revision(2, "1.1.0", 1)];
        Installation { slug: "tide".to_owned(), revision: 2, newest: 2, history, ..Installation::default() }
    }

    #[test]
    fn every_change_says_who_when_what_and_between_which_releases() {
        let mut record = installation();
        record.roll_back(1, Timestamp(30), "night@desk", "run3");
        record.history.push(revision(3, "1.2.0", 1));
        let contents = BTreeMap::from([
            (1, content("a", "s3cr3t-1")),
            (2, content("b", "s3cr3t-2")),
            (3, content("a", "s3cr3t-1")),
        ]);
        let mut found = entries(&record, &contents);
        found.sort_by_key(|entry| entry.at);
        let told = serde_json::to_string(&found).expect("it is JSON");
        assert!(!told.contains("s3cr3t"), "passwords show only that they changed");
        let kinds: Vec<_> = found.iter().map(|entry| entry.workflow).collect();
        assert_eq!(kinds[..2], [Workflow::Install, Workflow::Upgrade]);
        assert!(kinds.contains(&Workflow::Rollback), "a rollback is a change, though it makes no revision");
        let upgrade = &found[1];
        assert_eq!((upgrade.from_version.as_deref(), upgrade.version.as_str()), (Some("1.0.0"), "1.1.0"));
        assert_eq!(upgrade.who, "op2@laptop");
        let title = upgrade.changes.iter().find(|change| change.name == "title").expect("it changed");
        assert_eq!((title.old.as_str(), title.new.as_str(), title.secret), ("a", "b", false));
        let after = found.iter().find(|entry| entry.revision == 3).expect("it is there");
        assert_eq!(
            after.from_revision,
            Some(1),
            "compared with what was live, which the rollback had changed"
        );
        assert!(after.changes.is_empty() && after.comparable, "nothing changed");
    }

    #[test]
    fn what_is_no_longer_kept_is_said_and_not_made_up() {
        let contents = BTreeMap::from([(2, content("b", "x"))]);
        let found = entries(&installation(), &contents);
        assert_eq!(found[0].revision, 2, "newest first");
        assert!(!found[0].comparable && found[0].changes.is_empty(), "its predecessor's values are gone");
    }
}
