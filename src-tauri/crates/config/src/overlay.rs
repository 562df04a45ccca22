//! Values for many sites: a shared base, and what each site says otherwise.

use std::collections::BTreeMap;

use crate::model::Values;

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{differing, layered, overlay};
    use crate::model::{Value, Values};

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
