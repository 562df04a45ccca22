//! Links to hosts that are kept between two looks at a site: a page that is open looks every few seconds, and each look
//! would enter the hosts anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use longshore_contract::LinuxSite;
use longshore_store::{SiteRow, Store};

use super::Hosts;

/// How long links are kept after the last look.
const IDLE: Duration = Duration::from_mins(1);

struct Kept {
    /// The way there; another one is another set of links.
    way: Option<LinuxSite>,
    hosts: Arc<Hosts>,
    used: Instant,
}

/// Links to hosts, by site.
#[derive(Default, Clone)]
pub struct Looks(Arc<Mutex<HashMap<String, Kept>>>);

impl Looks {
    /// The hosts of a site, connected to already where somebody looked a moment ago.
    pub fn hosts(&self, store: &Arc<Store>, site: &SiteRow) -> Arc<Hosts> {
        let mut all = self.lock();
        let kept = all.get_mut(&site.id.0).filter(|kept| kept.way == site.linux);
        if let Some(kept) = kept {
            kept.used = Instant::now();
            return Arc::clone(&kept.hosts);
        }
        let hosts = Arc::new(Hosts::new(store, site));
        let kept = Kept { way: site.linux.clone(), hosts: Arc::clone(&hosts), used: Instant::now() };
        if all.insert(site.id.0.clone(), kept).is_none() {
            tokio::spawn(self.clone().leave(site.id.0.clone()));
        }
        hosts
    }

    /// Leaves a site's hosts once nobody has looked for a while.
    async fn leave(self, site: String) {
        loop {
            let Some(left) = self.lock().get(&site).map(|kept| IDLE.saturating_sub(kept.used.elapsed()))
            else {
                return;
            };
            if left.is_zero() {
                self.lock().remove(&site);
                return;
            }
            tokio::time::sleep(left).await;
        }
    }

    /// Leaves a site's hosts at once: what is known of the way there may be another thing now.
    pub fn forget(&self, site: &str) {
        // The task that would leave them goes on, and finds the next ones or none.
        if let Some(kept) = self.lock().get_mut(site) {
            kept.way = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use longshore_contract::{SiteId, Target};
    use longshore_store::KeySource;

    use super::*;

    fn site(address: &str) -> SiteRow {
        let linux = serde_json::json!({ "hosts": [{ "address": address }] });
        let cluster = serde_json::json!({ "kubeconfig": { "type": "environment" }, "context": "" });
        SiteRow {
            linux: Some(serde_json::from_value(linux).expect("a site of hosts")),
            ..SiteRow::new(
                SiteId("s1".to_owned()),
                "yard".to_owned(),
                Target::Linux,
                serde_json::from_value(cluster).expect("no cluster yet"),
            )
        }
    }

    #[tokio::test]
    async fn links_are_shared_until_nobody_looks() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Store::open(folder.path(), &KeySource::File).expect("a store"));
        let looks = Looks::default();
        let first = looks.hosts(&store, &site("root@a"));
        assert!(Arc::ptr_eq(&first, &looks.hosts(&store, &site("root@a"))), "a second look enters them anew");
        let other = looks.hosts(&store, &site("root@b"));
        assert!(!Arc::ptr_eq(&first, &other), "another way leads to other hosts");
        looks.forget("s1");
        assert!(!Arc::ptr_eq(&other, &looks.hosts(&store, &site("root@b"))), "what was forgotten is used");
    }
}
