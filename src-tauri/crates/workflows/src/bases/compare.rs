//! Which sites differ from the base they follow, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt as _, stream};
use longshore_cluster::record;
use longshore_config::{Config, Value, Values, for_release};
use longshore_contract::{
    BaseComparison, BaseDifference, BaseId, BaseSiteState, SiteValue, Timestamp, WireError,
};
use longshore_managers::{ConfigContent, access, sites};
use longshore_store::SiteRow;
use serde::{Deserialize, Serialize};

use super::view::{is_secret, item_of, place};
use super::{Bases, broken};

/// Sites that are asked at once.
const AT_ONCE: usize = 16;

/// What a site has now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Present {
    pub(super) slug: String,
    pub(super) version: String,
    pub(super) content: ConfigContent,
    pub(super) config_spec: String,
    /// When it was read.
    pub(super) at: Timestamp,
}

/// A site's answer: what it has now or, beside why it did not say, what it had when it last did.
struct Answer {
    site: SiteRow,
    present: Option<Present>,
    problem: String,
}

/// Name of the secret with a site's values as last read. It goes when the site is removed.
fn remembered(site: &SiteRow) -> String {
    format!("site/{}/values", site.id)
}

impl Bases {
    /// Which items are not the base's at the sites that follow it. Sites are asked side by side; one that does not
    /// answer is compared by what it had last.
    ///
    /// # Errors
    /// When there is no such base.
    pub async fn compare(self: &Arc<Self>, base: &BaseId) -> Result<BaseComparison, WireError> {
        let (row, content) = self.read(base)?;
        let following = self.following()?.into_iter().filter(|(base, _)| *base == row.id);
        let asked: Vec<_> = following
            .map(|(_, site)| {
                let service = Arc::clone(self);
                async move { service.ask(site).await }
            })
            .collect();
        let mut answers: Vec<Answer> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        answers.sort_by_key(|answer| answer.site.name.to_lowercase());
        let known = content.config().unwrap_or_default();
        let (states, items) = differences(&content.given(), &known, &row.slug, &answers);
        Ok(BaseComparison { summary: self.summary(&row)?, sites: states, items })
    }

    async fn ask(&self, site: SiteRow) -> Answer {
        match self.present(&site).await {
            Ok(present) => Answer { site, present, problem: String::new() },
            Err(error) => {
                let last = self.store.secret(&remembered(&site)).ok().flatten();
                let present = last.and_then(|text| serde_json::from_slice(&text).ok());
                Answer { site, present, problem: error.message }
            }
        }
    }

    /// The values that a site has now; `None` when nothing is installed there.
    pub(super) async fn present(&self, site: &SiteRow) -> Result<Option<Present>, WireError> {
        let cluster = access::cluster(&self.store, site).await?;
        let Some((namespace, found)) = sites::installation(&cluster, site).await else { return Ok(None) };
        let Some(live) = found.live() else { return Ok(None) };
        let held = record::read_content(&cluster, &namespace, &found.slug, live.revision).await;
        let held = held.map_err(|error| WireError::internal(&error))?;
        let content: ConfigContent =
            serde_json::from_value(held.config).map_err(|error| WireError::internal(&error))?;
        let present = Present {
            slug: found.slug.clone(),
            version: live.version.clone(),
            content,
            config_spec: held.config_spec,
            at: self.runs.now(),
        };
        let text = serde_json::to_vec(&present).map_err(|error| WireError::internal(&error))?;
        self.store.put_secret(&remembered(site), &text).map_err(|error| broken(&error))?;
        Ok(Some(present))
    }
}

/// States of the sites, and the items that differ at any of them.
fn differences(
    base: &Values,
    known: &Config,
    slug: &str,
    answers: &[Answer],
) -> (Vec<BaseSiteState>, Vec<BaseDifference>) {
    let mut items: BTreeMap<(usize, String), BaseDifference> = BTreeMap::new();
    let mut states = Vec::new();
    for Answer { site, present, problem } in answers {
        let present = present.as_ref().filter(|present| present.slug == slug);
        let own = present.map(|present| (present, Config::parse(&present.config_spec).unwrap_or_default()));
        let found = own.as_ref().map(|(present, config)| of_site(base, present, config)).unwrap_or_default();
        states.push(BaseSiteState {
            id: site.id.clone(),
            name: site.name.clone(),
            version: present.map(|present| present.version.clone()).unwrap_or_default(),
            differing: u32::try_from(found.len()).unwrap_or(u32::MAX),
            behind: u32::try_from(found.values().filter(|(_, behind)| *behind).count()).unwrap_or(u32::MAX),
            read_at: present.map(|present| present.at),
            problem: problem.clone(),
        });
        let Some((_, config)) = own else { continue };
        for (name, (value, behind)) in found {
            let repeats = value.or_else(|| base.get(&name)).map(|held| held.repeatable_item.as_str());
            let repeats = repeats.unwrap_or_default();
            // The base's own form says more than an older one, but may not have the item at all.
            let item = item_of(known, &name, repeats).or_else(|| item_of(&config, &name, repeats));
            let secret = is_secret(item) || is_secret(item_of(&config, &name, repeats));
            let shown = |held: &Value| if secret { String::new() } else { held.value.clone() };
            let difference = items.entry(place(known, &name, repeats)).or_insert_with(|| BaseDifference {
                name: name.clone(),
                title: item.map(|item| item.title.clone()).unwrap_or_default(),
                kind: item.map(|item| item.kind.clone()).unwrap_or_default(),
                secret,
                base: base.get(&name).map(shown),
                sites: Vec::new(),
            });
            if secret && !difference.secret {
                hide(difference);
            }
            let value = value.map(|held| if difference.secret { String::new() } else { shown(held) });
            difference.sites.push(SiteValue { site: site.id.clone(), value, behind });
        }
    }
    (states, items.into_values().collect())
}

