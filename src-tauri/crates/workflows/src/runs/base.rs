//! The base that a run's site follows: what the run begins with, and which values stay the base's.

use std::collections::{BTreeMap, BTreeSet};

use longshore_config::{Values, begun, for_release, inherited};
use longshore_contract::{BaseRef, RunId, SentValue, ValueSource, WireError};
use longshore_managers::ConfigContent;
use longshore_release::Release;
use longshore_store::SiteRow;
use serde::{Deserialize, Serialize};

use super::{Runs, RunsError};
use crate::bases::BaseContent;
use crate::prepare::config;

/// A base as it was when a run was created. It is kept with the run: what is shown is what is installed, whatever
/// becomes of the base meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RunBase {
    pub(super) base: BaseRef,
    pub(super) values: Values,
}

impl RunBase {
    /// What a run begins with: the base, and over it what the site said otherwise.
    fn begin(&self, held: ConfigContent) -> ConfigContent {
        let given = begun(&self.values, &held.given, &held.inherited);
        let inherited = inherited(&self.values, &given);
        ConfigContent { given, inherited, ..held }
    }

    /// Gives items that were cleared the base's value again, and says which are the base's.
    pub(super) fn settle(&self, given: &mut Values, sent: &BTreeMap<String, SentValue>) -> BTreeSet<String> {
        for (name, _) in sent.iter().filter(|(_, sent)| **sent == SentValue::Clear) {
            if let Some(value) = self.values.get(name) {
                given.insert(name.clone(), value.clone());
            }
        }
        inherited(&self.values, given)
    }
}

/// What a run starts with, for a site that follows a base or none. Values of a base that is followed no longer
/// stay, as the site's own.
pub(super) fn begin(base: Option<&RunBase>, held: ConfigContent) -> ConfigContent {
    match base {
        Some(base) => base.begin(held),
        None => ConfigContent { inherited: BTreeSet::new(), ..held },
    }
}

/// Who an item has its value from; a repeatable one from whoever gave any of its values.
pub(super) fn source(content: &ConfigContent, name: &str) -> ValueSource {
    let of_item = |(key, value): &(&String, &longshore_config::Value)| {
        key.as_str() == name || value.repeatable_item == name
    };
    let mut given = content.given.iter().filter(of_item).peekable();
    if given.peek().is_some() {
        let own = given.any(|(key, _)| !content.inherited.contains(key));
        return if own { ValueSource::Site } else { ValueSource::Base };
    }
    if content.generated.contains_key(name) { ValueSource::Generated } else { ValueSource::Default }
}

impl Runs {
    /// The base that a site follows for an application, with the values that the release has items for.
    pub(super) fn followed(
        &self,
        site: &SiteRow,
        slug: &str,
        release: &Release,
    ) -> Result<Option<RunBase>, RunsError> {
        let Some((row, content)) = self.store.base_of(&site.id, slug)? else { return Ok(None) };
        let content: BaseContent =
            serde_json::from_slice(&content).map_err(|error| WireError::internal(&error))?;
        let values = for_release(&content.given(), &*config(release)?);
        Ok(Some(RunBase { base: BaseRef { id: row.id, name: row.name }, values }))
    }

    /// The base that the run was created with.
    pub(super) fn base_of_run(&self, run: &RunId) -> Result<Option<RunBase>, RunsError> {
        self.kept(run, "base")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use longshore_config::{Value, Values};
    use longshore_contract::{BaseId, BaseRef, SentValue, ValueSource};
    use longshore_managers::ConfigContent;

    use super::{RunBase, begin, source};

    fn values(pairs: &[(&str, &str)]) -> Values {
        let value = |text: &str| Value { value: text.to_owned(), ..Value::default() };
        pairs.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect()
    }

    fn base(pairs: &[(&str, &str)]) -> RunBase {
        RunBase { base: BaseRef { id: BaseId::from("b"), name: "emea".to_owned() }, values: values(pairs) }
    }

    #[test]
    fn a_run_begins_with_the_base_and_a_value_of_the_site_wins() {
        let held =
            ConfigContent { given: values(&[("host", "own"), ("size", "1")]), ..ConfigContent::default() };
        let first = begin(Some(&base(&[("size", "1"), ("mail", "ops@example")])), held);
        assert_eq!(first.given, values(&[("host", "own"), ("size", "1"), ("mail", "ops@example")]));
        assert_eq!(source(&first, "host"), ValueSource::Site);
        assert_eq!(source(&first, "size"), ValueSource::Base, "the same as the base is the base's");
        assert_eq!(source(&first, "other"), ValueSource::Default);
        let later = begin(Some(&base(&[("size", "2")])), first.clone());
        assert_eq!(
            later.given,
            values(&[("host", "own"), ("size", "2")]),
            "what came from the base follows it"
        );
        let left = begin(None, first.clone());
        assert_eq!(left.given, first.given, "who leaves a base keeps the values");
        assert_eq!(source(&left, "size"), ValueSource::Site, "as its own");
    }

    #[test]
    fn a_cleared_item_is_the_bases_again() {
        let mut given = values(&[("size", "9")]);
        let base = base(&[("size", "1")]);
        assert!(base.settle(&mut given, &BTreeMap::new()).is_empty(), "the site says otherwise");
        given.remove("size");
        let cleared = BTreeMap::from([("size".to_owned(), SentValue::Clear)]);
        let inherited = base.settle(&mut given, &cleared);
        assert_eq!(given, values(&[("size", "1")]));
        assert!(inherited.contains("size"), "and counts as the base's");
    }

    #[test]
    fn one_value_of_its_own_makes_a_repeatable_item_the_sites() {
        let repetition = |text: &str| Value {
            value: text.to_owned(),
            repeatable_item: "port".to_owned(),
            ..Value::default()
        };
        let mut content = ConfigContent::default();
        content.given.insert("port-1".to_owned(), repetition("80"));
        content.inherited.insert("port-1".to_owned());
        assert_eq!(source(&content, "port"), ValueSource::Base);
        content.given.insert("port-2".to_owned(), repetition("81"));
        assert_eq!(source(&content, "port"), ValueSource::Site);
    }
}
