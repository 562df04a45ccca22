//! Values for many sites: a shared base, and what each site says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Config, Value, Values};

/// A site's values: the base, with the site's own over it.
pub fn layered(base: &Values, site: &Values) -> Values {
    let mut values = base.clone();
    values.extend(site.iter().map(|(name, value)| (name.clone(), value.clone())));
    values
}

/// What a site says otherwise than the base: the overlay that [`layered`] needs to give `site` again. Names
/// that only the base has stay the base's.
pub fn overlay(base: &Values, site: &Values) -> Values {
    let own = site.iter().filter(|(name, value)| base.get(*name) != Some(value));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Items whose value is not the same at all sites, each with the sites that differ from the base.
pub fn differing(base: &Values, sites: &BTreeMap<String, Values>) -> BTreeMap<String, Vec<String>> {
    let mut differing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (site, own) in sites {
        for name in overlay(base, own).into_keys() {
            differing.entry(name).or_default().push(site.clone());
        }
    }
    differing
}

/// What a site begins its next change with: the base as it is now, with what the site said otherwise over it.
/// Of what the site `held`, the names in `inherited` came from the base as it was then, and follow it.
pub fn begun(base: &Values, held: &Values, inherited: &BTreeSet<String>) -> Values {
    let mut own = held.clone();
    own.retain(|name, _| !inherited.contains(name));
    layered(base, &own)
}

/// Names whose value is the base's.
pub fn inherited(base: &Values, values: &Values) -> BTreeSet<String> {
    base.iter()
        .filter(|(name, value)| values.get(*name) == Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Of a base, the values that a release has items for. Bases outlive releases, and may be ahead of them.
pub fn for_release(base: &Values, config: &Config) -> Values {
    let known = |name: &str, value: &Value| {
        let repeated = |item: &&crate::model::Item| item.repeatable;
        config.item(name).is_some_and(|item| !item.is_decoration())
            || config.item(&value.repeatable_item).as_ref().is_some_and(repeated)
    };
    base.iter()
        .filter(|(name, value)| known(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{begun, differing, for_release, inherited, layered, overlay};
    use crate::model::{Config, Value, Values};

    #[test]
    fn a_site_follows_its_base_but_for_what_it_said() {
        let (first, held) =
            (values(&[("a", "1"), ("b", "2"), ("d", "4")]), values(&[("a", "1"), ("b", "9")]));
        let followed = inherited(&first, &held);
        assert_eq!(followed, BTreeSet::from(["a".to_owned()]), "b is the site's own");
        let now = values(&[("a", "5"), ("b", "6"), ("c", "7")]);
        assert_eq!(begun(&now, &held, &followed), values(&[("a", "5"), ("b", "9"), ("c", "7")]));
        let gone = values(&[("c", "7")]);
        let without = begun(&gone, &held, &followed);
        assert_eq!(without, values(&[("b", "9"), ("c", "7")]), "what the base no longer says is nobody's");
    }

    #[test]
    fn only_what_a_release_has_is_taken_of_a_base() {
        let config = Config::parse(
            "spec: {groups: [{name: g, items: [{name: a, type: text}, {name: l, type: label}, {name: r, type: text, repeatable: true}]}]}",
        );
        let mut base = values(&[("a", "1"), ("l", "2"), ("x", "3")]);
        base.insert("r-1".to_owned(), Value { repeatable_item: "r".to_owned(), ..Value::default() });
        base.insert("a-1".to_owned(), Value { repeatable_item: "a".to_owned(), ..Value::default() });
        let taken = for_release(&base, &config.expect("it is a Config"));
        assert_eq!(taken.keys().collect::<Vec<_>>(), ["a", "r-1"], "items and repetitions of the release");
    }

    fn values(pairs: &[(&str, &str)]) -> Values {
        let value = |text: &str| Value { value: text.to_owned(), ..Value::default() };
        pairs.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect()
    }

    #[test]
    fn an_overlay_gives_the_site_again() {
        let (base, site) = (values(&[("a", "1"), ("b", "2")]), values(&[("a", "1"), ("b", "3"), ("c", "4")]));
        let own = overlay(&base, &site);
        assert_eq!(own, values(&[("b", "3"), ("c", "4")]), "only what differs");
        assert_eq!(layered(&base, &own), site);
        let sites = BTreeMap::from([("north".to_owned(), own), ("south".to_owned(), values(&[("b", "2")]))]);
        let wanted = BTreeMap::from([
            ("b".to_owned(), vec!["north".to_owned()]),
            ("c".to_owned(), vec!["north".to_owned()]),
        ]);
        assert_eq!(differing(&base, &sites), wanted, "a site that says the same does not differ");
    }
}