/// An item that one release shows and another does not is not shown.
fn hide(difference: &mut BaseDifference) {
    difference.secret = true;
    let values = difference.sites.iter_mut().map(|site| &mut site.value);
    for value in values.chain([&mut difference.base]).flatten() {
        value.clear();
    }
}

/// Items of a site that are not the base's: its value, and whether it only has not got the base's yet.
fn of_site<'a>(
    base: &Values,
    present: &'a Present,
    config: &Config,
) -> BTreeMap<String, (Option<&'a Value>, bool)> {
    let base = for_release(base, config);
    let given = &present.content.given;
    let names: BTreeSet<&String> = base.keys().chain(given.keys()).collect();
    names
        .into_iter()
        .filter(|name| base.get(*name) != given.get(*name))
        .map(|name| {
            let value = given.get(name);
            let behind = value.is_none() || present.content.inherited.contains(name);
            (name.clone(), (value, behind))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use longshore_config::{Config, Value, Values};
    use longshore_contract::{KubeconfigSource, KubernetesSite, SiteId, Target, Timestamp};
    use longshore_managers::ConfigContent;
    use longshore_store::SiteRow;

    use super::{Answer, Present, differences};

    const SPEC: &str = "spec: {groups: [{name: g, items: [{name: mail, type: text, title: E-mail}, {name: host, type: text}, {name: pw, type: password}]}]}";

    fn values(pairs: &[(&str, &str)]) -> Values {
        let value = |text: &str| Value { value: text.to_owned(), ..Value::default() };
        pairs.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect()
    }

    fn answer(name: &str, given: &[(&str, &str)], inherited: &[&str]) -> Answer {
        let inherited: BTreeSet<String> = inherited.iter().map(|name| (*name).to_owned()).collect();
        let content = ConfigContent { given: values(given), inherited, ..ConfigContent::default() };
        let kubernetes = KubernetesSite {
            kubeconfig: KubeconfigSource::Environment,
            context: String::new(),
            namespace: String::new(),
            cluster_uid: String::new(),
            registry: None,
        };
        let site = SiteRow::new(SiteId::from(name), name.to_owned(), Target::Kubernetes, kubernetes);
        let (slug, version, at) = ("tide".to_owned(), "1.0.0".to_owned(), Timestamp(7));
        let present = Present { slug, version, content, config_spec: SPEC.to_owned(), at };
        Answer { site, present: Some(present), problem: String::new() }
    }

    #[test]
    fn what_differs_is_told_by_item_and_secrets_are_not() {
        let base = values(&[("mail", "ops@base"), ("pw", "base-s3cr3t"), ("later", "not in this release")]);
        let answers = [
            answer("north", &[("mail", "ops@base"), ("pw", "north-s3cr3t")], &["mail"]),
            answer(
                "south",
                &[("mail", "old@base"), ("host", "south.example"), ("pw", "base-s3cr3t")],
                &["mail", "pw"],
            ),
            answer("west", &[("mail", "ops@base"), ("pw", "base-s3cr3t")], &["mail", "pw"]),
        ];
        let config = Config::parse(SPEC).expect("it is a Config");
        let (states, items) = differences(&base, &config, "tide", &answers);
        let told = serde_json::to_string(&items).expect("it is JSON");
        assert!(!told.contains("s3cr3t"), "the values of passwords are in no answer: {told}");
        let names: Vec<_> = items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(
            names,
            ["mail", "host", "pw"],
            "in the order of the form; what no site has yet is no difference"
        );
        assert_eq!(items[0].base.as_deref(), Some("ops@base"));
        assert_eq!(items[0].sites[0].value.as_deref(), Some("old@base"));
        assert!(items[0].sites[0].behind, "it came from the base as it was");
        assert_eq!(items[1].base, None, "the base says nothing of it");
        assert!(!items[1].sites[0].behind, "it is the site's own");
        assert_eq!((items[2].secret, items[2].sites.len()), (true, 1), "only that it differs is told");
        let counts: Vec<_> = states.iter().map(|state| (state.differing, state.behind)).collect();
        assert_eq!(counts, [(1, 0), (2, 1), (0, 0)]);
    }

    #[test]
    fn a_password_is_hidden_by_whichever_release_knows_it_is_one() {
        let older = SPEC.replace("password", "text");
        let config = Config::parse(&older).expect("it is a Config");
        let base = values(&[("pw", "base-s3cr3t")]);
        let mut first = answer("a", &[("pw", "a-s3cr3t")], &[]);
        if let Some(present) = &mut first.present {
            present.config_spec = older;
        }
        let answers = [first, answer("b", &[("pw", "b-s3cr3t")], &[])];
        let (_, items) = differences(&base, &config, "tide", &answers);
        let told = serde_json::to_string(&items).expect("it is JSON");
        assert!(!told.contains("s3cr3t"), "{told}");
        assert_eq!(items[0].sites.len(), 2);
    }

    #[test]
    fn a_site_that_runs_nothing_of_it_differs_in_nothing() {
        let mut none = answer("empty", &[], &[]);
        none.present = None;
        none.problem = "it does not answer".to_owned();
        let (states, items) = differences(&values(&[("mail", "x")]), &Config::default(), "tide", &[none]);
        assert!(items.is_empty() && states[0].read_at.is_none());
        assert_eq!(states[0].problem, "it does not answer", "and why it is not known is told");
    }
}
